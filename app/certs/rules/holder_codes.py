"""The code with which a holder lets somebody read their full name: short, once, for minutes."""

import datetime as dt
from enum import StrEnum
from typing import Final

LASTS: Final = dt.timedelta(minutes=10)
TRIES: Final = 5
"""Wrong ones before it is over: five guesses of a million."""


class CodeAnswer(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"
    """Used, over, tried too often, or never made; which of these is nobody's to know."""


def judge(*, is_right: bool, tries: int, ends_at: dt.datetime, now: dt.datetime) -> CodeAnswer:
    """Judge a typed code; `tries` are the wrong ones before."""
    if now >= ends_at or tries >= TRIES:
        return CodeAnswer.SPENT
    return CodeAnswer.RIGHT if is_right else CodeAnswer.WRONG
