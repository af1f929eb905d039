"""Finding notices and review cases; deciding a case once."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.identity.models.desk import Notice, ReviewCase


def notices_of(db: Session, person_id: str, most: int) -> list[Notice]:
    query = select(Notice).where(Notice.person_id == person_id)
    return list(db.scalars(query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(most)))


def unread_count(db: Session, person_id: str) -> int:
    query = select(func.count()).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return db.scalar(query) or 0


def mark_read(db: Session, person_id: str, notice_id: str, now: dt.datetime) -> bool:
    """Mark a person's own notice as read; tells False where there is none such."""
    own = (Notice.id == notice_id, Notice.person_id == person_id)
    if db.scalar(select(Notice.id).where(*own)) is None:
        return False
    db.execute(update(Notice).where(*own, Notice.read_at.is_(None)).values(read_at=now))
    return True


def case(db: Session, case_id: str) -> ReviewCase | None:
    return db.get(ReviewCase, case_id, populate_existing=True)


def cases(
    db: Session,
    *,
    states: Sequence[str],
    kinds: Sequence[str],
    skip: int,
    most: int,
) -> tuple[list[ReviewCase], int]:
    """Return one page of cases, the oldest open one first, and how many there are in all."""
    wanted = (ReviewCase.state.in_(states), ReviewCase.kind.in_(kinds))
    total = db.scalar(select(func.count()).select_from(ReviewCase).where(*wanted)) or 0
    query = select(ReviewCase).where(*wanted).order_by(ReviewCase.opened_at, ReviewCase.id)
    return list(db.scalars(query.offset(skip).limit(most))), total


def open_case_id(db: Session, learner_id: str, kinds: Sequence[str]) -> str | None:
    query = select(ReviewCase.id).where(
        ReviewCase.learner_id == learner_id,
        ReviewCase.kind.in_(kinds),
        ReviewCase.state == "open",
    )
    return db.scalars(query.limit(1)).first()


def close_case(
    db: Session, case_id: str, *, decision: str, reason: str, actor_id: str, now: dt.datetime
) -> bool:
    """Decide an open case; tells False where somebody else was first."""
    closed = db.execute(
        update(ReviewCase)
        .where(ReviewCase.id == case_id, ReviewCase.state == "open")
        .values(
            state="decided", decision=decision, reason=reason, decided_by=actor_id, decided_at=now
        )
        .returning(ReviewCase.id)
    )
    return closed.first() is not None
