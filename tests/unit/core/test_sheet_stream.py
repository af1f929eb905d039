"""The streamed table: what is read back is what was written, and it comes while it is made."""

import io
import zipfile
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.core import sheet_stream
from app.core.sheet_stream import Look, Styled, stream

_SAFE = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"),
    min_size=1, max_size=40,
).filter(lambda text: text.strip() == text and text != "")  # fmt: skip
_ODD = st.sampled_from(["=1+1", "_x0041_", "<&>\"'", "007", "http://a.b", "𬭎 龘", "a_x00", "+86"])


def _read(content: bytes) -> list[list[object]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python()]


@given(st.lists(st.tuples(_SAFE | _ODD, st.integers(0, 10**9), _SAFE | _ODD), min_size=1))
def test_cells_are_read_back_as_they_were(rows: list[tuple[str, int, str]]) -> None:
    styled: list[Sequence[Styled]] = [
        [(first, Look.PLAIN), (number, Look.GREEN), (last, Look.RED)]
        for first, number, last in rows
    ]
    content = b"".join(stream("进度 & <表>", [10, 10, 10], styled))
    assert _read(content) == [[first, float(number), last] for first, number, last in rows]


def test_what_xml_cannot_say_is_left_out() -> None:
    content = b"".join(stream("x", [10], [[("a\x00b\x1fc\ud800d", Look.PLAIN)]]))
    assert _read(content) == [["abcd"]]


def test_every_part_is_well_formed_and_columns_go_beyond_z() -> None:
    wide = [[(number, Look.PLAIN) for number in range(60)]]
    content = b"".join(stream("x", [8] * 60, wide))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="Z1" ' in sheet
    assert '<c r="AA1" ' in sheet
    assert '<c r="BH1" ' in sheet
    assert _read(content) == [[float(number) for number in range(60)]]


def test_pieces_leave_before_the_last_row_is_asked_for() -> None:
    asked = 0

    def rows() -> Iterator[Sequence[Styled]]:
        nonlocal asked
        for number in range(60_000):
            asked += 1
            yield [(f"{number * 7919 % 1_000_003} {number * 104_729 % 999_983}", Look.PLAIN)]

    pieces = stream("x", [30], rows())
    assert next(pieces)
    assert asked < 30_000
    assert sum(map(len, pieces))
    assert asked == 60_000


def test_a_sheet_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_stream, "MOST_ROWS", 3)
    with pytest.raises(ValueError, match="no more rows"):
        list(stream("x", [5], [[(1, Look.PLAIN)]] * 4))
