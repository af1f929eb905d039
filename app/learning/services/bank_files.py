"""A bank's questions as files: tables (xlsx) and QTI packages, out and in, with a trial first."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.core import audit, spreadsheet
from app.core.errors import ConflictError, InvalidError
from app.learning.models.exams import ExamItem
from app.learning.providers import item_files
from app.learning.providers.item_files import MOST_BYTES, MOST_MANIFEST, Package
from app.learning.repository import banks as rows
from app.learning.rules.exam_items import ItemContent
from app.learning.rules.item_sheet import (
    COLUMNS,
    EXAMPLES,
    MOST_ROWS,
    WIDTHS,
    CellFlaw,
    Sheet,
    SheetRow,
    read_sheet,
    row_of,
)
from app.learning.rules.plain_xml import XmlError, read_xml
from app.learning.rules.qti_reading import Described, QtiError, read_item, read_manifest
from app.learning.services.bank_items import MOST_ITEMS, next_code
from app.learning.services.item_banks import own_bank, own_bank_to_change
from app.learning.services.question_bank import content_of, write_version

__all__ = [
    "MOST_BYTES", "Trial", "as_qti", "as_xlsx", "bank_title", "import_items", "read_file",
    "template", "try_import",
]  # fmt: skip
_NOTES = (
    ("列", "怎么填"),
    ("题号", "可以留空，由系统编号；填了以后再导入，就按题号更新"),
    ("题型", "单选、多选、判断、填空、简答"),
    ("难度", "1（最易）到 5（最难），留空为 3"),
    ("题干", "填空题的每个空写成 ____（两个以上下划线）"),
    ("选项A～选项H", "单选、多选填 3 到 8 个；判断可以不填，默认“对”“错”"),
    ("答案：选择题", "正确选项的字母，如 AC"),
    ("答案：判断题", "对或错"),
    ("答案：填空题", "几个空用“；”隔开，一个空的几种写法用“|”隔开，数字可加允许误差，如 12|±0.5"),
    ("答案：简答题", "逐条写评分要点和分值，如：先切断电源（3分）；拨打 120（1分）"),
    ("特殊符号", "答案里本来就有“；”“|”“±”或换行时，前面加一个反斜杠 \\"),
    ("解析", "每题必填，学员考完以后能看到"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What an import would do, or did; `flaws` keep their rows out."""

    total: int
    added: int
    changed: int
    unchanged: int
    flaws: tuple[CellFlaw, ...]
    is_done: bool


def bank_title(db: Session, owner_id: str, bank_id: str) -> str:
    """Raises NotFoundError, before a file that nobody asked for is read."""
    return own_bank(db, owner_id, bank_id).title


def template() -> bytes:
    """An empty table with an example of each kind, and how to fill it."""
    return spreadsheet.write_sheets(
        [("题库", WIDTHS, [COLUMNS, *map(row_of, EXAMPLES)]), ("填写说明", (20, 80), _NOTES)]
    )


def as_xlsx(db: Session, owner_id: str, bank_id: str) -> tuple[str, bytes]:
    """A bank's title and its questions in use as a table. Raises NotFoundError."""
    bank = own_bank(db, owner_id, bank_id)
    found = (row_of(content_of(row)) for row in rows.items(db, bank_id))
    content = spreadsheet.write_sheets(
        [("题库", WIDTHS, [COLUMNS, *found]), ("填写说明", (20, 80), _NOTES)]
    )
    return bank.title, content


def as_qti(db: Session, owner_id: str, bank_id: str, version: str) -> tuple[str, bytes]:
    """A bank's title and its questions in use as a QTI package. Raises NotFoundError."""
    bank = own_bank(db, owner_id, bank_id)
    return bank.title, item_files.pack(
        [content_of(row) for row in rows.items(db, bank_id)], version
    )


def read_file(content: bytes) -> Sheet:
    """Read what was handed over, outside any transaction. Raises InvalidError."""
    unpacked = item_files.unpack(content)
    return _read_package(unpacked) if isinstance(unpacked, Package) else read_sheet(unpacked)


def _read_package(package: Package) -> Sheet:
    try:
        manifest = read_xml(
            package.manifest, most_bytes=MOST_MANIFEST, most_elements=50 * MOST_ROWS
        )
    except XmlError as error:
        raise InvalidError(
            f"清单 imsmanifest.xml 读不出来：{error}。", field="/file", code="unreadable",
            remedy="请重新导出试题包",
        ) from None  # fmt: skip
    told = read_manifest(manifest)
    if len(told) > MOST_ROWS:
        flaw = CellFlaw(
            0, "试题", f"一次最多 {MOST_ROWS} 题，这里有 {len(told)} 题。", "请分成几份"
        )
        return Sheet((), (flaw,))
    good, flaws = [], []
    for number, described in enumerate(told, start=1):
        try:
            item = _read_one(package, described)
            good.append(SheetRow(number, item))
        except QtiError as error:
            flaws.append(CellFlaw(number, described.href[:120], error.cause, error.fix))
    return Sheet(tuple(good), (*flaws, *_left_over(package, told), *_doubled(good)))


def _read_one(package: Package, described: Described) -> ItemContent:
    content = package.files.get(described.href)
    if content is None:
        raise QtiError("试题包里没有这个文件。", "请重新导出试题包")
    try:
        return read_item(read_xml(content), described)
    except XmlError as error:
        raise QtiError(f"读不出来：{error}。", "请在出题软件里重新导出") from None


def _left_over(package: Package, told: Sequence[Described]) -> Iterator[CellFlaw]:
    """Files that the manifest does not name as questions: told, not passed over."""
    for name in sorted(package.files.keys() - {each.href for each in told}):
        yield CellFlaw(
            0, name[:120], "清单里没有把这个文件列为试题，没有导入。", "不是试题就不用管"
        )


def _doubled(good: Sequence[SheetRow]) -> Iterator[CellFlaw]:
    seen: set[str] = set()
    for each in good:
        if each.item.code in seen:
            cause = f"题号“{each.item.code}”重复。"
            yield CellFlaw(each.row, "题号", cause, "请在出题软件里改标题（title）")
        seen.add(each.item.code)


def try_import(db: Session, owner_id: str, bank_id: str, sheet: Sheet) -> Trial:
    """Tell what importing would do; nothing is written. Raises NotFoundError."""
    own_bank(db, owner_id, bank_id)
    return _tally(sheet, rows.newest(db, bank_id), is_done=False)


def import_items(
    db: Session, owner_id: str, bank_id: str, sheet: Sheet, *, skips_faulty: bool, actor_id: str,
    now: dt.datetime,
) -> Trial:  # fmt: skip
    """Write the questions of a file; those that it does not hold stay as they are.

    Raises NotFoundError, ConflictError where rows are faulty and are not to be passed over.
    """
    bank = own_bank_to_change(db, owner_id, bank_id)
    known = rows.newest(db, bank_id)
    told = _tally(sheet, known, is_done=True)
    blocking = [flaw for flaw in sheet.flaws if flaw.row]
    if blocking and not skips_faulty:
        raise ConflictError(
            f"有 {len(blocking)} 处要改，一题也没有导入。", code="faulty_rows",
            remedy="请改好再导入，或者选“只导入没有问题的”",
        )  # fmt: skip
    if sum(row.is_active for row in known.values()) + told.added > MOST_ITEMS:
        raise ConflictError(
            f"一个题库最多 {MOST_ITEMS} 题。", code="bank_full", remedy="请另建一个题库"
        )
    for content in _coded(sheet, known):
        write_version(db, bank_id, content, known, made_by=actor_id, now=now)
    db.flush()
    audit.record(
        db, "bank.imported", now=now, actor_id=actor_id, subject_id=bank.id, rows=told.total,
        number=told.added + told.changed,
    )  # fmt: skip
    return told


def _sound(sheet: Sheet) -> Iterator[ItemContent]:
    faulty = {flaw.row for flaw in sheet.flaws}
    return (each.item for each in sheet.rows if each.row not in faulty)


def _coded(sheet: Sheet, known: dict[str, ExamItem]) -> Iterator[ItemContent]:
    """The questions without flaws, each with a code: its own, that of the same stem, a new one."""
    explicit = {item.code for item in _sound(sheet) if item.code}
    by_stem = {
        row.stem: code for code, row in known.items() if row.is_active and code not in explicit
    }
    taken = set(known) | explicit
    for item in _sound(sheet):
        if item.code:
            yield item
            continue
        code = by_stem.pop(item.stem, None) or next_code(taken)
        taken.add(code)
        yield replace(item, code=code)


def _tally(sheet: Sheet, known: dict[str, ExamItem], *, is_done: bool) -> Trial:
    added = changed = unchanged = 0
    for content in _coded(sheet, known):
        row = known.get(content.code)
        if row is None or not row.is_active:
            added += 1
        elif content_of(row) == content:
            unchanged += 1
        else:
            changed += 1
    return Trial(
        total=added + changed + unchanged, added=added, changed=changed, unchanged=unchanged,
        flaws=sheet.flaws, is_done=is_done,
    )  # fmt: skip
