"""How much room a table of certificates may take (app/learning/rules/sheet_room.py)."""

from app.learning.rules.sheet_room import Room, fits

MOST_COLUMNS = 50
MOST_ROWS = 2000
SMALL = Room(MOST_ROWS, MOST_COLUMNS, 200_000)
"""Of the strings that a part announces a table within the bounds has at most half as many."""


def is_small(xml: bytes, most: Room = SMALL) -> bool:
    """Tell whether a part, taken for a sheet, stays within the bounds. Raises ValueError."""
    return fits(xml, most)
