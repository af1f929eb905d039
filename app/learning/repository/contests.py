"""Rows of contests: their rounds, who takes part, and the papers of a round."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.learning.models.contests import Contest, ContestEntry, ContestRound
from app.learning.models.exams import ExamAnswer, ExamAttempt, ExamBank, ExamBankCourse, ExamMark
from app.learning.rules.contests import ContestState


def contest(db: Session, contest_id: str) -> Contest | None:
    return db.get(Contest, contest_id)


def contest_to_change(db: Session, contest_id: str) -> Contest | None:
    """Return a contest, locked until the transaction ends."""
    return db.get(Contest, contest_id, with_for_update=True, populate_existing=True)


def contests_of(db: Session, org_id: str, most: int) -> list[Contest]:
    query = select(Contest).where(Contest.org_id == org_id)
    return list(db.scalars(query.order_by(Contest.made_at.desc(), Contest.id.desc()).limit(most)))


def published_of(db: Session, org_ids: Collection[str], most: int) -> list[Contest]:
    """Published contests of some organisations, and those they cancelled after that; newest first.

    Never those that are open by a link only: their address is what lets in.
    """
    query = select(Contest).where(
        Contest.org_id.in_(org_ids), Contest.published_at.is_not(None), Contest.audience != "link"
    )
    return list(db.scalars(query.order_by(Contest.published_at.desc(), Contest.id).limit(most)))


def entered_by(db: Session, learner_id: str) -> list[Contest]:
    """Contests in which a person has a part."""
    query = (
        select(Contest).join(ContestRound, ContestRound.contest_id == Contest.id)
        .join(ContestEntry, ContestEntry.round_id == ContestRound.id)
        .where(ContestEntry.learner_id == learner_id).distinct()
    )  # fmt: skip
    return list(db.scalars(query))


def rounds(db: Session, contest_ids: Sequence[str]) -> list[ContestRound]:
    """The rounds of contests, in their order."""
    query = select(ContestRound).where(ContestRound.contest_id.in_(contest_ids))
    return list(db.scalars(query.order_by(ContestRound.contest_id, ContestRound.number)))


def get_round(db: Session, round_id: str) -> ContestRound | None:
    return db.get(ContestRound, round_id)


def round_to_change(db: Session, round_id: str) -> ContestRound | None:
    """Return a round, so that one at a time publishes its ranking."""
    return db.get(ContestRound, round_id, with_for_update=True, populate_existing=True)


def round_to_sit(db: Session, round_id: str) -> ContestRound | None:
    """Return a round, so that nobody publishes its ranking while a paper begins; many may sit."""
    return db.get(ContestRound, round_id, with_for_update={"read": True}, populate_existing=True)


def entry_of(db: Session, round_id: str, learner_id: str) -> ContestEntry | None:
    query = select(ContestEntry).where(
        ContestEntry.round_id == round_id, ContestEntry.learner_id == learner_id
    )
    return db.scalars(query).one_or_none()


def entries_of_learner(
    db: Session, contest_ids: Sequence[str], learner_id: str
) -> dict[str, ContestEntry]:
    """A person's parts in contests, by round."""
    query = (
        select(ContestEntry).join(ContestRound, ContestRound.id == ContestEntry.round_id)
        .where(ContestRound.contest_id.in_(contest_ids), ContestEntry.learner_id == learner_id)
    )  # fmt: skip
    return {row.round_id: row for row in db.scalars(query)}


def entries(db: Session, round_id: str) -> list[ContestEntry]:
    """Who takes part in a round: by place, then by when they came."""
    query = select(ContestEntry).where(ContestEntry.round_id == round_id)
    order = (func.coalesce(ContestEntry.place, 2_000_000_000), ContestEntry.id)
    return list(db.scalars(query.order_by(*order)))


def placed(db: Session, round_id: str, *, offset: int, limit: int) -> list[ContestEntry]:
    """A piece of a published ranking."""
    query = select(ContestEntry).where(
        ContestEntry.round_id == round_id, ContestEntry.place.is_not(None)
    )
    query = query.order_by(ContestEntry.place, ContestEntry.id).offset(offset).limit(limit)
    return list(db.scalars(query))


def count_placed(db: Session, round_id: str) -> int:
    query = select(func.count()).select_from(ContestEntry)
    query = query.where(ContestEntry.round_id == round_id, ContestEntry.place.is_not(None))
    return db.scalar(query) or 0


def count_entries(db: Session, round_ids: Sequence[str]) -> dict[str, int]:
    query = select(ContestEntry.round_id, func.count()).where(ContestEntry.round_id.in_(round_ids))
    return {found[0]: found[1] for found in db.execute(query.group_by(ContestEntry.round_id))}


def attempts(db: Session, entry_id: str) -> list[ExamAttempt]:
    query = select(ExamAttempt).where(ExamAttempt.contest_entry_id == entry_id)
    return list(db.scalars(query.order_by(ExamAttempt.number)))


def attempts_of_round(db: Session, round_id: str) -> list[ExamAttempt]:
    query = (
        select(ExamAttempt).join(ContestEntry, ContestEntry.id == ExamAttempt.contest_entry_id)
        .where(ContestEntry.round_id == round_id).order_by(ExamAttempt.id)
    )  # fmt: skip
    return list(db.scalars(query))


def answers_of(
    db: Session, attempt_ids: Sequence[str]
) -> list[tuple[str, str, list[Any], dt.datetime]]:
    """Paper, question, choices and arrival of the answers of papers; the newest of each last."""
    query = (
        select(ExamAnswer.attempt_id, ExamAnswer.item_id, ExamAnswer.choices,
               ExamAnswer.received_at)
        .where(ExamAnswer.attempt_id.in_(attempt_ids))
    )  # fmt: skip
    found = db.execute(query.order_by(ExamAnswer.attempt_id, ExamAnswer.number))
    return [(row[0], row[1], row[2], row[3]) for row in found]


def marks_of(db: Session, attempt_ids: Sequence[str]) -> list[ExamMark]:
    """What people gave in some papers, in the order in which they marked."""
    query = select(ExamMark).where(ExamMark.attempt_id.in_(attempt_ids))
    return list(db.scalars(query.order_by(ExamMark.place)))


def open_papers(db: Session, round_id: str) -> int:
    """How many papers of a round are being answered."""
    query = (
        select(func.count()).select_from(ExamAttempt)
        .join(ContestEntry, ContestEntry.id == ExamAttempt.contest_entry_id)
        .where(ContestEntry.round_id == round_id, ExamAttempt.state == "open")
    )  # fmt: skip
    return db.scalar(query) or 0


def seen_papers(
    db: Session, learner_id: str, contest_id: str, before: dt.datetime
) -> list[list[Any]]:
    """The papers that a person had in a contest before a moment."""
    query = (
        select(ExamAttempt.paper)
        .join(ContestEntry, ContestEntry.id == ExamAttempt.contest_entry_id)
        .join(ContestRound, ContestRound.id == ContestEntry.round_id)
        .where(
            ContestRound.contest_id == contest_id, ContestEntry.learner_id == learner_id,
            ExamAttempt.started_at < before,
        )
    )  # fmt: skip
    return list(db.scalars(query))


def not_closed(db: Session, since: dt.datetime) -> list[ContestRound]:
    """Rounds of published contests that close after `since`, opened or not; or with open papers."""
    is_open = (
        select(ExamAttempt.id)
        .join(ContestEntry, ContestEntry.id == ExamAttempt.contest_entry_id)
        .where(ContestEntry.round_id == ContestRound.id, ExamAttempt.state == "open").exists()
    )  # fmt: skip
    query = (
        select(ContestRound).join(Contest, Contest.id == ContestRound.contest_id)
        .where(
            Contest.state == ContestState.PUBLISHED,
            or_(ContestRound.closes_at >= since, is_open),
        )
    )  # fmt: skip
    return list(db.scalars(query))


def usable_banks(db: Session, org_id: str) -> list[ExamBank]:
    """An organisation's own banks, and the platform's that courses draw from."""
    serves = select(ExamBankCourse.bank_id).where(ExamBankCourse.bank_id == ExamBank.id).exists()
    query = select(ExamBank).where(
        or_(ExamBank.owner_id == org_id, (ExamBank.owner_id.is_(None)) & serves)
    )
    return list(db.scalars(query.order_by(ExamBank.owner_id, ExamBank.title, ExamBank.id)))


def serving_courses(db: Session, bank_ids: Collection[str]) -> set[str]:
    """Those of some banks from which exams of courses draw."""
    query = select(ExamBankCourse.bank_id).where(ExamBankCourse.bank_id.in_(bank_ids))
    return set(db.scalars(query.distinct()))


def banks(db: Session, bank_ids: Collection[str]) -> list[ExamBank]:
    return list(db.scalars(select(ExamBank).where(ExamBank.id.in_(bank_ids))))
