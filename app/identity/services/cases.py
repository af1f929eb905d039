"""Review cases: opening, listing, deciding once. What a decision does is the desk's business."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.models.desk import ReviewCase
from app.identity.repository import desk as rows
from app.identity.rules.actors import Actor
from app.identity.rules.cases import DECISIONS, CaseKind, CaseState, Decision, may_end_as

__all__ = [
    "CaseKind", "CaseState", "CaseView", "Decision", "decide", "get_case", "has_open_case",
    "list_cases", "open_case",
]  # fmt: skip
PAGE_SIZE = 20


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
    """Return a page of the queue (20 each, from page 1), oldest first, and the total."""
    found, total = rows.cases(
        db,
        states=[state.value for state in states],
        kinds=[kind.value for kind in kinds or tuple(CaseKind)],
        skip=(page - 1) * PAGE_SIZE,
        most=PAGE_SIZE,
    )
    return [_view(row) for row in found], total


def get_case(db: Session, case_id: str) -> CaseView:
    """Return one case. Raises NotFoundError."""
    row = rows.case(db, case_id)
    if row is None:
        raise NotFoundError("没有这件事项。", remedy="请回到列表刷新")
    return _view(row)


def has_open_case(db: Session, learner_id: str, kinds: Sequence[CaseKind]) -> bool:
    return rows.open_case_id(db, learner_id, [kind.value for kind in kinds]) is not None


def decide(
    db: Session, case_id: str, *, decision: Decision, reason: str, actor: Actor, now: dt.datetime
) -> CaseView:
    """Close an open case with a decision and a reason.

    Raises InvalidError for a decision that this kind does not have or a missing reason,
    ForbiddenError for a case about the reviewer, ConflictError where somebody else was first.
    """
    view = get_case(db, case_id)
    if not may_end_as(view.kind, decision):
        raise InvalidError("这类事项不能这样处理。", field="/decision", remedy="请选列出的处理方式")
    if not reason.strip():
        raise InvalidError("请写明理由，当事人会看到。", field="/reason")
    if view.learner_id == actor.learner_id:
        raise ForbiddenError("不能处理与自己有关的事项。", remedy="请由其他审核人处理")
    closed = rows.close_case(
        db, case_id, decision=decision.value, reason=reason.strip(), actor_id=actor.learner_id,
        now=now,
    )  # fmt: skip
    if not closed:
        raise ConflictError("这件事项已由他人处理。", remedy="请刷新列表")
    audit.record(
        db, "case.decided", now=now, actor_id=actor.learner_id, subject_id=case_id,
        kind=view.kind.value, decision=decision.value,
    )  # fmt: skip
    return get_case(db, case_id)


def _view(row: ReviewCase) -> CaseView:
    kind = CaseKind(row.kind)
    return CaseView(
        case_id=row.id, kind=kind, state=CaseState(row.state), learner_id=row.learner_id,
        ref_id=row.ref_id, facts=row.facts, opened_at=row.opened_at, decided_at=row.decided_at,
        decided_by=row.decided_by, decision=Decision(row.decision) if row.decision else None,
        reason=row.reason, possible=DECISIONS[kind],
    )  # fmt: skip
