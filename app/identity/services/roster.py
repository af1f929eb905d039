"""Those whom an employer named: kept sealed here, matched once they prove their document."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.models.people import NAME, NUMBER, PHONE, RosterEntry
from app.identity.repository import people as rows
from app.identity.rules import id_number, names
from app.identity.rules.documents import DocumentError
from app.identity.rules.local_days import local_day
from app.identity.rules.names import mask_name, mask_number
from app.identity.services.people import document_index, full, opened

ENDING = 4
"""Characters of a number's end that are enough to look it up by."""
SCANNED = 5000
"""Entries of a roster that are opened one by one for a search."""
_NAME, _NUMBER, _PHONE = f"roster.{NAME}", f"roster.{NUMBER}", f"roster.{PHONE}"


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody on a roster: the name as it was entered, and the proven one once they joined.

    `entered_name` is what the employer had written where the two are not alike, else empty.
    """

    name: str
    masked_name: str
    masked_number: str
    entered_name: str = ""


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
    today = local_day(now)
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
        rename(vault, known, name)
        return known.id
    entry = RosterEntry(
        id=new_id(now), org_id=org_id, name_sealed=vault.seal(name, context=_NAME),
        document_sealed=vault.seal(number, context=_NUMBER), document_index=index,
        phone_sealed=vault.seal(phone, context=_PHONE) if phone else None,
        person_id=_person_id(db, index), created_at=now, name_index=name_index(vault, org_id, name),
        ending_index=ending_index(vault, org_id, number),
    )  # fmt: skip
    db.add(entry)
    db.flush()
    return entry.id


def enter_verified(
    db: Session, vault: Vault, *, org_id: str, person_id: str, now: dt.datetime
) -> str:
    """Write a person down who joins by themselves, with their proven name and number.

    Whoever was named already stays that entry; `take_proven` puts their name on it. Raises as
    `people.full` does.
    """
    who = full(
        db, vault, person_id, purpose="joining", actor_id=person_id, now=now
    )  # fmt: skip
    known = entry_of(db, vault, org_id=org_id, document_number=who.document_number)
    if known is not None:
        return known
    return invite(
        db, vault, org_id=org_id, name=who.name, document_number=who.document_number, now=now
    )


def take_proven(
    db: Session, vault: Vault, roster_id: str, *, person_id: str, now: dt.datetime
) -> bool:
    """Put the name that who joins has proven on their entry; True where another one stood there.

    What stood there is kept beside it. A name is proven with its document: on an entry with another
    number it would be somebody else's, and while nothing is proven the entry stays as it is.
    """
    entry = next(iter(rows.roster_entries(db, [roster_id])), None)
    person = rows.by_id(db, person_id)
    if entry is None or person is None or entry.document_index != person.document_index:
        return False
    entered = vault.open(entry.name_sealed, context=_NAME)
    if entered == opened(db, vault, person_id).name:
        return False
    who = full(db, vault, person_id, purpose="joining", actor_id=person_id, now=now)
    rename(vault, entry, who.name)
    entry.entered_sealed = vault.seal(entered, context=_NAME)
    db.flush()
    return True


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
    rename(vault, entry, read_name(name))
    if document_number is not None:
        number = read_number(document_number, now=now)
        entry.document_sealed = vault.seal(number, context=_NUMBER)
        entry.document_index = document_index(vault, number)
        entry.ending_index = ending_index(vault, entry.org_id, number)
        entry.person_id = _person_id(db, entry.document_index)
    db.flush()


def rename(vault: Vault, entry: RosterEntry, name: str) -> None:
    """Put another name, in its one spelling, on an entry."""
    entry.name_sealed, entry.entered_sealed = vault.seal(name, context=_NAME), None
    entry.name_index = name_index(vault, entry.org_id, name)


def name_index(vault: Vault, org_id: str, name: str) -> str:
    """What a whole name is found by inside one organisation, and nowhere else."""
    return vault.blind_index(f"{org_id}\x00{name}", context=_NAME)[:32]


def ending_index(vault: Vault, org_id: str, number: str) -> str:
    """What the last four of a number are found by inside one organisation."""
    return vault.blind_index(f"{org_id}\x00{number[-ENDING:]}", context=_NUMBER)[:32]


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
        entered = entry.entered_sealed
        found[entry.id] = NamedPerson(
            name, mask_name(name), number, vault.open(entered, context=_NAME) if entered else ""
        )
    return found


def is_long(db: Session, org_id: str) -> bool:
    """Tell whether a roster is asked by its indexes."""
    return rows.has_more_entries(db, org_id, SCANNED)


def search(db: Session, vault: Vault, org_id: str, query: str) -> set[str]:
    """Find an organisation's entries by a part of the name or by the end of the number.

    Up to SCANNED entries are all opened for it: an index by single characters would tell a stolen
    database which of its people share a family name. A larger roster is asked by its blind indexes:
    the whole name, or the number's last four and more.
    """
    name, number = names.folded(query), id_number.normalise(query)
    by_number = len(number) >= ENDING and number.isascii() and number.isalnum()
    if is_long(db, org_id):
        wanted = [name_index(vault, org_id, name)] if name else []
        endings = [ending_index(vault, org_id, number)] if by_number else []
        among = rows.roster_indexed(db, org_id, wanted, endings)
    else:
        among = rows.roster_of_org(db, org_id)
    found = set()
    for entry_id, name_sealed, document_sealed in among:
        is_named = name and name in vault.open(name_sealed, context=_NAME)
        if is_named or (
            by_number and vault.open(document_sealed, context=_NUMBER).endswith(number)
        ):
            found.add(entry_id)
    return found
