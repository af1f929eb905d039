"""One account with a vendor: every call of it is signed, bounded, repeated and spared here."""

import datetime as dt
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.core.settings import VendorSettings
from app.identity.providers.wire import Letter, Line, RawAnswer, Ticks, VendorError
from app.identity.rules import vendor_calls
from app.identity.rules.vendor_calls import Breaker, CallPolicy, Failure

_log = logging.getLogger("shixue.vendors")

# Counts one call of this account; False where its budget is used up.
Budget = Callable[[dt.datetime], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked. A question changes nothing there, so it may be asked again."""

    action: str
    fields: Mapping[str, Any]
    is_question: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor said, its id, and the ids of attempts before it that came to nothing."""

    content: Mapping[str, Any]
    transaction_id: str
    earlier_ids: tuple[str, ...] = ()


class Wire(Protocol):
    """How a vendor writes and signs; it is made for one account and one service."""

    def letter(self, call: Call, host: str, at: dt.datetime) -> Letter: ...

    def read(self, raw: RawAnswer) -> Answer:
        """Read an answer. Raises VendorError where it is none, with its id where it has one."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the time, chance and budget of a call come from; tests bring their own."""

    ticks: Ticks = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.SystemRandom().random
    budget: Budget = field(default=lambda _now: True)


def policy_of(settings: VendorSettings) -> CallPolicy:
    """Return the settings' numbers in the rules' units."""
    return CallPolicy(
        attempts=settings.attempts, attempt_ms=int(settings.timeout_s * 1000),
        deadline_ms=int(settings.deadline_s * 1000), failures=settings.breaker_failures,
        rest_ms=int(settings.breaker_rest_s * 1000),
    )  # fmt: skip


class VendorAccount:
    """Asks a vendor; threads share it, and what it knows of how the vendor fares.

    `source` names the vendor, or whoever stands in for it.
    """

    def __init__(
        self,
        wire: Wire,
        endpoint: str,
        policy: CallPolicy,
        *,
        source: str,
        around: Surroundings | None = None,
    ) -> None:
        self.source = source
        self._wire = wire
        self._policy = policy
        self._around = around or Surroundings()
        self._line = Line(endpoint, ticks=self._around.ticks)
        self._breaker = Breaker()
        self._lock = threading.Lock()

    def ask(self, call: Call, *, now: dt.datetime) -> Answer:
        """Ask, and again where that is safe, within the deadline.

        Raises VendorError with the last failure and the ids of all attempts that had one.
        """
        ends_ms = self._ticks_ms() + self._policy.deadline_ms
        earlier: tuple[str, ...] = ()
        for attempt in range(1, self._policy.attempts + 1):
            try:
                found = self._attempt(call, now, ends_ms)
            except VendorError as error:
                earlier += error.ids
                wait_ms = vendor_calls.pause_before(
                    attempt + 1, self._policy, self._around.chance()
                )
                is_last = attempt == self._policy.attempts
                is_late = self._ticks_ms() + wait_ms >= ends_ms
                again = vendor_calls.may_repeat(error.failure, is_question=call.is_question)
                if is_last or is_late or not again:
                    self._note(call, error, attempt)
                    raise VendorError(error.failure, earlier, error.detail) from None
                self._around.sleep(wait_ms / 1000)
            else:
                return Answer(found.content, found.transaction_id, earlier)
        raise AssertionError  # a policy has at least one attempt

    def close(self) -> None:
        self._line.close()

    def _note(self, call: Call, error: VendorError, attempts: int) -> None:
        """Tell the operator; the vendor's sentence may repeat what was asked, so only its code."""
        _log.warning(
            "no answer from a vendor",
            extra={
                "source": self.source, "action": call.action, "failure": error.failure.value,
                "detail": error.detail[:80], "attempts": attempts,
            },
        )  # fmt: skip

    def _ticks_ms(self) -> int:
        return int(self._around.ticks() * 1000)

    def _attempt(self, call: Call, now: dt.datetime, ends_ms: int) -> Answer:
        """Send once, where the vendor is not resting and the budget is not used up."""
        with self._lock:
            if not vendor_calls.may_ask(self._breaker, self._ticks_ms()):
                raise VendorError(Failure.RESTING)
            self._breaker = vendor_calls.begun(self._breaker)
        # Whatever goes wrong here, a trying breaker must not stay so: then nobody would ever ask.
        failure: Failure | None = Failure.LOST
        try:
            if not self._around.budget(now):
                raise VendorError(Failure.SPARED)  # noqa: TRY301 -- noted below like the others
            answer = self._exchange(call, now, ends_ms)
            failure = None
        except VendorError as error:
            failure = error.failure
            raise
        else:
            return answer
        finally:
            with self._lock:
                self._breaker = vendor_calls.ended(
                    self._breaker, failure, self._policy, self._ticks_ms()
                )

    def _exchange(self, call: Call, now: dt.datetime, ends_ms: int) -> Answer:
        """Sign anew, for a signature and its nonce hold once; then send and read."""
        left_ms = min(self._policy.attempt_ms, ends_ms - self._ticks_ms())
        letter = self._wire.letter(call, self._line.host, now)
        return self._wire.read(self._line.exchange(letter, left_ms / 1000))
