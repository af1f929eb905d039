"""Those whom an employer named: kept sealed here, matched once they prove their document."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.ids import new_id
from app.identity.models.people import NAME, NUMBER, PHONE, RosterEntry
from app.identity.repository import people as rows
from app.identity.rules import id_number
from app.identity.rules.names import mask_name, mask_number
from app.identity.services.people import document_index

_NAME, _NUMBER, _PHONE = f"roster.{NAME}", f"roster.{NUMBER}", f"roster.{PHONE}"


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody as an employer named them, in the form that may be shown."""

    masked_name: str
    masked_number: str


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
    """Write a named person down and return the entry's id; the same document again is the same."""
    index = document_index(vault, document_number)
    if (known := rows.roster_entry(db, org_id, index)) is not None:
        return known.id
    person = rows.by_document(db, index)
    entry = RosterEntry(
        id=new_id(now), org_id=org_id, name_sealed=vault.seal(name, context=_NAME),
        document_sealed=vault.seal(id_number.normalise(document_number), context=_NUMBER),
        document_index=index,
        phone_sealed=vault.seal(phone, context=_PHONE) if phone else None,
        person_id=person.id if person is not None and person.verified_at else None,
        created_at=now,
    )  # fmt: skip
    db.add(entry)
    db.flush()
    return entry.id


def match_after_verification(db: Session, _vault: Vault, *, learner_id: str) -> list[str]:
    """Tie a verified person to the entries with their document; return all such entries' ids."""
    person = rows.by_id(db, learner_id)
    if person is None or person.verified_at is None or person.document_index is None:
        return []
    found = rows.roster_of_document(db, person.document_index)
    for entry in found:
        entry.person_id = learner_id
    return [entry.id for entry in found]


def names(db: Session, vault: Vault, roster_ids: Sequence[str]) -> dict[str, NamedPerson]:
    """Return what employers wrote down, masked, by entry id."""
    return {
        entry.id: NamedPerson(
            mask_name(vault.open(entry.name_sealed, context=_NAME)),
            mask_number(vault.open(entry.document_sealed, context=_NUMBER)),
        )
        for entry in rows.roster_entries(db, roster_ids)
    }
