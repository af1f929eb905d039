"""Short ways to build what the rules of study judge; every default is the dullest value."""

from msgspec.structs import replace

from app.learning.rules.crediting import Books, Judgement, judge_batch
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import (
    Batch,
    Beat,
    LearnerState,
    Lesson,
    LessonKind,
    LessonState,
    SessionState,
)

NOON = 1_764_561_600_000  # 2025-12-01 12:00 in Shanghai
HOUR = 3_600_000
VIDEO = Lesson("video", LessonKind.VIDEO, HOUR)
BOOK = Lesson("book", LessonKind.DOCUMENT, 180_000, (0, 60_000, 120_000))
WHOLE = ((0, HOUR),)
POLICY = StudyPolicy()


def books(**of_session) -> Books:
    """A session opened at noon; fields of the learner and the lesson are replaced by the test."""
    session = SessionState(session_id="s", enrolment_id="e", opened_at_ms=NOON, heard_at_ms=NOON)
    learner = LearnerState(
        learner_id="l", clock_ms=NOON, open_session_id="s", day=POLICY.local_day(NOON)
    )
    return Books(replace(session, **of_session), learner, LessonState())


def of_session(given: Books, **values) -> Books:
    return Books(replace(given.session, **values), given.learner, given.lesson)


def of_learner(given: Books, **values) -> Books:
    return Books(given.session, replace(given.learner, **values), given.lesson)


def of_lesson(given: Books, **values) -> Books:
    return Books(given.session, given.learner, replace(given.lesson, **values))


def beat(t, start, end, *, seq=1, rate=100, is_visible=True) -> Beat:
    return Beat(seq, t, start, end, rate, is_visible)


def judge(
    given, *beats, policy=POLICY, lesson=VIDEO, delivered=WHOLE, now=NOON + 15_000
) -> Judgement:
    batch = Batch(lesson.lesson_id, beats)
    return judge_batch(policy, lesson, given, batch, delivered=delivered, now_ms=now)


def cuts(judgement: Judgement) -> list[dict[str, int]]:
    return [dict(verdict.cuts) for verdict in judgement.verdicts]
