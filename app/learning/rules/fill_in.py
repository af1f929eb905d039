"""Fill-in questions: when what somebody typed is one of the accepted answers.

Width, case and spaces never decide, nor do marks at the end; numbers are compared by value, within
the blank's tolerance where it has one (docs/exams.md).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MOST_BLANKS = 10
MOST_ACCEPTED = 10
MOST_TEXT = 100
BLANK = re.compile(r"_{2,}|[(（][\s\u3000]*[)）]")
"""How a stem shows a blank: two or more underscores, or an empty pair of brackets."""
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?|[+-]?\.\d+")
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-"})
_END_MARKS = "。.!！;；,，、"


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank; `tolerance` is the greatest difference of a number, as a decimal text."""

    accepted: tuple[str, ...]
    tolerance: str = ""


def normal(text: str) -> str:
    """The text without what never decides."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(folded.split())
    return bare.rstrip(_END_MARKS) or bare


def number_of(text: str) -> Decimal | None:
    """The number that a text is, thousands' commas allowed; None where it is none."""
    plain = "".join(unicodedata.normalize("NFKC", text).translate(_MINUS).split())
    if len(plain) > MOST_TEXT or not _NUMBER.fullmatch(plain):
        return None
    return Decimal(plain.replace(",", ""))


def tolerance_of(text: str) -> Decimal | None:
    """A tolerance that can stand: a decimal of zero or more."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and found >= 0 and len(text) <= 20 else None


def is_accepted(blank: Blank, given: str) -> bool:
    """Whether what was typed into one blank is one of its answers."""
    return any(_is_same(blank, wanted, given) for wanted in blank.accepted)


def _is_same(blank: Blank, wanted: str, given: str) -> bool:
    if not normal(given):
        return False
    asked, told = number_of(wanted), number_of(given)
    if asked is None or told is None:
        return normal(wanted) == normal(given)
    allowed = tolerance_of(blank.tolerance) if blank.tolerance else Decimal(0)
    return allowed is not None and abs(asked - told) <= allowed


def right_blanks(blanks: Sequence[Blank], given: Sequence[str]) -> int:
    """How many blanks are right; each is judged by itself."""
    return sum(is_accepted(blank, text) for blank, text in zip(blanks, given, strict=False))
