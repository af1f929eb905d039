"""Certificate numbers: ZZ51, region, year, serial, and a character that catches slips."""

import re

PREFIX = "ZZ51"
REGION = "510000"
"""The province itself; a city's own code takes its place where a city issues."""
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE = re.compile(r"^ZZ51\d{6}\d{4}\d{8}[0-9A-Z]$")


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
    """A number as people type it, blanks and dashes left out; None where it cannot be one."""
    number = re.sub(r"[\s\-]", "", text).upper()
    if not _SHAPE.match(number) or check_character(number[:-1]) != number[-1]:
        return None
    return number
