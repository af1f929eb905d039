"""A certificate's record: what it states for ever, its number, signatures, place in the log."""

import datetime as dt
import hashlib
import hmac

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import HOLDER, Certificate
from app.certs.providers import sm2_keys
from app.certs.rules import numbers, scan
from app.certs.rules.facts import (
    VERSION,
    CertificateFacts,
    expiry,
    holder_digest,
    message_of,
    portrait_digest,
    record_bytes,
    with_more,
)
from app.certs.rules.scan import Seal
from app.certs.services import pictures, statuses, succession
from app.certs.services.artefacts import Workshop
from app.core import audit, translog
from app.core.crypto import KeyRing, Vault, b64url
from app.core.ids import new_id, random_token
from app.core.translog import Kind
from app.identity.rules import names
from app.identity.services import people, person_keys, portraits
from app.identity.services.people import FullPerson
from app.learning.services.progress import CompletionFacts

PURPOSE = statuses.PURPOSE
_SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def freeze(
    db: Session, shop: Workshop, facts: CompletionFacts, holder: FullPerson,
    *, replaced: Certificate | None, now: dt.datetime,
) -> str:  # fmt: skip
    """Give a certificate its number, and enter it for ever; returns its id."""
    picture = portraits.picture_of(db, shop.vault, facts.learner_id)
    row, record = _record(db, shop, facts, holder, now, replaced=replaced, picture=picture)
    _enter(db, shop, row, record, picture, now=now, replaced=replaced)
    return row.id


def _enter(
    db: Session, shop: Workshop, row: Certificate, record: bytes, picture: bytes | None,
    *, now: dt.datetime, replaced: Certificate | None,
) -> None:  # fmt: skip
    db.add(row)
    db.flush()
    if picture is not None:
        own = person_keys.sealing_vault_of(db, shop.vault, row.learner_id, now=now)
        pictures.freeze(db, own, row.id, row.learner_id, picture)
    translog.enter(db, Kind.CERTIFICATE, row.id, record)
    audit.record(
        db, "certificate.prepared", now=now, actor_id=None, subject_id=row.id, number=row.number,
        status=[row.status_list, row.status_index],
        **({"replaces": replaced.number, "bound": replaced.reissue_bound} if replaced else {}),
    )  # fmt: skip


def _record(
    db: Session, shop: Workshop, facts: CompletionFacts, holder: FullPerson, now: dt.datetime,
    *, replaced: Certificate | None, picture: bytes | None,
) -> tuple[Certificate, bytes]:  # fmt: skip
    today = now.astimezone(_SHANGHAI).date()
    serial = rows.next_serial(db, f"{numbers.REGION}{today.year}")
    number = numbers.make_number(today.year, serial)
    second = sm2_keys.newest(shop.keys) if shop.has_sm2 else None
    stated = state(db, shop, facts, number, commitment(shop.keys, number, holder), now=now)
    if replaced is not None:
        stated = succession.stated_again(replaced, stated)
    stated = with_more(
        stated, sm2=second.key_id if second is not None else "",
        portrait=portrait_digest(stated.holder_salt, picture) if picture is not None else "",
    )  # fmt: skip
    signer = shop.keys.signer(PURPOSE)
    signature = b64url(signer.sign(message_of(stated)))
    status_list, status_index = statuses.draw_place(db)
    row = Certificate(
        id=new_id(now), public_id=stated.public_id, number=number, enrolment_id=facts.enrolment_id,
        learner_id=facts.learner_id, facts=stated.to_mapping(), key_id=signer.key_id,
        signature=signature,
        sm2_signature=b64url(second.sign(message_of(stated))) if second is not None else None,
        qr_text=coded(shop.keys, stated, shop.address),
        holder_index=holder_index(shop.vault, number, holder.name), issued_at=now,
        status_list=status_list, status_index=status_index,
        replaces_id=replaced.id if replaced is not None else None,
        expires_on=dt.date.fromisoformat(stated.expires_on)
        if stated.expires_on else None,
    )  # fmt: skip
    return row, record_bytes(stated, signer.key_id, signature)


def coded(keys: KeyRing, stated: CertificateFacts, address: str) -> str:
    """The text of the certificate's code: its address, and the signed minimum in digits."""
    signer, minimum = keys.signer(PURPOSE), scan.minimum_of(stated)
    seal = Seal(signer.key_id, signer.sign(scan.SIGNED_AS[scan.FORM] + minimum), minimum)
    return scan.text_of(address, stated.public_id, scan.to_digits(seal))


def state(
    db: Session, shop: Workshop, facts: CompletionFacts, number: str, bound: str,
    *, now: dt.datetime,
) -> CertificateFacts:  # fmt: skip
    """What a certificate of this number states, with a page and a salt of its own."""
    masked = people.views(db, shop.vault, [facts.learner_id])[facts.learner_id]
    completed = (facts.completed_at or now).astimezone(_SHANGHAI).date()
    salt = random_token(128)
    digest = holder_digest(salt, masked.masked_name, masked.masked_number)
    return CertificateFacts(
        version=VERSION, public_id=random_token(96), number=number, type=facts.certificate_type,
        holder=digest, holder_name=masked.masked_name, holder_number=masked.masked_number,
        holder_salt=salt, commitment=bound,
        programme=facts.programme, course=facts.course_title, cluster=facts.cluster_name,
        institution=facts.institution, hours=facts.stated_hours, study_ms=facts.confirmed_ms,
        hour_s=facts.hour_s, score=facts.score or 0,
        started_on=facts.started_at.astimezone(_SHANGHAI).date().isoformat(),
        completed_on=completed.isoformat(), issued_at=_iso(now),
        expires_on=expiry(completed, facts.validity_months), policy=facts.policy_version,
        basis=facts.basis, evidence=facts.evidence_hash,
    )  # fmt: skip


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def commitment(keys: KeyRing, number: str, holder: FullPerson) -> str:
    """Bind the full name and document number without telling them: the key stays with us."""
    text = f"{number}|{holder.name}|{holder.document_type}|{holder.document_number}"
    digest = hmac.new(keys.secret("commitments"), text.encode(), hashlib.sha256)
    return digest.hexdigest()


def holder_index(vault: Vault, number: str, name: str) -> str:
    """What 证书查询 looks for: number and name together, the name folded as at sign-up."""
    spelled = "".join(names.folded(name).split())
    return vault.blind_index(f"{number}:{spelled}", context=HOLDER)
