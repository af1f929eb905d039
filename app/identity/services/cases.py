"""Review cases: opening, listing, deciding once. What a decision does is the desk's business."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.core.listing import Asked, Piece, as_piece
from app.identity.models.desk import ReviewCase
from app.identity.repository import desk as rows
from app.identity.rules.actors import Actor
from app.identity.rules.cases import (
    DECISIONS,
    CaseKind,
    CaseState,
    Decision,
    may_end_as,
    needs_reading,
    needs_second,
)
from app.identity.services import access, second_people

__all__ = [
    "CaseKind", "CaseState", "CaseView", "Decision", "Proposal", "add_facts", "cases_about",
    "check_not_own", "confirm", "decide", "decided_since", "get_case", "has_open_case", "is_own",
    "lapse",
    "list_cases", "open_case", "open_case_of", "propose", "send_back",
]  # fmt: skip
PAGE_SIZE = 20
_UNREAD_CLAIM = ("当事人填报的姓名和证件号码", "请先写明用途并查看，再决定")
_UNREAD = {
    CaseKind.PHONE_CHANGE: ("两个手机号，没有办法打电话核实", "请先写明用途并查看，再决定"),
    CaseKind.QUALIFICATION: ("证明文件", "请先打开证明文件，和填写的内容逐项对照，再决定"),
    CaseKind.ORGANISATION: ("营业执照", "请先打开营业执照，和填写的内容逐项对照，再决定"),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one person wants; it stands once another one confirms."""

    decision: Decision
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    case_id: str
    kind: CaseKind
    state: CaseState
    learner_id: str | None
    ref_id: str | None
    facts: dict[str, Any]
    opened_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str | None
    decision: Decision | None
    reason: str | None
    possible: tuple[Decision, ...]
    proposal: Proposal | None


def open_case(
    db: Session,
    *,
    kind: CaseKind,
    learner_id: str | None,
    now: dt.datetime,
    ref_id: str | None = None,
    **facts: Any,  # noqa: ANN401 -- JSON members
) -> str:
    """Put a case into the queue and return its id; facts hold no personal data in clear."""
    row = ReviewCase(
        id=new_id(now), kind=kind.value, state=CaseState.OPEN.value, learner_id=learner_id,
        ref_id=ref_id, facts=facts, opened_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row.id


def list_cases(
    db: Session,
    *,
    states: Sequence[CaseState],
    kinds: Sequence[CaseKind],
    page: int,
) -> tuple[list[CaseView], int]:
    """Return a page (20 each, from page 1) and the total.

    Open ones come oldest first, decided ones newest first.
    """
    found, total = rows.cases(
        db,
        states=[state.value for state in states],
        kinds=[kind.value for kind in kinds or tuple(CaseKind)],
        skip=(page - 1) * PAGE_SIZE,
        most=PAGE_SIZE,
    )
    return [_view(row) for row in found], total


def piece_of_cases(
    db: Session, *, state: CaseState, kinds: Sequence[CaseKind], asked: Asked
) -> Piece[CaseView]:
    """A piece of the open cases, the oldest first, or of the decided, the newest first.

    Raises InvalidError for /sort and /at.
    """
    values = [kind.value for kind in kinds]
    found = rows.piece_of_cases(db, state=state.value, kinds=values, asked=asked)
    return as_piece([_view(row) for row in found.items], found)


def get_case(db: Session, case_id: str) -> CaseView:
    """Return one case. Raises NotFoundError."""
    row = rows.case(db, case_id)
    if row is None:
        raise NotFoundError("没有这件事项。", remedy="请回到列表刷新")
    return _view(row)


def add_facts(db: Session, case_id: str, **facts: Any) -> None:  # noqa: ANN401 -- JSON members
    """Put more facts to an open case; one decided meanwhile stays as it was judged."""
    view = get_case(db, case_id)
    if view.state is CaseState.OPEN:
        rows.put_facts(db, case_id, view.facts | facts)


def decided_since(
    db: Session, learner_id: str, kind: CaseKind, since: dt.datetime
) -> list[CaseView]:
    """A person's cases of a kind that were decided since a moment, the oldest first."""
    return [_view(row) for row in rows.decided_since(db, learner_id, kind.value, since)]


def has_open_case(db: Session, learner_id: str, kinds: Sequence[CaseKind]) -> bool:
    return open_case_of(db, learner_id, kinds) is not None


def open_case_of(db: Session, learner_id: str, kinds: Sequence[CaseKind]) -> CaseView | None:
    """Return a person's oldest open case of these kinds."""
    row = rows.open_case(db, learner_id, [kind.value for kind in kinds])
    return _view(row) if row is not None else None


def cases_about(db: Session, ref_ids: Sequence[str], kind: CaseKind) -> list[CaseView]:
    """Return the cases of a kind about these things, the oldest first."""
    return [_view(row) for row in rows.cases_about(db, ref_ids, kind.value)]


def cases_numbered(db: Session, number: str, kinds: Sequence[CaseKind]) -> list[CaseView]:
    """Return the cases of these kinds whose id ends with what their person was told."""
    return [_view(row) for row in rows.cases_ending(db, number, [kind.value for kind in kinds])]


def is_own(view: CaseView, actor: Actor) -> bool:
    """Tell whether a case is about the caller."""
    return actor.learner_id in (view.learner_id, view.facts.get("holder_id"))


def check_not_own(view: CaseView, actor: Actor) -> None:
    """Nobody reads or decides what is about themselves. Raises ForbiddenError."""
    if is_own(view, actor):
        raise ForbiddenError(
            "不能查看或处理与自己有关的事项。", code="own_case", remedy="请由其他审核人处理"
        )


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
    return _close(db, view, decision, reason.strip(), actor.learner_id, now)


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
    return _close(db, view, view.proposal.decision, view.proposal.reason, actor.learner_id, now)


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


def lapse(
    db: Session, case_id: str, *, reason: str, actor_id: str | None, now: dt.datetime
) -> None:
    """Close a case that the person took back or that settled itself; one closed already stays."""
    view = get_case(db, case_id)
    if view.state is CaseState.OPEN:
        _close(db, view, Decision.WITHDRAW, reason, actor_id, now)


def _close(
    db: Session,
    view: CaseView,
    decision: Decision,
    reason: str,
    actor_id: str | None,
    now: dt.datetime,
) -> CaseView:
    closed = rows.close_case(
        db, view.case_id, decision=decision.value, reason=reason, actor_id=actor_id,
        proposer_id=view.proposal.by if view.proposal else None, now=now,
    )  # fmt: skip
    if not closed:
        raise ConflictError("这件事项已由他人处理。", remedy="请刷新列表")
    audit.record(
        db, "case.decided", now=now, actor_id=actor_id, subject_id=view.case_id,
        kind=view.kind.value, decision=decision.value,
        proposed_by=view.proposal.by if view.proposal else None,
    )  # fmt: skip
    return get_case(db, view.case_id)


def _view(row: ReviewCase) -> CaseView:
    kind = CaseKind(row.kind)
    return CaseView(
        case_id=row.id, kind=kind, state=CaseState(row.state), learner_id=row.learner_id,
        ref_id=row.ref_id, facts=row.facts, opened_at=row.opened_at, decided_at=row.decided_at,
        decided_by=row.decided_by, decision=Decision(row.decision) if row.decision else None,
        reason=row.reason, possible=DECISIONS[kind], proposal=_proposal(row),
    )  # fmt: skip


def _proposal(row: ReviewCase) -> Proposal | None:
    if row.proposed_by is None or row.proposed_decision is None or row.proposed_at is None:
        return None
    return Proposal(
        Decision(row.proposed_decision), row.proposed_reason or "", row.proposed_by, row.proposed_at
    )
