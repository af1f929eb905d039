"""Identifiers: time-ordered ULIDs for rows, random tokens for what must not be guessed."""

import datetime as dt
import secrets
import threading

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80


# So far an id goes past the one before it in its millisecond: nobody guesses it from that one.
_STEP_BITS = 60
_lock = threading.Lock()
_last = 0


def new_id(now: dt.datetime) -> str:
    """Return a ULID: 48 bits of milliseconds and 80 random bits, 26 characters of base 32.

    Those that a process makes in one millisecond stand in the order in which they were made
    (ULID's monotonic form), so that of two rows of one moment the newer one is known.
    """
    global _last  # noqa: PLW0603 -- what was given out last, by whichever thread
    first = _milliseconds(now) << _RANDOM_BITS
    with _lock:
        number = _last + 1 + secrets.randbits(_STEP_BITS)
        if not first <= _last < number < first + (1 << _RANDOM_BITS):
            # Another millisecond (or, after a million million, this one again from its beginning).
            number = first | secrets.randbits(_RANDOM_BITS - 1)
        _last = number
    return _spelled(number)


def first_id(moment: dt.datetime) -> str:
    """Return what every id of this millisecond or later is greater than or equal to."""
    return _spelled(_milliseconds(moment) << _RANDOM_BITS)


def _milliseconds(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)


def _spelled(number: int) -> str:
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def random_token(bits: int = 128) -> str:
    """Return an unguessable URL-safe token of at least `bits` bits."""
    return secrets.token_urlsafe((bits + 7) // 8)
