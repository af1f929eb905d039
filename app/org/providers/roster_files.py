"""Reads a roster as it was handed over: xlsx, or CSV in UTF-8 or GB18030; row by row.

What a table may unfold to is bounded before it is laid out (`app/learning/rules/sheet_room.py`).
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from app.certs.providers.batch_files import opened, plain_copy
from app.core.errors import InvalidError
from app.learning.rules.sheet_room import Room
from app.org.rules.rosters import (
    HEADING_WITHIN,
    HEADINGS,
    MOST_LINES,
    Cell,
    Column,
    Merged,
    heading,
)

MOST_BYTES = 16 * 2**20
"""Of what is handed over: 100,000 lines take a third of it."""
_MOST_UNPACKED = 160 * 2**20
_MOST_COLUMNS = 60
_MOST = Room(MOST_LINES + HEADING_WITHIN, _MOST_COLUMNS, 8 * MOST_LINES)
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_FIELD = "/file"
_SEPARATORS = ",\t;，"
_HEAD_LETTERS = 20_000
_BROKEN = "\ufffd"
_TOO_MANY = f"一次最多导入 {MOST_LINES:,} 行"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was handed over.

    `rows` has each row with its number as a spreadsheet counts it, from 1; `other_sheets` are those
    that are not read: a file's roster is its first sheet that is not hidden.
    """

    rows: Iterator[tuple[int, tuple[Cell, ...]]]
    other_sheets: tuple[str, ...] = ()
    merged: tuple[Merged, ...] = ()


def table_of(content: bytes) -> Table:
    """Open a table.

    Raises InvalidError for /file that says what is wrong, also while it is read.
    """
    if len(content) > MOST_BYTES:
        raise _refused("文件太大。", "too_large", f"最大 {MOST_BYTES // 2**20} MB，请分成几份")
    if content.startswith(_OLD_EXCEL):
        raise _refused(
            "这是旧版 Excel（.xls）或加了密码的文件。", "unreadable",
            "请在 Excel 里另存为“Excel 工作簿（.xlsx）”，不要设密码",
        )  # fmt: skip
    return _sheet(content) if content.startswith(_ZIP) else Table(_text(content))


def _refused(message: str, code: str, remedy: str) -> InvalidError:
    return InvalidError(message, field=_FIELD, code=code, remedy=remedy)


def _sheet(content: bytes) -> Table:
    too_large = _refused(f"{_TOO_MANY}，这份表格太大。", "too_large", "请分成几份，只留要导入的列")
    try:
        copy = plain_copy(
            opened(content), most_bytes=_MOST_UNPACKED, most=_MOST, too_large=too_large
        )
        book = CalamineWorkbook.from_filelike(copy)
        wanted, others = _chosen(book)
        sheet = book.get_sheet_by_index(wanted)
        start = sheet.start
        merged = _merged(sheet)
    except (CalamineError, ValueError, IndexError):
        raise _refused("这份表格读不出来。", "unreadable", "请另存为 .xlsx 后再选") from None
    if start is None:
        raise _refused("表格是空的。", "missing", "请先下载模板，照着填写")
    return Table(_rows(sheet, start[1]), others, merged)


def _chosen(book: CalamineWorkbook) -> tuple[int, tuple[str, ...]]:
    """The place of the first sheet that is seen, and what the others are called."""
    sheets = book.sheets_metadata
    seen = [
        place for place, each in enumerate(sheets)
        if each.visible == SheetVisibleEnum.Visible and each.typ == SheetTypeEnum.WorkSheet
    ]  # fmt: skip
    chosen = seen[0] if seen else 0
    return chosen, tuple(each.name for place, each in enumerate(sheets) if place != chosen)


def _merged(sheet: CalamineSheet) -> tuple[Merged, ...]:
    """Cells of several rows that are shown as one; those beside one another are only titles."""
    return tuple(
        Merged(first[0] + 1, last[0] + 1, first[1])
        for first, last in sheet.merged_cell_ranges or ()
        if last[0] > first[0]
    )


def _rows(sheet: CalamineSheet, before: int) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    # Rows are given from the first on, columns from the first that is used.
    ahead: tuple[Cell, ...] = ("",) * before
    for row, cells in enumerate(sheet.iter_rows(), start=1):
        yield row, ahead + tuple(map(_cell, cells))


def _cell(value: object) -> Cell:
    return value if isinstance(value, float | str) else str(value)


def _text(content: bytes) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        # A cell in quotes may have several lines; a spreadsheet counts it as one row all the same.
        for row, cells in enumerate(reader, start=1):
            if row > _MOST.rows:
                raise _refused(f"{_TOO_MANY}，这份太长。", "too_large", "请分成几份")
            yield row, tuple(islice((cell.strip("\t") for cell in cells), _MOST_COLUMNS))
    except csv.Error:
        raise _refused(
            "这份 CSV 读不出来。", "unreadable", "请用 Excel 另存为 .xlsx 再选"
        ) from None


def _separator(text: str) -> str:
    """What parts the cells: that by which the first rows name the most columns, titles or not."""
    lines = text[:_HEAD_LETTERS].splitlines()[:HEADING_WITHIN]
    best, most = ",", 0
    for each in _SEPARATORS:
        named = max((len(heading(_cells(line, each))) for line in lines), default=0)
        best, most = (each, named) if named > most else (best, most)
    return best


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _decoded(content: bytes) -> str:
    if (damaged := _damaged(content)) is not None:
        return damaged
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _refused("这个文件读不出来。", "unreadable", "请选 Excel（.xlsx）或 CSV 文件")


def _damaged(content: bytes) -> str | None:
    """A text in UTF-8 of which a few bytes are broken; None for anything else.

    The broken ones become marks that no name, number or unit may have, so that their cells are
    named. In GB18030 nearly every sign would be broken if it were taken for UTF-8.
    """
    text = content.decode("utf-8-sig", errors="replace")
    broken = text.count(_BROKEN)
    signs = sum(1 for each in text if each > "\x7f") - broken
    return text if 0 < broken * 10 <= signs and "\x00" not in text else None


TEMPLATE_ROWS: tuple[tuple[str, ...], ...] = (tuple(HEADINGS[column] for column in Column),)
WIDTHS = (16, 26, 22, 24, 18, 24)
"""Of the columns of the template and the export."""
