"""Whose a certificate of this house is, for rooms that know the person it is shown for."""

from sqlalchemy.orm import Session

from app.certs import repository as rows


def is_held_by(db: Session, public_id: str, learner_id: str) -> bool:
    """Tell whether a certificate that was handed out is this person's."""
    row = rows.by_public_id(db, public_id)
    return row is not None and row.ready_at is not None and row.learner_id == learner_id
