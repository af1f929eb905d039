"""Finding requests for deletion, and taking everything of a person away."""

import datetime as dt
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.crypto import OWN
from app.core.db import Base
from app.identity.models.checks import IdentityCheck, SecretAnswer
from app.identity.models.company_sign_ins import CompanyAccount, CompanyTrip
from app.identity.models.deletions import DeletionRequest
from app.identity.models.desk import Notice
from app.identity.models.devices import DeviceKey
from app.identity.models.face_sessions import FaceSession
from app.identity.models.faces import Consent, FaceFrame, FaceTemplate, Portrait
from app.identity.models.outgoing import MailAddress, MessageChoice, OutgoingMessage
from app.identity.models.passwords import Password
from app.identity.models.people import Person, PersonKey, RegistryLookup, RoleGrant, RosterEntry
from app.identity.models.phone_changes import PhoneChange
from app.identity.models.second_factors import RecoveryCode, SecurityKey, TotpSecret
from app.identity.models.signing import PhoneCode, SignIn, TextMessage

_WHOLE_ROWS: tuple[tuple[type[Base], InstrumentedAttribute[Any]], ...] = (
    (FaceTemplate, FaceTemplate.person_id),
    (Portrait, Portrait.person_id),
    (FaceFrame, FaceFrame.person_id),
    (FaceSession, FaceSession.person_id),
    (SecretAnswer, SecretAnswer.person_id),
    (Notice, Notice.person_id),
    (SignIn, SignIn.person_id),
    (RoleGrant, RoleGrant.person_id),
    (TotpSecret, TotpSecret.person_id),
    (SecurityKey, SecurityKey.person_id),
    (RecoveryCode, RecoveryCode.person_id),
    (Password, Password.person_id),
    (PhoneChange, PhoneChange.person_id),
    (CompanyAccount, CompanyAccount.person_id),
    (CompanyTrip, CompanyTrip.person_id),
    (MailAddress, MailAddress.person_id),
    (MessageChoice, MessageChoice.person_id),
    (OutgoingMessage, OutgoingMessage.person_id),
)  # fmt: skip


def open_request(db: Session, person_id: str) -> DeletionRequest | None:
    query = select(DeletionRequest).where(
        DeletionRequest.person_id == person_id, DeletionRequest.cancelled_at.is_(None),
        DeletionRequest.done_at.is_(None),
    )  # fmt: skip
    return db.scalars(query).first()


def request(db: Session, request_id: str) -> DeletionRequest | None:
    return db.get(DeletionRequest, request_id, populate_existing=True)


def settle(db: Session, request_id: str, *, now: dt.datetime, is_done: bool) -> bool:
    """End an open request, done or taken back, once; tells False where somebody was first."""
    column = DeletionRequest.done_at if is_done else DeletionRequest.cancelled_at
    ended = db.execute(
        update(DeletionRequest)
        .where(
            DeletionRequest.id == request_id, DeletionRequest.cancelled_at.is_(None),
            DeletionRequest.done_at.is_(None),
        )
        .values({column: now})
        .returning(DeletionRequest.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return ended.first() is not None


def destroy_key(db: Session, person_id: str) -> None:
    """Overwrite a person's key where it lies, then take the row away."""
    own = PersonKey.person_id == person_id
    row = db.scalars(select(PersonKey).where(own)).first()
    if row is not None:
        db.execute(update(PersonKey).where(own).values(key_sealed=bytes(len(row.key_sealed))))
        db.execute(delete(PersonKey).where(own))


def take_rows(db: Session, person_id: str, phone_index: str, now: dt.datetime) -> None:
    """Delete what is the person's alone; blank what other records rest on."""
    for model, column in _WHOLE_ROWS:
        db.execute(delete(model).where(column == person_id))
    db.execute(delete(PhoneCode).where(PhoneCode.phone_index == phone_index))
    db.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    db.execute(
        update(RegistryLookup).where(RegistryLookup.person_id == person_id)
        .values(transaction_id="", earlier_ids=None)
    )  # fmt: skip
    db.execute(
        update(IdentityCheck)
        .where(IdentityCheck.person_id == person_id)
        .values(prompt=None, question=None, code_hash=None)
    )


def keyless(db: Session) -> list[str]:
    is_own = func.substr(Person.phone_sealed, 1, len(OWN)) == OWN
    query = select(Person.id).outerjoin(PersonKey).where(PersonKey.person_id.is_(None), is_own)
    return list(db.scalars(query.order_by(Person.id)))


def standing_keys(db: Session, person_id: str) -> list[DeviceKey]:
    query = select(DeviceKey).where(
        DeviceKey.person_id == person_id, DeviceKey.revoked_at.is_(None)
    )
    return list(db.scalars(query.order_by(DeviceKey.id)))


def roster_of(db: Session, person: Person) -> list[RosterEntry]:
    """Every line of every employer that means a person, matched or not."""
    means = RosterEntry.person_id == person.id
    if person.document_index is not None:
        means = or_(means, RosterEntry.document_index == person.document_index)
    return list(db.scalars(select(RosterEntry).where(means).order_by(RosterEntry.id)))


def all_messages(db: Session) -> list[TextMessage]:
    """Every message that is kept: none but where SMS is simulated."""
    return list(db.scalars(select(TextMessage)))
