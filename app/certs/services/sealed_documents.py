"""The holders' documents in the store, and taking them over by each holder's own key."""

from collections.abc import Iterator

from app.certs import repository as rows
from app.certs.services import kept_papers
from app.certs.services.kept_papers import Papers
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
    for papers, learner_id, kind, by in _documents(database, storage):
        if by is None or by == OWN:
            continue
        with database.transaction() as db:
            own = vault_of(db, learner_id)
        kept_papers.reseal(Vault(keys), own, storage, papers, kind)
        with database.reading() as db:
            is_gone = rows.is_holder_gone(db, papers.certificate_id)
        if is_gone:
            # Deleted between the two: what was just written must not outlast its holder.
            kept_papers.delete(storage, papers)
        yield 1


def _documents(
    database: Database, storage: Storage
) -> Iterator[tuple[Papers, str, str, bytes | None]]:
    with database.reading() as db:
        found = rows.every_ready(db)
    for certificate_id, draft, learner_id in found:
        papers = Papers(certificate_id, draft)
        for kind in kept_papers.KINDS:
            by = kept_papers.sealed_by(storage, papers, kind)
            yield papers, learner_id, kind, by
