"""Certificates whose holder deleted their account: everything but the holder stays checkable."""

import datetime as dt
from dataclasses import replace

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.rules.facts import CertificateFacts, message_of
from app.certs.services import artefacts
from app.certs.services.issuing import PURPOSE, coded
from app.certs.services.verification import is_signed
from app.core import audit
from app.core.crypto import KeyRing, b64url
from app.core.ids import random_token
from app.core.storage import Storage

HOLDER_GONE = "持证人已注销"


def forget_holder(
    db: Session, keys: KeyRing, learner_id: str, *, address: str, now: dt.datetime
) -> None:
    """Sign each certificate's facts anew without the holder; name and number find nothing more.

    Codes on paper that were issued before stay good (`verification.by_text`).
    """
    for row in rows.all_of(db, learner_id):
        _sign_anew(keys, row, address)
        row.holder_index = random_token(384)
        row.holder_gone_at = now
        audit.record(
            db, "certificate.holder_gone", now=now, actor_id=None, subject_id=row.id,
            number=row.number,
        )  # fmt: skip


def _sign_anew(keys: KeyRing, row: Certificate, address: str) -> None:
    """A record that was altered stays as it is: signing it would make it good."""
    facts = CertificateFacts.from_mapping(row.facts)
    if facts is None or not is_signed(keys, facts, row.key_id, row.signature):
        row.facts = row.facts | {"holder_name": HOLDER_GONE, "holder_number": ""}
        return
    stated = replace(facts, holder_name=HOLDER_GONE, holder_number="")
    signer = keys.signer(PURPOSE)
    row.facts, row.key_id = stated.to_mapping(), signer.key_id
    row.signature = b64url(signer.sign(message_of(stated)))
    row.qr_text = coded(keys, stated, address)


def destroy_documents(db: Session, storage: Storage, learner_id: str) -> None:
    """Delete the holder's PDF and preview; done twice it is the same."""
    for row in rows.all_of(db, learner_id):
        artefacts.delete(storage, row.id)
