"""When a vendor is asked again, and when not at all: repeats, pauses, and the breaker.

Times are milliseconds of a clock that only moves on. Nothing here decides what an answer means:
that no failure is ever a pass lies with `RegistryOutcome`.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Failure(StrEnum):
    """Why there is no answer; the difference is what the vendor may have done already."""

    UNREACHED = "unreached"  # no connection: nothing was received there
    LOST = "lost"  # sent, and no whole answer came back: it may have been done
    BROKEN = "broken"  # the vendor said that it failed (5xx): it may have been done
    MALFORMED = "malformed"  # a whole answer that is not in the documented shape
    REFUSED = "refused"  # the vendor said no: signature, account, template
    THROTTLED = "throttled"  # the vendor says that the account asks too often
    SPARED = "spared"  # not asked: our own budget for the account is used up
    RESTING = "resting"  # not asked: it failed too often in a row


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """How patient one call is, and after how many failures in a row the vendor is left alone."""

    attempts: int = 3
    attempt_ms: int = 5_000
    deadline_ms: int = 9_000
    pause_ms: int = 200
    failures: int = 5
    rest_ms: int = 30_000


@dataclass(frozen=True, slots=True)
class Breaker:
    """How it went lately. `rests_until` is set while the vendor is left alone."""

    failures: int = 0
    rests_until: int | None = None
    is_trying: bool = False
    """One call tries whether the vendor is back; the others still rest."""


# What one more question right away may mend.
_PASSING = frozenset({Failure.UNREACHED, Failure.LOST, Failure.BROKEN})
# Whether the vendor is well: an answer that refuses us is an answer.
_AILING = frozenset({Failure.UNREACHED, Failure.LOST, Failure.BROKEN, Failure.MALFORMED})
# Nobody was asked, so nothing was learnt of the vendor.
_NOT_ASKED = frozenset({Failure.SPARED, Failure.RESTING})


def may_repeat(failure: Failure, *, is_question: bool) -> bool:
    """Tell whether the same call may be sent again.

    A question (`is_question`) changes nothing there and is repeated after everything that passes.
    A message is repeated only where it surely never arrived: two codes in one minute make people
    type the wrong one, and neither vendor tells a repeated message from a new one.
    """
    return failure is Failure.UNREACHED or (is_question and failure in _PASSING)


def may_have_been_done(failure: Failure) -> bool:
    """Tell whether the vendor may have done what it was asked, for all that came back."""
    return failure in {Failure.LOST, Failure.BROKEN, Failure.MALFORMED}


def pause_before(attempt: int, policy: CallPolicy, chance: float) -> int:
    """Return how long to wait before attempt 2, 3, …; `chance` in [0, 1) spreads the crowd.

    Twice as long each time, and anything between half of that and all of it.
    """
    longest = policy.pause_ms * 2 ** (attempt - 2)
    return int(longest * (1 + chance) / 2)


def may_ask(breaker: Breaker, now_ms: int) -> bool:
    """Tell whether the vendor may be asked: it is well, or has rested and nobody tries yet."""
    if breaker.rests_until is None:
        return True
    return now_ms >= breaker.rests_until and not breaker.is_trying


def begun(breaker: Breaker) -> Breaker:
    """A call is under way; after a rest it is the one that tries."""
    return breaker if breaker.rests_until is None else replace(breaker, is_trying=True)


def ended(breaker: Breaker, failure: Failure | None, policy: CallPolicy, now_ms: int) -> Breaker:
    """Return what is known after an attempt: None or a refusal is an answer, so the vendor is well.

    What failed while somebody tried, or once too often in a row, is a rest of `rest_ms`.
    """
    if failure in _NOT_ASKED:
        return replace(breaker, is_trying=False)
    if failure not in _AILING:
        return Breaker()
    failures = breaker.failures + 1
    if breaker.is_trying or failures >= policy.failures:
        return Breaker(failures, now_ms + policy.rest_ms)
    return Breaker(failures, breaker.rests_until)
