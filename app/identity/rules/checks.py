"""How an identity check may end."""

from enum import StrEnum


class CheckOutcome(StrEnum):
    """What a check says about who answered."""

    PASSED = "passed"
    FAILED = "failed"
    WRONG_FACE = "wrong_face"
    UNCERTAIN = "uncertain"
    RETRY = "retry"
    PROVIDER_ERROR = "provider_error"
