"""An open paper's page reports, and answers to who sits there (docs/exams.md)."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import WRITING, may_raise
from app.api.v1.study_shapes import ChallengeOut, RepliedIn, reply_of
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooLargeError,
    TooManyRequestsError,
    UnavailableError,
)
from app.identity.services.checks import CheckAnswer, Judges, would_send_code
from app.learning.rules.exam_checks import AwayKind
from app.learning.services import exam_watching
from app.learning.services.exam_watching import Away
from app.lobby import limits
from app.lobby.deps import ArrivedAt, CurrentActor, Db, DeviceId, Now, PartsDep
from app.lobby.letters import Body
from app.lobby.paths import RowId

router = APIRouter(prefix="/attempts", tags=["exams"])
_ANSWERING = may_raise(
    InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError, TooLargeError,
    TooManyRequestsError, UnavailableError,
)  # fmt: skip


class AwayIn(Body):
    """A time for which the page was left; `n` is the page's own count."""

    n: Annotated[int, Field(ge=0, le=1_000_000)]
    kind: Literal["hidden", "blur"]
    ms: Annotated[int, Field(ge=0, le=86_400_000)]


class ReportIn(Body):
    away: Annotated[list[AwayIn], Field(max_length=50)]


class ReportOut(Answer):
    challenge: ChallengeOut | None
    remaining_ms: int
    away_count: int
    away_ms: int
    item_remaining_ms: int | None
    next_in_ms: int


class CheckAnswerIn(Body):
    answer: RepliedIn


class CheckAnswerOut(Answer):
    outcome: str
    message: str
    challenge: ChallengeOut | None
    remaining_ms: int
    item_remaining_ms: int | None


@router.post(
    "/{attempt_id}/reports",
    responses=WRITING,
)
def report(
    *,
    attempt_id: RowId,
    body: ReportIn,
    actor: CurrentActor,
    db: Db,
    parts: PartsDep,
    device_id: DeviceId,
    now: Now,
) -> ReportOut:
    """Report that the paper is in sight, and when it was not; brings a check where one is due."""
    away = [Away(each.n, AwayKind(each.kind), each.ms) for each in body.away]
    told = exam_watching.report(
        db, parts.vault, attempt_id, away, learner_id=actor.learner_id, device_id=device_id,
        now=now,
    )  # fmt: skip
    return ReportOut.model_validate(told)


@router.post("/{attempt_id}/checks", responses=_ANSWERING)
def ask_again(
    attempt_id: RowId, actor: CurrentActor, parts: PartsDep, device_id: DeviceId, now: Now
) -> ReportOut:
    """Ask for the open check once more: a code that did not come."""
    parts.limiter.take("exam.check", actor.learner_id, limit=20, window_s=600, now=now)
    with parts.database.reading() as db:
        sends_code = would_send_code(db, actor.learner_id, now=now)
    if sends_code:
        limits.before_check_code(parts, person_id=actor.learner_id, now=now)
    with parts.database.transaction() as db:
        told = exam_watching.ask_again(
            db, parts.vault, attempt_id, learner_id=actor.learner_id, device_id=device_id, now=now
        )
    return ReportOut.model_validate(told)


@router.post("/{attempt_id}/checks/{check_id}", responses=_ANSWERING)
def answer_check(
    *,
    attempt_id: RowId,
    check_id: RowId,
    body: CheckAnswerIn,
    actor: CurrentActor,
    parts: PartsDep,
    device_id: DeviceId,
    arrived_at: ArrivedAt,
) -> CheckAnswerOut:
    """Answer a check; it is judged between two transactions."""
    parts.limiter.take("exam.answer", actor.learner_id, limit=120, window_s=600, now=arrived_at)
    reply = reply_of(body.answer)
    with parts.database.transaction() as db:
        begun = exam_watching.begin(
            db, parts.vault, attempt_id, check_id, learner_id=actor.learner_id,
            device_id=device_id, arrived_at=arrived_at,
        )  # fmt: skip
    if begun.refusal is not None:
        raise begun.refusal
    answer = CheckAnswer(
        code=reply.code, words=reply.words, roll_code=reply.roll_code, device_id=device_id,
        nonce=reply.nonce, frames=reply.frames, trip=reply.trip,
    )  # fmt: skip
    judges = Judges(parts.keys, parts.face, parts.face_vendor)
    judged = exam_watching.judge(judges, begun, answer, now=parts.clock.now())
    with parts.database.transaction() as db:
        answered = exam_watching.finish(
            db, parts.vault, attempt_id, check_id, judged, learner_id=actor.learner_id,
            now=parts.clock.now(),
        )  # fmt: skip
    return CheckAnswerOut.model_validate(answered)
