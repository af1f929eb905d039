"""A person's text: what people write in their own words, and what no database should ever meet."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_LINES = frozenset("\n\r\t")
# What turns the writing round: it could show a reader another sentence than was written. It comes
# unseen with a number copied from a phone's address book, so it is left out and not refused.
_TURNS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _readable(given: str) -> str:
    """Refuse control characters and half characters, and a text with nothing to see in it."""
    text = given.translate(_TURNS)
    kinds = [unicodedata.category(char) for char in text if char not in _LINES]
    if "Cc" in kinds or "Cs" in kinds:
        raise PydanticCustomError("text_control", "control characters")
    if all(kind[0] in "CZ" for kind in kinds):
        raise PydanticCustomError("text_blank", "nothing to read")
    return text


PersonText = Annotated[str, AfterValidator(_readable)]
"""Add the lengths with a Field; what is refused names the field."""
