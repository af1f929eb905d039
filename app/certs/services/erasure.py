"""Certificates whose holder deleted their account: everything but the holder stays checkable."""

import datetime as dt

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.rules.facts import (
    HOLDER_GONE,
    WITHOUT_DIGEST,
    CertificateFacts,
    message_of,
    without_holder,
)
from app.certs.services import kept_papers, pictures
from app.certs.services.own_signatures import is_signed
from app.certs.services.records import coded
from app.certs.services.statuses import PURPOSE
from app.core import audit
from app.core.crypto import KeyRing, b64url
from app.core.ids import random_token
from app.core.signers import signer_at
from app.core.storage import Storage

HOLDER_LEFT = "certificate.holder_gone"


def check_may_go(db: Session, keys: KeyRing, learner_id: str, *, now: dt.datetime) -> None:
    """Raises UnavailableError where `forget_holder` would: asked before the holder is told."""
    if rows.all_of(db, learner_id):
        signer_at(keys, PURPOSE, now)


def forget_holder(
    db: Session, keys: KeyRing, learner_id: str, *, address: str, now: dt.datetime
) -> None:
    """Take the holder off each certificate's facts; name and number find nothing more.

    What was signed stays as it was: it holds a digest of them whose salt goes. Codes on paper that
    were issued before stay good (`verification.by_text`).
    """
    pictures.forget(db, learner_id)
    for row in rows.all_of(db, learner_id):
        _take_off(keys, row, address, now)
        row.holder_index = random_token(384)
        row.holder_gone_at = now
        audit.record(
            db, HOLDER_LEFT, now=now, actor_id=None, subject_id=row.id,
            number=row.number, address=address,
        )  # fmt: skip


def _take_off(keys: KeyRing, row: Certificate, address: str, now: dt.datetime) -> None:
    """A record that was altered stays as it is, but for the person: signing it would make it good.

    Facts of the first version were signed with the holder in clear, so they are signed anew.
    Raises UnavailableError where the newest key cannot be had: whoever leaves has gone by the next
    try, and no key signs after its time.
    """
    facts = CertificateFacts.from_mapping(row.facts)
    if facts is None or not is_signed(keys, facts, row.key_id, row.signature):
        row.facts = row.facts | {"holder_name": HOLDER_GONE, "holder_number": "", "holder_salt": ""}
        return
    stated = without_holder(facts)
    row.facts = stated.to_mapping()
    if stated.version == WITHOUT_DIGEST:
        signer = signer_at(keys, PURPOSE, now)
        row.key_id, row.signature = signer.key_id, b64url(signer.sign(message_of(stated)))
    row.qr_text = coded(keys, stated, address, now=now)


def destroy_documents(db: Session, storage: Storage, learner_id: str) -> None:
    """Delete the holder's documents (PDF, preview, credential); done twice it is the same."""
    for row in rows.all_of(db, learner_id):
        kept_papers.delete_all(storage, row)
