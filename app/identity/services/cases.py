"""Review cases: opening, listing, closing once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.core.ids import new_id
from app.core.listing import Asked, Piece, as_piece
from app.identity.models.desk import ReviewCase
from app.identity.repository import desk as rows
from app.identity.rules.actors import Actor
from app.identity.rules.cases import DECISIONS, CaseKind, CaseState, Decision

__all__ = [
    "CaseKind", "CaseState", "CaseView", "Decision", "Proposal", "add_facts", "cases_about",
    "check_not_own", "close", "decided_since", "get_case", "has_open_case", "is_own", "lapse",
    "list_cases", "open_case", "open_case_of",
]  # fmt: skip
PAGE_SIZE = 20


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


def lapse(
    db: Session, case_id: str, *, reason: str, actor_id: str | None, now: dt.datetime
) -> None:
    """Close a case that the person took back or that settled itself; one closed already stays."""
    view = get_case(db, case_id)
    if view.state is CaseState.OPEN:
        close(db, view, Decision.WITHDRAW, reason, actor_id, now)


def close(
    db: Session,
    view: CaseView,
    decision: Decision,
    reason: str,
    actor_id: str | None,
    now: dt.datetime,
) -> CaseView:
    """Put an end to an open case. Raises ConflictError where somebody else was first."""
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
