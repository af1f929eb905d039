"""The holder's certificates, and taking one back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.rules import numbers, scan
from app.certs.rules.verdicts import Verdict, verdict_of
from app.certs.services import kept_papers, register, suspensions
from app.certs.services.kept_papers import Papers
from app.certs.services.suspensions import Suspension
from app.core import audit
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import case_decisions, cases, inbox
from app.identity.services.cases import CaseKind, CaseState, CaseView, Decision
from app.identity.services.inbox import NoticeKind
from app.learning.services import steps

REVOKED = "certificate.revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """A certificate as it was issued and as it stands; its holder is masked, as for a stranger.

    Those from before credentials have none. `verdict` is what a stranger is told.
    """

    certificate_id: str
    public_id: str
    number: str
    type: str
    holder_name: str
    holder_number: str
    course: str
    institution: str
    hours: str
    score: int
    completed_on: str
    expires_on: str
    issued_at: dt.datetime
    revoked_at: dt.datetime | None
    revoke_reason: str | None
    suspended_until: dt.date | None
    suspend_reason: str | None
    superseded_at: dt.datetime | None
    successor_id: str | None
    successor_number: str | None
    qr_text: str
    has_credential: bool
    verdict: Verdict


def list_certificates(db: Session, learner_id: str, *, now: dt.datetime) -> list[CertificateView]:
    """Return a holder's certificates, the newest first."""
    found = rows.list_of(db, learner_id)
    return _views(db, found, now)


def revoked_enrolments(db: Session, learner_id: str) -> frozenset[str]:
    """Return a holder's enrolments whose certificate was taken back."""
    return frozenset(rows.revoked_enrolments(db, learner_id))


def own_certificate(
    db: Session, certificate_id: str, *, learner_id: str, now: dt.datetime
) -> CertificateView:
    """Return one's own certificate. Raises NotFoundError for anybody else's."""
    return _one(db, register.own(rows.get(db, certificate_id), learner_id), now)


def own_papers(db: Session, certificate_id: str, *, learner_id: str) -> Papers:
    """Say where one's own lie. Raises NotFoundError for anybody else's."""
    return kept_papers.papers_of(register.own(rows.get(db, certificate_id), learner_id))


def find(db: Session, number: str, *, now: dt.datetime) -> CertificateView:
    """Return a certificate by number, for the desk. Raises NotFoundError."""
    normal = numbers.normalise(number)
    row = rows.by_number(db, normal) if normal is not None else None
    if row is None or row.ready_at is None:
        raise NotFoundError("没有这个编号的证书。", field="/number", remedy="请核对证书编号")
    return _one(db, row, now)


@dataclass(frozen=True, slots=True)
class Marked:
    """Which certificate a number or an address means, and whose it is."""

    certificate_id: str
    number: str
    learner_id: str


def marked(db: Session, text: str) -> Marked | None:
    """Find a certificate by what is written on a paper: its number, or the address in its code."""
    scanned, number = scan.read_text(text), numbers.normalise(text)
    row = None
    if scanned is not None:
        row = rows.by_public_id(db, scanned.public_id)
    elif number is not None:
        row = rows.by_number(db, number)
    if row is None or row.ready_at is None:
        return None
    return Marked(row.id, row.number, row.learner_id)


def certificate(db: Session, certificate_id: str, *, now: dt.datetime) -> CertificateView:
    """Return a certificate, for the desk. Raises NotFoundError."""
    return _one(db, register.found(rows.get(db, certificate_id)), now)


def enrolment_of(db: Session, certificate_id: str) -> str:
    """Return the enrolment that a certificate is for. Raises NotFoundError."""
    return register.found(rows.get(db, certificate_id)).enrolment_id


def has_been_issued(db: Session, enrolment_id: str) -> bool:
    """Tell whether an enrolment's certificate was made, whatever became of it."""
    return bool(rows.ready_for(db, enrolment_id))


def number_for(db: Session, enrolment_id: str) -> str:
    """The number of the certificate that an enrolment led to and that stands; empty without one."""
    ready = rows.ready_for(db, enrolment_id)
    standing = [row for row in ready if row.revoked_at is None and row.superseded_at is None]
    return standing[-1].number if standing else ""


def propose_revocation(
    db: Session, certificate_id: str, *, reason: str, actor: Actor, now: dt.datetime
) -> CaseView:
    """Ask for a certificate to be taken back: a case that another person confirms.

    Raises NotFoundError, InvalidError without a reason, ConflictError where it is revoked already
    or somebody asked before, ForbiddenError for one's own.
    """
    row = register.handed_out(rows.lock(db, certificate_id))
    if row.revoked_at is not None:
        raise _revoked_already()
    if row.superseded_at is not None:
        raise suspensions.out_of_use()
    case = open_revocation(db, certificate_id)
    case_id = case.case_id if case else flag(db, certificate_id, reason=None, now=now)
    return case_decisions.decide(
        db, case_id, decision=Decision.REVOKE, reason=reason, actor=actor, now=now
    )


def open_revocation(db: Session, certificate_id: str) -> CaseView | None:
    """Return the open case about taking a certificate back."""
    found = cases.cases_about(db, [certificate_id], CaseKind.CERTIFICATE_REVOCATION)
    return next((case for case in found if case.state is CaseState.OPEN), None)


def flag(db: Session, certificate_id: str, *, reason: str | None, now: dt.datetime) -> str:
    """Put a certificate before the desk; returns the case. Raises NotFoundError."""
    row = register.found(rows.lock(db, certificate_id))
    facts = {"number": row.number} | ({"reason": reason} if reason else {})
    return cases.open_case(
        db, kind=CaseKind.CERTIFICATE_REVOCATION, learner_id=row.learner_id, now=now,
        ref_id=certificate_id, **facts,
    )  # fmt: skip


def _revoked_already() -> ConflictError:
    return ConflictError("这张证书已经撤销过了。", code="revoked", remedy="请刷新页面")


def revoke(
    db: Session, certificate_id: str, *, reason: str, actor: Actor, now: dt.datetime
) -> CertificateView:
    """Take a certificate back; the holder is told why, and the public page says it at once.

    Raises NotFoundError, InvalidError without a reason, ConflictError the second time.
    """
    row = register.handed_out(rows.get(db, certificate_id))
    if not reason.strip():
        raise InvalidError("请写明撤销的理由，持证人和查验人都会看到。", field="/reason")
    if not rows.revoke(
        db, certificate_id, reason=reason.strip(), actor_id=actor.learner_id, now=now
    ):
        raise _revoked_already()
    audit.record(
        db, REVOKED, now=now, actor_id=actor.learner_id, subject_id=certificate_id,
        number=row.number,
    )  # fmt: skip
    inbox.notify(
        db, row.learner_id, NoticeKind.CERTIFICATE_REVOKED, now=now, number=row.number,
        reason=suspensions.as_sentence(reason.strip()),
    )  # fmt: skip
    steps.note(db, row.enrolment_id, now=now)
    fresh = rows.get(db, certificate_id)
    return _one(db, fresh or row, now)


def _one(db: Session, row: Certificate, now: dt.datetime) -> CertificateView:
    return _views(db, [row], now)[0]


def _views(db: Session, found: Sequence[Certificate], now: dt.datetime) -> list[CertificateView]:
    ids = [row.id for row in found]
    suspended = suspensions.in_force(db, ids, now=now)
    successors = {row.replaces_id: row for row in rows.successors_of(db, ids)}
    today = local_day(now)
    return [_view(row, suspended.get(row.id), successors.get(row.id), today) for row in found]


def _view(
    row: Certificate, suspension: Suspension | None, successor: Certificate | None, today: dt.date
) -> CertificateView:
    facts = row.facts
    return CertificateView(
        certificate_id=row.id, public_id=row.public_id, number=row.number, type=facts["type"],
        holder_name=facts["holder_name"], holder_number=facts["holder_number"],
        course=facts["course"], institution=facts["institution"], hours=facts["hours"],
        score=facts["score"], completed_on=facts["completed_on"], expires_on=facts["expires_on"],
        issued_at=row.issued_at, revoked_at=row.revoked_at, revoke_reason=row.revoke_reason,
        suspended_until=suspension.ends_on if suspension else None,
        suspend_reason=suspension.reason if suspension else None,
        superseded_at=row.superseded_at,
        successor_id=successor.id if successor else None,
        successor_number=successor.number if successor else None,
        qr_text=row.qr_text, has_credential=row.status_list is not None,
        verdict=verdict_of(
            is_authentic=True, is_revoked=row.revoked_at is not None,
            is_suspended=suspension is not None, is_superseded=row.superseded_at is not None,
            expires_on=facts["expires_on"], today=today,
        ),
    )  # fmt: skip
