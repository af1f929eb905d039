"""Where the holders' papers lie (PDF, preview, credential), each sealed by its holder's key."""

import json
from dataclasses import dataclass
from typing import Any

from app.certs.models import Certificate
from app.certs.rules.one_proof import with_one_proof
from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.core.key_files import ID_LETTERS
from app.core.storage import Storage

KINDS = ("pdf", "png", "credential")


@dataclass(frozen=True, slots=True)
class Papers:
    """Where the papers of one try lie; `draft` is None for those from before tries had names.

    Two workers may make the same ones at once: neither may write over what the other hands out.
    """

    certificate_id: str
    draft: int | None

    @property
    def name(self) -> str:
        """In the store, and in what they are sealed with."""
        return self.certificate_id if self.draft is None else f"{self.certificate_id}.{self.draft}"


def papers_of(row: Certificate) -> Papers:
    """Where the papers lie that the holder has."""
    return Papers(row.id, row.draft)


def keep(own: Vault, storage: Storage, papers: Papers, kind: str, content: bytes) -> None:
    """Seal and store one of the holder's artefacts."""
    storage.put(_key(papers, kind), own.seal_bytes(content, context=_context(papers, kind)))


def read(vault: Vault, storage: Storage, papers: Papers, kind: str) -> bytes:
    """Return one of the holder's artefacts, one of `KINDS`. Raises NotFoundError for none."""
    if storage.size(_key(papers, kind)) is None:
        raise NotFoundError("这张证书没有这种文件。", remedy="请保存 PDF")
    sealed = storage.read(_key(papers, kind))
    return vault.open_bytes(sealed, context=_context(papers, kind))


def read_with_one_proof(vault: Vault, storage: Storage, papers: Papers, cryptosuite: str) -> bytes:
    """Return the credential with one of its two proofs. Raises NotFoundError for none."""
    signed = json.loads(read(vault, storage, papers, "credential"))
    return text_of(with_one_proof(signed, cryptosuite)).encode()


def sealed_by(storage: Storage, papers: Papers, kind: str) -> bytes | None:
    """The id in front of a document: which key sealed it; None where there is no document."""
    key = _key(papers, kind)
    return storage.read_range(key, 0, ID_LETTERS) if storage.size(key) else None


def reseal(ring: Vault, own: Vault, storage: Storage, papers: Papers, kind: str) -> None:
    """Seal a document of the ring's anew with its holder's key."""
    key, context = _key(papers, kind), _context(papers, kind)
    content = ring.open_bytes(storage.read(key), context=context)
    storage.put(key, own.seal_bytes(content, context=context))


def delete(storage: Storage, papers: Papers) -> None:
    """Delete the papers of one try; those that are not there are deleted already."""
    for kind in KINDS:
        storage.delete(_key(papers, kind))


def delete_all(storage: Storage, row: Certificate) -> None:
    """Delete the papers of every try: those of a worker that was killed lie there too."""
    for draft in (None, *range(1, row.drafts + 1)):
        delete(storage, Papers(row.id, draft))


def text_of(document: dict[str, Any]) -> str:
    """A signed document as the file that is handed out and carried by the PDF."""
    return json.dumps(document, ensure_ascii=False, indent=1)


def _key(papers: Papers, kind: str) -> str:
    return f"certificates/{papers.name}.{kind}"


def _context(papers: Papers, kind: str) -> str:
    return f"certificate.{kind}:{papers.name}"
