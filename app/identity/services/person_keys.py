"""Everybody's own key: all that is personal is sealed under it, and goes with it."""

import datetime as dt
import secrets
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.identity.models.people import Person, PersonKey
from app.identity.repository import people as rows

KEY_BYTES = 32


def context_of(person_id: str) -> str:
    """Where a person's key belongs: put into another's row it does not open."""
    return f"person_key.key_sealed:{person_id}"


def own_vault(vault: Vault, person: Person) -> Vault:
    """Return the vault that opens what is a person's; of somebody deleted it opens nothing."""
    if person.key is None:
        return vault.under(None)
    key = vault.open_bytes(person.key.key_sealed, context=context_of(person.id))
    return vault.under(key)


def vault_of(db: Session, vault: Vault, person_id: str | None) -> Vault:
    """Return the vault of whom a value is about; of nobody in particular, the house's own."""
    person = rows.by_id(db, person_id) if person_id is not None else None
    return own_vault(vault, person) if person is not None else vault


def vaults_of(db: Session, vault: Vault, person_ids: Sequence[str]) -> dict[str, Vault]:
    """Return the vaults of several people by id."""
    return {person.id: own_vault(vault, person) for person in rows.by_ids(db, person_ids)}


def sealing_vault(db: Session, vault: Vault, person: Person, *, now: dt.datetime) -> Vault:
    """Return the vault to seal with for a person; makes their key where there is none yet.

    Raises NotFoundError for somebody deleted: nothing of theirs is written down any more.
    """
    if person.deleted_at is not None:
        raise NotFoundError("这个账号已经注销。", remedy="请用手机号重新注册")
    if person.key is None:
        rows.add_key(db, person, seal_new(vault, person.id), now)
    return own_vault(vault, person)


def sealing_vault_of(
    db: Session, vault: Vault, person_id: str | None, *, now: dt.datetime
) -> Vault:
    """Return the vault to seal with for whom a value is about. Raises NotFoundError."""
    person = rows.by_id(db, person_id) if person_id is not None else None
    return sealing_vault(db, vault, person, now=now) if person is not None else vault


def seal_new(vault: Vault, person_id: str) -> bytes:
    """Draw a key and seal it for its person's row."""
    return vault.seal_bytes(secrets.token_bytes(KEY_BYTES), context=context_of(person_id))


def new_row(vault: Vault, person_id: str, *, now: dt.datetime) -> PersonKey:
    """The key of a person who begins now."""
    return PersonKey(person_id=person_id, key_sealed=seal_new(vault, person_id), made_at=now)
