"""Those whom an employer named: kept sealed here, matched once they prove their document."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.models.people import NAME, NUMBER, PHONE, RosterEntry
from app.identity.repository import people as rows
from app.identity.rules import id_number, names
from app.identity.rules.documents import DocumentError
from app.identity.rules.names import mask_name, mask_number
from app.identity.services.people import document_index

_LOCAL = ZoneInfo("Asia/Shanghai")
_NAME, _NUMBER, _PHONE = f"roster.{NAME}", f"roster.{NUMBER}", f"roster.{PHONE}"


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody as an employer named them: the name as it was entered, the number masked."""

    name: str
    masked_name: str
    masked_number: str


def read_name(text: str) -> str:
    """A name in its one spelling, by the rules of sign-up. Raises InvalidError for /name."""
    try:
        return names.normalise(text)
    except names.WrongNameError as error:
        raise InvalidError(
            str(error), field="/name", code="name", remedy="请照员工的证件填写"
        ) from None


def read_number(text: str, *, now: dt.datetime) -> str:
    """A document number in its one spelling, by the rules of sign-up.

    Raises InvalidError for /document_number.
    """
    today = now.astimezone(_LOCAL).date()
    try:
        return id_number.parse(id_number.likely_type(text), text, today=today).number
    except DocumentError as error:
        raise InvalidError(
            error.sentence, field="/document_number", code=error.flaw.value,
            remedy="请照员工的证件逐位检查",
        ) from None  # fmt: skip


def invite(
    db: Session,
    vault: Vault,
    *,
    org_id: str,
    name: str,
    document_number: str,
    phone: str | None = None,
    now: dt.datetime,
) -> str:
    """Write a named person down and return the entry's id.

    The same document again is the same entry, with the name as it was entered last. Raises
    InvalidError that names the field.
    """
    name, number = read_name(name), read_number(document_number, now=now)
    index = document_index(vault, number)
    if (known := rows.roster_entry(db, org_id, index)) is not None:
        known.name_sealed = vault.seal(name, context=_NAME)
        return known.id
    entry = RosterEntry(
        id=new_id(now), org_id=org_id, name_sealed=vault.seal(name, context=_NAME),
        document_sealed=vault.seal(number, context=_NUMBER), document_index=index,
        phone_sealed=vault.seal(phone, context=_PHONE) if phone else None,
        person_id=_person_id(db, index), created_at=now,
    )  # fmt: skip
    db.add(entry)
    db.flush()
    return entry.id


def _person_id(db: Session, index: str) -> str | None:
    person = rows.by_document(db, index)
    return person.id if person is not None and person.verified_at else None


def entry_of(db: Session, vault: Vault, *, org_id: str, document_number: str) -> str | None:
    """Return the id of an organisation's entry with this document number."""
    entry = rows.roster_entry(db, org_id, document_index(vault, document_number))
    return entry.id if entry is not None else None


def correct(
    db: Session,
    vault: Vault,
    roster_id: str,
    *,
    name: str,
    document_number: str | None,
    now: dt.datetime,
) -> None:
    """Put right what an employer wrote down; without a number the old one stays.

    Raises InvalidError that names the field, NotFoundError. Whether another entry has the new
    number is the caller's question.
    """
    entry = next(iter(rows.roster_entries(db, [roster_id])), None)
    if entry is None:
        raise NotFoundError("名单里没有这位员工。", remedy="请从员工名单重新进入")
    entry.name_sealed = vault.seal(read_name(name), context=_NAME)
    if document_number is not None:
        number = read_number(document_number, now=now)
        entry.document_sealed = vault.seal(number, context=_NUMBER)
        entry.document_index = document_index(vault, number)
        entry.person_id = _person_id(db, entry.document_index)
    db.flush()


def learner_of(db: Session, roster_id: str) -> str | None:
    """Return the verified person that an entry means, if there is one."""
    entry = next(iter(rows.roster_entries(db, [roster_id])), None)
    return _person_id(db, entry.document_index) if entry is not None else None


def match_after_verification(db: Session, _vault: Vault, *, learner_id: str) -> list[str]:
    """Tie a verified person to the entries with their document; return all such entries' ids."""
    person = rows.by_id(db, learner_id)
    if person is None or person.verified_at is None or person.document_index is None:
        return []
    found = rows.roster_of_document(db, person.document_index)
    for entry in found:
        entry.person_id = learner_id
    return [entry.id for entry in found]


def named(db: Session, vault: Vault, roster_ids: Sequence[str]) -> dict[str, NamedPerson]:
    """Return what employers wrote down, by entry id."""
    found = {}
    for entry in rows.roster_entries(db, roster_ids):
        name = vault.open(entry.name_sealed, context=_NAME)
        number = mask_number(vault.open(entry.document_sealed, context=_NUMBER))
        found[entry.id] = NamedPerson(name, mask_name(name), number)
    return found


def search(db: Session, vault: Vault, org_id: str, query: str) -> set[str]:
    """Find an organisation's entries by a part of the name or by the end of the number.

    Every entry of the organisation is opened for it: an index by single characters would tell a
    stolen database which of its people share a family name. 100,000 entries take about a second.
    """
    name, number = names.folded(query), id_number.normalise(query)
    by_number = len(number) >= 4 and number.isascii() and number.isalnum()
    found = set()
    for entry_id, name_sealed, document_sealed in rows.roster_of_org(db, org_id):
        is_named = name and name in vault.open(name_sealed, context=_NAME)
        if is_named or (
            by_number and vault.open(document_sealed, context=_NUMBER).endswith(number)
        ):
            found.add(entry_id)
    return found
