"""R21: time given back joins the coverage, within every bound."""

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.coverage import measure, normalise, subtract
from app.learning.rules.granting import Granted, Room, grant
from app.learning.rules.states import LessonState

LENGTH = 10_000
places = st.integers(0, LENGTH)
stretches = st.lists(st.tuples(places, places).map(sorted).map(tuple), max_size=6)
amounts = st.integers(-5_000, 20_000)


@given(stretches, places, amounts, amounts, amounts)
def test_a_grant_is_new_and_within_every_bound(
    covered: list[tuple[int, int]], frontier_ms: int, cut_ms: int, spent_ms: int, day_ms: int
) -> None:
    before = LessonState(normalise(covered), frontier_ms)
    room = Room(cut_ms=cut_ms, spent_ms=spent_ms, day_ms=day_ms)
    given_back = grant(LENGTH, before, room)
    left = LENGTH - measure(before.covered)
    assert given_back.ms == max(0, min(cut_ms, spent_ms, day_ms, left))
    assert subtract(given_back.stretches, before.covered) == given_back.stretches
    after = given_back.lesson
    assert measure(after.covered) == measure(before.covered) + given_back.ms <= LENGTH
    assert after.frontier_ms >= before.frontier_ms
    assert all(end <= after.frontier_ms for _, end in given_back.stretches)


def test_a_lesson_without_length_takes_nothing() -> None:
    room = Room(cut_ms=1, spent_ms=1, day_ms=1)
    assert grant(0, LessonState(), room) == Granted(LessonState(), ())


def test_the_earliest_stretches_are_given() -> None:
    room = Room(cut_ms=6, spent_ms=9, day_ms=9)
    before = LessonState(((2, 4),), 4)
    assert grant(20, before, room) == Granted(LessonState(((0, 8),), 8), ((0, 2), (4, 8)))
    assert grant(5, before, room) == Granted(LessonState(((0, 5),), 5), ((0, 2), (4, 5)))
    far = LessonState((), 19)
    assert grant(20, far, room) == Granted(LessonState(((0, 6),), 19), ((0, 6),))
