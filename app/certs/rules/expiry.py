"""When a certificate nears its last day: who is reminded, and from when it can be renewed 复训换证.

AQ 8011 and the trades' own rules ask for re-training before the end and say nothing of how long
before; ninety days leave time for a course of some weeks.
"""

import datetime as dt
from typing import Final

STAGES: Final = (30, 90)
"""Days before the last one on which its holder is reminded; the nearest first."""
NEAR: Final = dt.timedelta(days=90)


def is_near(expires_on: dt.date | None, today: dt.date) -> bool:
    """Tell whether it can be renewed: its last day is near, or over."""
    return expires_on is not None and expires_on - today <= NEAR


def stage_due(expires_on: dt.date, today: dt.date, reminded_days: int | None) -> int | None:
    """The stage of which a holder is to be reminded today; None where they were, or it is early.

    Who missed a stage hears of the nearest alone; nobody is reminded of what is over.
    """
    left = (expires_on - today).days
    if left < 0:
        return None
    stage = next((each for each in STAGES if left <= each), None)
    was_told = reminded_days is not None and stage is not None and reminded_days <= stage
    return None if was_told else stage
