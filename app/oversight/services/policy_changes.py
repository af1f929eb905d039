"""The next revision of a policy from the desk; for the whole platform it takes two people."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import ConflictError
from app.identity.rules.actors import Actor
from app.identity.services import case_decisions, cases
from app.identity.services.cases import CaseKind, CaseView, Decision
from app.learning.rules.policy_scopes import EVERYWHERE, Basis, Scope
from app.learning.services import policies
from app.learning.services.policies import NewRevision, RevisionView


@dataclass(frozen=True, slots=True)
class Submitted:
    """A revision that stands, or the case in which another person confirms it."""

    revision: RevisionView | None
    case_id: str | None


def submit(db: Session, new: NewRevision, *, actor: Actor, now: dt.datetime) -> Submitted:
    """Make the next revision of a scope; one for the whole platform is only proposed.

    Raises NotFoundError for an unknown scope, InvalidError naming the field that cannot stand,
    ConflictError where another change waits for its confirmation or was first.
    """
    if new.scope is not Scope.PLATFORM:
        return Submitted(policies.publish(db, new, author_id=actor.learner_id, now=now), None)
    policies.check(db, new, now=now)
    waiting = cases.cases_about(db, [EVERYWHERE], CaseKind.POLICY_CHANGE)
    if any(each.decision is None for each in waiting):
        raise ConflictError(
            "已有一次平台政策修改在等确认。", code="proposed", remedy="请先在“待办”里确认或退回"
        )
    basis = new.basis
    case_id = cases.open_case(
        db, kind=CaseKind.POLICY_CHANGE, learner_id=None, now=now, ref_id=EVERYWHERE,
        settings=dict(new.settings), document=basis.document, article=basis.article,
        issued_on=basis.issued_on.isoformat() if basis.issued_on else None,
        is_confirmed=basis.is_confirmed, note=new.note,
        effective_from=new.effective_from.isoformat() if new.effective_from else None,
    )  # fmt: skip
    case_decisions.decide(
        db, case_id, decision=Decision.APPROVE, reason=new.note, actor=actor, now=now
    )
    return Submitted(None, case_id)


def carry_out(db: Session, view: CaseView, actor: Actor, *, now: dt.datetime) -> None:
    """Another person confirmed: the revision stands.

    Raises ConflictError where its moment went by while it waited.
    """
    facts = view.facts
    moment = facts["effective_from"]
    effective_from = dt.datetime.fromisoformat(moment) if moment else None
    if effective_from is not None and effective_from < now:
        raise ConflictError(
            "等待确认期间，写明的生效时间已经过去。", code="too_late",
            remedy="请退回，由提出人重新填写生效时间",
        )  # fmt: skip
    issued_on = facts["issued_on"]
    new = NewRevision(
        scope=Scope.PLATFORM, scope_id=EVERYWHERE, settings=facts["settings"],
        basis=Basis(
            facts["document"], facts["article"],
            dt.date.fromisoformat(issued_on) if issued_on else None, facts["is_confirmed"],
        ),
        effective_from=effective_from, note=facts["note"],
    )  # fmt: skip
    author_id = view.proposal.by if view.proposal else None
    policies.publish(db, new, author_id=author_id, confirmed_by=actor.learner_id, now=now)
