"""Many papers of a round at once: what each earned to the point, and when it was answered."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from app.learning.models.exams import ExamAttempt, ExamMark
from app.learning.repository import contests as rows
from app.learning.repository import exams as exam_rows
from app.learning.rules import exams as rules
from app.learning.rules.policy import StudyPolicy
from app.learning.services.exam_papers import item_of, paper_of, settled_shares

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Sat:
    """What a paper earned, of 0 to 1, and when its answers arrived."""

    earned: Fraction
    answered_at: tuple[dt.datetime, ...]


def sat(db: Session, attempts: Sequence[ExamAttempt], policy: StudyPolicy) -> dict[str, Sat]:
    """Return what papers of one contest earned, by paper; judged by its one frozen policy."""
    found: dict[str, Sat] = {}
    for start in range(0, len(attempts), _AT_ONCE):
        found.update(_piece(db, attempts[start : start + _AT_ONCE], policy))
    return found


def _piece(
    db: Session, attempts: Sequence[ExamAttempt], policy: StudyPolicy
) -> Iterator[tuple[str, Sat]]:
    papers = {row.id: paper_of(row) for row in attempts}
    asked = {each.item_id for paper in papers.values() for each in paper}
    items = exam_rows.items(db, sorted(asked))
    known = {item_id: item_of(item) for item_id, item in items.items()}
    given: dict[str, dict[str, list[str]]] = {}
    moments: dict[str, list[dt.datetime]] = {}
    for attempt_id, item_id, choices, received_at in rows.answers_of(db, list(papers)):
        given.setdefault(attempt_id, {})[item_id] = choices
        moments.setdefault(attempt_id, []).append(received_at)
    marks: dict[str, dict[str, list[ExamMark]]] = {}
    for mark in rows.marks_of(db, list(papers)):
        marks.setdefault(mark.attempt_id, {}).setdefault(mark.item_id, []).append(mark)
    for attempt_id, paper in papers.items():
        shares = settled_shares(marks.get(attempt_id, {}), items, policy)
        earned = rules.earned(known, paper, given.get(attempt_id, {}), shares)
        yield attempt_id, Sat(earned, tuple(moments.get(attempt_id, ())))
