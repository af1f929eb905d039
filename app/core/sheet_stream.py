"""Streams a table as xlsx: row by row into the packed file, however long it is.

Text stays text: no cell is a formula, an address or a number that was not one. ECMA-376, inline
strings; the parts are the fewest that spreadsheet programs ask for.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import IO, cast
from xml.sax.saxutils import escape


class Look(IntEnum):
    """How a cell looks; the number is its format's place in `_STYLES`."""

    PLAIN = 0
    HEADING = 1
    GREEN = 2
    AMBER = 3
    RED = 4
    BLUE = 5
    GREY = 6


Styled = tuple[str | int, Look]
MOST_ROWS = 1_048_576
"""More does not fit into a sheet."""
_PIECE = 64 * 1024
_FILLS = ("DDEFE0", "FBEFD5", "F6D5CF", "DCE7F2", "EEEEEE")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_XML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# What XML cannot say, and what spreadsheet programs would read as an escape.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class _Sink:
    """What the packer writes into; it cannot be gone back in."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def write(self, piece: bytes) -> int:
        self._kept += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self, least: int = 1) -> bytes:
        """What was written since, once that is enough."""
        if len(self._kept) < least:
            return b""
        piece = bytes(self._kept)
        self._kept.clear()
        return piece


def stream(title: str, widths: Sequence[int], rows: Iterable[Sequence[Styled]]) -> Iterator[bytes]:
    """Give the file in pieces; the first row is the heading, and stays in sight like column A.

    Raises ValueError for more rows than a sheet holds.
    """
    sink = _Sink()
    with zipfile.ZipFile(
        cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED, compresslevel=4
    ) as packed:
        for name, content in _parts(title).items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        with packed.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(_begin(widths))
            letters = [_letters(column) for column in range(len(widths))]
            for number, row in enumerate(rows, start=1):
                if number > MOST_ROWS:
                    raise ValueError("a sheet holds no more rows")
                sheet.write(_row(number, row, letters).encode())
                if piece := sink.taken(_PIECE):
                    yield piece
            sheet.write(b"</sheetData></worksheet>")
    yield sink.taken()


def _row(number: int, row: Sequence[Styled], letters: Sequence[str]) -> str:
    cells = []
    for letter, (value, look) in zip(letters, row, strict=True):
        if isinstance(value, int):
            cells.append(f'<c r="{letter}{number}" s="{look:d}"><v>{value}</v></c>')
        else:
            cells.append(
                f'<c r="{letter}{number}" s="{look:d}" t="inlineStr"><is>'
                f'<t xml:space="preserve">{_text(value)}</t></is></c>'
            )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text(value: str) -> str:
    said = _ILLEGAL.sub("", value)
    return escape(_ESCAPE.sub("_x005F_", said) if "_x" in said else said)


def _letters(column: int) -> str:
    """A column's name: A to Z, AA and on."""
    name, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def _begin(widths: Sequence[int]) -> bytes:
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>"
    ).encode()


def _parts(title: str) -> dict[str, str]:
    """Everything but the sheet itself."""
    return {
        "[Content_Types].xml": (
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_XML}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_XML}.styles+xml"/>'
            '<Override PartName="/xl/worksheets/sheet1.xml" '
            f'ContentType="{_XML}.worksheet+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
            "</Relationships>"
        ),
        "xl/workbook.xml": (
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{escape(title, {chr(34): "&quot;"})}" sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>"
        ),
        "xl/styles.xml": _styles(),
    }


def _styles() -> str:
    """The formats of cells: plain, heading, and one for each fill, in the order of `Look`."""
    fills = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/></patternFill></fill>'
        for colour in _FILLS
    )
    looks = "".join(
        f'<xf numFmtId="0" fontId="0" fillId="{place}" borderId="0" xfId="0" applyFill="1"/>'
        for place in range(2, 2 + len(_FILLS))
    )
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/>'
        '<name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font>'
        f'</fonts><fills count="{2 + len(_FILLS)}"><fill><patternFill patternType="none"/>'
        f'</fill><fill><patternFill patternType="gray125"/></fill>{fills}</fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{2 + len(_FILLS)}"><xf numFmtId="0" fontId="0" fillId="0" '
        'borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" '
        f'applyFont="1"/>{looks}</cellXfs></styleSheet>'
    )
