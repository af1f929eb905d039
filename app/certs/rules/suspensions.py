"""Suspension 暂停: what one reviewer may do at once, because it ends by itself."""

import datetime as dt
from typing import Final

DAYS: Final = 14
"""Whole local days after the first; nobody can make it longer."""


def last_day(first: dt.date) -> dt.date:
    """The last day on which a suspension that began on `first` holds."""
    return first + dt.timedelta(days=DAYS)


def is_in_force(*, ends_on: dt.date, is_lifted: bool, today: dt.date) -> bool:
    return not is_lifted and today <= ends_on
