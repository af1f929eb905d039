"""The only place that reads the wall clock; everything else takes `now` as an argument."""

import datetime as dt
import threading
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment as an aware UTC time."""

    def now(self) -> dt.datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


class SettableClock:
    """A clock that stands still until moved: for tests and for replaying history.

    Production refuses it (see `app/core/fitness.py`).
    """

    def __init__(self, start: dt.datetime) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> dt.datetime:
        with self._lock:
            return self._now

    def set(self, moment: dt.datetime) -> None:
        with self._lock:
            self._now = moment

    def advance(self, *, ms: int) -> dt.datetime:
        """Move on by `ms` milliseconds and tell the new moment."""
        with self._lock:
            self._now += dt.timedelta(milliseconds=ms)
            return self._now
