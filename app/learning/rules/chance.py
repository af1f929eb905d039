"""Chance that can be drawn again: numbers out of a seed, the same for the same seed for ever.

SHA-256 over the seed and a counter, values that would favour small numbers thrown away.
"""

import hashlib

from app.learning.rules.exams import Chance

SEED_BYTES = 16
_BITS = 64


def chance_of(seed: str) -> Chance:
    """Numbers from 0 to below the argument, one after another."""
    count = 0

    def below(limit: int) -> int:
        nonlocal count
        fair = (1 << _BITS) // limit * limit
        while True:
            digest = hashlib.sha256(f"{seed}/{count}".encode()).digest()
            count += 1
            drawn = int.from_bytes(digest[: _BITS // 8], "big")
            if drawn < fair:
                return drawn % limit

    return below
