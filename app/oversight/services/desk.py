"""The staff desk: what each decision does in the other rooms, and who is told."""

import datetime as dt

from sqlalchemy.orm import Session

from app.certs.services import reissues, voiding, wallet
from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.rules.cases import ELSEWHERE, WITH_PAPER
from app.identity.services import case_decisions, cases, disputes, inbox, people, verification, ways
from app.identity.services.cases import CaseKind, CaseState, CaseView, Decision
from app.identity.services.inbox import NoticeKind
from app.learning.rules.states import Hold
from app.learning.services import appeals, exam_grading, extra_checks, holds, progress
from app.learning.services.appeals import Subject
from app.org.services import applications, class_opening, qualifications
from app.oversight.rules.decisions import is_barred, is_told, told_of
from app.oversight.services import (
    complaints,
    phone_changes,
    policy_changes,
    risk_reports,
    withdrawals,
)

_OF_CERTIFICATES = frozenset(
    {
        CaseKind.CERTIFICATE_REVOCATION, CaseKind.CERTIFICATE_REISSUE, CaseKind.CERTIFICATE_GLYPH,
        CaseKind.CERTIFICATE_VOID,
    }
)  # fmt: skip


def decide(
    db: Session,
    vault: Vault,
    case_id: str,
    *,
    decision: str,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> CaseView:
    """Decide a case and carry the decision out, in one transaction; the person is told why.

    What is grave is only proposed: the case stays open until another person confirms.
    Raises InvalidError for a decision that the case does not know or a missing reason,
    ForbiddenError for a case about the reviewer, ConflictError where somebody was first, the
    number is another account's, or a way of being checked was replaced once more.
    """
    _check_desks(db, case_id)
    if decision not in set(Decision):
        raise InvalidError("没有这种处理方式。", field="/decision", remedy="请选列出的处理方式")
    view = case_decisions.decide(
        db, case_id, decision=Decision(decision), reason=reason, actor=actor, now=now
    )
    wanted = view.proposal.decision if view.proposal else view.decision
    _check_number(db, vault, view, wanted, now)
    if view.state is CaseState.DECIDED:
        _follow(db, vault, view, actor, now)
    return view


def answer_proposal(
    db: Session,
    vault: Vault,
    case_id: str,
    *,
    is_confirmed: bool,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> CaseView:
    """Confirm what another person proposed and carry it out, or send it back with a reason.

    Raises ForbiddenError for the proposer, InvalidError, ConflictError where nothing waits or
    the number has become another account's meanwhile.
    """
    _check_desks(db, case_id)
    if not is_confirmed:
        return case_decisions.send_back(db, case_id, reason=reason, actor=actor, now=now)
    view = case_decisions.confirm(db, case_id, actor=actor, now=now)
    _check_number(db, vault, view, view.decision, now)
    _follow(db, vault, view, actor, now)
    return view


def _check_desks(db: Session, case_id: str) -> None:
    if cases.get_case(db, case_id).kind in ELSEWHERE:
        raise NotFoundError("这件事项不由审核人员处理。", remedy="请回到列表刷新")


def _check_number(
    db: Session, vault: Vault, view: CaseView, decision: Decision | None, now: dt.datetime
) -> None:
    """Refuse to give a number that another account holds, in words for who decides."""
    if decision is None or not is_barred(view.kind, decision, number_held=True):
        return
    holder_id = disputes.holder_of(db, vault, disputes.claim_of(db, vault, view, now=now))
    if holder_id not in (None, view.learner_id):
        raise ConflictError(
            "这个证件号码已在另一个账号下实名，不能通过。", code=verification.NUMBER_TAKEN,
            remedy="请先处理“证件号码被他人占用”的事项（没有的话由当事人提出），或者选“不通过”",
        )  # fmt: skip


def _follow(db: Session, vault: Vault, view: CaseView, actor: Actor, now: dt.datetime) -> None:
    _carry_out(db, vault, view, actor, now)
    if (view.kind, view.decision) == (CaseKind.POLICY_CHANGE, Decision.APPROVE):
        policy_changes.carry_out(db, view, actor, now=now)
    if view.kind in WITH_PAPER:
        decide_paper = (
            applications.decide if view.kind is CaseKind.ORGANISATION else qualifications.decide
        )
        decide_paper(
            db, view.ref_id or "", is_approved=view.decision is Decision.APPROVE,
            reason=view.reason or "", actor=actor, now=now,
        )  # fmt: skip
    if view.kind is CaseKind.CLASS_OPENING:
        class_opening.decide(
            db, view.ref_id or "", is_approved=view.decision is Decision.APPROVE,
            reason=view.reason or "", actor=actor, now=now,
        )  # fmt: skip
    if view.kind is CaseKind.PHONE_CHANGE:
        phone_changes.decide(db, vault, view, actor_id=actor.learner_id, now=now)
    by = people.views(db, vault, [actor.learner_id])[actor.learner_id].masked_name or "审核员"
    if view.kind in complaints.WITH_CONTACT:
        complaints.deliver(db, vault, view, by=by, now=now)
    if view.learner_id is None or view.decision is None:
        return
    if is_told(view.kind, view.decision):
        inbox.notify(
            db, view.learner_id, NoticeKind.CASE_DECIDED, now=now,
            subject=complaints.subject_of(db, view),
            decision=told_of(view.kind, view.decision).rstrip("。"), by=by,
            reason=_sentence(view.reason or ""),
        )  # fmt: skip


def _sentence(text: str) -> str:
    return text if text.endswith(("。", "！", "？")) else text + "。"


def _carry_out(db: Session, vault: Vault, view: CaseView, actor: Actor, now: dt.datetime) -> None:
    ref_id, learner_id, reason = view.ref_id or "", view.learner_id or "", view.reason or ""
    match view.kind, view.decision:
        case ((CaseKind.IDENTITY_REVIEW | CaseKind.NUMBER_HELD), Decision.APPROVE):
            _give_name(db, vault, view, actor, now)
        case CaseKind.IDENTITY_WITHDRAWAL, Decision.REVOKE:
            withdrawals.carry_out(db, learner_id, reason=reason, actor=actor, now=now)
        case ((CaseKind.FACE_REVIEW | CaseKind.HOLD), _):
            _carry_out_hold(db, view, actor, now)
        case CaseKind.APPEAL, Decision.APPROVE:
            appeals.give_back(
                db, Subject(view.facts["subject"]), ref_id, reason=reason,
                author_id=actor.learner_id, case_id=view.case_id, now=now,
            )  # fmt: skip
        case ((CaseKind.RISK | CaseKind.RISK_SCORE), _):
            _carry_out_risk(db, view, actor, now)
        case CaseKind.EXAM_REVIEW, decision:
            exam_grading.review(
                db, ref_id, is_valid=decision is Decision.RELEASE, actor_id=actor.learner_id,
                now=now,
            )  # fmt: skip
        case kind, _ if kind in _OF_CERTIFICATES:
            _carry_out_certificate(db, view, actor, now)
        case _:
            pass


def _carry_out_certificate(db: Session, view: CaseView, actor: Actor, now: dt.datetime) -> None:
    ref_id, reason = view.ref_id or "", view.reason or ""
    match view.decision:
        case Decision.REVOKE:
            wallet.revoke(db, ref_id, reason=reason, actor=actor, now=now)
        case Decision.APPROVE:
            reissues.grant(db, ref_id, bound=view.facts.get("bound"), actor=actor, now=now)
        case Decision.VOID:
            voiding.void(db, ref_id, reason=reason, actor=actor, now=now)
        case Decision.ANSWER:
            # One that was refused before it had a number is known by its enrolment alone.
            enrolment_id = view.facts.get("enrolment_id") or wallet.enrolment_of(db, ref_id)
            progress.order_certificate(db, enrolment_id, now=now)


def _carry_out_hold(db: Session, view: CaseView, actor: Actor, now: dt.datetime) -> None:
    """Who it was that passed the checks; with a way that replaced another, whether it stands."""
    is_same = view.decision in (Decision.APPROVE, Decision.RELEASE)
    if view.facts.get("reason") == Hold.UNPROVEN:
        ways.decide(
            db, view.learner_id or "", asked_at=view.opened_at, is_same_person=is_same,
            actor_id=actor.learner_id, now=now,
        )  # fmt: skip
    ref_id = view.ref_id or ""
    holds.decide(db, ref_id, is_same_person=is_same, actor_id=actor.learner_id, now=now)


def _carry_out_risk(db: Session, view: CaseView, actor: Actor, now: dt.datetime) -> None:
    """Nothing here touches hours: a check is asked for, or the regulator is told."""
    if view.decision is Decision.ESCALATE:
        risk_reports.hand_up(db, view, now=now)
    elif view.decision is Decision.CHECK and view.learner_id is not None:
        reason = _sentence(view.reason or "")
        extra_checks.ask_next(db, view.learner_id, reason=reason, actor=actor, now=now)


def _give_name(db: Session, vault: Vault, view: CaseView, actor: Actor, now: dt.datetime) -> None:
    """The claim stands; where the number was another account's, that one loses it first."""
    learner_id = view.learner_id or ""
    claim = disputes.claim_of(db, vault, view, now=now)
    holder_id = disputes.holder_of(db, vault, claim)
    is_disputed = view.kind is CaseKind.NUMBER_HELD and holder_id not in (None, learner_id)
    if is_disputed and holder_id is not None:
        withdrawals.carry_out(db, holder_id, reason=view.reason or "", actor=actor, now=now)
    verification.approve(db, vault, learner_id, claim, now=now)
