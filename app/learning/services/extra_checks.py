"""A mild measure of people: the next thing the learner is asked for is an identity check."""

import datetime as dt

from msgspec.structs import replace
from sqlalchemy.orm import Session

from app.core import audit
from app.identity.rules.actors import Actor
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.services.study_books import StudyBooks


def ask_next(db: Session, learner_id: str, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """The check is due at the next report; a session opened next begins with one.

    A check that passed a little while ago does not stand for it. Nothing is held, nothing taken:
    pending time waits as before, and the check releases it.
    """
    books = StudyBooks(db, learner_id, now)
    learner = books.learner
    books.learner = replace(learner, identity_due_ms=learner.since_identity_ms, identity_at_ms=None)
    books.store()
    audit.record(
        db, "study.check_asked", now=now, actor_id=actor.learner_id, subject_id=learner_id,
        reason=reason,
    )  # fmt: skip
    inbox.notify(db, learner_id, NoticeKind.EXTRA_CHECK, now=now, reason=reason)
