"""Writes tables as xlsx, row by row; a cell is never taken for a formula or an address."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

Cell = str | int | float
_SAFE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_sheets(
    sheets: Iterable[tuple[str, Sequence[int], Iterable[Sequence[Cell]]]], *, is_text: bool = False
) -> bytes:
    """Write sheets: each a title, its columns' widths, and its rows with the heading first.

    `is_text`: what people type into these columns stays text, long numbers with all their digits.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _SAFE) as book:
        heading = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"num_format": "@"})
        for title, widths, rows in sheets:
            sheet = book.add_worksheet(title)
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width, text if is_text else None)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    _write(sheet, number, column, cell, heading if number == 0 else None)
    return target.getvalue()


def _write(sheet: object, row: int, column: int, cell: Cell, style: object) -> None:
    # `write` would guess: text that begins with = or http must stay text.
    write = sheet.write_string if isinstance(cell, str) else sheet.write_number  # type: ignore[attr-defined]
    write(row, column, cell, style)
