"""Holders' pictures on certificates: frozen with the facts, opened for them, gone with them."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.certs.models import CertificatePortrait
from app.core.crypto import Vault
from app.core.resealing import SealedColumn


def _context(certificate_id: str) -> str:
    return f"certificate_portrait.image:{certificate_id}"


COLUMNS = (
    SealedColumn(
        CertificatePortrait.certificate_id, CertificatePortrait.image_sealed, _context,
        CertificatePortrait.learner_id,
    ),
)  # fmt: skip
"""Where this room holds sealed pictures."""


def freeze(db: Session, own: Vault, certificate_id: str, learner_id: str, jpeg: bytes) -> None:
    """Keep what the facts name: whatever the holder decides later, a second try draws the same."""
    db.add(
        CertificatePortrait(
            certificate_id=certificate_id, learner_id=learner_id,
            image_sealed=own.seal_bytes(jpeg, context=_context(certificate_id)),
        )
    )  # fmt: skip
    db.flush()


def frozen(db: Session, own: Vault, certificate_id: str) -> bytes | None:
    """The picture of a certificate; None where it has none, or its holder is gone."""
    row = db.get(CertificatePortrait, certificate_id)
    if row is None:
        return None
    return own.open_bytes(row.image_sealed, context=_context(certificate_id))


def forget(db: Session, learner_id: str) -> None:
    """Delete what is kept of a holder's pictures."""
    db.execute(delete(CertificatePortrait).where(CertificatePortrait.learner_id == learner_id))
