"""Shapes of the study routes: what comes in and what goes out."""

from dataclasses import asdict
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.api.v1.faces import FramesIn
from app.learning.services.answering import Reply
from app.learning.services.sessions import SessionView
from app.lobby.letters import Body

_STRICT = ConfigDict(extra="forbid", strict=True)
_Id = Annotated[str, Field(pattern=r"^[0-9A-Z]{26}$")]
_Span = Annotated[list[int], Field(min_length=2, max_length=2)]
_Thousandth = Annotated[int, Field(ge=0, le=1000)]


class StartIn(Body):
    model_config = _STRICT

    enrolment_id: _Id
    lesson_id: _Id


class TotalsOut(BaseModel):
    confirmed_ms: int
    pending_ms: int
    required_ms: int
    day_left_ms: int


class ChallengeOut(BaseModel):
    id: str
    kind: str
    methods: list[str]
    tries_left: int
    expires_in_ms: int
    prompt: dict[str, Any]


class LessonOut(BaseModel):
    id: str
    title: str
    kind: str
    length_ms: int
    resume_at: int
    frontier: int
    credited_ms: int
    covered: list[_Span]
    open: bool
    media: dict[str, Any]


class SessionOut(BaseModel):
    session_id: str
    key: str | None
    enrolment_id: str
    course_id: str
    course_title: str
    lesson_id: str
    state: str
    policy: dict[str, Any]
    lessons: list[LessonOut]
    totals: TotalsOut
    head: str
    ack_seq: int
    last_t: int
    challenge: ChallengeOut | None
    hold: bool
    hold_reason: str | None

    @classmethod
    def of(cls, view: SessionView, key: str | None) -> Self:
        """The key goes out once, when the session opens."""
        return cls.model_validate(asdict(view) | {"key": key})


class CutOut(BaseModel):
    code: str
    ms: int


class VerdictOut(BaseModel):
    seq: int
    credited_ms: int
    cuts: list[CutOut]


class BeatsOut(BaseModel):
    ack_seq: int
    head: str
    frontier: int
    totals: TotalsOut
    next_in_ms: int
    verdicts: list[VerdictOut]
    challenge: ChallengeOut | None
    hold: bool
    covered: list[_Span]


class RepliedIn(Body):
    """Taps or digits for presence; code and answer, or frames, for identity."""

    model_config = _STRICT

    taps: Annotated[
        list[Annotated[list[_Thousandth], Field(min_length=2, max_length=2)]],
        Field(max_length=8, default_factory=list),
    ]
    digits: Annotated[str, Field(pattern=r"^\d{0,10}$")] = ""
    code: Annotated[str, Field(pattern=r"^\d{0,6}$")] = ""
    answer: Annotated[str, Field(max_length=80)] = ""
    face: FramesIn | None = None

    @model_validator(mode="after")
    def _is_answer(self) -> Self:
        """Nothing, or half of code and answer, is a slip of the page: it must not cost a try."""
        if not (self.taps or self.digits or self.code or self.answer.strip() or self.face):
            raise ValueError("请先作答再提交。")
        if bool(self.code) != bool(self.answer.strip()):
            raise ValueError("验证码和问题的答案都要填。")
        return self


class AnswerIn(Body):
    model_config = _STRICT

    head: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    answer: RepliedIn

    def reply(self) -> Reply:
        taps = tuple((tap[0], tap[1]) for tap in self.answer.taps)
        given = self.answer
        face = given.face
        return Reply(
            taps=taps, digits=given.digits, code=given.code, words=given.answer,
            nonce=face.nonce if face else "",
            frames=face.decoded("/answer/face/frames") if face else (),
        )  # fmt: skip


class AnswerOut(BaseModel):
    outcome: str
    message: str
    challenge: ChallengeOut | None
    hold: bool
    hold_reason: str | None
    totals: TotalsOut
