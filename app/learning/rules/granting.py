"""Time given back by people after an appeal: which stretch, and how much there may be (R21)."""

from msgspec import Struct

from app.learning.rules.coverage import Intervals, leading, measure, subtract, union
from app.learning.rules.states import LessonState


class Room(Struct, frozen=True, kw_only=True, gc=False):
    """What bounds a grant: the cut, the server's own time, the day."""

    cut_ms: int
    """What was cut and not given back yet."""
    spent_ms: int
    """Server time of all the learner's sessions that nothing was credited for."""
    day_ms: int
    """What the day's cap still takes."""

    @property
    def ms(self) -> int:
        return max(0, min(self.cut_ms, self.spent_ms, self.day_ms))


class Granted(Struct, frozen=True, gc=False):
    lesson: LessonState
    stretches: Intervals

    @property
    def ms(self) -> int:
        return measure(self.stretches)


def grant(length_ms: int, lesson: LessonState, room: Room) -> Granted:
    """R21: the earliest stretches of the lesson that are not covered join the coverage.

    A cut has no positions, and what was cut may have been studied again since: so it is never the
    same stretch twice, and never more than the lesson has left.
    """
    gaps = subtract(((0, length_ms),) if length_ms else (), lesson.covered)
    stretches = leading(gaps, room.ms)
    if not stretches:
        return Granted(lesson, ())
    frontier_ms = max(lesson.frontier_ms, stretches[-1][1])
    return Granted(LessonState(union(lesson.covered, stretches), frontier_ms), stretches)
