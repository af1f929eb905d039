"""Where a learner may play in a lesson, where to go on, and when it is complete (R4, R13, R14)."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from app.learning.rules.coverage import Intervals, clip, measure
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Lesson, LessonKind, LessonState


def _page(lesson: Lesson, position_ms: int) -> int:
    return max(0, bisect_right(lesson.page_starts, position_ms) - 1)


def page_number(lesson: Lesson, position_ms: int) -> int:
    """The page of a document, or the part of a package, at a position, as people count them."""
    return _page(lesson, position_ms) + 1


def _page_end(lesson: Lesson, page: int) -> int:
    if page + 1 < len(lesson.page_starts):
        return lesson.page_starts[page + 1]
    return lesson.length_ms


def page_span(lesson: Lesson, page: int) -> tuple[int, int]:
    """The positions of the page with this index, as if the pages lay one after the other."""
    return lesson.page_starts[page], _page_end(lesson, page)


def is_ahead(policy: StudyPolicy, lesson: Lesson, state: LessonState, from_ms: int) -> bool:
    """R4: further on than was played; in a document, on a page that is not reached yet."""
    if policy.seek_ahead or lesson.kind is LessonKind.PACKAGE:
        return False
    if lesson.kind is LessonKind.DOCUMENT:
        return _page(lesson, from_ms) > _page(lesson, state.frontier_ms)
    return from_ms > state.frontier_ms + policy.gap_tolerance_s * 1000


def playable_end(lesson: Lesson, from_ms: int, to_ms: int) -> int:
    """R13, R29: to the end of the page, or of the package's part; the next is a beat of its own."""
    if lesson.kind is LessonKind.VIDEO:
        return to_ms
    return max(from_ms, min(to_ms, _page_end(lesson, _page(lesson, from_ms))))


def frontier_after(policy: StudyPolicy, lesson: Lesson, state: LessonState, stop_ms: int) -> int:
    """R4: as far as was played; R13: a document goes on page by page, each with its least time."""
    if lesson.kind is not LessonKind.DOCUMENT:
        return max(state.frontier_ms, min(stop_ms, lesson.length_ms))
    page = _page(lesson, state.frontier_ms)
    while page + 1 < len(lesson.page_starts) and _is_read(policy, lesson, state.covered, page):
        page += 1
    return lesson.page_starts[page] if lesson.page_starts else 0


def _is_read(policy: StudyPolicy, lesson: Lesson, covered: Intervals, page: int) -> bool:
    start, end = page_span(lesson, page)
    return measure(clip(covered, start, end)) >= min(policy.min_dwell_s * 1000, end - start)


def is_complete(policy: StudyPolicy, lesson: Lesson, covered: Intervals) -> bool:
    """R14: enough of the lesson is covered."""
    return measure(covered) * 100 >= lesson.length_ms * policy.coverage_required


def open_lessons(
    policy: StudyPolicy, lessons: Sequence[Lesson], covered: Mapping[str, Intervals]
) -> frozenset[str]:
    """R14: with the order locked, a lesson opens when the one before is complete."""
    is_open = set()
    for lesson in lessons:
        is_open.add(lesson.lesson_id)
        is_done = is_complete(policy, lesson, covered.get(lesson.lesson_id, ()))
        if policy.order_lock and not is_done:
            break
    return frozenset(is_open)


def resume_at(policy: StudyPolicy, lesson: Lesson, state: LessonState) -> int:
    """The first stretch before the frontier that is missing, else the frontier."""
    position = 0
    for start, end in state.covered:
        if start - position > policy.gap_tolerance_s * 1000:
            break
        position = end
    if position >= lesson.length_ms - policy.gap_tolerance_s * 1000:
        return min(state.frontier_ms, lesson.length_ms)
    return min(position, state.frontier_ms) if lesson.kind is LessonKind.VIDEO else position
