"""What the calendar does for study: ends silent sessions, lets pending time expire, warns."""

import datetime as dt

from app.core.db import Database
from app.identity.rules.local_days import SHANGHAI
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.repository import study as rows
from app.learning.rules import pending
from app.learning.rules.challenges import Settled
from app.learning.rules.moments import epoch_ms, moment_of
from app.learning.rules.wording import amount
from app.learning.services import holds, sessions
from app.learning.services.study_books import StudyBooks

_LEAST_IDLE_MS = 30_000
_WARN_MS = 24 * 3600 * 1000
_MOST = 500


def close_idle(database: Database, *, now: dt.datetime) -> int:
    """End sessions that were silent for longer than their policy allows; tells how many."""
    with database.reading() as db:
        silent = rows.silent_sessions(db, epoch_ms(now) - _LEAST_IDLE_MS, _MOST)
        found = [(row.learner_id, row.id) for row in silent]
    count = 0
    for learner_id, session_id in found:
        with database.transaction() as db:
            books = StudyBooks(db, learner_id, now)
            if books.session_row(session_id).phase == "open":
                count += sessions.close_if_idle(books, session_id)
            books.store()
    return count


def expire_pending(database: Database, *, now: dt.datetime) -> int:
    """R12: take back what waited too long, and warn a day before; tells how many learners."""
    with database.reading() as db:
        due = rows.learners_with_expiry(db, epoch_ms(now) + _WARN_MS, _MOST)
        found = [row.learner_id for row in due]
    for learner_id in found:
        with database.transaction() as db:
            books = StudyBooks(db, learner_id, now)
            learner, taken = pending.expire(books.learner, books.now_ms)
            holds.apply(books, Settled(learner, taken=taken), session_id=None)
            _warn(books)
            books.store()
    return len(found)


def _warn(books: StudyBooks) -> None:
    """One warning for each moment of expiry."""
    waiting = [
        piece
        for piece in books.learner.pending
        if piece.expires_at_ms <= books.now_ms + _WARN_MS and not books.learner.is_under_review
    ]
    if not waiting:
        return
    first_ms = min(piece.expires_at_ms for piece in waiting)
    if books.row.expiry_noticed_ms == first_ms:
        return
    books.row.expiry_noticed_ms = first_ms
    until = moment_of(first_ms).astimezone(SHANGHAI)
    inbox.notify(
        books.db, books.learner_id, NoticeKind.PENDING_EXPIRING, now=books.now,
        amount=amount(sum(piece.ms for piece in waiting)), until=f"{until:%m-%d %H:%M}",
    )  # fmt: skip
