"""Codes with which people join an organisation themselves: eight letters, read off a wall."""

import datetime as dt
import unicodedata
from dataclasses import dataclass

ALPHABET = "ABCDEFGHJKLMNPQRTUVWXY346789"
"""Without letters and digits that are taken for one another: 0 O, 1 I, 2 Z, 5 S."""
LENGTH = 8
MOST_DAYS = 90
MOST_USES = 5000
MOST_OPEN = 50
"""Codes of an organisation that are good at a time."""


@dataclass(frozen=True, slots=True)
class Code:
    """What is remembered of a code."""

    ends_at: dt.datetime
    is_revoked: bool
    uses: int
    most_uses: int


def normalise(text: str) -> str:
    """A code as people type it: full-width, small, with blanks and strokes."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())


def is_code(text: str) -> bool:
    """Tell whether a normalised text has the shape of a code."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)


def shown(code: str) -> str:
    """ABCD-EFGH: how it is written for people."""
    return f"{code[:4]}-{code[4:]}"


def is_good(code: Code, now: dt.datetime) -> bool:
    """Tell whether somebody can still join with a code."""
    return not code.is_revoked and now < code.ends_at and code.uses < code.most_uses


def state_of(code: Code, now: dt.datetime) -> str:
    """How a code stands, in a word for who made it."""
    if code.is_revoked:
        return "已停用"
    if now >= code.ends_at:
        return "已过期"
    return "已用完" if code.uses >= code.most_uses else "可以用"
