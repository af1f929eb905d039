"""Questions about the proofs given out."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.org.models.proofs import HourProof


def proof_by_number(db: Session, number: str) -> HourProof | None:
    return db.scalars(select(HourProof).where(HourProof.number == number)).first()


def get_proof(db: Session, staff_id: str, facts_hash: str) -> HourProof | None:
    query = select(HourProof).where(
        HourProof.staff_id == staff_id, HourProof.facts_hash == facts_hash
    )
    return db.scalars(query).first()


def next_serial(db: Session, made_on: dt.date) -> int:
    query = select(func.max(HourProof.serial)).where(HourProof.made_on == made_on)
    return (db.scalars(query).one() or 0) + 1
