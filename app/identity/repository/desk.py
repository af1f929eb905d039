"""Finding notices and review cases; deciding a case once."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from app.core.listing import Asked, Order, Piece, piece_of
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


def every_facts(db: Session) -> Iterator[Row[str, dict[str, Any], str | None]]:
    """Go through all cases: id, facts, and whom each is about."""
    query = select(ReviewCase.id, ReviewCase.facts, ReviewCase.learner_id).order_by(ReviewCase.id)
    return iter(db.execute(query).yield_per(1000))


def case_ids_of(db: Session, learner_id: str) -> list[str]:
    query = select(ReviewCase.id).where(ReviewCase.learner_id == learner_id)
    return list(db.scalars(query.order_by(ReviewCase.id)))


def case_to_change(db: Session, case_id: str) -> ReviewCase:
    """Return a case, locked until the transaction ends."""
    return db.get_one(ReviewCase, case_id, with_for_update=True, populate_existing=True)


OPEN_ORDER = Order(
    keys={"opened": ReviewCase.opened_at, "kind": ReviewCase.kind}, last=ReviewCase.id,
    own="opened",
)  # fmt: skip
DECIDED_ORDER = Order(
    keys={
        "decided": ReviewCase.decided_at, "opened": ReviewCase.opened_at, "kind": ReviewCase.kind,
    },
    last=ReviewCase.id, own="-decided",
)  # fmt: skip


def piece_of_cases(
    db: Session, *, state: str, kinds: Sequence[str], asked: Asked
) -> Piece[ReviewCase]:
    """A piece of the open cases, the oldest first, or of the decided, the newest first."""
    query = select(ReviewCase).where(ReviewCase.state == state, ReviewCase.kind.in_(kinds))
    return piece_of(db, query, OPEN_ORDER if state == "open" else DECIDED_ORDER, asked)


def cases(
    db: Session,
    *,
    states: Sequence[str],
    kinds: Sequence[str],
    skip: int,
    most: int,
) -> tuple[list[ReviewCase], int]:
    """Return one page of cases and the total: the oldest open one, the newest decided one first."""
    wanted = (ReviewCase.state.in_(states), ReviewCase.kind.in_(kinds))
    total = db.scalar(select(func.count()).select_from(ReviewCase).where(*wanted)) or 0
    decided_first = ReviewCase.decided_at.desc().nulls_first()
    query = select(ReviewCase).where(*wanted)
    query = query.order_by(decided_first, ReviewCase.opened_at, ReviewCase.id)
    return list(db.scalars(query.offset(skip).limit(most))), total


# Made once: the gate of certificates asks while others wait to write.
_OPEN_CASE = (
    select(ReviewCase)
    .where(
        ReviewCase.learner_id == bindparam("learner_id"),
        ReviewCase.kind.in_(bindparam("kinds", expanding=True)),
        ReviewCase.state == "open",
    )
    .order_by(ReviewCase.opened_at)
    .limit(1)
)


def open_case(db: Session, learner_id: str, kinds: Sequence[str]) -> ReviewCase | None:
    return db.scalars(_OPEN_CASE, {"learner_id": learner_id, "kinds": list(kinds)}).first()


def cases_about(db: Session, ref_ids: Sequence[str], kind: str) -> list[ReviewCase]:
    query = select(ReviewCase).where(ReviewCase.ref_id.in_(ref_ids), ReviewCase.kind == kind)
    return list(db.scalars(query.order_by(ReviewCase.opened_at, ReviewCase.id)))


def cases_ending(db: Session, ending: str, kinds: Sequence[str]) -> list[ReviewCase]:
    query = select(ReviewCase).where(
        ReviewCase.id.endswith(ending, autoescape=True), ReviewCase.kind.in_(kinds)
    )  # fmt: skip
    return list(db.scalars(query))


def put_facts(db: Session, case_id: str, facts: dict[str, Any]) -> None:
    """Write an open case's facts anew."""
    db.execute(
        update(ReviewCase)
        .where(ReviewCase.id == case_id, ReviewCase.state == "open")
        .values(facts=facts)
    )


def decided_since(db: Session, learner_id: str, kind: str, since: dt.datetime) -> list[ReviewCase]:
    query = select(ReviewCase).where(
        ReviewCase.learner_id == learner_id, ReviewCase.kind == kind,
        ReviewCase.decided_at >= since,
    )  # fmt: skip
    return list(db.scalars(query.order_by(ReviewCase.decided_at, ReviewCase.id)))


def close_case(
    db: Session,
    case_id: str,
    *,
    decision: str,
    reason: str,
    actor_id: str | None,
    proposer_id: str | None,
    now: dt.datetime,
) -> bool:
    """Decide an open case as it was seen; tells False where somebody else was first."""
    closed = db.execute(
        update(ReviewCase)
        .where(ReviewCase.id == case_id, ReviewCase.state == "open", _proposed_by(proposer_id))
        .values(
            state="decided", decision=decision, reason=reason, decided_by=actor_id, decided_at=now
        )
        .returning(ReviewCase.id)
    )
    return closed.first() is not None


def put_proposal(
    db: Session,
    case_id: str,
    *,
    decision: str | None,
    reason: str | None,
    actor_id: str | None,
    instead_of: str | None,
    now: dt.datetime,
) -> bool:
    """Write a proposal down, or take one back; tells False where it is not as it was seen."""
    done = db.execute(
        update(ReviewCase)
        .where(ReviewCase.id == case_id, ReviewCase.state == "open", _proposed_by(instead_of))
        .values(
            proposed_decision=decision, proposed_reason=reason, proposed_by=actor_id,
            proposed_at=now if actor_id else None,
        )
        .returning(ReviewCase.id)
    )  # fmt: skip
    return done.first() is not None


def _proposed_by(proposer_id: str | None) -> ColumnElement[bool]:
    column = ReviewCase.proposed_by
    return column.is_(None) if proposer_id is None else column == proposer_id
