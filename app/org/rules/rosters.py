"""A roster as a table: its columns, each line judged, and what is wrong with it, for a clerk.

Nothing here says what stands in a cell: causes and remedies are kept with an import, names and
numbers are not.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.identity.rules import id_number, names
from app.identity.rules.documents import DOCUMENT_NAMES, DocumentError, DocumentType
from app.org.rules import units

Cell = str | float

MOST_LINES = 100_000
"""Of one import; a larger roster comes in several."""
HEADING_WITHIN = 10
"""Rows in which the heading is looked for: many tables begin with a title."""


class Column(StrEnum):
    """What a roster tells of a person."""

    NAME = "name"
    NUMBER = "number"
    DOCUMENT_TYPE = "document_type"
    UNIT = "unit"
    POSITION = "position"
    TAGS = "tags"


HEADINGS: dict[Column, str] = {
    Column.NAME: "姓名",
    Column.NUMBER: "证件号码",
    Column.DOCUMENT_TYPE: "证件类型",
    Column.UNIT: "部门",
    Column.POSITION: "岗位",
    Column.TAGS: "标签",
}
"""As the template and the export have them."""
_ALSO: dict[Column, frozenset[str]] = {
    Column.NAME: frozenset({"姓名", "员工姓名", "职工姓名", "人员姓名", "name"}),
    Column.NUMBER: frozenset(
        {
            "证件号码", "证件号", "身份证", "身份证号", "身份证号码", "公民身份号码",
            "居民身份证号码",
            "number", "idnumber",
        }
    ),
    Column.DOCUMENT_TYPE: frozenset({"证件类型", "证件种类", "证件名称", "documenttype"}),
    Column.UNIT: frozenset(
        {
            "部门", "所在部门", "所属部门", "部门名称", "工作部门", "任职部门", "单位部门",
            "部门班组", "所属单位", "科室", "车间", "所属车间", "班组", "所属班组", "unit",
            "department",
        }
    ),
    Column.POSITION: frozenset(
        {
            "岗位", "岗位名称", "工作岗位", "所在岗位", "从事岗位", "职位", "职位名称", "工种",
            "工种名称", "职务", "职务名称", "岗位工种", "岗位职务", "position",
        }
    ),
    Column.TAGS: frozenset({"标签", "员工标签", "人员标签", "tags"}),
}  # fmt: skip
_NEEDED = (Column.NAME, Column.NUMBER)
_TYPES = {name: kind for kind, name in DOCUMENT_NAMES.items()} | {
    "身份证": DocumentType.RESIDENT_ID, "二代身份证": DocumentType.RESIDENT_ID,
    "港澳台居住证": DocumentType.RESIDENCE_PERMIT, "外国人永居证": DocumentType.FOREIGN_PERMANENT,
    "外国人永久居留证": DocumentType.FOREIGN_PERMANENT,
}  # fmt: skip
_SHOWN, _SHOWN_LETTERS = 12, 20
"""Of columns and sheets that are not read."""
_ROUNDED = re.compile(r"[1-9](\.[0-9]+)?[Ee]\+?1[4-9]|[1-9][0-9]{14}000")
"""A number that Excel has rounded and written down as a text: 5.10101E+17, or with three zeros."""
_SPREAD = (Column.UNIT, Column.POSITION, Column.DOCUMENT_TYPE, Column.TAGS)
"""Columns in which merged cells mean all of their rows."""
_NOTES = re.compile(r"[（(].*?[）)]|[\s*＊:：/／_-]")


class MissingColumnError(ValueError):
    """A table without a column that is needed, or without any heading."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__("、".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands, from 0, and in which row the heading is, from 1.

    `unread` are the headings that mean nothing here, as they are written.
    """

    row: int
    places: dict[Column, int]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells of one column that a table shows as one: its rows from 1, the column from 0."""

    first: int
    last: int
    place: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell, and what to do about it."""

    row: int
    cell: str
    cause: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a roster in canonical spelling; None leaves what was there before.

    `tags` is the cell as it is written: which of them there are is not the table's to say.
    """

    row: int
    name: str
    number: str
    unit: str | None
    position: str | None
    tags: str = ""


def heading(cells: Sequence[Cell]) -> dict[Column, int]:
    """Which columns a row names, however it writes them; the first of two alike counts."""
    found: dict[Column, int] = {}
    for place, cell in enumerate(cells):
        word = _NOTES.sub("", unicodedata.normalize("NFKC", str(cell))).lower()
        for column, words in _ALSO.items():
            if word in words:
                found.setdefault(column, place)
    return found


def layout_of(first_rows: Sequence[Sequence[Cell]]) -> Layout:
    """Find the heading among the first rows. Raises MissingColumnError naming what is missing."""
    best: dict[Column, int] = {}
    for row, cells in enumerate(first_rows[:HEADING_WITHIN], start=1):
        found = heading(cells)
        if all(column in found for column in _NEEDED):
            return Layout(row, found, _unread(cells, found))
        best = found if len(found) > len(best) else best
    raise MissingColumnError(tuple(HEADINGS[each] for each in _NEEDED if each not in best))


def _unread(cells: Sequence[Cell], found: dict[Column, int]) -> tuple[str, ...]:
    read = set(found.values())
    words = (str(cell).strip() for place, cell in enumerate(cells) if place not in read)
    return tuple(each for each in words if each)


def remarks(unread: Sequence[str], sheets: Sequence[str]) -> str:
    """What of a file was not read, for the page; empty where all of it was."""
    told = [
        f"没有读的{what}：{'、'.join(each[:_SHOWN_LETTERS] for each in names[:_SHOWN])}"
        + (f" 等 {len(names)} {unit}。" if len(names) > _SHOWN else "。")
        for what, names, unit in (("列", unread, "列"), ("工作表", sheets, "张"))
        if names
    ]
    return "".join(told)


def letters(place: int) -> str:
    """The letters of a column, from 0: A, Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


_BY_EXCEL = (
    "Excel 把号码当成了数字，最后几位已经变成 0。", "先把这一列设成“文本”格式，再重新填写号码",
)  # fmt: skip


class Reader:
    """Judges the lines of one table in their order, and knows which numbers came before."""

    def __init__(self, layout: Layout, *, today: dt.date, merged: Sequence[Merged] = ()) -> None:
        self._layout = layout
        self._today = today
        self._rows_of: dict[str, int] = {}
        places = {layout.places[each]: each for each in _SPREAD if each in layout.places}
        self._merged = {
            (each.first, places[each.place]): each.last for each in merged if each.place in places
        }
        self._spread: dict[Column, tuple[int, str]] = {}

    def read(self, row: int, cells: Sequence[Cell]) -> Line | tuple[Fault, ...] | None:
        """A line, all that is wrong with it, or None for a row with nothing in it."""
        texts = {column: self._text(cells, column) for column in Column}
        if not any(texts.values()):
            return None
        self._fill(row, texts)
        faults: list[Fault] = []
        name = self._name(row, texts[Column.NAME], faults)
        number = self._number(row, cells, texts, faults)
        unit = self._unit(row, texts[Column.UNIT], faults)
        position = self._position(row, texts[Column.POSITION], faults)
        if number and (before := self._rows_of.setdefault(number, row)) != row:
            cause = f"和第 {before} 行是同一个证件号码。"
            faults.append(self._fault(row, Column.NUMBER, cause, "一个人只留一行"))
        if faults:
            return tuple(faults)
        return Line(row, name, number, unit, position, texts[Column.TAGS])

    def _fill(self, row: int, texts: dict[Column, str]) -> None:
        """Give a row what stands in the first of the merged cells that it belongs to."""
        for column in _SPREAD:
            if (row, column) in self._merged:
                self._spread[column] = self._merged[row, column], texts[column]
            last, words = self._spread.get(column, (0, ""))
            if row <= last and not texts[column]:
                texts[column] = words

    def _text(self, cells: Sequence[Cell], column: Column) -> str:
        place = self._layout.places.get(column)
        if place is None or place >= len(cells):
            return ""
        cell = cells[place]
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        return str(cell).strip()

    def _fault(self, row: int, column: Column, cause: str, remedy: str) -> Fault:
        place = self._layout.places.get(column, 0)
        return Fault(row, f"{letters(place)}{row}", cause, remedy)

    def _name(self, row: int, text: str, faults: list[Fault]) -> str:
        if not text:
            faults.append(self._fault(row, Column.NAME, "没有姓名。", "请照员工的证件填写"))
            return ""
        try:
            return names.normalise(text)
        except names.WrongNameError as error:
            remedy = "请照员工的证件填写"
            faults.append(self._fault(row, Column.NAME, str(error), remedy))
            return ""

    def _number(
        self, row: int, cells: Sequence[Cell], texts: dict[Column, str], faults: list[Fault]
    ) -> str:
        text, kind = texts[Column.NUMBER], texts[Column.DOCUMENT_TYPE]
        if not text:
            remedy = "请照员工的证件填写"
            faults.append(self._fault(row, Column.NUMBER, "没有证件号码。", remedy))
            return ""
        if isinstance(cells[self._layout.places[Column.NUMBER]], float) and len(text) > 15:
            faults.append(self._fault(row, Column.NUMBER, *_BY_EXCEL))
            return ""
        document_type = _TYPES.get(_NOTES.sub("", kind)) if kind else id_number.likely_type(text)
        if document_type is None:
            cause = "没有这种证件类型。"
            remedy = f"请填{'、'.join(DOCUMENT_NAMES.values())}，或者空着"
            faults.append(self._fault(row, Column.DOCUMENT_TYPE, cause, remedy))
            return ""
        try:
            return id_number.parse(document_type, text, today=self._today).number
        except DocumentError as error:
            told = (error.sentence, "请照员工的证件逐位检查")
            told = _BY_EXCEL if _ROUNDED.fullmatch(text) else told
            faults.append(self._fault(row, Column.NUMBER, *told))
            return ""

    def _unit(self, row: int, text: str, faults: list[Fault]) -> str | None:
        try:
            return units.spelled(text) or None
        except units.WrongWordsError as error:
            faults.append(self._fault(row, Column.UNIT, error.sentence, error.remedy))
            return None

    def _position(self, row: int, text: str, faults: list[Fault]) -> str | None:
        try:
            return units.name_of(text, HEADINGS[Column.POSITION]) if text else None
        except units.WrongWordsError as error:
            faults.append(self._fault(row, Column.POSITION, error.sentence, error.remedy))
            return None
