"""What a person takes along of their certificates: the records, and the documents to print."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from app.certs.models import Certificate, CertificateCode, CertificateSuspension
from app.certs.rules.own_data import OwnCertificate, OwnCode, OwnSuspension
from app.certs.services import kept_papers
from app.certs.services.kept_papers import Papers
from app.core.crypto import Vault
from app.core.own_rows import copied, copies_of, rows_of
from app.core.storage import Storage


def take_along(db: Session, learner_id: str) -> list[OwnCertificate]:
    """Return every certificate. Raises ConflictError where there are too many."""
    return [
        copied(OwnCertificate, row, file=f"{row.number}.pdf" if row.ready_at else "")
        for row in rows_of(db, Certificate, Certificate.learner_id == learner_id)
    ]


def suspensions(db: Session, certificates: Sequence[OwnCertificate]) -> list[OwnSuspension]:
    """Return every suspension of these. Raises ConflictError where there are too many."""
    whose = CertificateSuspension.certificate_id.in_([each.id for each in certificates])
    return copies_of(db, OwnSuspension, CertificateSuspension, whose)


def codes(db: Session, certificates: Sequence[OwnCertificate]) -> list[OwnCode]:
    """Return the codes of these that wait to be used."""
    whose = CertificateCode.certificate_id.in_([each.id for each in certificates])
    return copies_of(db, OwnCode, CertificateCode, whose)


def documents(
    own: Vault, storage: Storage, certificates: Sequence[OwnCertificate]
) -> Iterator[tuple[str, bytes]]:
    """Open the holder's documents one after the other: each PDF's name and its bytes."""
    for each in certificates:
        if each.file:
            yield each.file, kept_papers.read(own, storage, Papers(each.id, each.draft), "pdf")
