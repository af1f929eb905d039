"""An answer to a challenge on its way: as it came, as it is judged, as it is told."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from app.core.errors import AppError
from app.identity.providers.face_engine import Frame
from app.identity.rules.checks import CheckOutcome
from app.identity.services import checks
from app.identity.services.checks import CheckJudgement
from app.learning.rules.answers import Answer
from app.learning.rules.presence import Puzzle
from app.learning.services.device_signatures import SignedAnswer, Signing

SAID = {
    CheckOutcome.PASSED: Answer.PASSED,
    CheckOutcome.FAILED: Answer.WRONG,
    CheckOutcome.WRONG_FACE: Answer.WRONG_FACE,
    CheckOutcome.UNCERTAIN: Answer.UNCERTAIN,
    CheckOutcome.RETRY: Answer.UNUSABLE,
    CheckOutcome.PROVIDER_ERROR: Answer.PROVIDER_ERROR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the learner gave: taps in thousandths of the picture, digits, code and words, frames."""

    taps: tuple[tuple[int, int], ...] = ()
    digits: str = ""
    code: str = ""
    words: str = ""
    roll_code: str = ""
    nonce: str = ""
    frames: tuple[Frame, ...] = ()
    trip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer as it came; `arrived_at` is the moment of its first byte."""

    learner_id: str
    session_id: str
    challenge_id: str
    signing: Signing
    reply: Reply
    arrived_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """What is to be judged, or a refusal whose consequences are written down."""

    puzzle: Puzzle | None = None
    check: checks.Given | None = None
    refusal: AppError | None = None
    signed: SignedAnswer | None = None


@dataclass(frozen=True, slots=True)
class Said:
    answer: Answer
    evidence_hash: str
    check: CheckJudgement | None = None
    signed: SignedAnswer | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The body of the answer, or a refusal whose consequences are written down."""

    body: dict[str, Any] | None = None
    refusal: AppError | None = None
