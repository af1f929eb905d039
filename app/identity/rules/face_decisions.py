"""What a face check came to, whoever judged it: the built-in engine or a vendor (docs/face.md).

What follows for study looks at the outcome and the level of liveness alone.
"""

from dataclasses import dataclass
from enum import StrEnum


class FaceOutcome(StrEnum):
    """PROVIDER_ERROR says nothing of the person: never a pass, and never a lost try."""

    PASSED = "passed"
    FAILED = "failed"
    WRONG_FACE = "wrong_face"
    UNCERTAIN = "uncertain"
    RETRY = "retry"
    PROVIDER_ERROR = "provider_error"


class Liveness(StrEnum):
    """What a pass shows about a living person having been there."""

    NONE = "none"
    DETERRENCE = "deterrence"
    """Random head turns: a photograph fails, a prepared video may not."""
    CERTIFIED = "certified"
    """A vendor's product whose detection of presented attacks was certified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceDecision:
    """One judgement with what it rests on; nothing in it shows a face or names a person.

    `score`, `threshold`, `quality` are per cent, where the judge gives them; `source` is the
    pipeline or the vendor; `code` is the vendor's own word.
    """

    outcome: FaceOutcome
    liveness: Liveness
    source: str
    evidence_hash: str = ""
    problem: str = ""
    score: float | None = None
    threshold: float | None = None
    quality: float | None = None
    transaction_id: str = ""
    code: str = ""
    is_finished: bool = True
    """False while the person may still be at it."""
