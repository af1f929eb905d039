"""What a learner sees of an exam: never an answer before the paper is handed in."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from app.learning.models.exams import ExamAttempt, ExamItem
from app.learning.repository import exams as rows
from app.learning.rules import exams as rules
from app.learning.rules.exam_items import blanks_of, rubric_of
from app.learning.rules.exams import ItemKind, PaperItem
from app.learning.services import exam_asking, exam_places, exam_windows
from app.learning.services.exam_footing import part_of, policy_of, title_of
from app.learning.services.exam_papers import (
    given_letters,
    item_of,
    items_of,
    mark_shares,
    paper_of,
    section_titles,
)
from app.learning.services.exam_reviews import SittingSeen, sitting
from app.learning.services.exam_windows import Opened


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
    asks_identity: bool
    item_s: int | None
    rule: str
    """How often it may be taken, in words."""


@dataclass(frozen=True, slots=True)
class QuestionView:
    item_id: str
    kind: str
    stem: str
    choices: tuple[str, ...]
    blank_count: int = 0
    section: str = ""
    points: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    attempt_id: str
    enrolment_id: str | None
    course_title: str
    state: str
    number: int
    questions: tuple[QuestionView, ...]
    answers: dict[str, list[str]]
    remaining_ms: int
    deadline_at: dt.datetime
    device_id: str | None = None
    place: int | None = None
    """The one question that is open, from 0, where each has a limit; only that one is shown."""
    item_remaining_ms: int | None = None
    question_count: int = 0
    contest_id: str | None = None
    """Of a contest's paper; then there is no enrolment, and `course_title` names the round."""
    is_shut: bool = False
    """Whether it is still asked who sits there, at the beginning: no question is told yet."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    ack: int
    answered: int
    remaining_ms: int
    item_remaining_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultItem:
    """One question afterwards; what is right is shown to who has passed, or by the policy.

    `given` and `answer` are letters; of a fill-in a text for each blank, of a short answer the
    text and the rubric.
    """

    item_id: str
    stem: str
    choices: tuple[str, ...]
    given: tuple[str, ...]
    is_right: bool
    answer: tuple[str, ...]
    explanation: str
    kind: str = "single"
    earned: str = ""
    """What people gave of what it is worth, as 3/5; empty where a machine judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    attempt_id: str
    enrolment_id: str | None
    course_title: str
    score: int
    pass_mark: int
    passed: bool
    items: tuple[ResultItem, ...]
    is_marked: bool = True
    state: str = "graded"
    seen: SittingSeen
    contest_id: str | None = None
    is_told: bool = True
    """Whether the score is told by now: that of a race is, with its ranking."""
    withheld_count: int = 0
    """How many questions are not shown yet, because a contest asks from their bank."""


def attempt_view(db: Session, row: ExamAttempt, now: dt.datetime) -> AttemptView:
    """The paper as it was drawn, choices in this paper's order.

    Where each question has a limit, the one that is open: the others are not told beforehand.
    None before the check at the beginning is over.
    """
    items = items_of(db, row)
    questions = tuple(
        question_view(items[asked.item_id], asked, title)
        for asked, title in zip(paper_of(row), section_titles(db, row), strict=True)
    )
    opened = exam_places.slots(db, row, now)
    place = len(opened) - 1 if opened else None
    shown = questions if place is None else questions[place : place + 1]
    is_shut = exam_asking.keeps_shut(db, row, now)
    left = max(0, int((row.deadline_at - now).total_seconds() * 1000))
    part = part_of(db, row)
    return AttemptView(
        attempt_id=row.id, enrolment_id=row.enrolment_id, course_title=title_of(db, row),
        contest_id=part.contest.id if part else None,
        state=row.state, number=row.number, questions=() if is_shut else shown, is_shut=is_shut,
        answers=given_letters(db, row),
        remaining_ms=left if row.state == "open" else 0, deadline_at=row.deadline_at,
        device_id=row.device_id, place=place, question_count=len(questions),
        item_remaining_ms=exam_places.left_ms(db, row, now),
    )  # fmt: skip


def question_view(item: ExamItem, asked: PaperItem, section: str) -> QuestionView:
    """A question as a paper shows it; nothing of its answer."""
    return QuestionView(
        item.id, item.kind, item.stem, tuple(item.choices[index] for index in asked.order),
        len(blanks_of(item.kind, item.answer)), section, asked.points,
    )  # fmt: skip


def result_view(db: Session, row: ExamAttempt, now: dt.datetime) -> ResultView:
    """The result; until people have marked everything `is_marked` is false and there is none.

    A held result shows what was seen of the sitting, and neither score nor questions.
    """
    part, policy = part_of(db, row), policy_of(db, row)
    passed = bool(row.passed)
    shows = "all" if passed else policy.exam_shows
    told = (
        exam_windows.of_course(db, now, has_items=shows != "score")
        if part is None
        else exam_windows.opened(db, part, now)
    )
    shows_keys = shows == "all" or part is not None
    is_final = row.state == "graded"
    return ResultView(
        attempt_id=row.id, enrolment_id=row.enrolment_id, course_title=title_of(db, row),
        contest_id=part.contest.id if part else None, is_told=told.has_score,
        score=(row.score or 0) if is_final and told.has_score else 0,
        pass_mark=policy.exam_pass, passed=passed, is_marked=row.state not in {"open", "marking"},
        state=row.state, seen=sitting(db, row.id),
        items=_result_items(db, row, told, shows_keys=shows_keys)
        if is_final and told.has_items
        else (),
        withheld_count=_withheld_count(db, row, told) if is_final and told.has_items else 0,
    )  # fmt: skip


def _withheld_count(db: Session, row: ExamAttempt, told: Opened) -> int:
    return sum(item.bank_id in told.asked for item in items_of(db, row).values())


def _result_items(
    db: Session, row: ExamAttempt, told: Opened, *, shows_keys: bool
) -> tuple[ResultItem, ...]:
    """Each question with what is right, without the keys of shut banks.

    Those that a contest asks are left out: which of them were right is told after it.
    """
    items, given = items_of(db, row), given_letters(db, row)
    shares = mark_shares(db, row)
    marked = rows.marks(db, row.id)
    shown = []
    for asked in paper_of(row):
        item = items[asked.item_id]
        if item.bank_id in told.asked:
            continue
        own = given.get(asked.item_id, [])
        share = shares.get(asked.item_id)
        shows_key = shows_keys and item.bank_id not in told.shut
        if share is None:
            share = rules.share_of(item_of(item), asked, own)
        worth = sum(line.points for line in rubric_of(item.kind, item.answer))
        shown.append(
            ResultItem(
                item_id=item.id, stem=item.stem, given=tuple(own), is_right=share == 1,
                choices=tuple(item.choices[index] for index in asked.order), kind=item.kind,
                answer=shown_answer(item, asked) if shows_key else (),
                explanation=item.explanation if shows_key else "",
                earned=_points(share * worth, worth) if item.id in marked else "",
            )
        )  # fmt: skip
    return tuple(shown)


def shown_answer(item: ExamItem, asked: PaperItem) -> tuple[str, ...]:
    """What is right, as letters of this paper or in words."""
    if item.kind == ItemKind.FILL_IN:
        return tuple(" 或 ".join(blank.accepted) for blank in blanks_of(item.kind, item.answer))
    if item.kind == ItemKind.SHORT:
        lines = rubric_of(item.kind, item.answer)
        return tuple(f"{line.says}（{line.points} 分）" for line in lines)
    return rules.in_shown_letters(asked, frozenset(item.answer))


def _points(points: Fraction, worth: int) -> str:
    """As 2.5/5: halves come of two markers."""
    return f"{float(points):g}/{worth}"
