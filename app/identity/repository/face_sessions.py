"""Finding face sessions at vendors, and the consents that they rest on."""

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.identity.models.checks import IdentityCheck
from app.identity.models.face_sessions import FaceSession
from app.identity.models.faces import Consent
from app.identity.rules.face_decisions import FaceDecision, FaceOutcome
from app.identity.rules.face_vendors import FaceVendorKind, consent_kind


def session_of(db: Session, check_id: str) -> FaceSession | None:
    return db.get(FaceSession, check_id, populate_existing=True)


def is_token_known(db: Session, token: str) -> bool:
    query = select(FaceSession.check_id).where(FaceSession.token == token)
    return db.scalars(query).first() is not None


def check_to_change(db: Session, check_id: str) -> IdentityCheck | None:
    """Return a check that nobody else begins a session for meanwhile."""
    query = select(IdentityCheck).where(IdentityCheck.id == check_id).with_for_update()
    return db.scalars(query).first()


def consents_to_vendors(db: Session, person_id: str) -> set[str]:
    """Return the kinds of the standing consents to pass name, number and face to a vendor."""
    kinds = [consent_kind(kind) for kind in FaceVendorKind]
    query = select(Consent.kind).where(
        Consent.person_id == person_id, Consent.kind.in_(kinds), Consent.withdrawn_at.is_(None)
    )
    return set(db.scalars(query))


def count_left(db: Session, person_id: str, left: str, since: dt.datetime) -> int:
    """How many sessions failed at the vendor whose checks were left, begun since then."""
    query = select(func.count()).select_from(FaceSession).join(
        IdentityCheck, IdentityCheck.id == FaceSession.check_id
    ).where(
        FaceSession.person_id == person_id, FaceSession.began_at >= since,
        FaceSession.outcome == FaceOutcome.FAILED.value, IdentityCheck.outcome == left,
    )  # fmt: skip
    return db.scalar(query) or 0


def decide(db: Session, check_id: str, decision: FaceDecision, now: dt.datetime) -> None:
    """Write down, once, what a vendor's answer came to; its page is of no use any more."""
    db.execute(
        update(FaceSession)
        .where(FaceSession.check_id == check_id, FaceSession.outcome.is_(None))
        .values(
            decided_at=now, outcome=decision.outcome.value, code=decision.code[:40],
            liveness=decision.liveness.value, score=decision.score, quality=decision.quality,
            transaction_id=decision.transaction_id[:80], evidence_hash=decision.evidence_hash,
            page_url="",
        )
    )  # fmt: skip
