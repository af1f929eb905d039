"""What a person takes along of the identity room: all of it in clear, for their eyes alone."""

import base64

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.core.own_rows import copied, copies_of, rows_of
from app.identity.models.checks import IdentityCheck, SecretAnswer
from app.identity.models.deletions import DeletionRequest
from app.identity.models.devices import DeviceKey
from app.identity.models.faces import PORTRAIT, Consent, FaceFrame, FaceTemplate, Portrait
from app.identity.models.passwords import Password
from app.identity.models.people import (
    NAME,
    NUMBER,
    PHONE,
    AccessEntry,
    Person,
    RegistryLookup,
    RoleGrant,
)
from app.identity.models.phone_changes import PhoneChange
from app.identity.models.roll_calls import RollCall, RollPresence
from app.identity.models.second_factors import RecoveryCode, SecurityKey, TotpSecret
from app.identity.models.signing import PhoneCode, SignIn
from app.identity.repository import company_sign_ins as company_rows
from app.identity.repository import deletions as deletion_rows
from app.identity.repository import people as rows
from app.identity.rules import own_data as shapes
from app.identity.rules.deletions import number_of
from app.identity.rules.device_keys import thumbprint
from app.identity.rules.own_data import OwnIdentity
from app.identity.rules.questions import QUESTIONS
from app.identity.services import access, own_desk
from app.identity.services.person_keys import own_vault


def take_along(db: Session, vault: Vault, person_id: str) -> OwnIdentity:
    """Return everything. Raises NotFoundError, ConflictError where it is too much."""
    person = rows.by_id(db, person_id)
    if person is None or person.deleted_at is not None:
        raise NotFoundError("没有这个账号。", remedy="请重新登录")
    own = own_vault(vault, person)
    return OwnIdentity(
        account=_account(db, own, person),
        roles=copies_of(db, shapes.OwnRole, RoleGrant, RoleGrant.person_id == person_id),
        consents=copies_of(db, shapes.OwnConsent, Consent, Consent.person_id == person_id),
        face=_face(db, own, person_id), questions=_questions(db, person_id),
        factors=_factors(db, person_id),
        lookups=copies_of(
            db, shapes.OwnLookup, RegistryLookup, RegistryLookup.person_id == person_id
        ),
        checks=copies_of(db, shapes.OwnCheck, IdentityCheck, IdentityCheck.person_id == person_id),
        codes=copies_of(db, shapes.OwnCode, PhoneCode, PhoneCode.phone_index == person.phone_index),
        sign_ins=copies_of(db, shapes.OwnSignIn, SignIn, SignIn.person_id == person_id),
        company_accounts=_company_accounts(db, person_id),
        phone_changes=copies_of(
            db, shapes.OwnPhoneChange, PhoneChange, PhoneChange.person_id == person_id
        ),
        devices=[
            copied(shapes.OwnDevice, row, thumbprint=thumbprint(row.public_key))
            for row in rows_of(db, DeviceKey, DeviceKey.person_id == person_id)
        ],
        notices=own_desk.notices(db, person_id), messages=own_desk.messages(db, person_id),
        mails=own_desk.mails(db, own, person_id),
        message_choices=own_desk.choices(db, person_id), cases=own_desk.cases(db, own, person_id),
        access=_access(db, vault, person_id), presences=_presences(db, person_id),
        roster=_roster(db, vault, person),
        deletions=[
            copied(shapes.OwnDeletion, row, number=number_of(row.id))
            for row in rows_of(db, DeletionRequest, DeletionRequest.person_id == person_id)
        ],
        events=copies_of(
            db, shapes.OwnEvent, audit.AuditEvent, _of_the_person(person_id)
        ),
    )  # fmt: skip


def _of_the_person(person_id: str) -> ColumnElement[bool]:
    """What they did, and what was done to their account: a role, the name, the phone, a factor."""
    event = audit.AuditEvent.event
    is_about = or_(*(event.startswith(topic) for topic in shapes.TOPICS_OF_AN_ACCOUNT))
    return or_(
        audit.AuditEvent.actor_id == person_id,
        and_(audit.AuditEvent.subject_id == person_id, is_about),
    )


def _account(db: Session, own: Vault, person: Person) -> shapes.OwnAccount:
    password = db.get(Password, person.id)
    return copied(
        shapes.OwnAccount, person, phone=own.open(person.phone_sealed, context=PHONE),
        name=own.open(person.name_sealed, context=NAME) if person.name_sealed else "",
        document_number=(
            own.open(person.document_sealed, context=NUMBER) if person.document_sealed else ""
        ),
        password_set_at=password.set_at if password else None,
    )  # fmt: skip


def _face(db: Session, own: Vault, person_id: str) -> shapes.OwnFace:
    row = db.get(FaceTemplate, person_id)
    picture = db.get(Portrait, person_id)
    shown = (
        own.open_bytes(picture.image_sealed, context=f"{PORTRAIT}:{person_id}") if picture else b""
    )
    frames = rows_of(db, FaceFrame, FaceFrame.person_id == person_id)
    return shapes.OwnFace(
        pipeline=row.pipeline if row else None, made_at=row.made_at if row else None,
        frames=len(frames), portrait=base64.b64encode(shown).decode(),
    )  # fmt: skip


def _questions(db: Session, person_id: str) -> list[shapes.OwnQuestion]:
    found = rows_of(db, SecretAnswer, SecretAnswer.person_id == person_id)
    return [
        copied(shapes.OwnQuestion, row, question=QUESTIONS.get(row.question, row.question))
        for row in found
    ]


def _factors(db: Session, person_id: str) -> list[shapes.OwnFactor]:
    app = db.get(TotpSecret, person_id)
    found = []
    if app is not None:
        found.append(
            shapes.OwnFactor(kind="app", label="", since=app.confirmed_at, used_at=None)
        )  # fmt: skip
    found += [
        copied(shapes.OwnFactor, row, kind="key", since=row.registered_at)
        for row in rows_of(db, SecurityKey, SecurityKey.person_id == person_id)
    ]
    found += [
        copied(shapes.OwnFactor, row, kind="recovery_code", label="", since=row.made_at)
        for row in rows_of(db, RecoveryCode, RecoveryCode.person_id == person_id)
    ]
    return found


def _access(db: Session, vault: Vault, person_id: str) -> list[shapes.OwnAccess]:
    found = rows_of(db, AccessEntry, AccessEntry.person_id == person_id)
    return [copied(shapes.OwnAccess, line) for line in access.told_of(db, vault, person_id, found)]


def _company_accounts(db: Session, person_id: str) -> list[shapes.OwnCompanyAccount]:
    return [
        shapes.OwnCompanyAccount(name=setting.name, linked_at=row.linked_at, used_at=row.used_at)
        for row, setting in company_rows.accounts_of(db, person_id)
    ]


def _presences(db: Session, person_id: str) -> list[shapes.OwnPresence]:
    found = rows_of(db, RollPresence, RollPresence.person_id == person_id)
    return [
        copied(shapes.OwnPresence, row, place=db.get_one(RollCall, row.roll_call_id).place)
        for row in found
    ]


def _roster(db: Session, vault: Vault, person: Person) -> list[shapes.OwnRosterLine]:
    """Also the lines of employers that the person has not said yes to."""
    return [
        copied(
            shapes.OwnRosterLine, row,
            name=vault.open(row.name_sealed, context=f"roster.{NAME}"),
            entered_name=(
                vault.open(row.entered_sealed, context=f"roster.{NAME}")
                if row.entered_sealed else ""
            ),
            document_number=vault.open(row.document_sealed, context=f"roster.{NUMBER}"),
            phone=(
                vault.open(row.phone_sealed, context=f"roster.{PHONE}") if row.phone_sealed else ""
            ),
        )
        for row in deletion_rows.roster_of(db, person)
    ]  # fmt: skip
