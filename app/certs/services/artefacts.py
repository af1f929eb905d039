"""The holder's document: typeset, checked by reading its own code back, kept sealed."""

import datetime as dt

from app.certs.models import Certificate
from app.certs.providers import artwork
from app.core.crypto import Vault
from app.core.key_files import ID_LETTERS
from app.core.storage import Storage
from app.identity.services.people import FullPerson

KINDS = ("pdf", "png")
_DOCUMENTS = {
    "resident_id": "居民身份证",
    "residence_permit": "港澳台居民居住证",
    "foreign_permanent": "外国人永久居留身份证",
}
_SHANGHAI = dt.timezone(dt.timedelta(hours=8))


class FaultyArtefactError(RuntimeError):
    """The document cannot be made as it must be; a person has to look."""


def make(
    vault: Vault, storage: Storage, row: Certificate, holder: FullPerson, *, address: str
) -> None:
    """Typeset PDF and preview, read the code back, and only then store both sealed.

    Raises FaultyArtefactError. Slow (tens of milliseconds): never inside a transaction.
    """
    facts = _facts(row, holder, address)
    try:
        pdf, png = artwork.draw_pdf(facts), artwork.draw_png(facts)
    except artwork.TypesettingError as error:
        message = f"typesetting: {error}"
        raise FaultyArtefactError(message) from error
    if row.qr_text not in artwork.read_codes(png):
        message = "the code on the certificate cannot be read back"
        raise FaultyArtefactError(message)
    for kind, content in (("pdf", pdf), ("png", png)):
        storage.put(_key(row.id, kind), vault.seal_bytes(content, context=_context(row.id, kind)))


def read(vault: Vault, storage: Storage, certificate_id: str, kind: str) -> bytes:
    """Return the holder's document: "pdf" or "png"."""
    sealed = storage.read(_key(certificate_id, kind))
    return vault.open_bytes(sealed, context=_context(certificate_id, kind))


def sealed_by(storage: Storage, certificate_id: str, kind: str) -> bytes | None:
    """The id in front of a document: which key sealed it; None where there is no document."""
    key = _key(certificate_id, kind)
    return storage.read_range(key, 0, ID_LETTERS) if storage.size(key) else None


def reseal(ring: Vault, own: Vault, storage: Storage, certificate_id: str, kind: str) -> None:
    """Seal a document of the ring's anew with its holder's key."""
    key, context = _key(certificate_id, kind), _context(certificate_id, kind)
    content = ring.open_bytes(storage.read(key), context=context)
    storage.put(key, own.seal_bytes(content, context=context))


def delete(storage: Storage, certificate_id: str) -> None:
    """Delete the holder's documents; those that are not there are deleted already."""
    for kind in KINDS:
        storage.delete(_key(certificate_id, kind))


def _key(certificate_id: str, kind: str) -> str:
    return f"certificates/{certificate_id}.{kind}"


def _context(certificate_id: str, kind: str) -> str:
    return f"certificate.{kind}:{certificate_id}"


def _facts(row: Certificate, holder: FullPerson, address: str) -> dict[str, object]:
    issued_on = row.issued_at.astimezone(_SHANGHAI)
    return {
        name: row.facts[name]
        for name in (
            "programme", "type", "number", "started_on", "completed_on", "course", "cluster",
            "hours", "score", "expires_on", "institution",
        )
    } | {
        "name": holder.name,
        "document_name": _DOCUMENTS.get(holder.document_type, "证件"),
        "document_number": holder.document_number,
        "score": str(row.facts["score"]),
        "minutes": str(int(row.facts["hour_s"]) // 60),
        "issued_on": f"{issued_on:%Y年%m月%d日}",
        "issued_day": [issued_on.year, issued_on.month, issued_on.day],
        "qr": artwork.qr_svg(row.qr_text),
        "address": address,
    }  # fmt: skip
