"""Shapes of the study routes: what comes in and what goes out."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from app.api.answers import Answer
from app.api.v1.faces import FramesIn
from app.core.crypto import from_b64url
from app.identity.services.device_keys import OfferedKey
from app.learning.rules.presence import MOST_TAPS
from app.learning.rules.signed_answers import payload_hash
from app.learning.services.device_signatures import Signature, Signing
from app.learning.services.given_answers import Reply
from app.lobby.letters import Body
from app.lobby.paths import ID_OR_NONE, Id

_Span = Annotated[list[int], Field(min_length=2, max_length=2)]
_Signature = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{85}[AQgw]$")]
_Thousandth = Annotated[int, Field(ge=0, le=1000)]


class StartIn(Body):
    enrolment_id: Id
    lesson_id: Id


class TotalsOut(Answer):
    confirmed_ms: int
    pending_ms: int
    required_ms: int
    day_left_ms: int


class ChallengeOut(Answer):
    id: str
    kind: str
    methods: list[str]
    tries_left: int
    prompt_number: int
    expires_in_ms: int
    prompt: dict[str, Any]


class LessonOut(Answer):
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


class SessionOut(Answer):
    """`key` goes out once, when the session opens."""

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
    """Taps or digits for presence; for identity code and answer, frames, a roll call's code.

    Or `trip`: the check for which somebody comes back from a vendor's page.
    """

    taps: Annotated[
        list[Annotated[list[_Thousandth], Field(min_length=2, max_length=2)]],
        Field(max_length=MOST_TAPS, default_factory=list),
    ]
    digits: Annotated[str, Field(pattern=r"^\d{0,10}$")] = ""
    code: Annotated[str, Field(pattern=r"^\d{0,6}$")] = ""
    answer: Annotated[str, Field(max_length=80)] = ""
    roll_code: Annotated[str, Field(pattern=r"^\d{0,6}$")] = ""
    face: FramesIn | None = None
    trip: Annotated[str, Field(pattern=ID_OR_NONE)] = ""

    @model_validator(mode="after")
    def _is_answer(self) -> Self:
        """Nothing, or half of code and answer, is a slip of the page: it must not cost a try."""
        given = (
            self.taps, self.digits, self.code, self.answer.strip(), self.face, self.roll_code,
            self.trip,
        )  # fmt: skip
        if not any(given):
            raise ValueError("请先作答再提交。")
        if bool(self.code) != bool(self.answer.strip()):
            raise ValueError("验证码和问题的答案都要填。")
        return self


class SignatureIn(Body):
    """A device's signature over the answer, and the salt of the hash that it covers (R22)."""

    salt: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{21}[AQgw]$")]
    signature: _Signature


class DeviceKeyIn(Body):
    """A device's public key (P-256, SubjectPublicKeyInfo), and its signature over itself (R22)."""

    public_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{121}[AQgw]$")]
    signature: _Signature


class AnswerIn(Body):
    head: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    answer: RepliedIn
    signed: SignatureIn | None = None
    device_key: DeviceKeyIn | None = None

    def signing(self, device_id: str) -> Signing:
        """Which device answers, and what it signed."""
        signed, offered = self.signed, self.device_key
        return Signing(
            device_id=device_id,
            head=self.head,
            signature=Signature(signed.signature, self._payload(signed.salt)) if signed else None,
            offered=OfferedKey(from_b64url(offered.public_key), offered.signature)
            if offered
            else None,
        )

    def _payload(self, salt: str) -> str:
        return payload_hash(from_b64url(salt), self.answer.model_dump(exclude_unset=True))

    def reply(self) -> Reply:
        return reply_of(self.answer)


def reply_of(given: RepliedIn) -> Reply:
    """What a learner gave. Raises InvalidError for frames that are none."""
    taps = tuple((tap[0], tap[1]) for tap in given.taps)
    face = given.face
    return Reply(
        taps=taps, digits=given.digits, code=given.code, words=given.answer,
        roll_code=given.roll_code,
        nonce=face.nonce if face else "", trip=given.trip,
        frames=face.decoded("/answer/face/frames") if face else (),
    )  # fmt: skip


class LearntOut(BaseModel):
    """The question of a passed check: what was right, and where the lesson says so."""

    stem: str
    right: list[str]
    explanation: str
    lesson: str
    lesson_id: str
    from_ms: int


class AnswerOut(BaseModel):
    outcome: str
    message: str
    challenge: ChallengeOut | None
    hold: bool
    hold_reason: str | None
    totals: TotalsOut
    learnt: LearntOut | None = None
