"""A roll call at a site: the code on the supervisor's screen, and how long it is good for."""

import datetime as dt
import hashlib
import hmac
from enum import StrEnum

STEP = dt.timedelta(seconds=20)
"""How long a code stands on the screen. The one before is taken too: typing takes a while."""
LIFE = dt.timedelta(hours=4)
"""After half a day people come and go: the roll is called anew."""
DIGITS = 6
ROLL_CALL = "roll_call"


class PresenceState(StrEnum):
    """A person who typed the code is there only when the supervisor says so."""

    WAITING = "waiting"
    PRESENT = "present"
    ABSENT = "absent"


STATE_NAMES = {
    PresenceState.WAITING: "等待点名",
    PresenceState.PRESENT: "在场",
    PresenceState.ABSENT: "不在场",
}


def is_over(opened_at: dt.datetime, closes_at: dt.datetime, at: dt.datetime) -> bool:
    """Tell whether nothing can be marked any more.

    Ended by hand it is over for a request, too, that set out before and arrives after.
    """
    return closes_at <= at or closes_at < opened_at + LIFE


def _step(at: dt.datetime) -> int:
    return int(at.timestamp() // STEP.total_seconds())


def _code(secret: bytes, step: int) -> str:
    mac = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha256).digest()
    return f"{int.from_bytes(mac[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def code_at(secret: bytes, at: dt.datetime) -> str:
    """The six digits that the screen shows at a moment."""
    return _code(secret, _step(at))


def codes_at(secret: bytes, at: dt.datetime) -> tuple[str, str]:
    """The codes that are taken at a moment: the one on the screen, and the one before."""
    return _code(secret, _step(at)), _code(secret, _step(at) - 1)


def seconds_left(at: dt.datetime) -> int:
    """Whole seconds until the screen changes, 1 to 20."""
    step_s = int(STEP.total_seconds())
    return step_s - int(at.timestamp()) % step_s
