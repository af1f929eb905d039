"""Links that a holder gives out for one certificate: how long each holds, and what it lets see."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.identity.rules.local_days import local_day

DAYS: Final = (7, 30, 90)
"""For how long a link may be made; it holds until the end of its last day, in Shanghai."""
MOST: Final = 20
"""Links of one certificate that are in use at a time: more than that nobody keeps in mind."""
LISTED: Final = dt.timedelta(days=90)
"""So long after its end a link is still in its holder's list, and says itself that it is over."""


class ShareState(StrEnum):
    OPEN = "open"
    OVER = "over"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Wish:
    """What its holder asks of a link; the document states name and number in full."""

    days: int
    shows_name: bool
    has_pdf: bool


def last_day(days: int, *, now: dt.datetime) -> dt.date:
    """The day in Shanghai with whose end a link ends."""
    return local_day(now) + dt.timedelta(days=days)


def state_of(*, ends_on: dt.date, withdrawn_at: dt.datetime | None, now: dt.datetime) -> ShareState:
    """How a link stands; that it was withdrawn is said before that its days are over."""
    if withdrawn_at is not None:
        return ShareState.WITHDRAWN
    return ShareState.OPEN if local_day(now) <= ends_on else ShareState.OVER
