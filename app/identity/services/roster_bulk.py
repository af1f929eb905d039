"""Many named people at once: who is written down already, and writing down the others."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.ids import new_id
from app.identity.models.people import NAME, NUMBER
from app.identity.repository import people as rows
from app.identity.services.people import document_index
from app.identity.services.roster import ending_index, name_index, rename

_NAME, _NUMBER = f"roster.{NAME}", f"roster.{NUMBER}"


@dataclass(frozen=True, slots=True)
class Written:
    """An entry that is there; `name` in its one spelling."""

    roster_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Invited:
    """An entry that was just written; `person_id` where the document is somebody's here."""

    roster_id: str
    person_id: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry in clear, for the employer who wrote it."""

    name: str
    number: str


def written(db: Session, vault: Vault, org_id: str, numbers: Sequence[str]) -> dict[str, Written]:
    """What an organisation has written down of these documents, by number."""
    by_index = {document_index(vault, number): number for number in numbers}
    return {
        by_index[index]: Written(roster_id, vault.open(sealed, context=_NAME))
        for roster_id, index, sealed in rows.roster_under(db, org_id, list(by_index))
    }


def invite_many(
    db: Session, vault: Vault, *, org_id: str, people: Sequence[tuple[str, str]], now: dt.datetime
) -> dict[str, Invited]:
    """Write down names and numbers in their one spelling; returns the entries by number."""
    indexes = {number: document_index(vault, number) for _, number in people}
    known = rows.verified_under(db, list(indexes.values()))
    found = {
        number: Invited(new_id(now), known.get(indexes[number])) for _, number in people
    }  # fmt: skip
    rows.add_entries(
        db,
        [
            {
                "id": found[number].roster_id, "org_id": org_id, "created_at": now,
                "name_sealed": vault.seal(name, context=_NAME),
                "document_sealed": vault.seal(number, context=_NUMBER),
                "document_index": indexes[number], "person_id": found[number].person_id,
                "phone_sealed": None, "name_index": name_index(vault, org_id, name),
                "ending_index": ending_index(vault, org_id, number),
            }
            for name, number in people
        ],
    )  # fmt: skip
    return found


def rename_many(db: Session, vault: Vault, names: dict[str, str]) -> dict[str, str | None]:
    """Put other names on entries; returns whose each is, by the entry's id."""
    found = rows.roster_entries(db, list(names))
    for entry in found:
        rename(vault, entry, names[entry.id])
    db.flush()
    return {entry.id: entry.person_id for entry in found}


def opened(db: Session, vault: Vault, roster_ids: Sequence[str]) -> dict[str, Opened]:
    """Entries in clear, by id; the caller writes down who wanted them and what for."""
    return {
        entry_id: Opened(
            vault.open(name, context=_NAME), vault.open(number, context=_NUMBER)
        )
        for entry_id, name, number in rows.roster_in_order(db, roster_ids)
    }  # fmt: skip


def names(db: Session, vault: Vault, roster_ids: Sequence[str]) -> dict[str, str]:
    """Names as they were entered, by entry; no number is opened."""
    return {
        entry_id: vault.open(name, context=_NAME)
        for entry_id, name, _ in rows.roster_in_order(db, roster_ids)
    }
