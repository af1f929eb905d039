"""How much room a table would take, told before a reader of tables makes that room.

Such a reader lays out every row and column up to the last cell, and as many strings as the file
says that it has: a few hundred bytes can ask for more memory than there is.
"""

import re
from dataclasses import dataclass
from xml.parsers import expat

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile(r"[1-9][0-9]{0,6}")  # an empty one may stand anywhere, and often stands last
_COUNT = re.compile(r"[0-9]{1,7}")
_COUNTS = ("count", "uniqueCount")


@dataclass(frozen=True, slots=True)
class Room:
    """The most that a table may take; `strings` of what a part announces."""

    rows: int
    columns: int
    strings: int


class _TooLargeError(Exception):
    """Ends the reading where a bound is passed."""


def fits(xml: bytes, room: Room) -> bool:
    """Tell whether a part, taken for a sheet, stays within the rows, columns and strings.

    A cell stands where its `r` says, and without one after the cell before it (ECMA-376 part 1,
    18.3.1.4 and 18.3.1.73: both are optional, and some business software leaves them out). One
    that holds nothing, only a border or a colour, takes no room: a reader passes it over. Merged
    cells (18.3.1.54) are laid out each by itself: no more of them than rows. Raises ValueError
    where it is no XML in UTF-8, or has a document type.
    """
    # Another encoding than a reader assumes would show it other elements than were counted here,
    # and a byte order mark weighs more with expat than the encoding that it is given.
    xml.decode()
    parser = expat.ParserCreate("utf-8", " ")
    bounds = _Bounds(room)
    parser.StartElementHandler = bounds.begin
    parser.EndElementHandler = bounds.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(xml, True)
    except _TooLargeError:
        return False
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    return True


def _refuse_doctype(*_declared: object) -> None:
    raise ValueError("a document type in a table")


class _Bounds:
    """Counts as a reader does; what a reader would pass over is counted too, never less."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._row = self._column = self._merged = 0
        self._is_in_cell = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if any(
            not _COUNT.fullmatch(attributes[each]) or int(attributes[each]) > self._room.strings
            for each in _COUNTS
            if each in attributes
        ):
            raise _TooLargeError
        kind = name.rpartition(" ")[2]
        if kind == "mergeCell":
            self._count_merged()
        if kind not in {"row", "c"}:
            if self._is_in_cell:
                self._count_cell()
            return
        # In a cell neither can stand, and a row that a reader does not see would end ours.
        if self._is_in_cell:
            raise _TooLargeError
        if kind == "row":
            self._begin_row(attributes.get("r"))
        else:
            self._begin_cell(attributes.get("r"))

    def end(self, name: str) -> None:
        kind = name.rpartition(" ")[2]
        if kind == "c":
            self._is_in_cell = False
        elif kind == "row":
            self._column = 0

    def _begin_row(self, place: str | None) -> None:
        self._row += 1
        if place is not None:
            if not _ROW.fullmatch(place):
                raise _TooLargeError
            self._row = max(self._row, int(place))

    def _begin_cell(self, place: str | None) -> None:
        self._is_in_cell = True
        self._column += 1
        if place is not None:
            found = _CELL.fullmatch(place)
            if found is None:
                raise _TooLargeError
            self._column = max(self._column, _number(found[1]))
            self._row = max(self._row, int(found[2]))

    def _count_merged(self) -> None:
        self._merged += 1
        if self._merged > self._room.rows:
            raise _TooLargeError

    def _count_cell(self) -> None:
        """Of the cell that something was found in."""
        if self._column > self._room.columns or self._row > self._room.rows:
            raise _TooLargeError


def _number(letters: str) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
