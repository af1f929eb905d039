"""Telling whom a contest means that it is there: a piece of people is a transaction and a job."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.db import Database
from app.core.moments import spoken
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.rules.contests import Audience, ContestState
from app.learning.services import contest_views
from app.org.repository import contests as rows
from app.org.repository import organisations as organisation_rows
from app.org.services import contest_audience

TELL = "tell_of_contest"
_PIECE = 200
_LATER = dt.timedelta(days=1)


def begin(
    db: Session, contest_id: str, *, now: dt.datetime, after: str = "",
    run_at: dt.datetime | None = None,
) -> None:  # fmt: skip
    """Write down that a contest's people are to be told, from a line of the roster on."""
    key = f"{TELL}:{contest_id}:{after}"
    outbox.enqueue(db, TELL, now=now, key=key, run_at=run_at, contest_id=contest_id, after=after)


def tell(database: Database, contest_id: str, after: str, *, now: dt.datetime) -> None:
    """Tell a piece of the people; who was told already, because it is done again, is not again.

    While the organisation is suspended nobody can enter, so the piece waits for another day.
    """
    with database.transaction() as db:
        view = contest_views.published(db, contest_id)
        if view.state is not ContestState.PUBLISHED or view.audience is Audience.LINK:
            return
        if now >= view.rounds[0].closes_at:
            return
        organisation = organisation_rows.get_organisation(db, view.org_id)
        assert organisation is not None  # noqa: S101 -- a foreign key
        if organisation.suspended_at is not None:
            begin(db, contest_id, now=now, after=after, run_at=now + _LATER)
            return
        facts = {
            "employer": organisation.name, "contest": view.title, "contest_id": view.contest_id,
            "from": spoken(view.rounds[0].opens_at, now),
        }  # fmt: skip
        meant = contest_audience.condition(db, view)
        piece = rows.joined(db, view.org_id, meant, after=after, most=_PIECE)
        for line in piece:
            if line.learner_id:
                _tell(db, line.learner_id, facts, view.published_at or now, now)
        if len(piece) == _PIECE:
            begin(db, contest_id, now=now, after=piece[-1].id)


def _tell(
    db: Session, learner_id: str, facts: dict[str, str], since: dt.datetime, now: dt.datetime
) -> None:
    kind = NoticeKind.CONTEST_OPEN
    before = since - dt.timedelta(seconds=1)
    if not inbox.was_told(
        db, learner_id, kind, since=before, contest_id=facts["contest_id"]
    ):  # fmt: skip
        inbox.notify(db, learner_id, kind, now=now, **facts)
