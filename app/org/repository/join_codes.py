"""Questions about codes with which people join."""

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.org.models.join_codes import JoinCode


def code_under(db: Session, code_index: str) -> JoinCode | None:
    return db.scalars(select(JoinCode).where(JoinCode.code_index == code_index)).first()


def own_code(db: Session, org_id: str, code_id: str) -> JoinCode | None:
    query = select(JoinCode).where(JoinCode.id == code_id, JoinCode.org_id == org_id)
    return db.scalars(query).first()


def list_codes(db: Session, org_id: str, *, offset: int, limit: int) -> tuple[list[JoinCode], int]:
    """A page of an organisation's codes, the newest first, and how many there are."""
    query = select(JoinCode).where(JoinCode.org_id == org_id)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(JoinCode.made_at.desc(), JoinCode.id.desc())
    return list(db.scalars(ordered.offset(offset).limit(limit))), total


def count_open(db: Session, org_id: str, now: dt.datetime) -> int:
    query = select(func.count()).where(
        JoinCode.org_id == org_id, JoinCode.revoked_at.is_(None), JoinCode.ends_at > now
    )
    return db.scalar(query) or 0


def use(db: Session, code_id: str, now: dt.datetime) -> bool:
    """Count one use; tells False where the code is no longer good."""
    used = db.execute(
        update(JoinCode)
        .where(
            JoinCode.id == code_id, JoinCode.revoked_at.is_(None), JoinCode.ends_at > now,
            JoinCode.uses < JoinCode.most_uses,
        )
        .values(uses=JoinCode.uses + 1)
        .returning(JoinCode.id)
    )  # fmt: skip
    return used.first() is not None
