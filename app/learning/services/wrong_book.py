"""The book of one's own wrong answers: what it holds, and trying again.

Keys are told here and nowhere before: a question is in the book only where no paper of its learner
can ask it any more (rules/wrong_book.py), in no course that draws from its bank.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import InvalidError, NotFoundError
from app.core.ids import new_id
from app.learning.models.exam_tries import ExamTry
from app.learning.models.exams import ExamAttempt, ExamItem
from app.learning.repository import banks as bank_rows
from app.learning.repository import catalogue, versions
from app.learning.repository import exam_tries as rows
from app.learning.repository import exams as exam_rows
from app.learning.rules import exams as rules
from app.learning.rules import wrong_book as book_rules
from app.learning.rules.exam_items import blanks_of
from app.learning.rules.exams import ItemKind, PaperItem
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.wrong_book import Try
from app.learning.services import exam_windows
from app.learning.services.exam_papers import item_of, paper_of
from app.learning.services.exam_views import QuestionView, question_view, shown_answer

NO_CHAPTER = "其他"
_Code = tuple[str, str]


@dataclass(frozen=True, slots=True)
class WrongQuestion:
    """A question of the book; nothing of its answer. `right_run`: right so often in a row."""

    question: QuestionView
    course_title: str
    chapter: str
    wrong_at: dt.datetime
    right_run: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What a try was, and what is right: letters, or the texts that blanks accept."""

    is_right: bool
    answer: tuple[str, ...]
    explanation: str
    left_to_go: int


@dataclass(frozen=True, slots=True)
class _Wrong:
    course_title: str
    wrong_at: dt.datetime


def book(db: Session, learner_id: str, *, now: dt.datetime) -> list[WrongQuestion]:
    """Return what is in the book, by course and chapter."""
    wrong, shut = _wrong(db, learner_id, now)
    items = rows.in_use(db, wrong.keys() - shut) if wrong else {}
    tries = rows.tries(db, learner_id, [item.id for item in items.values()])
    found = []
    for code, item in items.items():
        own = [Try(each.tried_at, each.is_right) for each in tries.get(item.id, [])]
        if book_rules.is_in_book(wrong[code].wrong_at, own):
            run = book_rules.right_run(wrong[code].wrong_at, own)
            chapter = item.chapter or NO_CHAPTER
            line = WrongQuestion(
                _question(item), wrong[code].course_title, chapter, wrong[code].wrong_at, run
            )
            found.append(line)
    return sorted(found, key=lambda each: (each.course_title, each.chapter, each.question.item_id))


def _question(item: ExamItem) -> QuestionView:
    return question_view(item, _as_it_stands(item), "")


def _as_it_stands(item: ExamItem) -> PaperItem:
    return PaperItem(item.id, tuple(range(len(item.choices))))


def _wrong(
    db: Session, learner_id: str, now: dt.datetime
) -> tuple[dict[_Code, _Wrong], set[_Code]]:
    """What was wrong in exams that are over, with when it last was, and what of it is shut.

    Shut is what a paper of theirs asks or the next one may ask, in whatever course: also where
    they have not sat at all yet; and what a contest asks anybody now, or will.
    """
    by_enrolment: dict[str | None, list[ExamAttempt]] = {}
    for row in rows.attempts_of(db, learner_id):
        by_enrolment.setdefault(row.enrolment_id, []).append(row)
    wrong: dict[_Code, _Wrong] = {}
    shut: set[_Code] = set()
    banks = exam_windows.banks_of_contests(db, now)
    for enrolment in catalogue.enrolments_of(db, learner_id):
        attempts = by_enrolment.get(enrolment.id, [])
        states = [row.state for row in attempts]
        passed = [bool(row.passed) for row in attempts]
        policy = StudyPolicy.from_mapping(enrolment.policy)
        if not book_rules.is_window_closed(policy, states, passed):
            shut |= _codes(db, attempts)
            banks.update(bank_rows.bank_ids(db, enrolment.course_id))
            continue
        title = versions.of_enrolment(db, enrolment).title
        for code, at in _missed(db, [row for row in attempts if row.state == "graded"]):
            known = wrong.get(code)
            if known is None or known.wrong_at < at:
                wrong[code] = _Wrong(title, at)
    return wrong, shut | {code for code in wrong if code[0] in banks}


def _codes(db: Session, attempts: Iterable[ExamAttempt]) -> set[_Code]:
    ids = {asked.item_id for row in attempts for asked in paper_of(row)}
    return {(item.bank_id, item.code) for item in exam_rows.items(db, sorted(ids)).values()}


def _missed(db: Session, attempts: list[ExamAttempt]) -> Iterable[tuple[_Code, dt.datetime]]:
    """Each question that a machine judges and that was not wholly right, blank ones too."""
    ids = {asked.item_id for row in attempts for asked in paper_of(row)}
    items = exam_rows.items(db, sorted(ids))
    answers = rows.answers_of(db, [row.id for row in attempts])
    for row in attempts:
        for asked in paper_of(row):
            item = items[asked.item_id]
            given = answers.get((row.id, asked.item_id), [])
            if item.kind != ItemKind.SHORT and rules.share_of(item_of(item), asked, given) != 1:
                yield (item.bank_id, item.code), row.ended_at or row.started_at


def question(db: Session, learner_id: str, item_id: str, *, now: dt.datetime) -> WrongQuestion:
    """Return a question of one's book. Raises NotFoundError for any other."""
    found = next(
        (each for each in book(db, learner_id, now=now) if each.question.item_id == item_id), None
    )
    if found is None:
        raise NotFoundError("错题本里没有这道题。", remedy="请回到错题本看看")
    return found


def try_again(
    db: Session, learner_id: str, item_id: str, choices: list[str], *, now: dt.datetime
) -> Tried:
    """Answer a question of one's book once more, and be told what is right.

    Raises NotFoundError for a question that is not in it, InvalidError for what does not fit.
    """
    line = question(db, learner_id, item_id, now=now)
    item = exam_rows.items(db, [item_id])[item_id]
    blank_count = len(blanks_of(item.kind, item.answer))
    problem = rules.problem_with(
        ItemKind(item.kind), len(item.choices), choices, blank_count=blank_count
    )
    if problem is not None:
        raise InvalidError(problem, field="/choices", code="choices")
    asked = _as_it_stands(item)
    is_right = rules.share_of(item_of(item), asked, choices) == 1
    db.add(
        ExamTry(
            id=new_id(now), learner_id=learner_id, item_id=item_id, is_right=is_right, tried_at=now
        )
    )
    db.flush()
    run = line.right_run + 1 if is_right else 0
    return Tried(is_right, shown_answer(item, asked), item.explanation, book_rules.RIGHT_RUN - run)
