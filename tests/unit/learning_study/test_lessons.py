"""R4, R13, R14: where a learner may play, where to go on, and when a lesson is complete."""

import pytest
from msgspec.structs import replace
from study_cases import BOOK, HOUR, POLICY, VIDEO

from app.learning.rules import lessons
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Lesson, LessonKind, LessonState

PACKAGE = Lesson("p", LessonKind.PACKAGE, 60_000)
FREE = StudyPolicy(seek_ahead=True)


@pytest.mark.parametrize(
    ("position", "number"), [(0, 1), (59_999, 1), (60_000, 2), (120_000, 3), (500_000, 3)]
)
def test_pages_are_counted_from_one_and_begin_where_they_begin(position, number) -> None:
    assert lessons.page_number(BOOK, position) == number


def test_a_page_ends_where_the_next_begins_and_the_last_with_the_document() -> None:
    spans = [lessons.page_span(BOOK, page) for page in range(3)]
    assert spans == [(0, 60_000), (60_000, 120_000), (120_000, 180_000)]


@pytest.mark.parametrize(
    ("policy", "lesson", "frontier", "position", "is_ahead"),
    [
        (POLICY, VIDEO, 5_000, 7_000, False),
        (POLICY, VIDEO, 5_000, 7_001, True),
        (FREE, VIDEO, 5_000, 7_001, False),
        (POLICY, PACKAGE, 0, 50_000, False),
        (POLICY, BOOK, 0, 59_999, False),
        (POLICY, BOOK, 0, 60_000, True),
        (POLICY, BOOK, 60_000, 119_999, False),
        (POLICY, BOOK, 60_000, 0, False),
        (FREE, BOOK, 0, 60_000, False),
    ],
)
def test_r4_what_is_ahead(policy, lesson, frontier, position, is_ahead) -> None:
    state = LessonState((), frontier)
    assert lessons.is_ahead(policy, lesson, state, position) is is_ahead


@pytest.mark.parametrize(
    ("start", "end", "last"),
    [
        (0, 30_000, 30_000),
        (0, 60_000, 60_000),
        (0, 90_000, 60_000),
        (60_000, 90_000, 90_000),
        (130_000, 190_000, 180_000),
        (200_000, 210_000, 200_000),
    ],
)
def test_r13_reading_goes_on_to_the_end_of_the_page(start, end, last) -> None:
    assert lessons.playable_end(BOOK, start, end) == last
    assert lessons.playable_end(VIDEO, start, end) == end


def test_r29_a_part_of_a_package_ends_where_the_next_begins() -> None:
    lesson = replace(PACKAGE, page_starts=(0, 20_000))
    assert lessons.playable_end(lesson, 0, 30_000) == 20_000
    assert lessons.playable_end(lesson, 20_000, 70_000) == 60_000
    assert lessons.page_number(lesson, 20_000) == 2


@pytest.mark.parametrize(
    ("covered", "frontier", "after"),
    [
        ((), 0, 0),
        (((0, 4_999),), 0, 0),
        (((0, 5_000),), 0, 60_000),
        (((0, 2_000), (50_000, 53_000)), 0, 60_000),
        (((0, 5_000), (60_000, 65_000)), 0, 120_000),
        (((60_000, 65_000),), 0, 0),
        (((60_000, 65_000), (120_000, 180_000)), 60_000, 120_000),
    ],
)
def test_r13_a_page_opens_the_next_when_it_had_its_least_time(covered, frontier, after) -> None:
    state = LessonState(covered, frontier)
    assert lessons.frontier_after(POLICY, BOOK, state, 99) == after


def test_r13_a_short_page_anywhere_is_read_when_it_is_through() -> None:
    lesson = replace(BOOK, page_starts=(0, 60_000, 63_000))
    after = [
        lessons.frontier_after(POLICY, lesson, LessonState(((60_000, end),), 60_000), 99)
        for end in (62_999, 63_000)
    ]
    assert after == [60_000, 63_000]


def test_r4_the_frontier_of_a_film_follows_what_was_played_to_its_end() -> None:
    at = [
        lessons.frontier_after(POLICY, VIDEO, LessonState((), 500), stop)
        for stop in (499, 501, HOUR + 1)
    ]
    assert at == [500, 501, HOUR]


@pytest.mark.parametrize(
    ("asked", "ms", "is_complete"), [(98, 97_999, False), (98, 98_000, True), (100, 99_999, False)]
)
def test_r14_enough_of_it_is_covered(asked, ms, is_complete) -> None:
    policy, lesson = StudyPolicy(coverage_required=asked), replace(VIDEO, length_ms=100_000)
    assert lessons.is_complete(policy, lesson, ((0, ms),)) is is_complete


def test_r14_a_lesson_opens_when_the_one_before_is_complete() -> None:
    course = [replace(VIDEO, lesson_id=name, length_ms=100) for name in "abc"]
    whole = ((0, 100),)
    free = StudyPolicy(order_lock=False)
    assert lessons.open_lessons(POLICY, course, {}) == {"a"}
    assert lessons.open_lessons(POLICY, course, {"a": whole}) == {"a", "b"}
    assert lessons.open_lessons(POLICY, course, {"b": whole}) == {"a"}
    assert lessons.open_lessons(POLICY, course, dict.fromkeys("abc", whole)) == set("abc")
    assert lessons.open_lessons(free, course, {}) == set("abc")


@pytest.mark.parametrize(
    ("lesson", "covered", "frontier", "place"),
    [
        (VIDEO, (), 0, 0),
        (VIDEO, ((0, 5_000),), 5_000, 5_000),
        (VIDEO, ((0, 5_000), (7_000, 9_000)), 9_000, 9_000),
        (VIDEO, ((0, 5_000), (7_001, 9_000)), 9_000, 5_000),
        (VIDEO, ((2_000, 9_000),), 9_000, 9_000),
        (VIDEO, ((2_001, 9_000),), 9_000, 0),
        (VIDEO, ((0, 6_000),), 5_000, 5_000),
        (VIDEO, ((0, HOUR - 2_000),), HOUR + 9, HOUR),
        (VIDEO, ((0, HOUR - 2_000),), 70, 70),
        (VIDEO, ((0, HOUR - 2_001),), HOUR, HOUR - 2_001),
        (BOOK, ((0, 61_000),), 60_000, 61_000),
        (BOOK, ((0, 178_000),), 120_000, 120_000),
        (BOOK, ((0, 177_999),), 120_000, 177_999),
    ],
)
def test_one_goes_on_at_the_first_stretch_that_is_missing(lesson, covered, frontier, place) -> None:
    assert lessons.resume_at(POLICY, lesson, LessonState(covered, frontier)) == place
