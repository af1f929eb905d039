"""Questions about certificates from elsewhere that employers state for their people."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, undefer

from app.org.models.stated_certificates import StatedCertificate
from app.org.rules.stated_certificates import LIVE, StatedState


def get_stated(db: Session, stated_id: str) -> StatedCertificate | None:
    return db.get(StatedCertificate, stated_id)


def with_proof(db: Session, stated_id: str) -> StatedCertificate | None:
    """A statement with its sealed paper, which is read nowhere else."""
    query = select(StatedCertificate).where(StatedCertificate.id == stated_id)
    return db.scalars(query.options(undefer(StatedCertificate.proof_sealed))).first()


def of_staff(db: Session, staff_id: str) -> list[StatedCertificate]:
    """All of one line of the roster, the newest statement first."""
    query = select(StatedCertificate).where(StatedCertificate.staff_id == staff_id)
    return list(db.scalars(query.order_by(StatedCertificate.id.desc())))


def confirmed_of(db: Session, staff_id: str) -> list[StatedCertificate]:
    """What the person said yes to, the earliest issue first."""
    query = select(StatedCertificate).where(
        StatedCertificate.staff_id == staff_id, StatedCertificate.state == StatedState.CONFIRMED
    )
    return list(db.scalars(query.order_by(StatedCertificate.issued_on, StatedCertificate.id)))


def of_learner(db: Session, learner_id: str) -> list[StatedCertificate]:
    """All that any employer states of a person, the newest statement first."""
    query = select(StatedCertificate).where(StatedCertificate.learner_id == learner_id)
    return list(db.scalars(query.order_by(StatedCertificate.id.desc())))


def is_listed(db: Session, staff_id: str, number_index: str, *, but: str | None) -> bool:
    """Tell whether a number stands among a person's already; `but` is the one put right."""
    query = select(StatedCertificate.id).where(
        StatedCertificate.staff_id == staff_id, StatedCertificate.number_index == number_index,
        StatedCertificate.state.in_(LIVE), StatedCertificate.id != (but or ""),
    )  # fmt: skip
    return db.scalars(query.limit(1)).first() is not None


def count_of(db: Session, staff_id: str) -> int:
    query = select(func.count()).where(StatedCertificate.staff_id == staff_id)
    return db.scalar(query) or 0


def move(
    db: Session, stated_id: str, among: Sequence[StatedState], **values: object
) -> bool:  # fmt: skip
    """Change a statement that stands in one of some states; tells False for any other."""
    done = db.execute(
        update(StatedCertificate)
        .where(StatedCertificate.id == stated_id, StatedCertificate.state.in_(among))
        .values(**values)
        .returning(StatedCertificate.id)
    )
    return done.first() is not None


def drop_of(db: Session, staff_ids: Sequence[str]) -> None:
    """Let all statements about some lines go, with their papers."""
    db.execute(delete(StatedCertificate).where(StatedCertificate.staff_id.in_(staff_ids)))


def nearing(
    db: Session, *, first: dt.date, last: dt.date, stage: int, most: int
) -> list[str]:  # fmt: skip
    """Confirmed ones whose last day lies in a span, of which nobody was told at this stage."""
    told = StatedCertificate.reminded_days
    query = select(StatedCertificate.id).where(
        StatedCertificate.state == StatedState.CONFIRMED,
        StatedCertificate.valid_until.between(first, last),
        told.is_(None) | (told > stage),
    )
    return list(db.scalars(query.order_by(StatedCertificate.valid_until).limit(most)))


def lock(db: Session, stated_id: str) -> StatedCertificate | None:
    """The row, held until the transaction ends."""
    query = select(StatedCertificate).where(StatedCertificate.id == stated_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return db.scalars(query).first()
