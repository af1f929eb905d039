"""Issuing: the gate, the frozen record, its signature, and its delivery once all of it holds."""

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
    WITHOUT_DIGEST,
    CertificateFacts,
    expiry,
    holder_digest,
    message_of,
    portrait_digest,
    record_bytes,
    with_more,
)
from app.certs.rules.scan import Seal
from app.certs.services import artefacts, linting, log_proofs, pictures, statuses, succession
from app.certs.services.artefacts import Shown, Workshop
from app.core import audit, outbox, translog
from app.core.crypto import KeyRing, Vault, b64url
from app.core.db import Database
from app.core.flags import Switch, is_on
from app.core.ids import new_id, random_token
from app.core.translog import Kind
from app.identity.rules import names
from app.identity.services import cases, people, person_keys, phone_holds, portraits, standing
from app.identity.services.cases import CaseKind
from app.identity.services.people import FullPerson, PersonView
from app.learning.services import progress
from app.learning.services.progress import CompletionFacts

PURPOSE = statuses.PURPOSE
_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_AGAIN = dt.timedelta(hours=1)
_IN_DOUBT = (CaseKind.RISK, CaseKind.FACE_REVIEW, CaseKind.IDENTITY_REVIEW)


def issue(database: Database, shop: Workshop, enrolment_id: str, *, now: dt.datetime) -> str | None:
    """Issue the certificate of a completed enrolment; returns its id, None where the gate is shut.

    Done twice it is still one certificate: the record is made once, and what a crash left out is
    made up for.
    """
    with database.transaction() as db:
        certificate_id = _prepare(db, shop, enrolment_id, now)
    if certificate_id is None:
        return None
    if log_proofs.is_early(database, shop, certificate_id, now=now):
        with database.transaction() as db:
            _come_again(db, enrolment_id, at=now + log_proofs.LOOK_AGAIN, now=now)
        return certificate_id
    with database.transaction() as db:
        row = rows.lock(db, certificate_id)
        if row is None or _is_settled(db, row):
            return certificate_id
        holder = people.full(
            db, shop.vault, row.learner_id, purpose="certificate_document", actor_id=None, now=now
        )
        if row.status_list is None:
            row.status_list, row.status_index = statuses.draw_place(db)
        own = person_keys.sealing_vault_of(db, shop.vault, row.learner_id, now=now)
        picture = pictures.frozen(db, own, certificate_id)
    proof = None
    if row.facts["version"] != WITHOUT_DIGEST:
        proof = log_proofs.proof_of(database, shop, certificate_id, now=now)
    try:
        _check_holder(shop, row, holder)
        artefacts.make(own, shop, row, Shown(holder, picture), proof, now=now)
    except (artefacts.FaultyArtefactError, OtherHolderError) as fault:
        is_void = isinstance(fault, OtherHolderError)
        kind = CaseKind.CERTIFICATE_VOID if is_void else CaseKind.CERTIFICATE_GLYPH
        with database.transaction() as db:
            _to_a_person(db, row, kind, str(fault), now)
        return certificate_id
    with database.transaction() as db:
        is_unwanted = _deliver(db, certificate_id, now)
    if is_unwanted:
        artefacts.delete(shop.storage, certificate_id)
    return certificate_id


class OtherHolderError(RuntimeError):
    """The proven name has become another since the record was frozen; a person has to look."""


def _check_holder(shop: Workshop, row: Certificate, holder: FullPerson) -> None:
    if commitment(shop.keys, row.number, holder) != row.facts["commitment"]:
        message = (
            "姓名或证件号码和编号时的不一样，这个编号只能按原来的实名出证。"
            "实名改错了的，请先改回，再按原编号出证；改对了的，请作废这个编号，系统会用新编号出证。"
        )
        raise OtherHolderError(message)


def _prepare(db: Session, shop: Workshop, enrolment_id: str, now: dt.datetime) -> str | None:
    known = rows.by_enrolment(db, enrolment_id)
    replaced = succession.to_replace(known)
    if known is not None and replaced is None and _is_settled(db, known):
        return known.id
    facts = progress.completion_facts(db, enrolment_id)
    if _has_to_wait(db, facts, known, now):
        return None
    if known is not None and replaced is None:
        return known.id
    holder = people.full(
        db, shop.vault, facts.learner_id, purpose="certificate", actor_id=None, now=now
    )
    trial = _state(facts, _masked(db, shop, facts), numbers.TRIAL, "0" * 64, now)
    if replaced is not None:
        if commitment(shop.keys, replaced.number, holder) != replaced.reissue_bound:
            succession.lapse(db, replaced.id, now=now)
            return None
        trial = succession.stated_again(replaced, trial)
    months = facts.validity_months if replaced is None else None
    refusal = linting.refusal_of(shop, trial, holder, months=months, is_first=replaced is None)
    if refusal is not None:
        linting.put_before_desk(db, shop.vault, facts, refusal, now=now)
        return None
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


def _has_to_wait(
    db: Session, facts: CompletionFacts, known: Certificate | None, now: dt.datetime
) -> bool:
    """Tell whether the gate is shut, and come again where it may open by itself."""
    if not _is_fit(db, facts) or succession.is_in_doubt(db, known, now=now):
        if known is not None:
            # It has its number; what came between may pass, and nobody else would look again.
            _come_again(db, facts.enrolment_id, at=now + _AGAIN, now=now)
        return True
    if (until := phone_holds.held_until(db, facts.learner_id, now=now)) is not None:
        # Whoever took the account over would take a paper with it; what was issued stays.
        _come_again(db, facts.enrolment_id, at=until, now=now)
        return True
    return False


def _is_settled(db: Session, known: Certificate) -> bool:
    """Tell whether nothing is to be done any more: delivered, or never to be."""
    marks = (known.ready_at, known.holder_gone_at, known.voided_at)
    return any(mark is not None for mark in marks) or succession.is_over(db, known)


def _is_fit(db: Session, facts: CompletionFacts) -> bool:
    return (
        facts.is_complete
        and standing.standing(db, facts.learner_id).is_verified
        and not cases.has_open_case(db, facts.learner_id, _IN_DOUBT)
        and not is_on(db, Switch.NO_ISSUANCE)
    )


def _come_again(db: Session, enrolment_id: str, *, at: dt.datetime, now: dt.datetime) -> None:
    outbox.enqueue(
        db, progress.ISSUE, now=now, key=f"issue:{enrolment_id}", run_at=at,
        enrolment_id=enrolment_id,
    )  # fmt: skip


def _record(
    db: Session, shop: Workshop, facts: CompletionFacts, holder: FullPerson, now: dt.datetime,
    *, replaced: Certificate | None, picture: bytes | None,
) -> tuple[Certificate, bytes]:  # fmt: skip
    today = now.astimezone(_SHANGHAI).date()
    serial = rows.next_serial(db, f"{numbers.REGION}{today.year}")
    number = numbers.make_number(today.year, serial)
    second = sm2_keys.newest(shop.keys) if shop.has_sm2 else None
    masked = _masked(db, shop, facts)
    stated = _state(facts, masked, number, commitment(shop.keys, number, holder), now)
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


def _masked(db: Session, shop: Workshop, facts: CompletionFacts) -> PersonView:
    return people.views(db, shop.vault, [facts.learner_id])[facts.learner_id]


def coded(keys: KeyRing, stated: CertificateFacts, address: str) -> str:
    """The text of the certificate's code: its address, and the signed minimum in digits."""
    signer, minimum = keys.signer(PURPOSE), scan.minimum_of(stated)
    seal = Seal(signer.key_id, signer.sign(scan.SIGNED_AS[scan.FORM] + minimum), minimum)
    return scan.text_of(address, stated.public_id, scan.to_digits(seal))


def _state(
    facts: CompletionFacts, masked: PersonView, number: str, bound: str, now: dt.datetime
) -> CertificateFacts:
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


def _deliver(db: Session, certificate_id: str, now: dt.datetime) -> bool:
    """Tell whether nothing may be kept: the holder has gone, or the number was given up.

    Where the old one may not be replaced for now, what was made is made again when it may.
    """
    row = rows.lock(db, certificate_id)
    if row is not None and (row.holder_gone_at is not None or row.voided_at is not None):
        return True
    if row is None or row.ready_at is not None:
        return False
    if not succession.take_over(db, row, now=now):
        _come_again(db, row.enrolment_id, at=now + _AGAIN, now=now)
        return False
    row.ready_at = now
    audit.record(
        db, "certificate.issued", now=now, actor_id=None, subject_id=row.id, number=row.number
    )
    succession.tell(db, row, now=now)
    return False


def _to_a_person(
    db: Session, row: Certificate, kind: CaseKind, fault: str, now: dt.datetime
) -> None:
    about = cases.cases_about(db, [row.id], kind)
    if not any(case.state is cases.CaseState.OPEN for case in about):
        cases.open_case(
            db, kind=kind, learner_id=row.learner_id, now=now, ref_id=row.id, fault=fault[:300],
            number=row.number,
        )  # fmt: skip
