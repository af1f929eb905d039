"""A paper as it was drawn, and what was given for it, in the rules' own shapes."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from app.learning.models.contests import ContestRound
from app.learning.models.exams import ExamAttempt, ExamBlueprint, ExamItem, ExamMark
from app.learning.repository import exams as rows
from app.learning.rules import marking
from app.learning.rules.exam_items import blanks_of, letters_of, rubric_of
from app.learning.rules.exams import Item, ItemKind, PaperItem
from app.learning.rules.policy import StudyPolicy
from app.learning.services.exam_footing import policy_of


def item_of(row: ExamItem) -> Item:
    return Item(
        row.id, ItemKind(row.kind), len(row.choices),
        frozenset(letters_of(row.kind, row.answer)), blanks_of(row.kind, row.answer),
        code=f"{row.bank_id}/{row.code}", chapter=row.chapter, difficulty=row.difficulty,
    )  # fmt: skip


def paper_of(row: ExamAttempt) -> tuple[PaperItem, ...]:
    """The questions of an attempt in their order."""
    return tuple(
        PaperItem(item_id, tuple(order), points[0] if points else 1)
        for item_id, order, *points in row.paper
    )


def stored(paper: Sequence[PaperItem]) -> list[list[Any]]:
    """A paper as a row holds it."""
    return [
        [asked.item_id, list(asked.order), *([asked.points] if asked.points != 1 else [])]
        for asked in paper
    ]


def section_titles(db: Session, row: ExamAttempt) -> list[str]:
    """The section in which each question of a paper stands; empty texts without a blueprint."""
    drawn = row.drawn or {}
    if drawn.get("round"):
        sections = db.get_one(ContestRound, drawn["round"]).sections
    elif drawn.get("blueprint"):
        sections = db.get_one(ExamBlueprint, drawn["blueprint"]).sections
    else:
        return [""] * len(row.paper)
    return [each["title"] for each in sections for _ in range(each["count"])]


def items_of(db: Session, row: ExamAttempt) -> dict[str, ExamItem]:
    """The versions of questions that a paper asks, by id."""
    return rows.items(db, [asked.item_id for asked in paper_of(row)])


def given_letters(db: Session, row: ExamAttempt) -> dict[str, list[str]]:
    """The newest answer of each question, in the letters that were shown or the texts typed."""
    return {answer.item_id: answer.choices for answer in rows.answers(db, row.id)}


def mark_shares(db: Session, row: ExamAttempt) -> dict[str, Fraction]:
    """The share of its points that each short answer earns, where its marks settle it."""
    return settled_shares(rows.marks(db, row.id), items_of(db, row), policy_of(db, row))


def settled_shares(
    given: Mapping[str, Sequence[ExamMark]], items: Mapping[str, ExamItem], policy: StudyPolicy
) -> dict[str, Fraction]:
    """The same of marks by question that were read already."""
    found = {}
    for item_id, marks in given.items():
        share = marking.settled(
            [mark.total for mark in marks], worth_of(items[item_id]),
            markers=policy.exam_markers, apart_percent=policy.exam_marks_apart,
        )  # fmt: skip
        if share is not None:
            found[item_id] = share
    return found


def worth_of(row: ExamItem) -> int:
    """The points of a rubric."""
    return sum(line.points for line in rubric_of(row.kind, row.answer))


def unmarked(db: Session, row: ExamAttempt) -> set[str]:
    """The short answers of a paper that wait for people; a blank one needs nobody."""
    items, given, shares = items_of(db, row), given_letters(db, row), mark_shares(db, row)
    return {
        asked.item_id
        for asked in paper_of(row)
        if items[asked.item_id].kind == ItemKind.SHORT
        and "".join(given.get(asked.item_id, [])).strip()
        and asked.item_id not in shares
    }
