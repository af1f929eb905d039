"""How far out a cell may stand, whether it says where it stands or not."""

import time

import pytest

from app.certs.rules.sheets import MOST_COLUMNS, MOST_ROWS, is_small

_SPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _sheet(rows: bytes) -> bytes:
    return b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (_SPACE, rows)


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1"><c r="A1"/></row>',
        b"<row><c r='AX2000'/></row>",
        b'<row r = "7"><c r = "B7"/></row>',
        b'<row r="1048576"/>',
        b'<row r="1048576"><c r="A1048576" s="3"/></row>',
        b'<row><c r="XFD1" s="3"></c></row>',
        b"<row><c s='3'/></row>" * (10 * MOST_ROWS),
        b"<row>" + b"<c/>" * MOST_COLUMNS + b"</row>",
        b"<row><c/></row>" * MOST_ROWS,
        b"<row r='2'><c><v>1</v></c><c r='C2'/><c/></row>" * 3,
        b'<dimension ref="A1:XFD1048576"/>',
        b'<x xmlns:r="u" r:r="XFD1" count="12"/>',
    ],
)
def test_cells_that_stand_near(rows: bytes) -> None:
    assert is_small(_sheet(rows))
    assert is_small(b"\xef\xbb\xbf" + _sheet(rows))


@pytest.mark.parametrize(
    "rows",
    [
        b'<row><c r="AAAA1"/></row>',
        b'<row><c r="A2001"><v/></c></row>',
        b"<row><c r='AY1'><v/></c></row>",
        b'<row><c r ="XFD1"><v/></c></row>',
        b'<row r="1048576"><c><v/></c></row>',
        b'<row r="2001"><c><v/></c></row>',
        b'<row><c r=""><v/></c></row>',
        b'<row><c r="$A$1"><v/></c></row>',
        b"<row/>" * MOST_ROWS + b"<row><c><v/></c></row>",
        b"<row>" + b"<c><v/></c>" * (MOST_COLUMNS + 1) + b"</row>",
        b"<c><v/></c>" * (MOST_COLUMNS + 1),
        b'<x:row xmlns:x="u">' + b"<x:c><x:v/></x:c>" * (MOST_COLUMNS + 1) + b"</x:row>",
        b"<row>" + b'<c r="A1"><v/></c>' * (MOST_COLUMNS + 1) + b"</row>",
        b"<row>" + b"<c><row/></c>" * 2 + b"</row>",
        b'<row r="1999"/>' + b"<row/>" + b"<row><c><v/></c></row>",
        b'<sst uniqueCount="4294967295"/>',
        b'<sst count="-1"/>',
    ],
)
def test_cells_that_stand_far_out(rows: bytes) -> None:
    assert not is_small(_sheet(rows))


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a>",
        b"<!DOCTYPE a><a/>",
        '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"),
        b"<a:row/>",
    ],
)
def test_what_another_reader_may_understand_otherwise_is_no_part(xml: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        is_small(xml)


def test_a_part_as_large_as_may_be_is_counted_soon() -> None:
    began = time.thread_time()
    assert is_small(_sheet(b"<v/>" * (2 * 2**20)))
    assert time.thread_time() - began < 10
