"""Deciding review cases, alone or by two. What a decision does is the desk's business."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, ForbiddenError, InvalidError
from app.identity.repository import desk as rows
from app.identity.rules.actors import Actor
from app.identity.rules.cases import (
    CaseKind,
    CaseState,
    Decision,
    may_end_as,
    needs_reading,
    needs_second,
)
from app.identity.services import access, second_people
from app.identity.services.cases import CaseView, check_not_own, close, get_case

_UNREAD_CLAIM = ("当事人填报的姓名和证件号码", "请先写明用途并查看，再决定")
_UNREAD = {
    CaseKind.PHONE_CHANGE: ("两个手机号，没有办法打电话核实", "请先写明用途并查看，再决定"),
    CaseKind.QUALIFICATION: ("证明文件", "请先打开证明文件，和填写的内容逐项对照，再决定"),
    CaseKind.ORGANISATION: ("营业执照", "请先打开营业执照，和填写的内容逐项对照，再决定"),
}


def _read_open(db: Session, case_id: str, actor: Actor) -> CaseView:
    view = get_case(db, case_id)
    check_not_own(view, actor)
    if view.state is not CaseState.OPEN:
        raise ConflictError("这件事项已由他人处理。", remedy="请刷新列表")
    return view


def decide(
    db: Session, case_id: str, *, decision: Decision, reason: str, actor: Actor, now: dt.datetime
) -> CaseView:
    """Decide an open case with a reason; what is grave is only proposed by this.

    Raises InvalidError for a decision that this kind does not have or a missing reason,
    ForbiddenError for a case about the reviewer, ConflictError where somebody else was first,
    or where a claim is approved that the reviewer has not read.
    """
    view = _read_open(db, case_id, actor)
    if not may_end_as(view.kind, decision):
        raise InvalidError("这类事项不能这样处理。", field="/decision", remedy="请选列出的处理方式")
    if not reason.strip():
        raise InvalidError("请写明理由，当事人会看到。", field="/reason")
    if view.proposal is not None:
        raise ConflictError(
            "这件事项已有人提出处理意见，等另一人确认。", code="proposed", remedy="请确认或退回"
        )
    _check_read(db, view, decision, actor)
    if needs_second(view.kind, decision, str(view.facts.get("outcome", ""))):
        return propose(db, case_id, decision=decision, reason=reason, actor=actor, now=now)
    return close(db, view, decision, reason.strip(), actor.learner_id, now)


def _check_read(db: Session, view: CaseView, decision: Decision, actor: Actor) -> None:
    if needs_reading(view.kind, decision) and not access.has_opened(
        db, actor.learner_id, view.case_id
    ):
        what, remedy = _UNREAD.get(view.kind, _UNREAD_CLAIM)
        raise ConflictError(f"您还没有查看{what}。", code="not_read", remedy=remedy)


def propose(
    db: Session, case_id: str, *, decision: Decision, reason: str, actor: Actor, now: dt.datetime
) -> CaseView:
    """Write down what one person wants; another one confirms. Raises ConflictError."""
    if not rows.put_proposal(
        db, case_id, decision=decision.value, reason=reason.strip(), actor_id=actor.learner_id,
        instead_of=None, now=now,
    ):  # fmt: skip
        raise ConflictError("这件事项已由他人处理。", remedy="请刷新列表")
    audit.record(
        db, "case.proposed", now=now, actor_id=actor.learner_id, subject_id=case_id,
        decision=decision.value,
    )  # fmt: skip
    return get_case(db, case_id)


def confirm(db: Session, case_id: str, *, actor: Actor, now: dt.datetime) -> CaseView:
    """Decide a case as another person proposed.

    Raises ForbiddenError for the proposer, at the proposer's device and for a case about the
    reviewer, ConflictError where nothing is proposed any more, the proposer no longer holds the
    role, or the reviewer has not read the claim.
    """
    view = _read_open(db, case_id, actor)
    if view.proposal is None:
        raise ConflictError("没有等待确认的处理意见。", remedy="请刷新页面")
    if view.proposal.by == actor.learner_id:
        raise ForbiddenError("处理意见是您提出的，要由另一位审核人确认。", code="same_person")
    second_people.check(
        db, actor, view.kind, proposer_id=view.proposal.by, proposed_at=view.proposal.at
    )
    _check_read(db, view, view.proposal.decision, actor)
    return close(db, view, view.proposal.decision, view.proposal.reason, actor.learner_id, now)


def send_back(
    db: Session, case_id: str, *, reason: str, actor: Actor, now: dt.datetime
) -> CaseView:
    """Take a proposal off a case, one's own or another's. Raises ConflictError, InvalidError."""
    view = _read_open(db, case_id, actor)
    if not reason.strip():
        raise InvalidError("请写明退回的理由。", field="/reason")
    if view.proposal is None or not rows.put_proposal(
        db, case_id, decision=None, reason=None, actor_id=None, instead_of=view.proposal.by, now=now
    ):
        raise ConflictError("没有等待确认的处理意见。", remedy="请刷新页面")
    audit.record(
        db, "case.sent_back", now=now, actor_id=actor.learner_id, subject_id=case_id,
        decision=view.proposal.decision.value, proposed_by=view.proposal.by, reason=reason.strip(),
    )  # fmt: skip
    return get_case(db, case_id)
