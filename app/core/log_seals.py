"""Whether what stands in the log was entered by this server: each salt is a MAC over its record."""

import math
from collections.abc import Collection
from dataclasses import dataclass, field

from app.core.log_audit import DifferenceError
from app.core.log_records import Entered
from app.core.translog import salt_of


@dataclass(slots=True)
class Seals:
    """Looks at every record with the keys that ever sealed; `check` when all were looked at.

    Records from before salts were seals stand in the log before the first that is sealed.
    """

    keys: Collection[bytes]
    _first_sealed: float = math.inf
    _last_unsealed: Entered | None = field(default=None)

    def look(self, entered: Entered, record: bytes) -> None:
        place = _place(entered)
        for key in self.keys:
            if salt_of(key, entered.kind, entered.record_id, record) == entered.salt:
                self._first_sealed = min(self._first_sealed, place)
                return
        if self._last_unsealed is None or place > _place(self._last_unsealed):
            self._last_unsealed = entered

    def check(self) -> None:
        """Raises DifferenceError for a record that somebody without the keys put into the log."""
        stranger = self._last_unsealed
        if stranger is not None and _place(stranger) > self._first_sealed:
            raise DifferenceError(
                str(stranger.kind), stranger.record_id,
                "was not entered by this server: its salt is no seal of any of its keys",
                field="salt", positions=stranger.positions,
            )  # fmt: skip


def _place(entered: Entered) -> float:
    """What waits comes after everything that has a place."""
    return math.inf if entered.position is None else entered.position
