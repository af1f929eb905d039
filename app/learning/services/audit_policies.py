"""The auditor's look at policies: each revision is what the log says was decided."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.core.log_audit import DifferenceError
from app.learning.repository import policies as rows
from app.learning.services.policies import REVISED, facts_of


def check_policies(db: Session) -> int:
    """Compare every revision with its event in the log; returns how many there are.

    Those without an author were put in place with the tables and may have none. Raises
    DifferenceError.
    """
    entered = {event.subject_id: event for event in audit.events_named(db, REVISED)}
    revisions = rows.every_revision(db)
    for row in revisions:
        event = entered.pop(row.id, None)
        if event is None and row.author_id is not None:
            raise _differs(row.id, "id", "is not in the log, though somebody wrote it")
        if event is None:
            continue
        now = facts_of(row) | {"author_id": row.author_id}
        then = event.facts | {"author_id": event.actor_id}
        since = dt.datetime.fromisoformat(then["effective_from"])
        then["effective_from"] = since.astimezone(dt.UTC).isoformat()
        for name in now:
            if now[name] != then[name]:
                raise _differs(row.id, name, "is not what the log says was decided")
    for revision_id in entered:
        raise _differs(str(revision_id), "id", "is missing, but was entered into the log")
    return len(revisions)


def _differs(revision_id: str, name: str, sentence: str) -> DifferenceError:
    return DifferenceError("policy_revision", revision_id, sentence, field=name)
