"""Questions about codes with which people join."""

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core.listing import Asked, Order, Piece, piece_of
from app.org.models.join_codes import JoinCode


def code_under(db: Session, code_index: str) -> JoinCode | None:
    return db.scalars(select(JoinCode).where(JoinCode.code_index == code_index)).first()


def own_code(db: Session, org_id: str, code_id: str) -> JoinCode | None:
    query = select(JoinCode).where(JoinCode.id == code_id, JoinCode.org_id == org_id)
    return db.scalars(query).first()


ORDER = Order(
    keys={
        "made": JoinCode.made_at, "ends": JoinCode.ends_at, "unit": JoinCode.unit,
        "uses": JoinCode.uses,
    },
    last=JoinCode.id,
    own="-made",
)  # fmt: skip


def list_codes(db: Session, org_id: str, text: str, asked: Asked) -> Piece[JoinCode]:
    """A piece of an organisation's codes, of units whose name holds a text."""
    query = select(JoinCode).where(
        JoinCode.org_id == org_id, JoinCode.unit.contains(text, autoescape=True)
    )
    return piece_of(db, query, ORDER, asked)


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
