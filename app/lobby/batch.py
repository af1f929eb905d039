"""Many certificates at once, for both doorways: each line is answered as one alone would be."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from app.certs.providers import batch_files
from app.certs.providers.batch_files import Document
from app.certs.rules.batch import NOT_CHECKED, TITLES, UNSURE, Line
from app.certs.rules.verdicts import Verdict
from app.certs.services import handed_over
from app.certs.services.verdict_view import VerdictView
from app.core import spreadsheet
from app.core.errors import TooManyRequestsError
from app.lobby import files, guesses, limits
from app.lobby.deps import CallerAddress, DeviceId, MaybeActor
from app.lobby.limits import Looking
from app.lobby.parts import Parts
from app.org.services.handed_statements import Stated

_HEADING = (
    "行", "证书编号或文件", "填写的姓名", "结果", "说明", "证书编号", "持证人", "课程", "培训机构",
    "认定学时", "完成日期", "发证日期", "有效期至",
)  # fmt: skip
_WIDTHS = (6, 28, 14, 12, 44, 26, 12, 24, 24, 10, 12, 12, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One answer; `label` is the number or the file's name as it was handed over."""

    row: int
    label: str
    name: str
    verdict: str
    title: str
    sentence: str
    number: str = ""
    holder: str = ""
    course: str = ""
    institution: str = ""
    hours: str = ""
    completed_on: str = ""
    issued_on: str = ""
    expires_on: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """All rows, how many of each title, and the same as a table (xlsx)."""

    rows: tuple[Row, ...]
    counts: tuple[tuple[str, int], ...]
    sheet: bytes
    checked_at: dt.datetime


def check(
    parts: Parts, content: bytes, who: Looking, *, hosts: Collection[str], now: dt.datetime
) -> Answers:
    """Look at each line or file that was handed over, in its order, each under its own limits.

    `hosts` are those of our addresses.

    Raises InvalidError where the whole cannot be read, and TooManyRequestsError before reading; a
    single line that cannot be read, or is beyond a limit, is answered.
    """
    limits.before_batch(parts, who, now=now)
    given = batch_files.read(content, most_bytes=handed_over.MOST_BYTES)
    rows = tuple(_each(parts, given, who, hosts, now))
    counts = Counter(row.title for row in rows)
    return Answers(rows, tuple(counts.most_common()), _sheet(rows), now)


def _each(
    parts: Parts, given: list[Line] | batch_files.Documents, who: Looking,
    hosts: Collection[str], now: dt.datetime,
) -> Iterator[Row]:  # fmt: skip
    for one in given:
        try:
            yield (
                _of_line(parts, one, who, hosts, now)
                if isinstance(one, Line)
                else _of_document(parts, one, who, now)
            )
        except TooManyRequestsError as spent:
            yield _left_over(one, spent)


def _left_over(one: Line | Document, spent: TooManyRequestsError) -> Row:
    """What is said of a line or a file that is beyond a limit."""
    if isinstance(one, Line):
        left = "到时只查剩下的行就可以，证书上的方块码现在就可以扫。"
        sentence = f"第 {one.row} 行还没有查：{spent.message}{left}"
        return _row(one.row, one.number, one.name, NOT_CHECKED, sentence)
    sentence = f"第 {one.row} 个文件还没有查：{spent.message}到时只查剩下的文件就可以。"
    return _row(one.row, one.name, "", NOT_CHECKED, sentence)


def _of_line(
    parts: Parts, line: Line, who: Looking, hosts: Collection[str], now: dt.datetime
) -> Row:
    if (fault := line.fault(hosts)) is not None:
        return _row(line.row, *line.shown, NOT_CHECKED, fault)
    view = guesses.look_up(parts, who, line.number, line.name, hosts=hosts, now=now)
    return _told(line.row, line.number, line.name, view)


def _of_document(parts: Parts, document: Document, who: Looking, now: dt.datetime) -> Row:
    limits.before_row(parts, who, number=None, now=now)
    content = document.unpack()
    if content is None:
        sentence = f"第 {document.row} 个文件太大、加了密码或者已损坏，请单独选它再查一次。"
        return _row(document.row, document.name, "", NOT_CHECKED, sentence)
    found = files.check(parts, content, now=now)
    if found.proof is not None:
        return _proof(document, found.view, found.proof)
    told = _told(document.row, document.name, "", found.view)
    return replace(told, title=UNSURE) if found.view.verdict is Verdict.UNKNOWN else told


def _row(row: int, label: str, name: str, verdict: str, sentence: str) -> Row:
    title = TITLES.get(verdict, verdict)
    return Row(row=row, label=label, name=name, verdict=verdict, title=title, sentence=sentence)


def _told(row: int, label: str, name: str, view: VerdictView) -> Row:
    verdict = view.verdict.value
    facts = view.facts
    if facts is None:
        return _row(row, label, name, verdict, view.sentence)
    sentence = view.sentence
    # Told only to whoever handed over the old paper: of a number and a name there is none here.
    if view.successor_number is not None:
        sentence += f"新证书的编号：{view.successor_number}。"
    holder = view.stated_holder[0] if view.stated_holder else facts.holder_name
    return Row(
        row=row, label=label, name=name, verdict=verdict, title=TITLES.get(verdict, verdict),
        sentence=sentence, number=facts.number, holder=holder, course=facts.course,
        institution=facts.institution, hours=facts.hours, completed_on=facts.completed_on,
        issued_on=facts.issued_on, expires_on=facts.expires_on or "长期",
    )  # fmt: skip


def _proof(document: Document, view: VerdictView, stated: Stated) -> Row:
    """A proof of hours: it is of a person and of several courses, and not of one certificate."""
    return Row(
        row=document.row, label=document.name, name="", verdict=view.verdict.value,
        title="学时证明", sentence=view.sentence, number=stated.number, holder=stated.holder_name,
        course="、".join(each.title for each in stated.courses), institution=stated.organisation,
        hours="、".join(each.hours for each in stated.courses), completed_on=stated.made_on,
    )  # fmt: skip


def _sheet(rows: tuple[Row, ...]) -> bytes:
    cells = (
        (
            row.row, row.label, row.name, row.title, row.sentence, row.number, row.holder,
            row.course, row.institution, row.hours, row.completed_on, row.issued_on,
            row.expires_on,
        )
        for row in rows
    )  # fmt: skip
    return spreadsheet.write_sheets([("查验结果", _WIDTHS, [_HEADING, *cells])])


def together(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Several files as one that is handed over."""
    return batch_files.together(files)


async def whoever_looks(actor: MaybeActor, device_id: DeviceId, address: CallerAddress) -> Looking:
    """Who asks: whoever has a proven name by it, and everybody else by device and address."""
    is_known = actor is not None and actor.is_verified
    return Looking(device_id, address, actor.learner_id if actor and is_known else None)
