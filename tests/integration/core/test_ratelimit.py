"""Rate limits hold over transactions and forget after their window."""

import pytest

from app.core.clock import SettableClock
from app.core.db import Database
from app.core.errors import TooManyRequestsError
from app.core.ratelimit import RateLimiter


def test_the_limit_holds_then_opens_again(database: Database, clock: SettableClock) -> None:
    limiter = RateLimiter(database, b"limits")
    for _ in range(3):
        limiter.take("b", "k", limit=3, window_s=60, now=clock.now())
    with pytest.raises(TooManyRequestsError) as refused:
        limiter.take("b", "k", limit=3, window_s=60, now=clock.now())
    assert 1 <= refused.value.retry_after_s <= 61
    limiter.take("b", "other", limit=3, window_s=60, now=clock.now())
    clock.advance(ms=61_000)
    limiter.take("b", "k", limit=3, window_s=60, now=clock.now())


def test_sweeping_keeps_what_still_counts(database: Database, clock: SettableClock) -> None:
    limiter = RateLimiter(database, b"limits")
    limiter.take("b", "k", limit=1, window_s=60, now=clock.now())
    limiter.sweep(now=clock.now())
    with pytest.raises(TooManyRequestsError):
        limiter.take("b", "k", limit=1, window_s=60, now=clock.now())
