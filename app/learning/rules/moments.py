"""Moments and days as the rules count them: epoch milliseconds, and days since 1970."""

import datetime as dt

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MS = dt.timedelta(milliseconds=1)
_FIRST_DAY = dt.date(1970, 1, 1)


def epoch_ms(moment: dt.datetime) -> int:
    """Whole milliseconds since 1970, rounded down, without a float in between."""
    return (moment - _EPOCH) // _MS


def moment_of(epoch: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(milliseconds=epoch)


def date_of(day: int) -> dt.date:
    return _FIRST_DAY + dt.timedelta(days=day)


def day_of(date: dt.date) -> int:
    return (date - _FIRST_DAY).days
