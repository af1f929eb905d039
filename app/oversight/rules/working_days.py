"""Working days 工作日: weekdays without public holidays, and the Saturdays made up for them."""

import datetime as dt
from dataclasses import dataclass

COMPLAINT_DAYS = 15
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The State Council's arrangement: days off, and weekend days that are worked."""

    days_off: frozenset[dt.date] = frozenset()
    days_worked: frozenset[dt.date] = frozenset()

    def is_working(self, day: dt.date) -> bool:
        if day in self.days_worked:
            return True
        return day not in self.days_off and day.weekday() < _SATURDAY


def answer_by(received_on: dt.date, *, calendar: Calendar, days: int = COMPLAINT_DAYS) -> dt.date:
    """The last day for an answer: the day of receipt does not count."""
    day = received_on
    while days:
        day += dt.timedelta(days=1)
        days -= calendar.is_working(day)
    return day
