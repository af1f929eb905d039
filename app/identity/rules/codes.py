"""One-time codes: how long they live, how often they may be tried and sent again."""

import datetime as dt
from dataclasses import dataclass

LIFE = dt.timedelta(minutes=5)
RESEND_AFTER = dt.timedelta(seconds=60)
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class SentCode:
    """What is remembered of a code that was sent."""

    sent_at: dt.datetime
    expires_at: dt.datetime
    tries: int
    is_used: bool


def wait_before_resend(sent: SentCode | None, now: dt.datetime) -> int:
    """Return how many whole seconds to wait before another code may leave; 0 for at once."""
    if sent is None or sent.is_used:
        return 0
    left = (sent.sent_at + RESEND_AFTER - now).total_seconds()
    return max(0, int(-(-left // 1)))


def may_be_tried(sent: SentCode | None, now: dt.datetime) -> bool:
    """Tell whether a code can still be answered."""
    if sent is None or sent.is_used:
        return False
    return sent.tries < MOST_TRIES and now < sent.expires_at
