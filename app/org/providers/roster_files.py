"""Reads a roster as it was handed over: xlsx, or CSV in UTF-8 or GB18030; row by row.

What a table may unfold to is bounded before it is laid out (`app/learning/rules/sheet_room.py`).
"""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from python_calamine import CalamineError, CalamineWorkbook

from app.certs.providers.batch_files import opened, plain_copy
from app.core.errors import InvalidError
from app.learning.rules.sheet_room import Room
from app.org.rules.rosters import HEADING_WITHIN, HEADINGS, MOST_LINES, Cell, Column

MOST_BYTES = 16 * 2**20
"""Of what is handed over: 100,000 lines take a third of it."""
_MOST_UNPACKED = 160 * 2**20
_MOST_COLUMNS = 60
_MOST = Room(MOST_LINES + HEADING_WITHIN, _MOST_COLUMNS, 8 * MOST_LINES)
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_FIELD = "/file"
_SEPARATOR = re.compile(r"[,\t;，]")
_TOO_MANY = f"一次最多导入 {MOST_LINES:,} 行"


def rows_of(content: bytes) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """Each row with its number as a spreadsheet counts it, from 1.

    Raises InvalidError for /file that says what is wrong, also while it is read.
    """
    if len(content) > MOST_BYTES:
        raise _refused("文件太大。", "too_large", f"最大 {MOST_BYTES // 2**20} MB，请分成几份")
    if content.startswith(_OLD_EXCEL):
        raise _refused(
            "这是旧版 Excel（.xls）或加了密码的文件。", "unreadable",
            "请在 Excel 里另存为“Excel 工作簿（.xlsx）”，不要设密码",
        )  # fmt: skip
    return _sheet(content) if content.startswith(_ZIP) else _text(content)


def _refused(message: str, code: str, remedy: str) -> InvalidError:
    return InvalidError(message, field=_FIELD, code=code, remedy=remedy)


def _sheet(content: bytes) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    too_large = _refused(f"{_TOO_MANY}，这份表格太大。", "too_large", "请分成几份，只留要导入的列")
    try:
        copy = plain_copy(
            opened(content), most_bytes=_MOST_UNPACKED, most=_MOST, too_large=too_large
        )
        sheet = CalamineWorkbook.from_filelike(copy).get_sheet_by_index(0)
        start = sheet.start
    except (CalamineError, ValueError, IndexError):
        raise _refused("这份表格读不出来。", "unreadable", "请另存为 .xlsx 后再选") from None
    if start is None:
        raise _refused("表格是空的。", "missing", "请先下载模板，照着填写")
    # Rows are given from the first on, columns from the first that is used.
    ahead: tuple[Cell, ...] = ("",) * start[1]
    for row, cells in enumerate(sheet.iter_rows(), start=1):
        yield row, ahead + tuple(map(_cell, cells))


def _cell(value: object) -> Cell:
    return value if isinstance(value, float | str) else str(value)


def _text(content: bytes) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    separators = _SEPARATOR.findall(first)
    separator = max(set(separators), key=separators.count) if separators else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
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


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _refused("这个文件读不出来。", "unreadable", "请选 Excel（.xlsx）或 CSV 文件")


TEMPLATE_ROWS: tuple[tuple[str, ...], ...] = (tuple(HEADINGS[column] for column in Column),)
WIDTHS = (16, 26, 22, 24, 18)
"""Of the columns of the template and the export."""
