"""Mainland mobile numbers."""

import re
import unicodedata

_FORM = re.compile(r"1[3-9]\d{9}")
_SPACES = re.compile(r"[\s\-()]+")


def normalise(text: str) -> str | None:
    """Return the eleven plain digits, without +86 and spaces; None if it is no number."""
    digits = _SPACES.sub("", unicodedata.normalize("NFKC", text))
    digits = digits.removeprefix("+86").removeprefix("0086")
    return digits if digits.isascii() and _FORM.fullmatch(digits) else None
