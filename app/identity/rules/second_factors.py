"""The second factor of those who work here for others: who needs one, and what a typed code is.

NIST SP 800-63B: an authenticator app (RFC 6238, one use for each code) or a security key that
verifies its holder; passed anew after twelve hours (AAL2, section 4.2.3).
"""

import datetime as dt
from collections.abc import Set as AbstractSet
from enum import StrEnum

from app.identity.rules.actors import Role

LASTS = dt.timedelta(hours=12)
STEP_S = 30
RECOVERY_LENGTH = 10
# A key's ceremony is begun and ended on the same page.
CHALLENGE_LIFE = dt.timedelta(minutes=5)
RECOVERY_CODES = 10
# Without what is misread for another: 0 and O, 1 and I.
RECOVERY_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_TOTP_LENGTH = 6


class Factor(StrEnum):
    """How a sign-in passed; `entrance` is the demo's, which production does not have.

    `company`: the company's own, where that is trusted (rules/company_sign_ins.py).
    """

    TOTP = "totp"
    KEY = "key"
    RECOVERY = "recovery"
    ENTRANCE = "entrance"
    COMPANY = "company"


def needing(roles: AbstractSet[Role]) -> frozenset[Role]:
    """The roles that act only after a second factor: all but the learner's."""
    return frozenset(roles) - {Role.LEARNER}


def is_passed(passed_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether a sign-in's second factor still counts."""
    return passed_at is not None and now < passed_at + LASTS


def steps_to_try(now: dt.datetime) -> tuple[int, int, int]:
    """The time steps whose code is taken: a phone's clock may be off by one."""
    step = int(now.timestamp()) // STEP_S
    return step - 1, step, step + 1


def recovery_code(letters: str) -> str:
    """How a recovery code is shown: ABCDE-FGHJK."""
    half = len(letters) // 2
    return f"{letters[:half]}-{letters[half:]}"


def read_code(text: str) -> tuple[Factor, str] | None:
    """Tell what was typed, without blanks and dashes; None for what is neither kind of code."""
    plain = text.replace(" ", "").replace("-", "").upper()
    if plain.isascii() and plain.isdigit() and len(plain) == _TOTP_LENGTH:
        return Factor.TOTP, plain
    if len(plain) == RECOVERY_LENGTH and set(plain) <= set(RECOVERY_LETTERS):
        return Factor.RECOVERY, plain
    return None
