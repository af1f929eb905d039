"""When a key was in use: what says that it was signed outside was signed by somebody later.

A key that was taken out of use stays listed, as what it signed stays good. Its time is told beside
it in the published lists of keys (`used_from`, `used_until`; null where there is no such end). What
was dated back into that time looks right: the log alone tells it apart, by what it has.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from verifier.log_proofs import RejectedError

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_YEAR = slice(10, 14)


@dataclass(frozen=True, slots=True)
class Period:
    """Both ends belong to it; None where it is open."""

    start: dt.datetime | None = None
    end: dt.datetime | None = None

    def check(self, key_id: object, stated: object) -> None:
        """Step 2: what states this moment may be by this key. Raises RejectedError."""
        moment = _moment(stated)
        is_early = moment is None or (self.start is not None and moment < self.start)
        if is_early or moment is None or (self.end is not None and moment > self.end):
            raise self.refusal(key_id, f"it states {stated!r:.40}")

    def check_not_after(self, key_id: object, stated: object) -> None:
        """The same of what was signed at that moment or later."""
        moment = _moment(stated)
        if moment is None or (self.end is not None and moment > self.end):
            raise self.refusal(key_id, f"it states {stated!r:.40}")

    def check_code(self, key_id: object, number: str, completed_on: str) -> None:
        """A code states no moment: the day of completion, and the year of issue in its number."""
        done = dt.datetime.combine(dt.date.fromisoformat(completed_on), dt.time(), SHANGHAI)
        new_year = dt.datetime(int(number[_YEAR]), 1, 1, tzinfo=SHANGHAI)
        is_late = self.end is not None and max(done, new_year) > self.end
        next_year = new_year.replace(year=new_year.year + 1)
        if is_late or (self.start is not None and next_year <= self.start):
            raise self.refusal(key_id, f"it states {completed_on}, and {number[_YEAR]} as its year")

    def refusal(self, key_id: object, why: str) -> RejectedError:
        since = f"from {self.start:%Y-%m-%d %H:%M} UTC " if self.start else ""
        until = f"until {self.end:%Y-%m-%d %H:%M} UTC" if self.end else ""
        return RejectedError(
            f"step 2 (key): {key_id!r:.60} was in use {since}{until}; {why}: it was not signed in "
            "its key's time"
        )


ALWAYS = Period()
NOT_AT_HAND: Mapping[str, Period] = MappingProxyType({})


def read_periods(listed: Sequence[Mapping[str, Any]]) -> dict[str, Period]:
    """Read a published list of keys. Raises RejectedError."""
    try:
        return {
            each["key_id"]: Period(_end(each.get("used_from")), _end(each.get("used_until")))
            for each in listed
        }
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RejectedError(f"a list of keys cannot be read: {error!r}") from error


def _end(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    moment = _moment(text)
    if moment is None:
        raise ValueError(text)
    return moment.astimezone(dt.UTC)


def _moment(stated: object) -> dt.datetime | None:
    """None for what is no moment with a zone: nothing of the platform is written so."""
    try:
        found = dt.datetime.fromisoformat(str(stated))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
