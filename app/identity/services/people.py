"""People as the rest of the house may see them: masked, or in full with a purpose on record."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.identity.models.people import NAME, NUMBER, PHONE, Person
from app.identity.repository import people as rows
from app.identity.rules import id_number
from app.identity.rules.names import mask_name, mask_number, mask_phone
from app.identity.services import access, person_keys
from app.identity.services.person_keys import own_vault

GONE = "（已注销）"
"""Stands where the name of somebody deleted would."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """What may be shown of a person to staff; a name that is not proven yet is empty."""

    learner_id: str
    masked_name: str
    masked_number: str
    masked_phone: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class FullPerson:
    """A verified person in clear, for a certificate or a proof of hours."""

    learner_id: str
    name: str
    document_type: str
    document_number: str
    phone: str


def phone_index(vault: Vault, phone: str) -> str:
    return vault.blind_index(phone, context=PHONE)


def document_index(vault: Vault, number: str) -> str:
    return vault.blind_index(id_number.normalise(number), context=NUMBER)


def find_or_create(db: Session, vault: Vault, phone: str, *, now: dt.datetime) -> tuple[str, bool]:
    """Return the person of a proven phone number, and whether it is a new one."""
    index = phone_index(vault, phone)
    if (found := rows.by_phone(db, index)) is not None:
        return found.id, False
    person_id = new_id(now)
    person = Person(
        id=person_id, phone_sealed=b"", phone_index=index, created_at=now,
        key=person_keys.new_row(vault, person_id, now=now),
    )  # fmt: skip
    person.phone_sealed = own_vault(vault, person).seal(phone, context=PHONE)
    db.add(person)
    db.flush()
    return person.id, True


def views(db: Session, vault: Vault, learner_ids: Sequence[str]) -> dict[str, PersonView]:
    """Return the masked views of several people by id."""
    return {person.id: _view(vault, person) for person in rows.by_ids(db, learner_ids)}


def _view(vault: Vault, person: Person) -> PersonView:
    if person.deleted_at is not None:
        return PersonView(person.id, GONE, "", "", is_verified=False)
    own = own_vault(vault, person)
    name = own.open(person.name_sealed, context=NAME) if person.name_sealed else ""
    number = own.open(person.document_sealed, context=NUMBER) if person.document_sealed else ""
    return PersonView(
        learner_id=person.id,
        masked_name=mask_name(name) if name else "",
        masked_number=mask_number(number),
        masked_phone=mask_phone(own.open(person.phone_sealed, context=PHONE)),
        is_verified=person.verified_at is not None,
    )


def is_gone(db: Session, learner_id: str | None) -> bool:
    """Tell whether a person has deleted their account."""
    person = rows.by_id(db, learner_id) if learner_id is not None else None
    return person is not None and person.deleted_at is not None


def name_of(vault: Vault, person: Person) -> str:
    """A person's proven name in clear; empty where none is proven."""
    if not person.name_sealed:
        return ""
    return own_vault(vault, person).open(person.name_sealed, context=NAME)


def staff_names(db: Session, vault: Vault, account_ids: Sequence[str]) -> dict[str, str]:
    """Return the full names of those who work at a desk or an institution, for colleagues there.

    Masking is for learners; who decides answers with their name. Unproven names are empty.
    """
    return {person.id: name_of(vault, person) for person in rows.by_ids(db, account_ids)}


def full(
    db: Session,
    vault: Vault,
    learner_id: str,
    *,
    purpose: str,
    actor_id: str | None,
    now: dt.datetime,
) -> FullPerson:
    """Open a verified person's file and write down who did it and what for.

    Raises NotFoundError where there is no such person, ConflictError before the name is proven.
    """
    found = opened(db, vault, learner_id)
    access.note(db, learner_id, purpose=purpose, actor_id=actor_id, now=now)
    return found


def opened(db: Session, vault: Vault, learner_id: str) -> FullPerson:
    """Open a verified person's file for a look of the product's own, of which nothing comes yet.

    Whoever goes on with it, or shows it to anybody, calls `full`. Raises as that.
    """
    person = rows.by_id(db, learner_id)
    if person is None:
        raise NotFoundError("没有这个人。", remedy="请检查人员编号")
    if person.name_sealed is None or person.document_sealed is None:
        raise ConflictError("此人还没有完成实名核验。", remedy="请先完成实名核验")
    own = own_vault(vault, person)
    return FullPerson(
        learner_id=person.id,
        name=own.open(person.name_sealed, context=NAME),
        document_type=person.document_type or "",
        document_number=own.open(person.document_sealed, context=NUMBER),
        phone=own.open(person.phone_sealed, context=PHONE),
    )


def own_phone(db: Session, vault: Vault, person_id: str) -> str:
    """Return a person's phone number, to send something there.

    Raises NotFoundError, for somebody deleted too.
    """
    person = rows.by_id(db, person_id)
    if person is None or person.deleted_at is not None:
        raise NotFoundError("没有这个账号。", remedy="请重新登录")
    return person_keys.own_vault(vault, person).open(person.phone_sealed, context=PHONE)


def find_by_phone(db: Session, vault: Vault, phone: str) -> str | None:
    """Return the id of the account of a phone number."""
    person = rows.by_phone(db, phone_index(vault, phone))
    return person.id if person is not None else None


def find_by_document(db: Session, vault: Vault, document_number: str) -> str | None:
    """Return the id of the verified person with this document number."""
    person = rows.by_document(db, document_index(vault, document_number))
    return person.id if person is not None and person.verified_at is not None else None
