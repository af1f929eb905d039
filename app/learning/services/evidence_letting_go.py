"""Letting go of evidence whose period is over: looked at once more, then a leaf of the log stays.

What does not stand as it stood is kept, for `audit verify` to name; so is what somebody still waits
for a decision about.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.db import Database
from app.core.letting_go import Keeper
from app.core.log_audit import DifferenceError
from app.identity.rules.cases import CaseKind
from app.identity.services import cases
from app.learning.repository import audit as audit_rows
from app.learning.repository import evidence as rows
from app.learning.repository import study as study_rows
from app.learning.repository.evidence import Seal
from app.learning.rules.ledger import Standing
from app.learning.rules.remains import Remains, remains_of
from app.learning.services import evidence, releases, remains, signed_sessions
from app.learning.services.appeals import GRANTED, basis_of
from app.learning.services.audit_sessions import check_session

PIECE: Final = 50
"""Sessions that are looked at together, and let go in one transaction."""
MOST_PIECES: Final = 200
KEEPER: Final = Keeper(rows.count_due, rows.oldest_sealed, None)
_log = logging.getLogger("shixue.evidence")


@dataclass(frozen=True, slots=True)
class _Looked:
    """A session whose evidence stands as it stood; `entries` of the ledger rest on it."""

    seal: Seal
    head: str
    entries: int
    remains: Remains


def let_go_due(
    database: Database, vault: Vault, before: dt.datetime, *, now: dt.datetime, piece: int = PIECE
) -> int:
    """Let go of evidence that was sealed before a moment; returns of how many sessions.

    Looking at it is done beside the transaction, which takes it only if nothing was added since.
    """
    total, after = 0, ("", "")
    for _ in range(MOST_PIECES):
        with database.reading() as db:
            due = rows.due(db, before, after, piece)
            looked = [found for seal in due if (found := _look(db, vault, seal)) is not None]
        if looked:
            with database.transaction() as db:
                total += sum(_take(db, found, now) for found in looked)
        if len(due) < piece:
            break
        after = (due[-1].learner_id, due[-1].session_id)
    return total


def _look(db: Session, vault: Vault, seal: Seal) -> _Looked | None:
    """None for what has to stay: because somebody waits for it, or because it is not whole."""
    if _is_wanted(db, seal):
        return None
    try:
        check_session(db, vault, seal.session_id)
    except DifferenceError as difference:
        _log.error(
            "evidence differs, so it is kept",
            extra={"session_id": seal.session_id, "difference": str(difference)},
        )
        return None
    session = evidence.session_of(db, seal.session_id)
    stood = evidence.standings_of(db, vault, session)
    entries = audit_rows.entries_in_session(db, seal.session_id)
    checks = [*releases.checks_of(db, seal.learner_id), *_appeals(db, seal.learner_id)]
    bound = [releases.bound_to(entry, checks, stood) for entry in entries]
    signed = {answer.head for answer in signed_sessions.answers_of(db, session) if answer.signature}
    needed = {found[1] for found in bound if found} | _over(stood, signed)
    left = remains_of(stood, needed=needed, batches=seal.batches, credited_ms=seal.credited_ms)
    return _Looked(seal, session.head, len(entries), left)


def _over(stood: Sequence[Standing], heads: set[str]) -> set[Standing]:
    """Where devices' signatures are over: they must be found again."""
    return {each for each in stood if each.head in heads}


def _appeals(db: Session, learner_id: str) -> list[str]:
    granted = audit.events_about(db, GRANTED, learner_id)
    return [basis_of(event.facts["case_id"]) for event in granted]


def _is_wanted(db: Session, seal: Seal) -> bool:
    """Time of the session waits for a check, or an open case may turn on the person's hours."""
    is_waiting = rows.has_pending(db, seal.learner_id, seal.session_id)
    return is_waiting or cases.has_open_case(db, seal.learner_id, list(CaseKind))


def _take(db: Session, looked: _Looked, now: dt.datetime) -> bool:
    """Put the event in place of the evidence, unless it became wanted or was added to since."""
    seal = looked.seal
    study_rows.lock_learner(db, seal.learner_id)
    is_grown = len(audit_rows.entries_in_session(db, seal.session_id)) != looked.entries
    if is_grown or _is_wanted(db, seal) or not rows.take_sealed(db, seal):
        return False
    audit.record(
        db, remains.LET_GO, now=now, actor_id=None, subject_id=seal.session_id, head=looked.head,
        **looked.remains.facts(),
    )  # fmt: skip
    return True
