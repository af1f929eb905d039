"""A limit for each question: forward only, and by the server's clock alone.

Questions stand open one after another. The next one opens when the learner goes on, or when the
time of the one before is over, whether or not a page is there to see it. So an answer that arrives
within the grace after its question's time counts, and wins nothing: the next one's time is running.
All moments are milliseconds since the paper was begun.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Slot:
    """When a question opened and when its time is over; `is_left`: the learner went on before."""

    opened_ms: int
    due_ms: int
    is_left: bool = False

    @property
    def stored(self) -> list[int]:
        return [self.opened_ms, self.due_ms, int(self.is_left)]


def slots_of(stored: Sequence[Sequence[int]]) -> tuple[Slot, ...]:
    return tuple(Slot(opened, due, bool(left)) for opened, due, left in stored)


def first(item_ms: int) -> tuple[Slot, ...]:
    return (Slot(0, item_ms),)


def settle(slots: Sequence[Slot], now_ms: int, item_ms: int, count: int) -> tuple[Slot, ...]:
    """Open what time alone has opened by now; the last question stays where it is."""
    found = list(slots)
    while len(found) < count and now_ms > found[-1].due_ms:
        found.append(Slot(found[-1].due_ms, found[-1].due_ms + item_ms))
    return tuple(found)


def go_on(slots: Sequence[Slot], now_ms: int, item_ms: int, count: int) -> tuple[Slot, ...]:
    """Leave the open question for the next one; after the last there is none."""
    found = settle(slots, now_ms, item_ms, count)
    if len(found) >= count:
        return found
    left = replace(found[-1], is_left=True)
    return (*found[:-1], left, Slot(now_ms, now_ms + item_ms))


def may_answer(
    slots: Sequence[Slot], place: int, now_ms: int, grace_ms: int, lent_ms: int = 0
) -> bool:
    """Whether what arrives now counts for the question at this place, from 0.

    What an open check has lent to the question (`lent_ms`) is no time to answer the question in.
    """
    if not 0 <= place < len(slots) or slots[place].is_left:
        return False
    return now_ms <= slots[place].due_ms - lent_ms + grace_ms


def put_off(slots: Sequence[Slot], place: int, by_ms: int, now_ms: int) -> tuple[Slot, ...]:
    """Give the question at a place more time, or take it back, and leave all others alone.

    The open one gets never so little that it was over before now.
    """
    slot = slots[place]
    least_ms = min(now_ms, slot.due_ms) if place == len(slots) - 1 else slot.opened_ms
    due_ms = slot.due_ms + by_ms if by_ms > 0 else max(least_ms, slot.due_ms + by_ms)
    return (*slots[:place], replace(slot, due_ms=due_ms), *slots[place + 1 :])


def left_ms(slots: Sequence[Slot], now_ms: int) -> int:
    """What is left of the open question's time."""
    return max(0, slots[-1].due_ms - now_ms)
