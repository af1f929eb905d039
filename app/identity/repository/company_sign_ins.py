"""Finding sign-ins of companies, links to them, and trips there; a trip is taken once."""

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.identity.models.company_sign_ins import CompanyAccount, CompanySignIn, CompanyTrip


def standing(db: Session, org_id: str) -> CompanySignIn | None:
    """Return an organisation's sign-in, switched on or not."""
    query = select(CompanySignIn).where(
        CompanySignIn.org_id == org_id, CompanySignIn.ended_at.is_(None)
    )
    return db.scalars(query.order_by(CompanySignIn.id.desc())).first()


def setting(db: Session, setting_id: str) -> CompanySignIn | None:
    return db.get(CompanySignIn, setting_id)


def lock_setting(db: Session, setting_id: str) -> CompanySignIn | None:
    """Return a sign-in as it stands now, locked: of links at once each sees the one before."""
    return db.get(CompanySignIn, setting_id, with_for_update=True, populate_existing=True)


def setting_of_account(db: Session, account_id: str) -> CompanySignIn | None:
    """Return the sign-in that a link belongs to, while both last."""
    query = select(CompanySignIn).join(CompanyAccount).where(
        CompanyAccount.id == account_id, CompanySignIn.ended_at.is_(None)
    )  # fmt: skip
    return db.scalars(query).first()


def accounts_of(db: Session, person_id: str) -> list[tuple[CompanyAccount, CompanySignIn]]:
    """Return a person's links, the oldest first."""
    query = select(CompanyAccount, CompanySignIn).join(CompanySignIn)
    found = db.execute(
        query.where(CompanyAccount.person_id == person_id).order_by(CompanyAccount.id)
    )
    return [(account, setting) for account, setting in found]


def accounts_at(db: Session, setting_id: str) -> list[CompanyAccount]:
    query = select(CompanyAccount).where(CompanyAccount.company_sign_in_id == setting_id)
    return list(db.scalars(query.order_by(CompanyAccount.id)))


def by_subject(db: Session, setting_id: str, subject_index: str) -> CompanyAccount | None:
    query = select(CompanyAccount).where(
        CompanyAccount.company_sign_in_id == setting_id,
        CompanyAccount.subject_index == subject_index,
    )
    return db.scalars(query).first()


def delete_account(db: Session, account_id: str) -> None:
    db.execute(delete(CompanyAccount).where(CompanyAccount.id == account_id))


def take_trip(
    db: Session, state_hash: str, device_id: str, *, now: dt.datetime
) -> CompanyTrip | None:
    """Spend a trip of this browser; None where there is none, or somebody was first."""
    taken = db.execute(
        update(CompanyTrip)
        .where(
            CompanyTrip.state_hash == state_hash, CompanyTrip.device_id == device_id,
            CompanyTrip.used_at.is_(None), CompanyTrip.expires_at > now,
        )
        .values(used_at=now)
        .returning(CompanyTrip.id)
        .execution_options(synchronize_session=False)
    ).first()  # fmt: skip
    return db.get(CompanyTrip, taken[0], populate_existing=True) if taken else None


def trip_of(db: Session, state_hash: str) -> CompanyTrip | None:
    """Return the trip of a state, spent or run out as it may be."""
    return db.scalars(select(CompanyTrip).where(CompanyTrip.state_hash == state_hash)).first()


def has_come(db: Session, code_hash: str) -> bool:
    """Tell whether a code came back before, on whichever trip."""
    query = select(CompanyTrip.id).where(CompanyTrip.code_hash == code_hash)
    return db.scalars(query.limit(1)).first() is not None


def forget_trips(db: Session, *, before: dt.datetime) -> None:
    db.execute(delete(CompanyTrip).where(CompanyTrip.expires_at < before))
