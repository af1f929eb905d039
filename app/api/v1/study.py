"""The study protocol on the wire: open, resume, report, answer (docs/hours.md)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status

from app.api.files import gives
from app.api.problems import may_raise
from app.api.v1.study_shapes import AnswerIn, AnswerOut, BeatsOut, SessionOut, StartIn
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
from app.identity.services.checks import Judges, would_send_code
from app.learning.services import answering, ingest, puzzles, sessions
from app.learning.services.given_answers import Answered, GivenAnswer
from app.learning.services.ingest import Delivery
from app.learning.services.sessions import Start
from app.learning.services.wire import BATCH_SCHEMA
from app.lobby import limits
from app.lobby.deps import ArrivedAt, CallerAddress, CurrentActor, DeviceId, Now, PartsDep, ReadDb
from app.lobby.parts import Parts
from app.lobby.paths import RowId

router = APIRouter(prefix="/study-sessions", tags=["study"])
PromptNumber = Annotated[int | None, Query(alias="n", ge=1, le=1000)]
Mac = Annotated[str, Header(pattern=r"^[A-Za-z0-9_-]{43}$")]
# Read by the service and not by the framework, since the MAC is over the raw bytes.
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": BATCH_SCHEMA}},
    }
}


async def raw_body(request: Request) -> bytes:
    """The bytes as they came: the MAC is over them."""
    return await request.body()


RawBody = Annotated[bytes, Depends(raw_body)]


@router.post(
    "", status_code=status.HTTP_201_CREATED,
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
        TooManyRequestsError,
    ),
)  # fmt: skip
def open_session(
    *,
    body: StartIn,
    actor: CurrentActor,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    address: CallerAddress,
) -> SessionOut:
    """Open a session; the learner's other open session ends with this."""
    parts.limiter.take("study.open", actor.learner_id, limit=60, window_s=600, now=now)
    start = Start(
        learner_id=actor.learner_id, enrolment_id=body.enrolment_id, lesson_id=body.lesson_id,
        device_id=device_id, address=address,
    )  # fmt: skip
    with parts.database.transaction() as db:
        opened = sessions.open_study(db, parts.keys, parts.vault, start, now=now)
    return SessionOut.of(opened.view, key=opened.key)


@router.get(
    "/{session_id}", responses=may_raise(NotSignedInError, NotFoundError, InvalidError)
)  # fmt: skip
def read_session(
    session_id: RowId, actor: CurrentActor, db: ReadDb, parts: PartsDep, now: Now
) -> SessionOut:
    """Tell how a session stands, to go on after a reload."""
    view = sessions.get_session(db, parts.keys, session_id, learner_id=actor.learner_id, now=now)
    return SessionOut.of(view, key=None)


@router.post(
    "/{session_id}/beats", openapi_extra=_BODY, response_model=BeatsOut,
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
        TooManyRequestsError, TooLargeError, UnavailableError,
    ),
)  # fmt: skip
def report(
    *,
    session_id: RowId,
    body: RawBody,
    actor: CurrentActor,
    parts: PartsDep,
    now: Now,
    study_prev: Mac,
    study_mac: Mac,
) -> Response:
    """Report a batch of beats; answered when it is durable.

    The long way: `app/api/beats.py` answers most batches before they come here.
    """
    given = Delivery(actor.learner_id, session_id, study_prev, study_mac, body)
    with parts.database.transaction() as db:
        taken = ingest.take_batch(db, parts.vault, given, now=now)
    if taken.refusal is not None:
        raise taken.refusal
    return Response(taken.answer, media_type="application/json")


@router.post(
    "/{session_id}/challenges",
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
        TooManyRequestsError, UnavailableError,
    ),
)  # fmt: skip
def request_check(session_id: RowId, actor: CurrentActor, parts: PartsDep, now: Now) -> AnswerOut:
    """Ask for an identity check now: to leave, to end a hold, to get a code again."""
    parts.limiter.take("study.check", actor.learner_id, limit=20, window_s=600, now=now)
    with parts.database.reading() as db:
        sends_code = would_send_code(db, actor.learner_id, now=now)
    if sends_code:
        limits.before_check_code(parts, person_id=actor.learner_id, now=now)
    with parts.database.transaction() as db:
        answered = answering.request_check(
            db, parts.vault, learner_id=actor.learner_id, session_id=session_id, now=now
        )
    return _out(answered)


@router.post(
    "/{session_id}/challenges/{challenge_id}",
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
        TooLargeError, TooManyRequestsError, UnavailableError,
    ),
)  # fmt: skip
def answer_challenge(
    *,
    session_id: RowId,
    challenge_id: RowId,
    body: AnswerIn,
    actor: CurrentActor,
    parts: PartsDep,
    arrived_at: ArrivedAt,
    device_id: DeviceId,
) -> AnswerOut:
    """Answer a challenge; it is judged between two transactions."""
    given = GivenAnswer(
        learner_id=actor.learner_id, session_id=session_id, challenge_id=challenge_id,
        signing=body.signing(device_id), arrived_at=arrived_at, reply=body.reply(),
    )  # fmt: skip
    # A refused signature costs no try and is written down: a limit keeps it from filling the log.
    parts.limiter.take("study.answer", actor.learner_id, limit=120, window_s=600, now=arrived_at)
    with parts.database.transaction() as db:
        begun = answering.begin(db, parts.vault, given, now=parts.clock.now())
    if begun.refusal is not None:
        raise begun.refusal
    judges = Judges(parts.keys, parts.face, parts.face_vendor)
    said = answering.judge(judges, begun, given, now=parts.clock.now())
    with parts.database.transaction() as db:
        answered = answering.finish(db, parts.vault, given, said, now=parts.clock.now())
    return _out(answered)


def _out(answered: Answered) -> AnswerOut:
    if answered.refusal is not None:
        raise answered.refusal
    return AnswerOut.model_validate(answered.body)


@router.get(
    "/{session_id}/challenges/{challenge_id}/picture", response_class=Response,
    responses=gives("image/png") | may_raise(NotSignedInError, NotFoundError, InvalidError),
)  # fmt: skip
def read_picture(
    session_id: RowId,
    challenge_id: RowId,
    actor: CurrentActor,
    parts: PartsDep,
    number: PromptNumber = None,
) -> Response:
    """The picture of an open presence challenge; `n` names its prompt, an old one is gone."""
    puzzle = _puzzle(parts, actor.learner_id, session_id, challenge_id, number)
    return Response(puzzles.picture(puzzle), media_type="image/png")


@router.get(
    "/{session_id}/challenges/{challenge_id}/sound", response_class=Response,
    responses=gives("audio/wav") | may_raise(NotSignedInError, NotFoundError, InvalidError),
)  # fmt: skip
def read_sound(
    session_id: RowId,
    challenge_id: RowId,
    actor: CurrentActor,
    parts: PartsDep,
    number: PromptNumber = None,
) -> Response:
    """The same challenge for those who cannot see the picture: five spoken digits."""
    puzzle = _puzzle(parts, actor.learner_id, session_id, challenge_id, number)
    return Response(puzzles.sound(puzzle), media_type="audio/wav")


def _puzzle(
    parts: Parts, learner_id: str, session_id: str, challenge_id: str, number: int | None
) -> puzzles.Puzzle:
    with parts.database.reading() as db:
        return puzzles.puzzle_of(
            db, parts.vault, learner_id=learner_id, session_id=session_id,
            challenge_id=challenge_id, number=number,
        )  # fmt: skip
