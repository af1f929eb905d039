"""Many certificates at once: the lines that somebody handed over, and what is said of each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
    "suspended": "已暂停",
    "superseded": "已换发",
    NOT_CHECKED: "没有查",
}
NUMBER_HEADINGS = ("证书编号", "编号", "number")
NAME_HEADINGS = ("持证人姓名", "持证人", "姓名", "name")
_APART = re.compile(r"[\t,，;；]")


@dataclass(frozen=True, slots=True)
class Line:
    """A number and a name; `row` is where they stand, counted from 1 as people do."""

    row: int
    number: str
    name: str

    @property
    def fault(self) -> str | None:
        """What has to be mended before it can be looked up; None where nothing."""
        if not self.number:
            return f"第 {self.row} 行没有填证书编号，请补上后再查。"
        if not self.name:
            return f"第 {self.row} 行没有填持证人姓名，请补上后再查。"
        if len(self.number) > 60 or len(self.name) > 120:
            return f"第 {self.row} 行的编号或姓名太长，请照证书重新填写。"
        return None


def lines_of_text(text: str) -> list[Line]:
    """Lines as people paste them: number and name apart by a comma, a tab or a blank."""
    rows = []
    for line in text.splitlines():
        cells = [cell.strip().strip('"') for cell in _APART.split(line.strip())]
        rows.append(cells if len(cells) > 1 else line.strip().split(maxsplit=1))
    return lines_of_table(rows)


def lines_of_table(rows: Iterable[Sequence[str]]) -> list[Line]:
    """Lines of a table, by its headings; without any the first two columns. No empty ones."""
    number_at, name_at = 0, 1
    found: list[Line] = []
    for place, cells in enumerate(rows, start=1):
        if not any(cells):
            continue
        if not found and (heading := _heading(cells)) is not None:
            number_at, name_at = heading
            continue
        found.append(Line(place, _at(cells, number_at), _at(cells, name_at)))
    return found


def _heading(cells: Sequence[str]) -> tuple[int, int] | None:
    """Where number and name stand, if these are headings."""
    plain = [cell.strip().lower() for cell in cells]
    number = next((plain.index(each) for each in NUMBER_HEADINGS if each in plain), None)
    name = next((plain.index(each) for each in NAME_HEADINGS if each in plain), None)
    return None if number is None or name is None else (number, name)


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""
