"""An account gets another phone: identity does it; what is studied, and leaving, ends."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.db import Database
from app.identity.rules.phone_changes import ChangeKind, ChangeState
from app.identity.services import deletions, phone_changes, phone_objections
from app.identity.services.cases import CaseView, Decision
from app.identity.services.phone_changes import ChangeView
from app.learning.services import sessions


def follow(db: Session, change: ChangeView, *, now: dt.datetime) -> None:
    """End the session and the request to leave of an account that has just got another phone."""
    is_change = change.kind is not ChangeKind.OWN
    if is_change and change.person_id is not None and change.state is ChangeState.DONE:
        _follow_person(db, change.person_id, now)


def _follow_person(db: Session, person_id: str, now: dt.datetime) -> None:
    sessions.close_open(db, person_id, now=now)
    deletions.drop_for_new_phone(db, person_id, now=now)


def finish(database: Database, vault: Vault, change_id: str, *, now: dt.datetime) -> None:
    """Do a change that has waited long enough; done twice it is the same."""
    with database.transaction() as db:
        person_id = phone_changes.finish(db, vault, change_id, now=now)
        if person_id is not None:
            _follow_person(db, person_id, now)


def decide(db: Session, vault: Vault, view: CaseView, *, actor_id: str, now: dt.datetime) -> None:
    """Carry out what two people decided about a change. Raises ConflictError."""
    is_approved = view.decision is Decision.APPROVE
    is_changed = phone_objections.decide(
        db, vault, view.ref_id or "", is_approved=is_approved, actor_id=actor_id, now=now
    )
    if is_changed and view.learner_id is not None:
        _follow_person(db, view.learner_id, now)
