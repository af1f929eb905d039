"""What a learner sees of an exam: never an answer before the paper is handed in."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.learning.models.catalogue import Enrolment
from app.learning.models.exams import ExamAttempt
from app.learning.repository import exams as rows
from app.learning.repository import versions
from app.learning.rules import exams as rules
from app.learning.rules.exams import PaperItem
from app.learning.rules.policy import StudyPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamView:
    """The exam before it begins; `refusal` is a code and a sentence."""

    enrolment_id: str
    course_title: str
    question_count: int
    seconds: int
    pass_mark: int
    attempt_count: int
    attempts_in_a_row: int
    open_attempt_id: str | None
    last_attempt_id: str | None
    refusal: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class QuestionView:
    item_id: str
    kind: str
    stem: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    attempt_id: str
    enrolment_id: str
    course_title: str
    state: str
    number: int
    questions: tuple[QuestionView, ...]
    answers: dict[str, list[str]]
    remaining_ms: int
    deadline_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Acknowledged:
    ack: int
    answered: int
    remaining_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultItem:
    """One question afterwards; the right letters are shown only to who has passed."""

    item_id: str
    stem: str
    choices: tuple[str, ...]
    given: tuple[str, ...]
    is_right: bool
    answer: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    attempt_id: str
    enrolment_id: str
    course_title: str
    score: int
    pass_mark: int
    passed: bool
    items: tuple[ResultItem, ...]


def given_letters(db: Session, row: ExamAttempt) -> dict[str, list[str]]:
    """The newest answer of each question, in the letters that were shown."""
    return {answer.item_id: answer.choices for answer in rows.answers(db, row.id)}


def _title(db: Session, row: ExamAttempt) -> str:
    enrolment = db.get_one(Enrolment, row.enrolment_id)
    return versions.of_enrolment(db, enrolment).title


def attempt_view(db: Session, row: ExamAttempt, now: dt.datetime) -> AttemptView:
    """The paper as it was drawn, choices in this paper's order."""
    items = rows.items(db, [item_id for item_id, _ in row.paper])
    questions = tuple(
        QuestionView(
            item_id, items[item_id].kind, items[item_id].stem,
            tuple(items[item_id].choices[index] for index in order),
        )
        for item_id, order in row.paper
    )  # fmt: skip
    left = max(0, int((row.deadline_at - now).total_seconds() * 1000))
    return AttemptView(
        attempt_id=row.id, enrolment_id=row.enrolment_id, course_title=_title(db, row),
        state=row.state, number=row.number, questions=questions, answers=given_letters(db, row),
        remaining_ms=left if row.state == "open" else 0, deadline_at=row.deadline_at,
    )  # fmt: skip


def result_view(db: Session, row: ExamAttempt) -> ResultView:
    enrolment = db.get_one(Enrolment, row.enrolment_id)
    policy = StudyPolicy.from_mapping(enrolment.policy)
    items = rows.items(db, [item_id for item_id, _ in row.paper])
    given = given_letters(db, row)
    passed = bool(row.passed)
    shown = []
    for item_id, order in row.paper:
        asked, item = PaperItem(item_id, tuple(order)), items[item_id]
        own = given.get(item_id, [])
        is_right = rules.in_bank_letters(asked, own) == frozenset(item.answer)
        answer = rules.in_shown_letters(asked, frozenset(item.answer))
        shown.append(
            ResultItem(
                item_id=item_id, stem=item.stem, given=tuple(own), is_right=is_right,
                choices=tuple(item.choices[index] for index in order),
                answer=answer if passed else (),
                explanation=item.explanation if passed else "",
            )
        )  # fmt: skip
    return ResultView(
        attempt_id=row.id, enrolment_id=row.enrolment_id, course_title=_title(db, row),
        score=row.score or 0, pass_mark=policy.exam_pass, passed=passed, items=tuple(shown),
    )  # fmt: skip
