"""Short answers that wait for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.learning.models.exams import ExamAnswer, ExamAttempt, ExamBank, ExamItem, ExamMark


@dataclass(frozen=True, slots=True)
class Waiting:
    """A short answer of a paper that is being marked."""

    answer: ExamAnswer
    item: ExamItem
    attempt: ExamAttempt


def _waiting(owner_id: str | None) -> Select[ExamAnswer, ExamItem, ExamAttempt]:
    """The newest answers to short questions of an owner's banks; without one, the platform's."""
    later = aliased(ExamAnswer)
    is_newest = ~select(later.id).where(
        later.attempt_id == ExamAnswer.attempt_id, later.item_id == ExamAnswer.item_id,
        later.number > ExamAnswer.number,
    ).exists()  # fmt: skip
    return (
        select(ExamAnswer, ExamItem, ExamAttempt)
        .join(ExamAttempt, ExamAttempt.id == ExamAnswer.attempt_id)
        .join(ExamItem, ExamItem.id == ExamAnswer.item_id)
        .join(ExamBank, ExamBank.id == ExamItem.bank_id)
        .where(
            ExamAttempt.state == "marking", ExamItem.kind == "short",
            ExamBank.owner_id == owner_id, is_newest,
        )
    )  # fmt: skip


def waiting(db: Session, owner_id: str | None, marker_id: str, most: int) -> list[Waiting]:
    """Return what this person may still mark: not their own, nor what they marked already.

    Question by question, so that one is marked over all papers before the next one.
    """
    marked = select(ExamMark.id).where(
        ExamMark.attempt_id == ExamAnswer.attempt_id, ExamMark.item_id == ExamAnswer.item_id,
        ExamMark.marker_id == marker_id,
    )  # fmt: skip
    query = _waiting(owner_id).where(ExamAttempt.learner_id != marker_id, ~marked.exists())
    query = query.order_by(ExamItem.id, ExamAttempt.ended_at, ExamAnswer.id).limit(most)
    return [Waiting(*found) for found in db.execute(query)]


def one(db: Session, owner_id: str | None, answer_id: str) -> Waiting | None:
    found = db.execute(_waiting(owner_id).where(ExamAnswer.id == answer_id)).first()
    return Waiting(*found) if found is not None else None


def totals(db: Session, answers: Sequence[ExamAnswer]) -> dict[tuple[str, str], list[int]]:
    """Return the totals that were given by paper and question, in their order."""
    attempt_ids = {answer.attempt_id for answer in answers}
    query = select(ExamMark).where(ExamMark.attempt_id.in_(attempt_ids)).order_by(ExamMark.place)
    found: dict[tuple[str, str], list[int]] = {}
    for row in db.scalars(query):
        found.setdefault((row.attempt_id, row.item_id), []).append(row.total)
    return found


def marked_by(db: Session, marker_id: str) -> int:
    query = select(func.count()).select_from(ExamMark).where(ExamMark.marker_id == marker_id)
    return db.scalar(query) or 0
