"""Identifiers: time-ordered ULIDs for rows, random tokens for what must not be guessed."""

import datetime as dt
import secrets
import threading

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80


# So far an id goes past the one before it in its millisecond: nobody guesses it from that one.
_STEP_BITS = 58
_KEPT = 4096
_lock = threading.Lock()
_last_of: dict[int, int] = {}
"""The last number of each millisecond for which ids were made of late, the newest last."""


def new_id(now: dt.datetime) -> str:
    """Return a ULID: 48 bits of milliseconds and 80 random bits, 26 characters of base 32.

    Those that a process makes for one millisecond stand in the order in which they were made
    (ULID's monotonic form), so that of two rows of one moment the newer one is known.
    """
    moment = _milliseconds(now)
    first = moment << _RANDOM_BITS
    with _lock:
        last = _last_of.pop(moment, None)
        number = first if last is None else last + 1 + secrets.randbits(_STEP_BITS)
        if last is None or number >= first + (1 << _RANDOM_BITS):
            # The first of its millisecond; or, after some millions, from its beginning again.
            number = first | secrets.randbits(_RANDOM_BITS - 1)
        _last_of[moment] = number
        if len(_last_of) > _KEPT:
            del _last_of[next(iter(_last_of))]
    return _spelled(number)


def first_id(moment: dt.datetime) -> str:
    """Return what every id of this millisecond or later is greater than or equal to."""
    return _spelled(_milliseconds(moment) << _RANDOM_BITS)


def _milliseconds(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)


# Two letters at a time: an import of a roster makes hundreds of thousands of ids.
_PAIRS = [left + right for left in _ALPHABET for right in _ALPHABET]


def _spelled(number: int) -> str:
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])


def random_token(bits: int = 128) -> str:
    """Return an unguessable URL-safe token of at least `bits` bits."""
    return secrets.token_urlsafe((bits + 7) // 8)
