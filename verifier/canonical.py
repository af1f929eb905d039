"""JSON that means the same to everybody: read strictly (RFC 7493), written canonically (RFC 8785).

Readers differ over names that stand twice and over odd numbers; what plays with those is refused
before anybody looks at a signature.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from verifier.log_proofs import RejectedError

_MARK = b"\xef\xbb\xbf"
"""What some programs put in front of UTF-8; passed over once."""
_MOST_BYTES = 4 * 1024 * 1024
_EXACT = 2**53 - 1
_LEAST_FRACTION, _MOST_FRACTION = 1e-4, 1e16
"""Between these Python and RFC 8785 write a fraction alike; no certificate needs others."""


def read_object(raw: bytes) -> dict[str, Any]:
    """Read one JSON object. Raises RejectedError."""
    if len(raw) > _MOST_BYTES:
        raise RejectedError("the file is larger than 4 MiB")
    try:
        found = json.loads(
            read_text(raw), object_pairs_hook=_once,
            parse_float=_fraction, parse_constant=_no_constant,
        )  # fmt: skip
    except (ValueError, RecursionError) as error:
        raise RejectedError(f"the file is no JSON: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise RejectedError("the file holds no JSON object")
    return found


def read_text(raw: bytes) -> str:
    """Read a text in UTF-8, with or without one mark in front. Raises RejectedError."""
    plain = raw.removeprefix(_MARK)
    try:
        if b"\0" not in plain[:8]:
            return plain.decode()
    except UnicodeDecodeError:
        pass
    raise RejectedError(
        "the file is not in UTF-8, or damaged: take it as it was downloaded, and not as another "
        "program saved it"
    )


def dumps(value: object) -> bytes:
    """The canonical bytes. Raises RejectedError for what cannot be written so."""
    try:
        return _written(value).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise RejectedError("a text or a depth that cannot be written down") from error


def _written(value: object) -> str:
    if isinstance(value, Mapping):
        # RFC 8785 orders names by their UTF-16 units, which is another order beyond the plane 0.
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_plain(name)}:{_written(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, float):
        if not _LEAST_FRACTION <= abs(value) < _MOST_FRACTION:
            raise RejectedError(f"{value!r} is no number of a certificate")
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
        raise RejectedError(f"{value} is a number that not everybody reads alike")
    return json.dumps(value, ensure_ascii=False)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise RejectedError(f"the name {name!r:.100} stands twice in the file")
        found[name] = value
    return found


def _fraction(text: str) -> float:
    """A number with a point or an exponent, in its one spelling: 65.0 and 650e-1 are written 65."""
    number = float(text)
    if _plain(number) != text:
        raise RejectedError(f"{text:.60} is not as this number is written")
    return number


def _no_constant(name: str) -> NoReturn:
    raise RejectedError(f"{name} is no number")
