"""How much a table says that it needs, before anybody makes room for it."""

import pytest

from app.learning.rules.sheet_room import Room, fits

ROOM = Room(rows=40, columns=5, strings=100)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _sheet(merged: int) -> bytes:
    ranges = "".join(f'<mergeCell ref="A{row}:A{row + 1}"/>' for row in range(1, merged + 1))
    cell = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    return (
        f'<worksheet xmlns="{_MAIN}">{cell}<mergeCells>{ranges}</mergeCells></worksheet>'.encode()
    )


@pytest.mark.parametrize(("merged", "is_room"), [(40, True), (41, False), (4000, False)])
def test_merged_cells_are_no_more_than_rows(merged: int, *, is_room: bool) -> None:
    assert fits(_sheet(merged), ROOM) is is_room
