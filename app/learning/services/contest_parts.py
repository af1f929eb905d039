"""Who takes part in a contest, and their places once they are published."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.learning.models.contests import ContestEntry
from app.learning.repository import contests as rows


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's part in a contest; place, score and time of a published ranking."""

    learner_id: str
    hides_name: bool
    place: int
    score: int
    used_ms: int


def part_of(db: Session, contest_id: str, learner_id: str) -> Part | None:
    """A person's part in a contest, whatever round it is in; None without one."""
    found = rows.entries_of_learner(db, [contest_id], learner_id)
    return next(map(_part, found.values()), None)


def placed_of(
    db: Session, round_id: str, *, offset: int, limit: int
) -> tuple[tuple[Part, ...], int]:
    """A piece of the published ranking of a round, and how many have a place."""
    found = rows.placed(db, round_id, offset=offset, limit=limit)
    return tuple(map(_part, found)), rows.count_placed(db, round_id)


def _part(row: ContestEntry) -> Part:
    return Part(row.learner_id, row.hides_name, row.place or 0, row.score or 0, row.used_ms or 0)


def learners_of(db: Session, contest_id: str) -> list[str]:
    """Everybody who takes part in a contest."""
    found = [entry for held in rows.rounds(db, [contest_id]) for entry in rows.entries(db, held.id)]
    return sorted({entry.learner_id for entry in found})
