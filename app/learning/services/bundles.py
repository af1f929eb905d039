"""A portable evidence bundle: one learner's hours in one course, with all that shows them.

`verifier/` checks it without the platform. Entries of the learner's other courses show their
hashes only, so that the chain is whole and nothing else is told. The certificate that rests on the
hours is put beside them one floor up (`app/certs/services/bundles.py`).
"""

import datetime as dt
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from msgspec import to_builtins
from sqlalchemy.orm import Session

from app.core import log_reading, log_sequencer
from app.core.crypto import Vault
from app.core.errors import ConflictError, NotFoundError
from app.core.log_keys import LogKeys
from app.core.log_reading import Inclusion
from app.core.translog import Kind
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import StudySession
from app.learning.repository import ledger as ledger_rows
from app.learning.repository import study as rows
from app.learning.repository import versions
from app.learning.repository.evidence import StoredBatch
from app.learning.repository.study_states import lesson_of
from app.learning.rules.ledger import Line, Standing, line_bytes
from app.learning.rules.policy import policy_text
from app.learning.rules.states import Phase
from app.learning.services import bundle_devices, evidence, releases, remains, sealed
from app.learning.services.evidence_pack import unpack_reading
from app.learning.services.frozen_policies import fields_of

FORMAT: Final = "shixue-bundle-5"


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of a session, and where it stood after each report."""

    view: dict[str, Any]
    stood: tuple[Standing, ...]


def study_evidence(
    db: Session,
    vault: Vault,
    log: LogKeys,
    enrolment_id: str,
    *,
    learner_id: str | None,
    now: dt.datetime,
) -> dict[str, Any]:
    """Put the members of a bundle together; `learner_id` is the learner who asks, None for staff.

    Raises NotFoundError for an enrolment that is not there or another's, and ConflictError while
    a session of it is open (its key is still in use) or an entry waits for its place in the log.
    """
    enrolment = rows.get_enrolment(db, enrolment_id)
    if enrolment is None or learner_id not in (None, enrolment.learner_id):
        raise NotFoundError("没有这条报名记录。", remedy="请从“我的学习”进入")
    sessions = _closed_sessions(db, enrolment.learner_id, enrolment_id)
    checkpoint = log_reading.newest(db)
    origin = log_sequencer.origin_of(checkpoint)
    shown = {session.id: _session(db, vault, session) for session in sessions}
    proofs = [
        _entry(db, entry, enrolment_id, shown)
        for entry in ledger_rows.entries_of(db, enrolment.learner_id)
    ]
    return {
        "format": FORMAT, "made_at": now.isoformat(), "learner_id": enrolment.learner_id,
        "enrolment_id": enrolment_id, "confirmed_ms": ledger_rows.sum_in(db, enrolment_id),
        "policy": enrolment.policy, "policy_text": policy_text(enrolment.policy),
        "log": {
            "origin": origin, "keys": [key.text for key in log.verifier_keys(origin)],
            "checkpoint": log_reading.note_of(db, checkpoint),
        },
        "devices": _devices(db, enrolment.learner_id), "entries": proofs,
        "lessons": _lessons(db, versions.version_id(enrolment)),
        "sessions": [session.view for session in shown.values()],
    }  # fmt: skip


def _closed_sessions(db: Session, learner_id: str, enrolment_id: str) -> list[StudySession]:
    """All sessions of an enrolment. Raises ConflictError while one is open."""
    sessions = rows.list_sessions(db, learner_id, enrolment_id)
    if any(session.phase == Phase.OPEN for session in sessions):
        raise ConflictError(
            "还有一次学习没有结束。", code="session_open", remedy="请结束学习后再下载"
        )
    return sessions


def _entry(
    db: Session, entry: LedgerEntry, enrolment_id: str, sessions: Mapping[str, _Shown]
) -> dict[str, Any]:
    link = {"number": entry.number, "prev": entry.prev_hash, "hash": entry.hash}
    if entry.enrolment_id != enrolment_id:
        return link
    line = Line(**{name: getattr(entry, name) for name in Line.__struct_fields__})
    return link | {
        "record": line_bytes(line, entry.prev_hash).decode(),
        **placed(db, Kind.LEDGER_ENTRY, entry.id),
        "bound": _bound(db, entry, sessions[entry.session_id].stood),
    }  # fmt: skip


def _waiting() -> ConflictError:
    return ConflictError(
        "最近的学时还没有写进日志。", code="log_waiting", remedy="请一分钟后再试"
    )  # fmt: skip


def _devices(db: Session, learner_id: str) -> list[dict[str, Any]]:
    try:
        return bundle_devices.devices_of(db, learner_id)
    except NotFoundError as error:
        raise _waiting() from error


def _bound(db: Session, entry: LedgerEntry, stood: Sequence[Standing]) -> dict[str, Any] | None:
    """What an entry's evidence hash is made of; None for a correction of an earlier entry."""
    found = releases.bound_to(entry, releases.checks_of(db, entry.learner_id), stood)
    if found is None:
        return None
    check, standing = found
    return {
        "evidence": check, "head": standing.head, "account": standing.account,
        "answer": bundle_devices.answer_behind(db, entry.learner_id, check),
    }  # fmt: skip


def _session(db: Session, vault: Vault, session: StudySession) -> _Shown:
    batches = list(evidence.with_heads(db, vault, session))
    view = {
        "session_id": session.id, "learner_id": session.learner_id,
        "enrolment_id": session.enrolment_id, "device_id": session.device_id,
        "policy": fields_of(db, session.policy_version), "policy_version": session.policy_version,
        "key": _b64(sealed.open_key(vault, session.id, session.key_sealed)),
        "opened_at_ms": session.opened_at_ms, "first_head": session.first_head,
        "head": session.head, "batches": _batches(batches), "let_go": _let_go(db, session.id),
        "answers": bundle_devices.answers_in(db, session),
    }  # fmt: skip
    return _Shown(view, evidence.standings_of(db, vault, session))


def _let_go(db: Session, session_id: str) -> dict[str, Any] | None:
    """That the reports' period was over, and what they came to: a record with its place."""
    gone = remains.let_go_of(db, session_id)
    if gone is None:
        return None
    return {"record": gone.record.decode(), **placed(db, Kind.AUDIT_EVENT, gone.event_id)}


def proved(db: Session, kind: Kind, record_id: str) -> Inclusion:
    """A record's place in the log. Raises ConflictError while it waits for one."""
    try:
        return log_reading.prove_inclusion(db, kind, record_id)
    except NotFoundError as error:
        raise _waiting() from error


def placed(db: Session, kind: Kind, record_id: str) -> dict[str, Any]:
    """Salt, position and path of a record, as members. Raises ConflictError while it waits."""
    proof = proved(db, kind, record_id)
    return {
        "salt": _b64(proof.salt), "position": proof.position,
        "path": [_b64(step) for step in proof.path],
    }  # fmt: skip


def _batches(batches: Sequence[tuple[StoredBatch, str]]) -> list[dict[str, Any]]:
    """Each report as it came, what its judgement read, and what it was credited.

    `read` are the stored bytes, which the account covers; `reading` is the same in words.
    """
    return [
        {
            "ack_seq": batch.ack_seq, "lesson_id": batch.lesson_id, "body": _b64(batch.body),
            "head": batch.head or head, "read": _b64(batch.reading),
            "reading": to_builtins(unpack_reading(batch.reading)),
            "credited_ms": batch.credited_ms,
        }
        for batch, head in batches
    ]  # fmt: skip


def _lessons(db: Session, version_id: str) -> list[dict[str, Any]]:
    return [to_builtins(lesson_of(lesson)) for lesson in versions.lessons(db, version_id)]


def _b64(raw: bytes) -> str:
    return b64encode(raw).decode()
