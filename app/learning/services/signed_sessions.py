"""The auditor's look at devices' signatures: what only a browser could have signed (R22).

Whoever has the database and every key of the server has no device's key.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.log_audit import DifferenceError
from app.identity.services import device_keys
from app.identity.services.device_keys import DeviceKeyView, is_signed
from app.learning.models.study import StudySession
from app.learning.models.study_checks import StudyAnswer
from app.learning.repository import study_checks as rows
from app.learning.rules.challenges import Ruling
from app.learning.rules.signed_answers import answer_text, signed_check
from app.learning.services.frozen_policies import thaw

_JUDGING = dt.timedelta(minutes=2)
"""An answer that came before its key was removed may have been judged after."""


@dataclass(frozen=True, slots=True)
class SignedAnswerView:
    """A stored answer with a signature, and the key that it names."""

    answer: StudyAnswer
    key: DeviceKeyView

    @property
    def text(self) -> bytes:
        return answer_text(
            head=self.answer.head, challenge_id=self.answer.challenge_id,
            prompt_number=self.answer.prompt_number or 0, payload=self.answer.payload_hash or "",
        )  # fmt: skip

    @property
    def is_whole(self) -> bool:
        """The signature is the key's, and what releases are bound to is made of it."""
        row, key = self.answer, self.key
        check = signed_check(
            row.judged_hash or "", self.text, thumbprint=key.thumbprint, signature=row.signature
        )
        is_of_device = row.device_id == key.device_id and check == row.evidence_hash
        return is_of_device and is_signed(key.public_key, row.signature, self.text)


def answers_of(db: Session, session: StudySession) -> list[StudyAnswer]:
    """All answers to a session's challenges."""
    challenges = rows.challenges_of(db, [session.id])
    return rows.answers_to(db, [challenge.id for challenge in challenges])


def signed_answers(
    answers: Sequence[StudyAnswer], keys: Sequence[DeviceKeyView]
) -> list[SignedAnswerView]:
    """Those that name one of the learner's keys."""
    by_id = {key.key_id: key for key in keys}
    return [
        SignedAnswerView(answer, by_id[answer.device_key_id])
        for answer in answers
        if answer.device_key_id in by_id
    ]


def check_signatures(
    db: Session, session: StudySession, heads: frozenset[str]
) -> frozenset[tuple[str, str]]:
    """What a session's own device signed: what each signature releases, and the head it is over.

    Raises DifferenceError where a signature is wrong, or missing though the device had a key.
    """
    keys = device_keys.keys_of(db, session.learner_id)
    answers = answers_of(db, session)
    signed = signed_answers(answers, keys)
    for found in signed:
        if not found.is_whole:
            raise _differs(
                found.answer.id, "is not what its device signed",
                "head, challenge_id, prompt_number, payload_hash, judged_hash, evidence_hash, "
                "device_id or signature",
            )  # fmt: skip
    by_signature = {found.answer.id for found in signed}
    for answer in answers:
        if answer.id not in by_signature and _needs_signature(answer, keys):
            raise _differs(answer.id, "has no signature, but its device had a key", "signature")
    is_own = any(found.answer.head in heads for found in signed)
    if not is_own and _must_be_signed(db, session, keys):
        raise DifferenceError(
            "study_session", session.id,
            "its device had a key, which signed nothing of this session", field="device_id",
        )  # fmt: skip
    return frozenset((found.answer.evidence_hash, found.answer.head) for found in signed)


def _differs(answer_id: str, sentence: str, field: str) -> DifferenceError:
    return DifferenceError("study_answer", answer_id, sentence, field=field)


def _needs_signature(answer: StudyAnswer, keys: Sequence[DeviceKeyView]) -> bool:
    """A passed answer while a key of its device stood; another answer gains nothing."""
    moments = (answer.arrived_at, answer.arrived_at + _JUDGING)
    stood = [
        key
        for key in keys
        if key.device_id == answer.device_id and all(key.is_active(at) for at in moments)
    ]
    return bool(stood) and (answer.ruling == Ruling.PASSED or answer.device_key_id is not None)


def _must_be_signed(db: Session, session: StudySession, keys: Sequence[DeviceKeyView]) -> bool:
    """A check opened the session on a device with a key, and no person decided on it."""
    at, policy = session.opened_at, thaw(db, session.policy_version)
    has_key = any(key.device_id == session.device_id and key.is_active(at) for key in keys)
    if not has_key or policy.check_on_open == "none":
        return False
    since = at - dt.timedelta(seconds=policy.check_valid_s) - _JUDGING
    if rows.signed_passes(db, session.learner_id, session.device_id, since=since, until=at):
        return False
    decided = audit.events_about(db, "study.review_decided", session.learner_id)
    holds = [rows.get_hold(db, event.facts["hold_id"]) for event in decided]
    return all(hold is None or hold.session_id != session.id for hold in holds)
