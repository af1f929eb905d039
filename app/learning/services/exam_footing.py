"""What a paper hangs on: a course that somebody studies, or their part in a round of a contest."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.learning.models.catalogue import Enrolment
from app.learning.models.contests import Contest, ContestEntry, ContestRound
from app.learning.models.exams import ExamAttempt
from app.learning.repository import versions
from app.learning.rules.policy import StudyPolicy


@dataclass(frozen=True, slots=True)
class ContestPart:
    """A person's part in a round, with the round and its contest."""

    entry: ContestEntry
    round: ContestRound
    contest: Contest


def enrolment_of(db: Session, row: ExamAttempt) -> Enrolment | None:
    """The enrolment of a paper; None where it is a contest's."""
    return db.get_one(Enrolment, row.enrolment_id) if row.enrolment_id is not None else None


def part_of(db: Session, row: ExamAttempt) -> ContestPart | None:
    """The part in a contest that a paper belongs to; None where it is a course's."""
    if row.contest_entry_id is None:
        return None
    entry = db.get_one(ContestEntry, row.contest_entry_id)
    held = db.get_one(ContestRound, entry.round_id)
    return ContestPart(entry, held, db.get_one(Contest, held.contest_id))


def policy_of(db: Session, row: ExamAttempt) -> StudyPolicy:
    """The policy that a paper is sat and judged by: frozen on the day of its footing."""
    enrolment, part = enrolment_of(db, row), part_of(db, row)
    if enrolment is not None:
        return StudyPolicy.from_mapping(enrolment.policy)
    assert part is not None  # noqa: S101 -- the database holds that it is one of the two
    return StudyPolicy.from_mapping(part.contest.policy or {})


def title_of(db: Session, row: ExamAttempt) -> str:
    """What a paper belongs to, in words: a course, or a contest and its round."""
    enrolment, part = enrolment_of(db, row), part_of(db, row)
    if enrolment is not None:
        return versions.of_enrolment(db, enrolment).title
    assert part is not None  # noqa: S101 -- as above
    return f"{part.contest.title} · {part.round.title}"
