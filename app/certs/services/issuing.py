"""Issuing: the gate, the frozen record, its signature, and its delivery once all of it holds."""

import datetime as dt

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.rules.facts import WITHOUT_DIGEST
from app.certs.services import (
    artefacts,
    gate,
    kept_papers,
    linting,
    log_proofs,
    pictures,
    records,
    statuses,
    succession,
)
from app.certs.services.artefacts import Made, Shown, Workshop
from app.certs.services.gate import Shut
from app.core import audit
from app.core.crypto import Vault
from app.core.db import Database
from app.identity.services import cases, people, person_keys, standing
from app.identity.services.cases import CaseKind
from app.identity.services.people import FullPerson
from app.learning.services import progress, steps


def issue(database: Database, shop: Workshop, enrolment_id: str, *, now: dt.datetime) -> str | None:
    """Issue the certificate of a completed enrolment; returns its id, None where the gate is shut.

    Done twice it is still one certificate: the record is made once, and what a crash left out is
    made up for.
    """
    certificate_id = _prepare(database, shop, enrolment_id, now)
    if certificate_id is None:
        return None
    if log_proofs.is_early(database, shop, certificate_id, now=now):
        with database.transaction() as db:
            progress.order_certificate(db, enrolment_id, now=now, at=now + log_proofs.LOOK_AGAIN)
        return certificate_id
    with database.transaction() as db:
        row = rows.lock(db, certificate_id)
        if row is None or gate.is_settled(db, row):
            return certificate_id
        own, shown = _shown(db, shop, row, now)
    proof = None
    if row.facts["version"] != WITHOUT_DIGEST:
        proof = log_proofs.proof_of(database, shop, certificate_id, now=now)
    try:
        _check_holder(shop, row, shown.holder)
        made = artefacts.make(own, shop, row, shown, proof, now=now)
    except (artefacts.FaultyArtefactError, OtherHolderError) as fault:
        is_void = isinstance(fault, OtherHolderError)
        kind = CaseKind.CERTIFICATE_VOID if is_void else CaseKind.CERTIFICATE_GLYPH
        with database.transaction() as db:
            _to_a_person(db, row, kind, str(fault), now)
        return certificate_id
    with database.reading() as db:
        # Asked once before the turn to write: the same questions take half as long with the lock
        # in hand, for typesetting has left nothing of them in the processor's memory.
        gate.look_again(db, row, now=now)
    with database.transaction() as db:
        standing.keep(db, row.learner_id)
        is_handed_out = _deliver(db, made, now)
    if not is_handed_out:
        kept_papers.delete(shop.storage, made.papers)
    return certificate_id


def _prepare(database: Database, shop: Workshop, enrolment_id: str, now: dt.datetime) -> str | None:
    """What it would say is looked at before the turn to write: that takes ten times longer."""
    with database.reading() as db:
        due = gate.look(db, shop, enrolment_id, now=now)
    if isinstance(due, str):
        return due
    if isinstance(due, Shut):
        with database.transaction() as db:
            gate.leave(db, enrolment_id, due, now=now)
        return None
    refusal = linting.refusal_of(
        shop, due.trial, due.holder, months=due.months, is_first=due.replaced_id is None
    )
    with database.transaction() as db:
        return gate.enter(db, shop, due, refusal, now=now)


def _shown(db: Session, shop: Workshop, row: Certificate, now: dt.datetime) -> tuple[Vault, Shown]:
    """What its papers show of the holder, under whose key they are sealed; its place in a list.

    From here on they are begun once more, under a name of their own.
    """
    holder = people.full(
        db, shop.vault, row.learner_id, purpose="certificate_document", actor_id=None, now=now
    )
    if row.status_list is None:
        row.status_list, row.status_index = statuses.draw_place(db)
    row.drafts += 1
    own = person_keys.sealing_vault_of(db, shop.vault, row.learner_id, now=now)
    return own, Shown(holder, pictures.frozen(db, own, row.id))


class OtherHolderError(RuntimeError):
    """The proven name has become another since the record was frozen; a person has to look."""


def _check_holder(shop: Workshop, row: Certificate, holder: FullPerson) -> None:
    if records.commitment(shop.keys, row.number, holder) != row.facts["commitment"]:
        message = (
            "姓名或证件号码和编号时的不一样，这个编号只能按原来的实名出证。"
            "实名改错了的，请先改回，再按原编号出证；改对了的，请作废这个编号，系统会用新编号出证。"
        )
        raise OtherHolderError(message)


def _deliver(db: Session, made: Made, now: dt.datetime) -> bool:
    """Hand them out, and tell whether that was done.

    Not where the holder has gone, the number was given up, or others were handed out meanwhile.
    Where the gate has shut since it was looked at, or the old one may not be replaced for now, what
    was made is made again when it may.
    """
    row = rows.lock(db, made.papers.certificate_id)
    if row is None or any((row.ready_at, row.holder_gone_at, row.voided_at)):
        return False
    if (shut := gate.look_again(db, row, now=now)) is not None:
        gate.leave(db, row.enrolment_id, shut, now=now)
        return False
    if not succession.take_over(db, row, now=now):
        progress.order_certificate(db, row.enrolment_id, now=now, at=now + gate.AGAIN)
        return False
    row.ready_at, row.draft, row.pdf_digest = now, made.papers.draft, made.pdf_digest
    audit.record(
        db, records.ISSUED, now=now, actor_id=None, subject_id=row.id, number=row.number,
        draft=row.draft, pdf=row.pdf_digest,
    )  # fmt: skip
    succession.tell(db, row, now=now)
    steps.note(db, row.enrolment_id, now=now)
    return True


def _to_a_person(
    db: Session, row: Certificate, kind: CaseKind, fault: str, now: dt.datetime
) -> None:
    about = cases.cases_about(db, [row.id], kind)
    if not any(case.state is cases.CaseState.OPEN for case in about):
        cases.open_case(
            db, kind=kind, learner_id=row.learner_id, now=now, ref_id=row.id, fault=fault[:300],
            number=row.number,
        )  # fmt: skip
