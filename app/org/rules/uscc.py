"""The unified social credit code 统一社会信用代码 (GB 32100): shape and both check characters."""

import re

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
# GB 11714: the nine characters from the ninth on are the body's own code with a check of its own.
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def normalise(text: str) -> str:
    """Drop spaces and hyphens, narrow full-width characters, raise letters."""
    return re.sub(r"[\s\-]", "", text.translate(_FULL_WIDTH)).upper()


def is_valid(code: str) -> bool:
    """Tell whether a normalised code has the shape and both its check characters."""
    return (
        _SHAPE.fullmatch(code) is not None
        and code[17] == _check(code)
        and code[16] == _body_check(code[8:16])
    )


def _check(code: str) -> str:
    total = sum(w * _ALPHABET.index(c) for w, c in zip(_WEIGHTS, code, strict=False))
    return _ALPHABET[-total % 31]


def _body_check(body: str) -> str:
    total = sum(w * _BODY_ALPHABET.index(c) for w, c in zip(_BODY_WEIGHTS, body, strict=True))
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))
