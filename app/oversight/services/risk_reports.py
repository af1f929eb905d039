"""What signals of risk say to who judges them, and what the desk hands up to the regulator."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import InvalidError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.rules.cases import REPORTS
from app.identity.services import case_decisions, cases
from app.identity.services.cases import CaseKind, CaseView, Decision
from app.learning.rules.risk_wording import Reason, reason_of
from app.learning.services import risk
from app.learning.services.risk import SittingView


@dataclass(frozen=True, slots=True)
class RiskFile:
    """The explained signals of a case, and the sessions of the days they were seen on."""

    reasons: tuple[Reason, ...]
    sittings: tuple[SittingView, ...]


def risk_file(db: Session, view: CaseView) -> RiskFile | None:
    """None for a case that holds no signals."""
    found = risk.findings_in(view.facts)
    if not found or view.learner_id is None:
        return None
    sittings = risk.sittings(db, view.learner_id, view.facts.get("days", []))
    return RiskFile(tuple(reason_of(each) for each in found), tuple(sittings))


def hand_up(db: Session, view: CaseView, *, now: dt.datetime) -> str:
    """A case of its own for the regulator, with what was seen and why; returns its id."""
    seen = {
        name: view.facts[name] for name in ("score", "findings", "days", "reason", "forfeited_ms")
        if name in view.facts
    }  # fmt: skip
    return cases.open_case(
        db, kind=CaseKind.RISK_REPORT, learner_id=view.learner_id, now=now, ref_id=view.case_id,
        handed_up=view.reason, **seen,
    )  # fmt: skip


def conclude(
    db: Session, case_id: str, *, decision: str, reason: str, actor: Actor, now: dt.datetime
) -> CaseView:
    """The regulator writes down what came of a report; it changes nobody's hours.

    Raises NotFoundError for what is no report, InvalidError, ForbiddenError for one about the
    caller, ConflictError where somebody was first.
    """
    if cases.get_case(db, case_id).kind not in REPORTS:
        raise NotFoundError("没有这件上报。", remedy="请回到列表刷新")
    if decision not in set(Decision):
        raise InvalidError("没有这种处理方式。", field="/decision", remedy="请选列出的处理方式")
    return case_decisions.decide(
        db, case_id, decision=Decision(decision), reason=reason, actor=actor, now=now
    )
