"""How much room a table of certificates may take (app/learning/rules/sheet_room.py)."""

from app.learning.rules.sheet_room import Room, fits

MOST_COLUMNS = 50
MOST_ROWS = 2000
MOST_STRINGS = 200_000
"""Of what a part announces; a table within the bounds has at most half as many."""
_ROOM = Room(MOST_ROWS, MOST_COLUMNS, MOST_STRINGS)


def is_small(xml: bytes) -> bool:
    """Tell whether a part, taken for a sheet, stays within the bounds. Raises ValueError."""
    return fits(xml, _ROOM)
