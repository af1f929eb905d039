"""Finding a person's password."""

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.identity.models.passwords import Password
from app.identity.models.signing import SignIn


def password_of(db: Session, person_id: str) -> Password | None:
    return db.get(Password, person_id)


def has_signed_in_on(db: Session, person_id: str, device_id: str, since: dt.datetime) -> bool:
    """Tell whether a person was signed in on a device since a moment, as themselves.

    A company's account shows that the company let somebody in, not that they have the phone.
    """
    query = select(SignIn.id).where(
        SignIn.person_id == person_id, SignIn.device_id == device_id, SignIn.started_at >= since,
        SignIn.company_account_id.is_(None),
    )  # fmt: skip
    return db.scalars(query.limit(1)).first() is not None


def forget(db: Session, person_id: str) -> None:
    """Delete a person's password, if they have one."""
    db.execute(delete(Password).where(Password.person_id == person_id))
