"""When a key of the ring was in use: what is dated outside that it did not sign in its time.

A key that was taken out of use stays published, as what it signed stays good. Whoever gets hold of
it later can still sign; what they date after its period is told apart by everybody, off line too.
What they date back into it is told by the log and the register alone (decision 0025).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.core.key_files import StoredKey

AROUND: Final = dt.timedelta(minutes=10)
"""A transaction that began with the old key as the newest has ended by then (30 s at most), and one
that began before the new key was drawn may sign with it."""


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """Both ends belong to it. None: since the beginning, and for a key that is in use."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def holds(self, moment: dt.datetime) -> bool:
        """Tell whether something may be of this moment."""
        is_early = self.since is not None and moment < self.since
        return not is_early and not self.is_over_at(moment)

    def is_over_at(self, moment: dt.datetime) -> bool:
        return self.until is not None and moment > self.until

    def holds_stated(self, text: object) -> bool:
        """The same of a moment as something signed states it; what is none is never within."""
        moment = moment_of(text)
        return moment is not None and self.holds(moment)


def moment_of(text: object) -> dt.datetime | None:
    """None for what is no moment with a zone: nothing of ours is written so."""
    try:
        found = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


ALWAYS: Final = KeyPeriod()
Periods = Mapping[str, KeyPeriod]
"""By key id; a key that is not named has no bounds."""


def periods_of(stored: Sequence[StoredKey]) -> dict[str, KeyPeriod]:
    """The periods of a purpose's keys, the newest last, each until the next one came.

    A key from before moments were written down has no beginning, and the one before it no end. A
    clock that was set back between two rotations does not turn a period round.
    """
    found: dict[str, KeyPeriod] = {}
    for key, following in zip(stored, [*stored[1:], None], strict=True):
        since, until = key.since_at, following.since_at if following else None
        if since is not None and until is not None:
            until = max(since, until)
        found[key.key_id] = KeyPeriod(
            since - AROUND if since is not None else None,
            until + AROUND if until is not None else None,
        )
    return found
