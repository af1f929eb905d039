"""Identifiers: time-ordered ULIDs for rows, random tokens for what must not be guessed."""

import datetime as dt
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80


def new_id(now: dt.datetime) -> str:
    """Return a ULID: 48 bits of milliseconds and 80 random bits, 26 characters of base 32."""
    number = (int(now.timestamp() * 1000) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def first_id(moment: dt.datetime) -> str:
    """Return what every id of this millisecond or later is greater than or equal to."""
    number = int(moment.timestamp() * 1000) << _RANDOM_BITS
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def random_token(bits: int = 128) -> str:
    """Return an unguessable URL-safe token of at least `bits` bits."""
    return secrets.token_urlsafe((bits + 7) // 8)
