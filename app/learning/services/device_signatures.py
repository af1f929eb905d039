"""Signatures of devices under answers: looked at before judging, kept as evidence (R22)."""

from dataclasses import dataclass, replace

from app.core import audit
from app.core.errors import ForbiddenError
from app.identity.services import device_keys
from app.identity.services.device_keys import OfferedKey, is_signed
from app.learning.models.study import StudySession
from app.learning.models.study_checks import StudyAnswer, StudyChallenge
from app.learning.rules.signed_answers import answer_text, signed_check
from app.learning.rules.states import ChallengeKind
from app.learning.services.study_books import StudyBooks

REFUSED = "study.answer_refused"


@dataclass(frozen=True, slots=True)
class Signature:
    """What came with an answer; `payload` is the salted hash of what was answered."""

    text: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Who answers: the device, what it signed, the key that it offers with an identity check."""

    device_id: str
    head: str
    signature: Signature | None = None
    offered: OfferedKey | None = None


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """A good signature; without `key_id` its key is registered when the check passes."""

    signature: Signature
    prompt_number: int
    bytes: bytes
    thumbprint: str
    key_id: str | None

    def check(self, judged: str) -> str:
        """What a release is bound to."""
        return signed_check(
            judged, self.bytes, thumbprint=self.thumbprint, signature=self.signature.text
        )

    def put_into(self, row: StudyAnswer) -> None:
        row.signature, row.device_key_id = self.signature.text, self.key_id
        row.payload_hash, row.prompt_number = self.signature.payload, self.prompt_number
        row.judged_hash = row.evidence_hash
        row.evidence_hash = self.check(row.evidence_hash)


def look_at(
    books: StudyBooks, row: StudySession, asked: StudyChallenge, given: Signing
) -> SignedAnswer | ForbiddenError | None:
    """Whether this device may answer: the session's own, with its key's signature if it has one.

    None where the device has no key: such an answer counts, and its evidence says so. A refusal is
    written down and costs nothing.
    """
    if given.device_id != row.device_id:
        return _refused(books, asked, given, why="other_device", error=_other_device())
    active = device_keys.active_key(books.db, books.learner_id, row.device_id)
    offered = given.offered if asked.kind == ChallengeKind.IDENTITY else None
    if offered is not None and (active is None or active.public_key != offered.public_key):
        is_proved = offered.is_proved(challenge_id=asked.id, head=given.head)
        found = _verified(asked, given, offered.public_key, offered.thumbprint, None)
        if found is None or not is_proved:
            return _refused(books, asked, given, why="wrong_offer", error=_wrong_signature())
        return found
    if active is None:
        return None
    found = _verified(asked, given, active.public_key, active.thumbprint, active.key_id)
    if found is None:
        why = "unsigned" if given.signature is None else "wrong_signature"
        return _refused(books, asked, given, why=why, error=_wrong_signature())
    return found


def _verified(
    asked: StudyChallenge, given: Signing, public_key: bytes, thumbprint: str, key_id: str | None
) -> SignedAnswer | None:
    if given.signature is None:
        return None
    text = answer_text(
        head=given.head, challenge_id=asked.id, prompt_number=asked.prompt_number,
        payload=given.signature.payload,
    )  # fmt: skip
    if not is_signed(public_key, given.signature.text, text):
        return None
    return SignedAnswer(given.signature, asked.prompt_number, text, thumbprint, key_id)


def _refused(
    books: StudyBooks, asked: StudyChallenge, given: Signing, *, why: str, error: ForbiddenError
) -> ForbiddenError:
    audit.record(
        books.db, REFUSED, now=books.now, actor_id=books.learner_id, subject_id=books.learner_id,
        session_id=asked.session_id, challenge_id=asked.id, device_id=given.device_id, why=why,
    )  # fmt: skip
    return error


def _other_device() -> ForbiddenError:
    return ForbiddenError(
        "请在正在学习的那台设备上核对，这次没有提交。",
        code="device_signature",
        remedy="要换到这台设备，请在这里重新打开课程",
    )


def _wrong_signature() -> ForbiddenError:
    return ForbiddenError(
        "这台设备没有给出登记过的签名，这次没有提交，也没有扣除。",
        code="device_signature",
        remedy="请再做一次身份核对；仍不行时，请到“我的”移除这台设备后再试",
    )


def settle(
    books: StudyBooks, signed: SignedAnswer, given: Signing, *, challenge_id: str,
    passed_check_id: str | None,
) -> SignedAnswer | None:  # fmt: skip
    """After the judgement: note that the key was used, or register the one that was offered.

    None where a key was offered and the check did not pass: such an answer counts as unsigned.
    """
    if signed.key_id is not None:
        device_keys.note_use(books.db, signed.key_id, now=books.now)
        return signed
    if passed_check_id is None or given.offered is None:
        return None
    key_id = device_keys.register(
        books.db, given.offered, person_id=books.learner_id, device_id=given.device_id,
        check_id=passed_check_id, challenge_id=challenge_id, head=given.head, now=books.now,
    )  # fmt: skip
    return replace(signed, key_id=key_id)
