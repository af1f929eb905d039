"""R15: presence challenges of several forms: places in a picture to be tapped, or digits to hear.

Every form is the same to the rules: spots that can be tapped, and tasks that say which of them
must be. Places are thousandths of the picture's width and height.
"""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import comb, perm
from typing import Any, Self

import msgspec
from msgspec import Struct

from app.learning.rules.recall import Question

DIGITS = 5
TARGETS = 4
GRID = 12
"""Spots of the forms on a loose grid: four of twelve in order are 1 in 11,880 by luck."""
SCALE = 1000
WIDTH, HEIGHT = 600, 480
"""Pixels of a picture; the one of a question is as high as its text needs."""
MOST_TAPS = 12


class Form(StrEnum):
    """What is asked: characters, things by their use, clocks by their time, a rope's beads."""

    CHARACTERS = "characters"
    THINGS = "things"
    CLOCKS = "clocks"
    ROPE = "rope"
    QUESTION = "question"


PICTURES = (Form.CHARACTERS, Form.THINGS, Form.CLOCKS, Form.ROPE)


class Spot(Struct, frozen=True):
    """What can be tapped: its middle, half its width and height, how it is turned (degrees)."""

    what: str
    x: int
    y: int
    w: int
    h: int
    turn: int = 0


class Task(Struct, frozen=True):
    """Of the spots `first` to `end` these must be tapped, in order or in any."""

    first: int
    end: int
    targets: tuple[int, ...]
    is_ordered: bool = True

    @property
    def luck(self) -> Fraction:
        """For who knows where the spots are and how many are wanted, but not which."""
        count = self.end - self.first
        ways = perm if self.is_ordered else comb
        return Fraction(1, ways(count, len(self.targets)))


class Puzzle(Struct, frozen=True, kw_only=True):
    """All that one prompt asks and shows; `seed` draws what has no meaning."""

    form: Form
    words: str
    spots: tuple[Spot, ...]
    tasks: tuple[Task, ...]
    digits: str
    seed: int
    height: int = HEIGHT
    ropes: tuple[tuple[tuple[int, int], ...], ...] = ()
    """Points that the ropes go through, in pixels; the first one begins at the flag."""
    lines: tuple[str, ...] = ()
    """The question, line by line."""
    used: tuple[Form, ...] = ()
    """Forms of the tries before: no two are the same."""
    question: Question | None = None
    """The last question that was asked, in this try or one before: told after the pass."""

    @property
    def taps(self) -> int | None:
        """How many taps are wanted; not said where that would be part of the answer."""
        if not all(task.is_ordered for task in self.tasks):
            return None
        return sum(len(task.targets) for task in self.tasks)

    @property
    def luck(self) -> Fraction:
        """The chance of a blind answer in one try, by taps or by digits, whichever is better."""
        by_taps = Fraction(1)
        for task in self.tasks:
            by_taps *= task.luck
        return max(by_taps, Fraction(1, 10**DIGITS))

    def right_taps(self) -> list[list[int]]:
        """The middles of what must be tapped."""
        spots = [self.spots[index] for task in self.tasks for index in task.targets]
        return [[spot.x, spot.y] for spot in spots]

    def to_mapping(self) -> dict[str, Any]:
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def from_mapping(cls, given: dict[str, Any]) -> Self:
        return msgspec.convert(given, cls)


def is_right(puzzle: Puzzle, taps: Sequence[tuple[int, int]], digits: str) -> bool:
    """One answer a try: taps where there are any, else the digits that were heard."""
    return is_tapped(puzzle, taps) if taps else digits == puzzle.digits


def is_tapped(puzzle: Puzzle, taps: Sequence[tuple[int, int]]) -> bool:
    """Every tap meets a spot, and each task finds just what it wants among those of its own."""
    hits = [_hit(puzzle.spots, x, y) for x, y in taps]
    if None in hits:
        return False
    return all(
        _is_done(task, [hit for hit in hits if hit is not None and task.first <= hit < task.end])
        for task in puzzle.tasks
    )


def _is_done(task: Task, hits: list[int]) -> bool:
    if task.is_ordered:
        return tuple(hits) == task.targets
    return len(hits) == len(task.targets) and set(hits) == set(task.targets)


def _hit(spots: Sequence[Spot], x: int, y: int) -> int | None:
    """The nearest spot, each measured by its own size; None where none is reached."""
    distance, index = min(
        (max(abs(spot.x - x) * SCALE // spot.w, abs(spot.y - y) * SCALE // spot.h), index)
        for index, spot in enumerate(spots)
    )
    return index if distance <= SCALE else None
