"""Questions as a table for clerks: one a row, read with its row, column, cause and remedy.

What `row_of` writes, `read_row` reads back as the same question (docs/exams.md).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.learning.rules.exam_items import (
    CHOICE_KINDS,
    KIND_NAMES,
    TRUE_FALSE,
    ItemContent,
    RubricLine,
    flaws_of,
    tidied,
)
from app.learning.rules.exams import LETTERS, ItemKind
from app.learning.rules.fill_in import Blank
from app.learning.rules.item_answers import read_answer, write_answer

MOST_ROWS = 5000
CHOICE_COLUMNS = tuple(f"选项{letter}" for letter in LETTERS)
COLUMNS = ("题号", "题型", "章节", "难度", "知识点", "题干", *CHOICE_COLUMNS, "答案", "解析")
WIDTHS = (12, 8, 18, 6, 16, 48, *(20,) * len(LETTERS), 24, 40)
_COLUMN_OF = {
    "code": "题号", "kind": "题型", "chapter": "章节", "difficulty": "难度", "point": "知识点",
    "stem": "题干", "answer": "答案", "explanation": "解析",
}  # fmt: skip
_KINDS = {name: kind for kind, name in KIND_NAMES.items()} | {
    f"{name}题": kind for kind, name in KIND_NAMES.items()
}
_YES, _NO = {"对", "正确", "√", "是", "T", "TRUE"}, {"错", "错误", "×", "否", "F", "FALSE"}
EXAMPLES: tuple[ItemContent, ...] = (
    ItemContent(
        code="Q0001", kind=ItemKind.SINGLE, chapter="第一章 安全标志", difficulty=1,
        point="安全色", stem="安全标志里，红色表示什么？",
        choices=("禁止", "警告", "指令", "提示"), letters=("A",), explanation="红色是禁止。",
    ),
    ItemContent(
        code="Q0002", kind=ItemKind.MULTIPLE, chapter="第一章 安全标志", difficulty=2,
        point="个人防护", stem="进车间前要穿戴哪些？",
        choices=("安全帽", "拖鞋", "防护鞋", "工作服"), letters=("A", "C", "D"),
        explanation="拖鞋不能进车间。",
    ),
    ItemContent(
        code="Q0003", kind=ItemKind.TRUE_FALSE, chapter="第二章 用电", difficulty=1,
        point="断电", stem="设备带电时可以清扫。", choices=TRUE_FALSE, letters=("B",),
        explanation="先断电、挂牌，再清扫。",
    ),
    ItemContent(
        code="Q0004", kind=ItemKind.FILL_IN, chapter="第二章 用电", difficulty=3, point="安全电压",
        stem="潮湿场所的安全电压是 ____ 伏，检修前先____。",
        blanks=(Blank(("12",), "0.5"), Blank(("断电", "切断电源"))),
        explanation="潮湿场所用 12 伏。",
    ),
    ItemContent(
        code="Q0005", kind=ItemKind.SHORT, chapter="第三章 急救", difficulty=4, point="触电急救",
        stem="有人触电，您先做什么，再做什么？",
        rubric=(RubricLine("先切断电源", 3), RubricLine("拨打 120", 1), RubricLine("心肺复苏", 1)),
        explanation="没有断电不能碰人。",
    ),
)  # fmt: skip
"""What stands in the template: one of each kind."""


Wrong = tuple[str, str, str]
"""What is wrong with a cell: its column, the cause, the remedy."""


@dataclass(frozen=True, slots=True)
class CellFlaw:
    """What is wrong with one cell: its row as the table counts, its column, cause and remedy."""

    row: int
    column: str
    cause: str
    fix: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One question of a table; `code` may be empty, for the bank to number it."""

    row: int
    item: ItemContent


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: tuple[SheetRow, ...]
    flaws: tuple[CellFlaw, ...]


def row_of(item: ItemContent) -> list[str | int]:
    """A question as one row of the table."""
    choices = [*item.choices, *[""] * (len(LETTERS) - len(item.choices))]
    return [
        item.code, KIND_NAMES[item.kind], item.chapter, item.difficulty, item.point, item.stem,
        *choices, write_answer(item), item.explanation,
    ]  # fmt: skip


def read_sheet(table: Sequence[Sequence[str]]) -> Sheet:
    """Read a table whose first row names the columns, in any order; empty rows are passed over."""
    if not table:
        return Sheet((), (CellFlaw(1, "题号", "表格是空的。", "请用下载的模板填写"),))
    heading = [cell.strip().rstrip("*") for cell in table[0]]
    missing = [name for name in ("题型", "题干", "答案", "解析") if name not in heading]
    if missing:
        fix = "请用下载的模板，第一行不要改"
        return Sheet((), tuple(CellFlaw(1, name, f"缺“{name}”这一列。", fix) for name in missing))
    rows, flaws = [], []
    for number, cells in enumerate(table[1:], start=2):
        named = {name: cell for name, cell in zip(heading, cells, strict=False) if name in COLUMNS}
        if not any(cell.strip() for cell in named.values()):
            continue
        item, wrong = read_row(named)
        flaws += [CellFlaw(number, column, cause, fix) for column, cause, fix in wrong]
        if item is not None:
            rows.append(SheetRow(number, item))
    if len(rows) > MOST_ROWS:
        cause = f"一次最多导入 {MOST_ROWS} 题，这里有 {len(rows)} 题。"
        return Sheet((), (CellFlaw(MOST_ROWS + 2, "题号", cause, "请分成几份"),))
    return Sheet(tuple(rows), (*flaws, *_repeats(rows)))


def _repeats(rows: Sequence[SheetRow]) -> Iterator[CellFlaw]:
    seen: dict[str, int] = {}
    for each in rows:
        code = each.item.code
        if code and code in seen:
            cause = f"题号“{code}”和第 {seen[code]} 行一样。"
            yield CellFlaw(each.row, "题号", cause, "请改掉其中一个，或者留空由系统编号")
        elif code:
            seen[code] = each.row


def read_row(cells: Mapping[str, str]) -> tuple[ItemContent | None, tuple[Wrong, ...]]:
    """One question, or None, and what is wrong."""
    texts = {name: _clean(cells.get(name, "")) for name in COLUMNS}
    kind = _KINDS.get(texts["题型"])
    found: list[Wrong] = []
    if kind is None:
        said = texts["题型"]
        cause = f"不认识题型“{said}”。" if said else "缺题型。"
        found.append(("题型", cause, "请填单选、多选、判断、填空或简答"))
    difficulty = unicodedata.normalize("NFKC", texts["难度"]) or "3"
    if not re.fullmatch(r"[1-5]", difficulty):
        found.append(("难度", f"难度“{texts['难度']}”不对。", "请填 1 到 5，留空为 3"))
        difficulty = "3"
    # Of a row whose kind is unknown the texts are judged, and not what only its kind would tell.
    supposed = kind or ItemKind.SINGLE
    choices = _choices(supposed, texts)
    item = tidied(
        ItemContent(
            code=texts["题号"], kind=supposed, stem=texts["题干"], explanation=texts["解析"],
            chapter=texts["章节"], point=texts["知识点"], difficulty=int(difficulty),
            choices=choices, **_read_answer(supposed, texts["答案"], choices),
        )
    )  # fmt: skip
    for flaw in flaws_of(item):
        is_of_kind = flaw.field in {"choices", "answer"}
        if (kind is None and is_of_kind) or (flaw.field == "code" and not item.code):
            continue
        column = _COLUMN_OF.get(flaw.field) or CHOICE_COLUMNS[flaw.place]
        found.append((column, flaw.cause, flaw.fix))
    if kind is None and not texts["答案"]:
        found.append(("答案", "没有答案。", "请填写答案"))
    return (None if found else item), tuple(found)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _choices(kind: ItemKind, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Up to the last choice that is filled; one left empty in between is found as a flaw."""
    if kind not in CHOICE_KINDS:
        return ()
    found = [texts[name] for name in CHOICE_COLUMNS]
    while found and not found[-1]:
        found.pop()
    return tuple(found) or (TRUE_FALSE if kind is ItemKind.TRUE_FALSE else ())


def _read_answer(kind: ItemKind, text: str, choices: Sequence[str]) -> dict[str, Any]:
    if kind not in CHOICE_KINDS:
        blanks, rubric = read_answer(kind, text)
        return {"blanks": blanks, "rubric": rubric}
    # Full-width letters are what an input method for Chinese writes.
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    if kind is ItemKind.TRUE_FALSE and plain in _YES | _NO:
        words = _YES if plain in _YES else _NO
        place = next((n for n, choice in enumerate(choices) if choice in words), None)
        return {"letters": () if place is None else (LETTERS[place],)}
    letters = re.sub(r"[\s,，、;；]+", "", plain)
    return {"letters": tuple(sorted(letters))}
