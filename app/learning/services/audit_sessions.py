"""The auditor's look at sessions: each is judged again, or compared with what remains of it.

All checks raise DifferenceError at the first thing that is not as it was written.
"""

import datetime as dt
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidTag
from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import InvalidError
from app.core.keeping import PERIODS, Kept
from app.core.log_audit import DifferenceError
from app.learning.models.study import StudySession
from app.learning.repository import audit as rows
from app.learning.repository.evidence import get_evidence, list_batches
from app.learning.repository.study import get_session
from app.learning.rules.chain import first_head
from app.learning.services import evidence, releases, remains, sealed, signed_sessions
from app.learning.services.remains import LetGo

_TABLE = "ledger_entry"


@dataclass(frozen=True, slots=True)
class Judged:
    """How many sessions were judged again, with how many releases, and how many are signed.

    Signed is a release by an answer of its own session's device, over the very head it stands on.
    """

    sessions: int
    releases: int
    signed: int
    let_go: int = 0
    """Of `sessions`: the reports are gone, what remains of them is as the ledger has it."""


def check_evidence(db: Session, vault: Vault) -> Judged:
    """Judge every session again, the open ones as far as they came.

    The same total as when it was credited, a whole chain of reports, no more released than was
    credited, and the signatures of devices that have a key. Raises DifferenceError.
    """
    sessions = rows.sessions_to_judge(db)
    found = []
    for session_id in sessions:
        found.append(check_session(db, vault, session_id))
        db.expunge_all()
    return Judged(
        len(sessions), sum(each.releases for each in found), sum(each.signed for each in found),
        sum(each.let_go for each in found),
    )  # fmt: skip


def check_session(db: Session, vault: Vault, session_id: str) -> Judged:
    """Judge one session again, or compare what remains of it. Raises DifferenceError."""
    if get_session(db, session_id) is None:
        raise DifferenceError(
            "study_session", session_id, "is missing, but the ledger has entries of it", field="id"
        )
    _check_key(db, vault, session_id)
    if (gone := _let_go_of(db, session_id)) is not None:
        return _check_remains(db, vault, session_id, gone)
    return _judge_again(db, vault, session_id)


def _judge_again(db: Session, vault: Vault, session_id: str) -> Judged:
    def differs(table: str, field: str, sentence: str) -> DifferenceError:
        return DifferenceError(table, f"session {session_id}", sentence, field=field)

    table = _check_seal(db, vault, session_id)
    if not evidence.is_chain_whole(db, vault, session_id):
        raise differs(
            table, "body or head", "the reports do not give the session's head one by one"
        )
    credited = evidence.credited_ms(db, session_id)
    try:
        again = evidence.judge_again(db, session_id)
    except (InvalidError, ValueError, TypeError, KeyError) as error:
        raise differs(table, "reading", f"cannot be judged again ({error!r})") from error
    if again.credited_ms != credited:
        raise differs(
            table, "credited_ms or reading",
            f"credited {credited} ms, but the evidence judged again gives {again.credited_ms} ms",
        )  # fmt: skip
    judged = _check_releases(db, vault, session_id, table)
    if not again.is_sound:
        raise differs(table, "reading", "spends more server time than there was")
    if (released := rows.released_ms(db, session_id)) > credited:
        raise differs(
            _TABLE, "ms", f"{released} ms were released, but only {credited} ms were credited"
        )
    return judged


def _let_go_of(db: Session, session_id: str) -> LetGo | None:
    try:
        return remains.let_go_of(db, session_id)
    except ValueError as error:
        raise DifferenceError(
            "audit_event", f"{remains.LET_GO} of session {session_id}", str(error), field="facts"
        ) from error


def _check_remains(db: Session, vault: Vault, session_id: str, gone: LetGo) -> Judged:
    """What was let go had reached its period, is gone, and the ledger rests on what remains."""

    def differs(field: str, sentence: str) -> DifferenceError:
        return DifferenceError("audit_event", gone.event_id, sentence, field=field)

    session = evidence.session_of(db, session_id)
    if list_batches(db, session.learner_id, session_id):
        raise differs("subject_id", f"the reports of session {session_id} are still here")
    if gone.remains.stood[-1].head != session.head:
        raise differs("facts", f"session {session_id} ended at another head")
    least = dt.timedelta(days=PERIODS[Kept.STUDY_REPORTS].least_days)
    if gone.at < _ended_at(db, session) + least:
        raise differs("at", f"the reports of session {session_id} had not reached their period")
    judged = _check_releases(db, vault, session_id, "audit_event")
    released, credited = rows.released_ms(db, session_id), gone.remains.credited_ms
    if released > credited:
        raise differs("facts", f"{released} ms were released, but {credited} ms were credited")
    return replace(judged, let_go=1)


def _ended_at(db: Session, session: StudySession) -> dt.datetime:
    """Not before its first entry in the log, whatever the session's row says."""
    entries = rows.entries_in_session(db, session.id)
    moments = [session.closed_at or session.opened_at, *(entry.at for entry in entries[:1])]
    return max(moments)


def _check_key(db: Session, vault: Vault, session_id: str) -> None:
    """The session's key opens under its id, and gives the head that its chain begins at."""
    session = evidence.session_of(db, session_id)
    try:
        key = sealed.open_key(vault, session_id, session.key_sealed)
    except (InvalidTag, KeyError, ValueError) as error:
        raise DifferenceError(
            "study_session", f"session {session_id}",
            "the key does not open: it was altered, or belongs to a session of another id",
            field="key_sealed or id",
        ) from error  # fmt: skip
    if session.first_head != first_head(key, session_id):
        raise DifferenceError(
            "study_session", f"session {session_id}", "is not the head that the key gives",
            field="first_head",
        )  # fmt: skip


def _check_seal(db: Session, vault: Vault, session_id: str) -> str:
    """Which table the evidence stands in; sealed, it must be what was sealed."""
    session = evidence.session_of(db, session_id)
    kept = get_evidence(db, session.learner_id, session_id)
    if kept is None:
        return "study_batch"
    try:
        *_, stood = evidence.standings_of(db, vault, session)
    except ValueError as error:
        raise DifferenceError(
            "study_evidence", f"session {session_id}", str(error), field="sealed"
        ) from error
    if stood.account != kept.account:
        raise DifferenceError(
            "study_evidence", f"session {session_id}",
            "the account of all judgements is not that of the sealed evidence",
            field="sealed or account",
        )  # fmt: skip
    return "study_evidence"


def _check_releases(db: Session, vault: Vault, session_id: str, table: str) -> Judged:
    """Every release is bound to reports and judgements that stand as they stood then.

    And what the session's device had to sign is signed. Raises DifferenceError.
    """
    entries = rows.releases_of(db, session_id)
    if not entries:
        return Judged(1, 0, 0)
    session = evidence.session_of(db, session_id)
    checks = releases.checks_of(db, session.learner_id)
    stood = evidence.standings_of(db, vault, session)
    bound = []
    for entry in entries:
        found = releases.bound_to(entry, checks, stood)
        if found is None:
            raise DifferenceError(
                table, f"session {session_id}",
                "the reports and how they were judged are not those that ledger entry "
                f"{entry.id} was released on",
                field="reading, credited_ms, head, or the check",
            )  # fmt: skip
        bound.append((found[0], found[1].head))
    heads = frozenset(standing.head for standing in stood)
    signed = signed_sessions.check_signatures(db, session, heads)
    return Judged(1, len(bound), sum(each in signed for each in bound))
