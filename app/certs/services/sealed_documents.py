"""The holders' documents in the store, and taking them over by each holder's own key."""

from collections.abc import Iterator

from app.certs import repository as rows
from app.certs.services import artefacts
from app.core.crypto import OWN, KeyRing, Vault
from app.core.db import Database
from app.core.resealing import VaultOf
from app.core.storage import Storage

NAME = "certificate documents"


def count_with(database: Database, storage: Storage, key_id: str) -> int:
    """How many documents one key of the ring has sealed."""
    return sum(by == key_id.encode() for _, _, _, by in _documents(database, storage))


def reseal(database: Database, storage: Storage, keys: KeyRing, vault_of: VaultOf) -> Iterator[int]:
    """Seal each document of the ring's anew; yields 1 for each."""
    for certificate_id, learner_id, kind, by in _documents(database, storage):
        if by is None or by == OWN:
            continue
        with database.transaction() as db:
            own = vault_of(db, learner_id)
        artefacts.reseal(Vault(keys), own, storage, certificate_id, kind)
        with database.reading() as db:
            is_gone = rows.is_holder_gone(db, certificate_id)
        if is_gone:
            # Deleted between the two: what was just written must not outlast its holder.
            artefacts.delete(storage, certificate_id)
        yield 1


def _documents(
    database: Database, storage: Storage
) -> Iterator[tuple[str, str, str, bytes | None]]:
    with database.reading() as db:
        found = rows.every_ready(db)
    for certificate_id, learner_id in found:
        for kind in artefacts.KINDS:
            by = artefacts.sealed_by(storage, certificate_id, kind)
            yield certificate_id, learner_id, kind, by
