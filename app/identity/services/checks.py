"""Identity checks while studying: what is asked, how an answer is judged, what is kept of it."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.crypto import KeyRing, Vault, same
from app.core.errors import ConflictError, NotFoundError
from app.identity.models.checks import IdentityCheck
from app.identity.models.people import PHONE
from app.identity.providers import VendorFaces
from app.identity.providers.face_engine import FaceEngine, Frame
from app.identity.repository import checks as rows
from app.identity.repository import face_sessions as session_rows
from app.identity.repository import faces as face_rows
from app.identity.repository import people as person_rows
from app.identity.rules.checks import CheckOutcome
from app.identity.rules.face_decisions import FaceDecision, Liveness
from app.identity.rules.face_vendors import VENDOR_FACE
from app.identity.rules.faces import Purpose
from app.identity.rules.names import mask_phone
from app.identity.rules.questions import QUESTIONS
from app.identity.rules.roll_calls import ROLL_CALL
from app.identity.services import check_codes, faces, roll_calls, vendor_faces
from app.identity.services.faces import FACE, FaceInput
from app.identity.services.person_keys import own_vault
from app.identity.services.questions import CODE_AND_QUESTIONS, answer_hash
from app.identity.services.roll_calls import RollInput
from app.identity.services.vendor_faces import VendorFaceInput

_chance = secrets.SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInput:
    """What judging needs of a check; read in one short look, used without the database."""

    check_id: str
    learner_id: str
    method: str
    question: str
    answer_hash: str
    code_hash: str | None


Given = CheckInput | FaceInput | RollInput | VendorFaceInput


@dataclass(frozen=True, slots=True)
class Judges:
    """Who looks at answers: keys of what was hashed, the engine, a vendor where there is one."""

    keys: KeyRing
    engine: FaceEngine
    vendor: VendorFaces | None


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What the person gave, and on which device: code and answer, frames, a roll call's code.

    `trip` names the check for which they come back from a vendor's page.
    """

    code: str = ""
    words: str = ""
    roll_code: str = ""
    device_id: str = ""
    nonce: str = ""
    frames: tuple[Frame, ...] = ()
    trip: str = ""


@dataclass(frozen=True, slots=True)
class CheckJudgement:
    """`face` is how it came about where it was by the face; `liveness` what a pass then shows."""

    check_id: str
    outcome: CheckOutcome
    evidence_hash: str
    problem: str = ""
    """What was wrong with the picture, for the person."""
    frames: dict[str, int] = field(default_factory=dict)
    """Those in which a face was seen: their hashes with how they look."""
    face: FaceDecision | None = None

    @property
    def liveness(self) -> Liveness | None:
        return self.face.liveness if self.face else None


def methods_for(db: Session, learner_id: str, *, now: dt.datetime) -> tuple[str, ...]:
    """Return the ways in which a person may be checked now, the first that should be taken first.

    The one they chose, if any; before it the roll call, while a supervisor sees them at a site.
    """
    person = person_rows.by_id(db, learner_id)
    own = (person.method,) if person is not None and person.method else ()
    return (ROLL_CALL, *own) if roll_calls.is_present(db, learner_id, now=now) else own


def open_check(
    db: Session, vault: Vault, *, learner_id: str, check_id: str, method: str, now: dt.datetime
) -> dict[str, Any]:
    """Begin a check by roll call or in the person's own way, and return its prompt.

    A code leaves after this transaction. Raises ConflictError where no way is chosen.
    """
    if method == ROLL_CALL:
        return roll_calls.open_roll_check(db, learner_id=learner_id, check_id=check_id, now=now)
    person = person_rows.by_id(db, learner_id)
    if person is not None and person.method == FACE:
        return faces.open_face_check(
            db, learner_id=learner_id, check_id=check_id, purpose=Purpose.STUDY, now=now
        )
    if person is not None and person.method == VENDOR_FACE:
        return vendor_faces.open_vendor_check(
            db, learner_id=learner_id, check_id=check_id, purpose=Purpose.STUDY, now=now
        )
    answers = rows.answers_of(db, learner_id)
    if person is None or not answers:
        raise ConflictError(
            "您还没有设置保密问题。", code="no_identity_method", remedy="请先在“我的”里设置"
        )
    # Never the same question twice running: who overheard one answer does not get on with it.
    last = rows.newest_question(db, learner_id)
    question = _chance.choice([row.question for row in answers if row.question != last])
    check = IdentityCheck(
        id=check_id, person_id=learner_id, method=CODE_AND_QUESTIONS, purpose="study",
        question=question, opened_at=now,
    )  # fmt: skip
    db.add(check)
    db.flush()
    outbox.enqueue(
        db, check_codes.SEND_CODE, now=now, key=f"{check_codes.SEND_CODE}:{check_id}",
        check_id=check_id,
    )  # fmt: skip
    phone = mask_phone(own_vault(vault, person).open(person.phone_sealed, context=PHONE))
    return {"question": QUESTIONS[question], "phone_masked": phone}


def goes_on(db: Session, check_id: str | None, *, now: dt.datetime) -> bool:
    """Tell whether a check is under way elsewhere, so that no fresh one takes its place."""
    return vendor_faces.goes_on(db, check_id, now=now)


def would_send_code(db: Session, learner_id: str, *, now: dt.datetime) -> bool:
    """Tell whether asking for a check now makes a text message leave."""
    if methods_for(db, learner_id, now=now)[:1] != (CODE_AND_QUESTIONS,):
        return False
    sent = rows.newest_code(db, learner_id)
    return sent is None or not check_codes.runs_on(sent, now)


def load_check(db: Session, vault: Vault, check_id: str, *, arrived_at: dt.datetime) -> Given:
    """Read what judging needs. Raises NotFoundError."""
    check = rows.check(db, check_id)
    if check is not None and check.method == VENDOR_FACE:
        return vendor_faces.load_vendor_check(db, vault, check)
    if check is not None and check.method == FACE:
        return faces.load_face_check(db, vault, check_id)
    if check is not None and check.method == ROLL_CALL:
        return roll_calls.load_roll_check(db, check, at=arrived_at)
    if check is None or check.question is None:
        raise NotFoundError("没有这次核对。", remedy="请刷新页面")
    hashes = {row.question: row.answer_hash for row in rows.answers_of(db, check.person_id)}
    return CheckInput(
        check_id=check.id, learner_id=check.person_id, method=check.method,
        question=check.question, answer_hash=hashes[check.question], code_hash=check.code_hash,
    )  # fmt: skip


def judge(
    judges: Judges, given: Given, answer: CheckAnswer, *, now: dt.datetime
) -> CheckJudgement:  # fmt: skip
    """Look at the answer, without the database: slow where it is a face."""
    if isinstance(given, FaceInput):
        judged = faces.judge_face(judges.engine, given, answer.nonce, answer.frames)
        return _of_face(given.check_id, judged.decision, judged.frames)
    if isinstance(given, VendorFaceInput):
        return _of_face(given.check_id, _come_back(judges.vendor, given, answer.trip, now), {})
    if isinstance(given, RollInput):
        return _judge_roll(judges.keys, given, answer)
    return _judge_words(judges.keys, given, answer)


def _come_back(
    vendor: VendorFaces | None, given: VendorFaceInput, trip: str, now: dt.datetime
) -> FaceDecision:
    """Who comes back from another check's trip has not come back from this one."""
    if trip != given.check_id:
        given = replace(given, token="")
    return vendor_faces.judge(vendor, given, now=now)


def _of_face(check_id: str, decision: FaceDecision, frames: dict[str, int]) -> CheckJudgement:
    outcome = CheckOutcome(decision.outcome.value)
    return CheckJudgement(
        check_id, outcome, decision.evidence_hash, decision.problem, frames, decision
    )


def _judge_roll(keys: KeyRing, given: RollInput, answer: CheckAnswer) -> CheckJudgement:
    """The code of the moment, on the device with which the person came to the roll call."""
    problem = ""
    if not given.roll_call_id:
        outcome, problem = CheckOutcome.RETRY, "点名已经结束，换一种方式核对"
    elif answer.device_id != given.device_id:
        outcome, problem = CheckOutcome.RETRY, "请用报到时的手机，或者在这台上重新报到"
    else:
        codes = roll_calls.codes_of(keys, given.roll_call_id, given.at)
        is_right = any(same(answer.roll_code, code) for code in codes)
        outcome = CheckOutcome.PASSED if is_right else CheckOutcome.FAILED
    typed = check_codes.code_hash(keys, given.check_id, answer.roll_code)
    evidence = f"{given.check_id}:{ROLL_CALL}:{given.roll_call_id}:{typed}:{outcome}"
    digest = hashlib.sha256(evidence.encode()).hexdigest()
    return CheckJudgement(given.check_id, outcome, digest, problem)


def _judge_words(keys: KeyRing, given: CheckInput, answer: CheckAnswer) -> CheckJudgement:
    """Compare code and words with what is known; both must be right."""
    code_hash = check_codes.code_hash(keys, given.learner_id, answer.code)
    words_hash = answer_hash(keys, given.learner_id, given.question, answer.words)
    is_code = given.code_hash is not None and same(given.code_hash, code_hash)
    is_right = same(given.answer_hash, words_hash) and is_code
    outcome = CheckOutcome.PASSED if is_right else CheckOutcome.FAILED
    evidence = f"{given.check_id}:{given.method}:{code_hash}:{words_hash}:{outcome}"
    return CheckJudgement(given.check_id, outcome, hashlib.sha256(evidence.encode()).hexdigest())


def record_check(
    db: Session, judgement: CheckJudgement, *, learner_id: str, now: dt.datetime
) -> None:
    """Write the outcome down, once. Raises ConflictError where the check was judged before."""
    if not rows.close(
        db, judgement.check_id, outcome=judgement.outcome.value,
        evidence_hash=judgement.evidence_hash, now=now,
    ):  # fmt: skip
        raise ConflictError("这次核对已经有结果。", code="challenge_over", remedy="请刷新页面")
    face_rows.add_seen(db, learner_id, judgement.frames, now)
    if judgement.face is not None:
        session_rows.decide(db, judgement.check_id, judgement.face, now)
