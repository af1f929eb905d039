"""Taking a proven name back from an account, and what hangs on it: two people, every step kept."""

import datetime as dt

from sqlalchemy.orm import Session

from app.certs.services import wallet
from app.core.errors import ConflictError
from app.identity.rules.actors import Actor
from app.identity.rules.cases import CLAIMS
from app.identity.services import case_decisions, cases, disputes, standing
from app.identity.services.cases import CaseKind, CaseView, Decision
from app.learning.services import sessions

_FLAG = "持证人的实名已撤回。"


def may_be_undone(db: Session, view: CaseView) -> bool:
    """Tell whether this case gave a name to an account that still has one."""
    return (
        view.kind in CLAIMS
        and view.decision is Decision.APPROVE
        and view.learner_id is not None
        and standing.standing(db, view.learner_id).is_verified
        and not cases.has_open_case(db, view.learner_id, [CaseKind.IDENTITY_WITHDRAWAL])
    )


def propose(db: Session, case_id: str, *, reason: str, actor: Actor, now: dt.datetime) -> CaseView:
    """Ask for a decision to be undone: a case of its own, which another person confirms.

    Raises NotFoundError, ConflictError where there is nothing to undo, InvalidError without a
    reason, ForbiddenError for one's own.
    """
    view = cases.get_case(db, case_id)
    if not may_be_undone(db, view):
        raise ConflictError("这件事项没有可撤回的实名，或已有人提出撤回。", remedy="请刷新页面")
    opened = cases.open_case(
        db, kind=CaseKind.IDENTITY_WITHDRAWAL, learner_id=view.learner_id, now=now, ref_id=case_id
    )
    return case_decisions.decide(
        db, opened, decision=Decision.REVOKE, reason=reason, actor=actor, now=now
    )


def carry_out(db: Session, learner_id: str, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """The account loses its name and its open session; its certificates come before the desk."""
    disputes.withdraw_identity(db, learner_id, reason=reason, actor_id=actor.learner_id, now=now)
    sessions.close_open(db, learner_id, now=now)
    for certificate in wallet.list_certificates(db, learner_id, now=now):
        is_flagged = wallet.open_revocation(db, certificate.certificate_id) is not None
        if certificate.revoked_at is None and not is_flagged:
            wallet.flag(db, certificate.certificate_id, reason=_FLAG, now=now)
