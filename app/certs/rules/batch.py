"""Many certificates at once: the lines that somebody handed over, and what is said of each."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from app.certs.rules.typed import MOST_NAME, MOST_NUMBER, slip_of
from app.certs.rules.verdicts import Verdict

MOST = 200
"""Lines or files at a time."""
NOT_CHECKED = "not_checked"
"""Stands in a verdict's place where a line could not be looked up at all."""
TITLES: dict[str, str] = {
    Verdict.VALID: "有效",
    Verdict.EXPIRED: "已过有效期",
    Verdict.REVOKED: "已撤销",
    Verdict.ALTERED: "内容被改过",
    Verdict.INCOMPLETE: "码没有读全",
    Verdict.UNKNOWN: "查不到",
    Verdict.SUSPENDED: "已暂停",
    Verdict.SUPERSEDED: "已换发",
    NOT_CHECKED: "没有查",
}
UNSURE = "还不能判断"
"""The title of a file that tells nothing, as on the page: it may be a print of a real one."""
NUMBER_HEADINGS = (
    "证书编号", "证书号码", "证书号", "证号", "编号", "certificateno", "certificatenumber",
    "number",
)  # fmt: skip
"""What the column of numbers is usually called; blanks and signs around it do not count."""
NAME_HEADINGS = (
    "持证人姓名", "员工姓名", "学员姓名", "人员姓名", "持证人", "姓名", "名字", "员工", "学员",
    "name",
)  # fmt: skip
LOOKS_LIKE_HEADING = frozenset(
    {*NUMBER_HEADINGS, *NAME_HEADINGS, "序号", "部门", "岗位", "身份证号"}
)
_ROWS_BEFORE = 10
"""Rows among which the headings are looked for: a title and remarks may stand above them."""
_NUMBER = re.compile(r"[A-Za-z]{2}[A-Za-z0-9 -]*[0-9][A-Za-z0-9 -]*")
_SIGNS = re.compile(r"[^\w]|_")
_APART = re.compile(r"[\t,，;；]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")
"""What a cell can hold and nobody types: no page and no table shows it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A number and a name; `row` is where they stand, counted from 1 as people do."""

    row: int
    number: str
    name: str

    def fault(self, hosts: Collection[str]) -> str | None:
        """What has to be mended before it can be looked up; None where nothing.

        `hosts` are those of our own addresses.
        """
        if not self.number:
            return f"第 {self.row} 行没有填证书编号，请补上后再查。"
        if not self.name:
            return f"第 {self.row} 行没有填持证人姓名，请补上后再查。"
        if slip := slip_of(self.number, self.name, hosts=hosts):
            return f"第 {self.row} 行：{slip.sentence}"
        if _UNSEEN.search(self.number + self.name):
            return f"第 {self.row} 行的编号或姓名里有读不出来的字符，请照证书重新填写。"
        return None

    @property
    def shown(self) -> tuple[str, str]:
        """Number and name as they are said back: not too long, and nothing odd in them."""
        return _UNSEEN.sub("", self.number)[:MOST_NUMBER], _UNSEEN.sub("", self.name)[:MOST_NAME]


def lines_of_text(text: str) -> list[Line]:
    """Lines as people paste them: number and name apart by a comma, a tab or a blank."""
    rows = []
    for line in text.splitlines():
        cells = [cell.strip().strip('"') for cell in _APART.split(line.strip())]
        rows.append(cells if len(cells) > 1 else line.strip().split(maxsplit=1))
    return lines_of_table(rows)


def lines_of_table(rows: Iterable[Sequence[str]]) -> list[Line]:
    """Lines of a table, by its headings; without any the first two columns. No empty ones.

    What stands above the headings is no line. Raises NoColumnsError where there are headings, and
    none of them is a number's and a name's.
    """
    given = [(place, cells) for place, cells in enumerate(rows, start=1) if any(cells)]
    number_at, name_at = 0, 1
    top = list(takewhile(lambda each: not _is_line(each[1]), given[:_ROWS_BEFORE]))
    for at, (_, cells) in enumerate(top):
        if (heading := _heading(cells)) is not None:
            number_at, name_at = heading
            given = given[at + 1 :]
            break
    else:
        _refuse_others(cells for _, cells in top)
    return [Line(place, _at(cells, number_at), _at(cells, name_at)) for place, cells in given]


class NoColumnsError(ValueError):
    """A table has headings, and none for numbers and names; `read` are those that it has."""

    def __init__(self, read: Sequence[str]) -> None:
        super().__init__("no columns")
        self.read = tuple(read)


def _refuse_others(rows: Iterable[Sequence[str]]) -> None:
    for cells in rows:
        named = [cell.strip() for cell in cells if cell.strip()]
        if len(named) > 1 and any(_plain(cell) in LOOKS_LIKE_HEADING for cell in named):
            raise NoColumnsError([each[:20] for each in named[:8]])


def _is_line(cells: Sequence[str]) -> bool:
    """Tell whether a number stands there: nothing below it is a heading, and no line is lost."""
    return any(_NUMBER.fullmatch(cell.strip()) for cell in cells)


def _plain(cell: str) -> str:
    """A heading without what people set around it: blanks, stars, brackets, a colon."""
    return _SIGNS.sub("", cell.lower())


def _heading(cells: Sequence[str]) -> tuple[int, int] | None:
    """Where number and name stand, if these are headings."""
    plain = [_plain(cell) for cell in cells]
    number = next((plain.index(each) for each in NUMBER_HEADINGS if each in plain), None)
    name = next((plain.index(each) for each in NAME_HEADINGS if each in plain), None)
    return None if number is None or name is None else (number, name)


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""
