"""What a person takes along of their study."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.own_rows import copied, rows_of
from app.learning.models.catalogue import Enrolment, Lesson
from app.learning.models.contests import Contest, ContestEntry, ContestRound
from app.learning.models.exam_checks import ExamAbsence, ExamCheck
from app.learning.models.exam_tries import ExamTry
from app.learning.models.exams import ExamAnswer, ExamAttempt, ExamMark
from app.learning.models.ledger import LedgerEntry
from app.learning.models.risk import StudyPlace
from app.learning.models.study import (
    LessonCoverage,
    MediaDelivery,
    PendingPiece,
    StudyCut,
    StudySession,
)
from app.learning.models.study_checks import StudyAnswer, StudyChallenge, StudyHold
from app.learning.repository import exams as exam_rows
from app.learning.repository import risk as risk_rows
from app.learning.repository import study as rows
from app.learning.repository import versions
from app.learning.rules import own_data as shapes
from app.learning.rules.moments import date_of, moment_of
from app.learning.rules.own_data import OwnStudy
from app.learning.rules.states import Cut, Hold
from app.learning.rules.wording import CUTS, HOLDS
from app.learning.services import exam_windows, package_kept
from app.learning.services.exam_footing import part_of, title_of
from app.learning.services.exam_grading import GRADED

_Title = Callable[[str], str]


def take_along(db: Session, vault: Vault, learner_id: str) -> OwnStudy:
    """Return everything. Raises ConflictError where it is too much."""
    title = _titles(db, learner_id)
    return OwnStudy(
        enrolments=_enrolments(db, learner_id),
        lessons=[
            copied(shapes.OwnLesson, row, lesson=title(row.lesson_id))
            for row in rows_of(db, LessonCoverage, LessonCoverage.learner_id == learner_id)
        ],
        ledger=_ledger(db, learner_id, title), cuts=_cuts(db, learner_id, title),
        pending=_pending(db, learner_id, title), sessions=_sessions(db, learner_id),
        challenges=[
            copied(shapes.OwnChallenge, row)
            for row in rows_of(db, StudyChallenge, StudyChallenge.learner_id == learner_id)
        ],
        answers=[
            copied(shapes.OwnAnswer, row, is_signed=bool(row.signature))
            for row in rows_of(db, StudyAnswer, StudyAnswer.learner_id == learner_id)
        ],
        holds=[
            copied(shapes.OwnHold, row, sentence=HOLDS[Hold(row.reason)])
            for row in rows_of(db, StudyHold, StudyHold.learner_id == learner_id)
        ],
        deliveries=[
            copied(shapes.OwnDelivery, row, lesson=title(row.lesson_id))
            for row in rows_of(db, MediaDelivery, MediaDelivery.learner_id == learner_id)
        ],
        package_records=package_kept.take_along(db, vault, learner_id, title),
        attempts=_attempts(db, learner_id), contests=_contests(db, learner_id),
        tries=_tries(db, learner_id),
        scored_days=risk_rows.scored_days(db, learner_id),
    )  # fmt: skip


def _titles(db: Session, learner_id: str) -> _Title:
    """The title of every lesson of the versions that the person is on."""
    found = rows_of(db, Enrolment, Enrolment.learner_id == learner_id)
    whole = Lesson.version_id.in_({versions.version_id(row) for row in found})
    titles = {row.id: row.title for row in rows_of(db, Lesson, whole)}
    return lambda lesson_id: titles.get(lesson_id, "")


def _enrolments(db: Session, learner_id: str) -> list[shapes.OwnEnrolment]:
    found = rows_of(db, Enrolment, Enrolment.learner_id == learner_id)
    titles = rows.course_titles(db, [row.id for row in found])
    return [copied(shapes.OwnEnrolment, row, course=titles.get(row.id, "")) for row in found]


def _ledger(db: Session, learner_id: str, title: _Title) -> list[shapes.OwnLine]:
    found = rows_of(db, LedgerEntry, LedgerEntry.learner_id == learner_id)
    lines = [copied(shapes.OwnLine, row, lesson=title(row.lesson_id)) for row in found]
    return sorted(lines, key=lambda line: line.number)


def _cuts(db: Session, learner_id: str, title: _Title) -> list[shapes.OwnCut]:
    return [
        copied(
            shapes.OwnCut, row, lesson=title(row.lesson_id), sentence=CUTS[Cut(row.code)]
        )
        for row in rows_of(db, StudyCut, StudyCut.learner_id == learner_id)
    ]  # fmt: skip


def _pending(db: Session, learner_id: str, title: _Title) -> list[shapes.OwnPending]:
    return [
        copied(
            shapes.OwnPending, row, lesson=title(row.lesson_id), day=date_of(row.day),
            expires_at=moment_of(row.expires_at_ms),
        )
        for row in rows_of(db, PendingPiece, PendingPiece.learner_id == learner_id)
    ]  # fmt: skip


def _sessions(db: Session, learner_id: str) -> list[shapes.OwnSession]:
    places = rows_of(db, StudyPlace, StudyPlace.learner_id == learner_id)
    known = {place.session_id for place in places if place.place is not None}
    return [
        copied(shapes.OwnSession, row, network_kept=row.id in known)
        for row in rows_of(db, StudySession, StudySession.learner_id == learner_id)
    ]


def _attempts(db: Session, learner_id: str) -> list[shapes.OwnAttempt]:
    return [
        copied(
            shapes.OwnAttempt, row, score=row.score if _has_result(db, row) else None,
            contest=title_of(db, row) if row.contest_entry_id else "",
            answers=_exam_answers(db, row), marks=_exam_marks(db, row),
            checks=[
                copied(shapes.OwnExamCheck, each)
                for each in rows_of(db, ExamCheck, ExamCheck.attempt_id == row.id)
            ],
            absences=[
                copied(shapes.OwnExamAbsence, each)
                for each in rows_of(db, ExamAbsence, ExamAbsence.attempt_id == row.id)
            ],
        )
        for row in rows_of(db, ExamAttempt, ExamAttempt.learner_id == learner_id)
    ]  # fmt: skip


def _has_result(db: Session, row: ExamAttempt) -> bool:
    part = part_of(db, row)
    return row.state == GRADED and (part is None or exam_windows.is_score_told(part))


def _contests(db: Session, learner_id: str) -> list[shapes.OwnContest]:
    found = []
    for row in rows_of(db, ContestEntry, ContestEntry.learner_id == learner_id):
        held = db.get_one(ContestRound, row.round_id)
        title = db.get_one(Contest, held.contest_id).title
        found.append(copied(shapes.OwnContest, row, contest=title, round=held.title))
    return found


def _tries(db: Session, learner_id: str) -> list[shapes.OwnExamTry]:
    found = list(rows_of(db, ExamTry, ExamTry.learner_id == learner_id))
    items = exam_rows.items(db, sorted({row.item_id for row in found}))
    return [copied(shapes.OwnExamTry, row, question=items[row.item_id].stem) for row in found]


def _numbers(attempt: ExamAttempt) -> dict[str, int]:
    return {item_id: number for number, (item_id, *_) in enumerate(attempt.paper, start=1)}


def _exam_marks(db: Session, attempt: ExamAttempt) -> list[shapes.OwnExamMark]:
    """Who marked is left out: markers do not know whom they mark, nor the other way round.

    In a contest points of short answers are told with its score, and not before.
    """
    if attempt.contest_entry_id is not None and not _has_result(db, attempt):
        return []
    numbers = _numbers(attempt)
    return [
        copied(shapes.OwnExamMark, row, question=numbers[row.item_id])
        for row in rows_of(db, ExamMark, ExamMark.attempt_id == attempt.id)
    ]


def _exam_answers(db: Session, attempt: ExamAttempt) -> list[shapes.OwnExamAnswer]:
    numbers = _numbers(attempt)
    return [
        copied(shapes.OwnExamAnswer, row, question=numbers[row.item_id])
        for row in rows_of(db, ExamAnswer, ExamAnswer.attempt_id == attempt.id)
    ]
