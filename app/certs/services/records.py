"""A certificate's record: what it states for ever, its number, signatures, place in the log."""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import HOLDER, Certificate
from app.certs.providers import sm2_keys
from app.certs.providers.sm2_keys import Sm2Key
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
from app.certs.services import pictures
from app.certs.services.artefacts import Workshop
from app.certs.services.statuses import PURPOSE
from app.core import audit, translog
from app.core.crypto import KeyRing, Vault, b64url
from app.core.ids import new_id, random_token
from app.core.signers import signer_at
from app.core.translog import Kind
from app.identity.rules import names
from app.identity.rules.local_days import SHANGHAI, local_day
from app.identity.services import people, person_keys
from app.identity.services.people import FullPerson
from app.learning.services.progress import CompletionFacts

PREPARED, ISSUED = "certificate.prepared", "certificate.issued"
_FOUND_AS = b"shixue-holder-index-1\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is given a number: whose it is, and what it says with a number for trial."""

    enrolment_id: str
    holder: FullPerson
    trial: CertificateFacts
    place: tuple[int, int]
    picture: bytes | None
    named_by: int | None = None
    """Of the version whose names it states, where that is not the one that was learnt."""


def freeze(
    db: Session, shop: Workshop, entry: Entry, *, replaced: Certificate | None, now: dt.datetime
) -> str:
    """Give a certificate its number, and enter it for ever; returns its id."""
    second = sm2_keys.signer_at(shop.keys, now) if shop.has_sm2 else None
    stated = _numbered(db, shop, entry, now, second.key_id if second is not None else "")
    row, record = _record(shop, entry, stated, second, replaced=replaced, now=now)
    _enter(db, shop, row, record, entry, now=now, replaced=replaced)
    return row.id


def _enter(
    db: Session, shop: Workshop, row: Certificate, record: bytes, entry: Entry,
    *, now: dt.datetime, replaced: Certificate | None,
) -> None:  # fmt: skip
    db.add(row)
    if entry.picture is not None:
        own = person_keys.sealing_vault_of(db, shop.vault, row.learner_id, now=now)
        pictures.freeze(db, own, row.id, row.learner_id, entry.picture)
    translog.enter(db, Kind.CERTIFICATE, row.id, record)
    audit.record(
        db, PREPARED, now=now, actor_id=None, subject_id=row.id, number=row.number,
        status=[row.status_list, row.status_index],
        enrolment_id=row.enrolment_id, learner_id=row.learner_id, address=shop.address,
        index=index_digest(entry.trial.holder_salt, row.holder_index),
        **({"replaces": replaced.number, "bound": replaced.reissue_bound} if replaced else {}),
        **({"named_by": entry.named_by} if entry.named_by is not None else {}),
    )  # fmt: skip


def _numbered(
    db: Session, shop: Workshop, entry: Entry, now: dt.datetime, sm2: str
) -> CertificateFacts:
    """What it states, with its number, and what else stands beside the signature."""
    year = now.astimezone(SHANGHAI).year
    number = numbers.make_number(year, rows.next_serial(db, f"{numbers.REGION}{year}"))
    bound, salt = commitment(shop.keys, number, entry.holder), entry.trial.holder_salt
    return with_more(
        replace(entry.trial, number=number, commitment=bound),
        sm2=sm2,
        portrait=portrait_digest(salt, entry.picture) if entry.picture is not None else "",
    )


def _record(
    shop: Workshop, entry: Entry, stated: CertificateFacts, second: Sm2Key | None,
    *, replaced: Certificate | None, now: dt.datetime,
) -> tuple[Certificate, bytes]:  # fmt: skip
    signer = signer_at(shop.keys, PURPOSE, now)
    signature = b64url(signer.sign(message_of(stated)))
    status_list, status_index = entry.place
    row = Certificate(
        id=new_id(now), public_id=stated.public_id, number=stated.number,
        enrolment_id=entry.enrolment_id, learner_id=entry.holder.learner_id,
        facts=stated.to_mapping(), key_id=signer.key_id, signature=signature,
        sm2_signature=b64url(second.sign(message_of(stated))) if second is not None else None,
        qr_text=coded(shop.keys, stated, shop.address, now=now), issued_at=now,
        holder_index=holder_index(shop.vault, stated.number, entry.holder.name),
        status_list=status_list, status_index=status_index,
        replaces_id=replaced.id if replaced is not None else None,
        expires_on=dt.date.fromisoformat(stated.expires_on)
        if stated.expires_on else None,
    )  # fmt: skip
    return row, record_bytes(stated, signer.key_id, signature)


def coded(keys: KeyRing, stated: CertificateFacts, address: str, *, now: dt.datetime) -> str:
    """The text of the certificate's code: its address, and the signed minimum in digits.

    Raises UnavailableError: see `signer_at`.
    """
    signer, minimum = signer_at(keys, PURPOSE, now), scan.minimum_of(stated)
    seal = Seal(signer.key_id, signer.sign(scan.SIGNED_AS[scan.FORM] + minimum), minimum)
    return scan.text_of(address, stated.public_id, scan.to_digits(seal))


def on_trial(
    db: Session, shop: Workshop, facts: CompletionFacts, *, now: dt.datetime
) -> CertificateFacts:
    """What a certificate states, with a page and a salt of its own; its number is for trial."""
    masked = people.views(db, shop.vault, [facts.learner_id])[facts.learner_id]
    completed = local_day(facts.completed_at or now)
    salt = random_token(128)
    digest = holder_digest(salt, masked.masked_name, masked.masked_number)
    return CertificateFacts(
        version=VERSION, public_id=random_token(96), number=numbers.TRIAL,
        type=facts.certificate_type, holder=digest, holder_name=masked.masked_name,
        holder_number=masked.masked_number, holder_salt=salt, commitment="0" * 64,
        programme=facts.programme, course=facts.course_title, cluster=facts.cluster_name,
        institution=facts.institution, hours=facts.stated_hours, study_ms=facts.confirmed_ms,
        hour_s=facts.hour_s, score=facts.score or 0,
        started_on=local_day(facts.started_at).isoformat(),
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


def index_digest(salt: str, index: str) -> str:
    """What the trail has of the look-up by name: nothing can be told from it without the salt.

    That is the holder's, and goes with them (decision 0013).
    """
    return hashlib.sha256(_FOUND_AS + salt.encode() + b"\n" + index.encode()).hexdigest()
