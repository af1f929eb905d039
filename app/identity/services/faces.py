"""Faces of people: enrolling one, and the check by face while studying."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import Vault, same
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id, random_token
from app.identity.models.checks import IdentityCheck
from app.identity.models.faces import TEMPLATE, FaceTemplate
from app.identity.providers import face_engine
from app.identity.providers.face_engine import FaceEngine, Frame, Seen
from app.identity.repository import checks as check_rows
from app.identity.repository import faces as rows
from app.identity.repository import people as person_rows
from app.identity.rules import faces as rules
from app.identity.rules.face_decisions import FaceDecision, FaceOutcome, Liveness
from app.identity.rules.faces import Action, FaceFinding, FaceVerdict, Purpose, SeenBefore
from app.identity.services import ways
from app.identity.services.person_keys import sealing_vault, vault_of

FACE = rows.FACE
ENROL_LIFE = dt.timedelta(minutes=3)
_MOST_COMPARED = 3_000
"""Frames of earlier checks that new ones are held against: two hundred checks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceInput:
    """What judging needs of a face check; `template` is None while enrolling."""

    check_id: str
    learner_id: str
    purpose: Purpose
    nonce: str
    actions: tuple[Action, ...]
    template: bytes | None
    known: SeenBefore


@dataclass(frozen=True, slots=True)
class FaceJudgement:
    """What the engine and the rules made of the frames; `template` is what enrolling would keep.

    `frames` are those in which a face was seen: their hashes with how they look.
    """

    check_id: str
    finding: FaceFinding
    evidence_hash: str
    template: bytes | None = None
    frames: dict[str, int] = field(default_factory=dict)

    @property
    def decision(self) -> FaceDecision:
        """The same in the words that a vendor's session ends with."""
        is_pass = self.finding.verdict is FaceVerdict.PASSED
        return FaceDecision(
            outcome=FaceOutcome(self.finding.verdict.value), source=rules.PIPELINE,
            liveness=Liveness.DETERRENCE if is_pass else Liveness.NONE,
            evidence_hash=self.evidence_hash, problem=self.finding.problem,
            score=float(self.finding.score_percent),
        )  # fmt: skip


def require_consent(db: Session, learner_id: str) -> None:
    """Raises ConflictError where the person has not agreed, or no longer does."""
    if rows.standing_consent(db, learner_id) is None:
        raise ConflictError(
            "请先同意使用人脸。", code="no_consent", remedy="也可以选不用人脸的方式"
        )


def problem_with(engine: FaceEngine, purpose: Purpose, jpeg: bytes) -> str:
    """Why a picture would be of no use in a check, for the person; empty where it would be.

    Raises UnavailableError where the engine has no room.
    """
    (seen,) = engine.look([Frame(0, jpeg)])
    return rules.problem_with(rules.LIMITS[purpose], seen.sighting)


def open_face_check(
    db: Session, *, learner_id: str, check_id: str, purpose: Purpose, now: dt.datetime
) -> dict[str, Any]:
    """Draw what is to be done in front of the camera. Raises ConflictError without consent."""
    require_consent(db, learner_id)
    if purpose is Purpose.STUDY and rows.template(db, learner_id) is None:
        raise ConflictError("您还没有录入人脸。", code="no_face", remedy="请先在“我的”里录入")
    actions, nonce = rules.draw_actions(secrets.randbelow), random_token(96)
    db.add(
        IdentityCheck(
            id=check_id, person_id=learner_id, method=FACE, purpose=purpose.value, opened_at=now,
            prompt={"nonce": nonce, "actions": [action.value for action in actions]},
        )
    )  # fmt: skip
    db.flush()
    return {
        "nonce": nonce, "actions": [action.value for action in actions],
        "step_ms": rules.STEP_MS, "frames_per_step": rules.FRAMES_PER_STEP,
    }  # fmt: skip


def begin_enrolment(db: Session, *, learner_id: str, now: dt.datetime) -> dict[str, Any]:
    """Open the camera session of an enrolment. Raises ConflictError where a way is chosen."""
    ways.require_none(person_rows.by_id(db, learner_id))
    check_id = new_id(now)
    prompt = open_face_check(
        db, learner_id=learner_id, check_id=check_id, purpose=Purpose.ENROL, now=now
    )
    return prompt | {"id": check_id, "expires_in_ms": int(ENROL_LIFE.total_seconds() * 1000)}


def load_face_check(db: Session, vault: Vault, check_id: str) -> FaceInput:
    """Read what judging needs. Raises NotFoundError."""
    check = check_rows.check(db, check_id)
    if check is None or check.prompt is None:
        raise NotFoundError("没有这次核对。", remedy="请刷新页面")
    return FaceInput(
        check_id=check.id, learner_id=check.person_id, purpose=Purpose(check.purpose),
        nonce=check.prompt["nonce"],
        actions=tuple(Action(name) for name in check.prompt["actions"]),
        template=_template(db, vault, check.person_id),
        known=rows.seen_before(db, check.person_id, most=_MOST_COMPARED),
    )  # fmt: skip


def template_of(db: Session, vault: Vault, person_id: str) -> bytes | None:
    """Open the face that shows whose an account is; None where nothing is kept, or it is in doubt.

    A face in doubt is still compared with while studying: what passes there waits for a person.
    """
    person = person_rows.by_id(db, person_id)
    is_doubted = person is None or person.way_doubted_at is not None
    return None if is_doubted else _template(db, vault, person_id)


def _template(db: Session, vault: Vault, person_id: str) -> bytes | None:
    row = rows.template(db, person_id)
    if row is None:
        return None
    own = vault_of(db, vault, person_id)
    return own.open_bytes(row.template, context=_context(person_id))


def load_enrolment(db: Session, vault: Vault, check_id: str, *, learner_id: str) -> FaceInput:
    """Read what judging an enrolment needs. Raises NotFoundError for any other check."""
    check = check_rows.check(db, check_id)
    is_own = check is not None and check.person_id == learner_id
    if check is None or not is_own or (check.method, check.purpose) != (FACE, Purpose.ENROL):
        raise NotFoundError("没有这次录入。", remedy="请重新开始录入")
    return load_face_check(db, vault, check_id)


def judge_face(
    engine: FaceEngine, given: FaceInput, nonce: str, frames: Sequence[Frame]
) -> FaceJudgement:
    """Look at the frames; slow, and without the database."""
    digest = hashlib.sha256(given.check_id.encode())
    for frame in frames:
        digest.update(hashlib.sha256(frame.jpeg).digest())
    evidence = digest.hexdigest()
    if not same(nonce, given.nonce):
        finding = FaceFinding(FaceVerdict.RETRY, "这次核对已经换过，请重新开始", 0)
        return FaceJudgement(given.check_id, finding, evidence)
    seen = engine.look(frames)
    own = given.template if given.purpose is Purpose.STUDY else _fresh(seen)
    sightings = [
        replace(each.sighting, score=face_engine.cosine(each.embedding, own))
        if own and each.embedding
        else each.sighting
        for each in seen
    ]
    finding = rules.judge_frames(given.purpose, given.actions, sightings, given.known)
    if given.purpose is Purpose.ENROL and finding.verdict is not FaceVerdict.PASSED:
        finding = replace(finding, verdict=FaceVerdict.RETRY)
    shown = {each.digest: each.likeness for each in sightings if each.face_count == 1}
    return FaceJudgement(given.check_id, finding, evidence, own, shown)


def _fresh(seen: Sequence[Seen]) -> bytes | None:
    """A template out of the frames in which the person looks straight."""
    straight = [each.embedding for each in seen if each.sighting.step == 0 and each.embedding]
    return face_engine.mean(straight) if straight else None


def finish_enrolment(
    db: Session, vault: Vault, judgement: FaceJudgement, *, learner_id: str, now: dt.datetime
) -> bool:
    """Keep the template of a passed enrolment; tells whether it passed.

    Raises ConflictError where the session is over, the consent was withdrawn or a way chosen
    meanwhile.
    """
    check = check_rows.check(db, judgement.check_id)
    consent = rows.standing_consent(db, learner_id)
    person = person_rows.by_id(db, learner_id)
    is_late = check is None or now > check.opened_at + ENROL_LIFE
    if consent is None or person is None or is_late:
        raise ConflictError("这次录入已经结束。", code="challenge_over", remedy="请重新开始录入")
    outcome = judgement.finding.verdict.value
    if not check_rows.close(
        db, judgement.check_id, outcome=outcome, evidence_hash=judgement.evidence_hash, now=now
    ):
        raise ConflictError("这次录入已经结束。", code="challenge_over", remedy="请重新开始录入")
    rows.add_seen(db, learner_id, judgement.frames, now)
    if judgement.finding.verdict is not FaceVerdict.PASSED or judgement.template is None:
        return False
    ways.choose(db, person, FACE, now=now)
    own = sealing_vault(db, vault, person, now=now)
    db.merge(
        FaceTemplate(
            person_id=learner_id, consent_id=consent.id, pipeline=rules.PIPELINE, made_at=now,
            template=own.seal_bytes(judgement.template, context=_context(learner_id)),
        )
    )  # fmt: skip
    return True


def _context(learner_id: str) -> str:
    return f"{TEMPLATE}:{learner_id}"
