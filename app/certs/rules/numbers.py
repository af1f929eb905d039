"""Certificate numbers: ZZ51, region, year, serial, and a character that catches slips."""

import re
import unicodedata

PREFIX = "ZZ51"
REGION = "510000"
"""The province itself; a city's own code takes its place where a city issues."""
TRIAL = f"{PREFIX}{REGION}{'0' * 13}"
"""Stands for the number of a certificate that has none yet; nobody is ever given it."""
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE = re.compile(r"ZZ51[0-9]{18}[0-9A-Z]")
_BETWEEN = re.compile("[\\s\\-\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]")
"""Blanks, dashes (those of Chinese keyboards too), and signs that nobody sees."""
_PROOF_PREFIX = "XS"
"""What a proof of hours 学时证明 begins with; people look it up as if it were a certificate."""


def check_character(text: str) -> str:
    """ISO 7064 MOD 37,36 over digits and capital letters."""
    modulus = len(_ALPHABET)
    product = modulus
    for char in text:
        total = (product + _ALPHABET.index(char)) % modulus or modulus
        product = total * 2 % (modulus + 1)
    return _ALPHABET[(modulus + 1 - product) % modulus]


def make_number(year: int, serial: int, region: str = REGION) -> str:
    """Compose a number; a serial beyond eight digits does not exist."""
    if not 1 <= serial <= 99_999_999:
        message = "the serial numbers of this year are used up"
        raise ValueError(message)
    body = f"{PREFIX}{region}{year:04d}{serial:08d}"
    return body + check_character(body)


def normalise(text: str) -> str | None:
    """A number as people type it; None where it cannot be one.

    Blanks, dashes of every keyboard and signs that nobody sees are left out; small letters and
    full-width letters and digits are the plain ones.
    """
    number = _plain(text)
    if not _SHAPE.fullmatch(number) or check_character(number[:-1]) != number[-1]:
        return None
    return number


def is_of_a_proof(text: str) -> bool:
    """Tell whether a text begins like the number of a proof of hours."""
    return _plain(text).startswith(_PROOF_PREFIX)


def is_like_ours(text: str) -> bool:
    """Tell whether a text begins like a certificate's number, be it cut or copied wrongly."""
    return _plain(text).startswith(PREFIX)


def _plain(text: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
