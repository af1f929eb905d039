"""What remains of a session's evidence when its period is over: an event of the log, nothing else.

The reports are gone then; where the session stood when something was released out of it, and how
much it was credited in all, is said by a leaf that nobody can add afterwards for another total.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.learning.rules.ledger import Standing


@dataclass(frozen=True, slots=True)
class Remains:
    """`stood` are those standings that something is bound to, in order; the last is the end."""

    batches: int
    credited_ms: int
    stood: tuple[Standing, ...]

    def facts(self) -> dict[str, Any]:
        """As the event says it."""
        return {
            "batches": self.batches, "credited_ms": self.credited_ms,
            "stood": [[each.head, each.account] for each in self.stood],
        }  # fmt: skip


def remains_of(
    stood: Sequence[Standing], *, needed: Collection[Standing], batches: int, credited_ms: int
) -> Remains:
    """What stays of `stood`: what is needed, in its order, and the end."""
    kept = [each for each in stood[:-1] if each in needed]
    return Remains(batches, credited_ms, (*kept, stood[-1]))


def read_remains(facts: Mapping[str, Any]) -> Remains:
    """Raises KeyError, ValueError and TypeError for what is no such event."""
    stood = tuple(Standing(head, account) for head, account in facts["stood"])
    if not stood:
        message = "says nowhere how the session ended"
        raise ValueError(message)
    return Remains(facts["batches"], facts["credited_ms"], stood)
