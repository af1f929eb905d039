"""What a bundle shows of devices: their keys with their places in the log, and what they signed."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit, log_reading
from app.core.audit import record_bytes
from app.core.translog import Kind
from app.identity.services import device_keys
from app.identity.services.device_keys import DeviceKeyView
from app.learning.models.study import StudySession
from app.learning.models.study_checks import StudyAnswer
from app.learning.repository import study_checks as rows
from app.learning.services.signed_sessions import answers_of, signed_answers


def devices_of(db: Session, learner_id: str) -> list[dict[str, Any]]:
    """Every key the learner ever had, each with its registration's place in the log.

    Raises NotFoundError while a registration waits for its place.
    """
    events = audit.events_about(db, device_keys.REGISTERED, learner_id)
    by_key = {event.facts["key_id"]: event for event in events}
    found = []
    for key in device_keys.keys_of(db, learner_id):
        event = by_key[key.key_id]
        proof = log_reading.prove_inclusion(db, Kind.AUDIT_EVENT, event.id)
        found.append(
            {
                "key": key.thumbprint, "public_key": _b64(key.public_key),
                "device_id": key.device_id, "challenge_id": key.challenge_id, "head": key.head,
                "proof": key.proof,
                "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
                "record": record_bytes(event).decode(), "salt": _b64(proof.salt),
                "position": proof.position, "path": [_b64(step) for step in proof.path],
            }
        )  # fmt: skip
    return found


def answers_in(db: Session, session: StudySession) -> list[dict[str, Any]]:
    """What a session's device signed, in order."""
    keys = device_keys.keys_of(db, session.learner_id)
    return _views(answers_of(db, session), keys)


def answer_behind(db: Session, learner_id: str, check: str) -> dict[str, Any] | None:
    """The signed answer that a release is bound to; None where it was not signed."""
    answer = rows.signed_answer(db, learner_id, check)
    views = _views([answer] if answer else [], device_keys.keys_of(db, learner_id))
    return views[0] if views else None


def _views(answers: Sequence[StudyAnswer], keys: Sequence[DeviceKeyView]) -> list[dict[str, Any]]:
    return [
        {
            "challenge_id": found.answer.challenge_id, "head": found.answer.head,
            "prompt_number": found.answer.prompt_number, "payload": found.answer.payload_hash,
            "judged": found.answer.judged_hash, "signature": found.answer.signature,
            "key": found.key.thumbprint,
        }
        for found in signed_answers(answers, keys)
    ]  # fmt: skip


def _b64(raw: bytes) -> str:
    return b64encode(raw).decode()
