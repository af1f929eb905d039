"""What can go wrong, in the rooms' own words; the doorways turn it into HTTP.

An exception means that nothing happened: the transaction is rolled back. A refusal worth
remembering is a result that the service writes and returns instead.
"""

from typing import Any, ClassVar


class AppError(Exception):
    """A sentence for people, a code for programs, and where it can be mended.

    `field` is a JSON pointer into the request; `remedy` says what to do; `extra` members are
    shown beside them in the problem document.
    """

    default_code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        remedy: str | None = None,
        **extra: Any,  # noqa: ANN401 -- JSON members, shown as they are
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.field = field
        self.remedy = remedy
        self.extra = extra


class InvalidError(AppError):
    """The request does not say what it must, or says what cannot be."""

    default_code = "invalid"


class TooLargeError(AppError):
    """The request is bigger than this place takes."""

    default_code = "too_large"


class NotSignedInError(AppError):
    """Nobody is signed in, or the sign-in has ended."""

    default_code = "not_signed_in"


class ForbiddenError(AppError):
    """The caller may not do this."""

    default_code = "forbidden"


class NotFoundError(AppError):
    """There is no such thing, or not for this person."""

    default_code = "not_found"


class EndedError(AppError):
    """There was such a thing, and it is over for good."""

    default_code = "ended"


class ConflictError(AppError):
    """The state of things has moved on, or does not allow this."""

    default_code = "conflict"


class TooManyRequestsError(AppError):
    """Too often; `retry_after_s` says when again."""

    default_code = "too_many_requests"

    def __init__(self, message: str, *, retry_after_s: int, **rest: Any) -> None:  # noqa: ANN401
        super().__init__(message, **rest)
        self.retry_after_s = retry_after_s


class UnavailableError(AppError):
    """Something outside does not answer now; nothing is lost by trying again."""

    default_code = "unavailable"

    def __init__(self, message: str, *, retry_after_s: int = 5, **rest: Any) -> None:  # noqa: ANN401
        super().__init__(message, **rest)
        self.retry_after_s = retry_after_s
