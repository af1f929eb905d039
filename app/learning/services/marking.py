"""The marking desk: short answers without names, question by question, one person after another.

`owner_id` is the institution whose banks' answers are marked; None is the platform.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.learning.models.exams import ExamMark
from app.learning.repository import exams as exam_rows
from app.learning.repository import marking as rows
from app.learning.repository.marking import Waiting
from app.learning.rules import marking as rules
from app.learning.rules.exam_items import RubricLine, rubric_of
from app.learning.services import exam_grading
from app.learning.services.exam_footing import policy_of
from app.learning.services.exam_papers import unmarked, worth_of

_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ToMark:
    """An answer to mark; nothing in it says whose it is, nor what others gave."""

    answer_id: str
    item_id: str
    stem: str
    explanation: str
    text: str
    rubric: tuple[RubricLine, ...]


@dataclass(frozen=True, slots=True)
class QuestionToMark:
    """How many answers to one question wait; `next_id` is the first of them."""

    item_id: str
    stem: str
    count: int
    next_id: str


@dataclass(frozen=True, slots=True)
class MarkingDesk:
    questions: tuple[QuestionToMark, ...]
    marked_count: int


@dataclass(frozen=True, slots=True)
class Marked:
    """What comes next: another answer to the same question, else any; none when all is done."""

    next_id: str | None


def desk(db: Session, owner_id: str | None, *, marker_id: str) -> MarkingDesk:
    """Return what a marker has before them."""
    by_item: dict[str, list[Waiting]] = {}
    for each in _waiting(db, owner_id, marker_id):
        by_item.setdefault(each.item.id, []).append(each)
    questions = tuple(
        QuestionToMark(item_id, found[0].item.stem, len(found), found[0].answer.id)
        for item_id, found in by_item.items()
    )
    return MarkingDesk(questions, rows.marked_by(db, marker_id))


def _waiting(db: Session, owner_id: str | None, marker_id: str) -> list[Waiting]:
    """What still wants a mark; answers that have enough of them wait for others of their paper."""
    found = rows.waiting(db, owner_id, marker_id, _MOST)
    totals = rows.totals(db, [each.answer for each in found])
    return [each for each in found if _wants(db, each, totals)]


def _wants(db: Session, each: Waiting, totals: dict[tuple[str, str], list[int]]) -> bool:
    policy = policy_of(db, each.attempt)
    given = totals.get((each.attempt.id, each.item.id), [])
    return rules.wants_more(
        given, worth_of(each.item), markers=policy.exam_markers,
        apart_percent=policy.exam_marks_apart,
    )  # fmt: skip


def to_mark(db: Session, owner_id: str | None, answer_id: str, *, marker_id: str) -> ToMark:
    """Return one answer. Raises NotFoundError where it is not there for this person to mark."""
    found = _mine(db, owner_id, answer_id, marker_id)
    item = found.item
    return ToMark(
        answer_id=answer_id, item_id=item.id, stem=item.stem, explanation=item.explanation,
        text="".join(found.answer.choices), rubric=rubric_of(item.kind, item.answer),
    )  # fmt: skip


def _mine(db: Session, owner_id: str | None, answer_id: str, marker_id: str) -> Waiting:
    found = rows.one(db, owner_id, answer_id)
    if found is None or found.attempt.learner_id == marker_id:
        raise NotFoundError("没有等您评阅的这份答卷。", remedy="请从“阅卷”列表进入")
    return found


def give_mark(
    db: Session, owner_id: str | None, answer_id: str, points: list[int],
    *, marker_id: str, now: dt.datetime,
) -> Marked:  # fmt: skip
    """Take one person's points; the last one that a paper waited for settles its result.

    Raises NotFoundError, InvalidError for points, ConflictError where enough people were quicker.
    """
    found = _mine(db, owner_id, answer_id, marker_id)
    attempt = exam_rows.attempt_to_change(db, found.attempt.id)
    assert attempt is not None  # noqa: S101 -- it was just read, and attempts stay
    flaw = rules.flaw_of(rubric_of(found.item.kind, found.item.answer), points)
    if flaw is not None:
        raise InvalidError(flaw, field="/points", code="points", remedy="请按评分要点给分")
    given = exam_rows.marks(db, attempt.id).get(found.item.id, [])
    if any(mark.marker_id == marker_id for mark in given):
        raise ConflictError(
            "这份答案您已经评过。", code="marked_already", remedy="请从“阅卷”列表看下一份"
        )
    totals = {(attempt.id, found.item.id): [mark.total for mark in given]}
    if attempt.state != exam_grading.MARKING or not _wants(db, found, totals):
        raise ConflictError(
            "别人刚评完这份答案。", code="marked_enough", remedy="请从“阅卷”列表看下一份"
        )
    row = ExamMark(
        id=new_id(now), attempt_id=attempt.id, item_id=found.item.id, marker_id=marker_id,
        place=len(given) + 1, points=points, total=sum(points), marked_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(
        db, "exam.marked", now=now, actor_id=marker_id, subject_id=attempt.id, number=row.place,
        score=row.total,
    )  # fmt: skip
    if not unmarked(db, attempt):
        exam_grading.finish(db, attempt, now=now)
    return Marked(_next(db, owner_id, marker_id, found.item.id))


def _next(db: Session, owner_id: str | None, marker_id: str, item_id: str) -> str | None:
    found = _waiting(db, owner_id, marker_id)
    same = [each.answer.id for each in found if each.item.id == item_id]
    return next(iter([*same, *(each.answer.id for each in found)]), None)
