"""JSON that means the same to everybody: what a signature is made over, and nothing less.

RFC 7493 (I-JSON), and of it only what a credential needs. Readers differ over names that stand
twice, over numbers beyond 2^53 and over characters that cannot be seen; a document that plays with
one of those is refused before anybody looks at its signature.
"""

import json
import re
from typing import Any, NoReturn

MARK = b"\xef\xbb\xbf"
"""What some programs put in front of UTF-8 (RFC 8259, 8.1): readers may pass over it, once."""
MOST_BYTES = 512 * 1024
MOST_DEEP = 16
MOST_VALUES = 1000
"""Lists, objects, names and plain values together: finding out what each means takes time."""
_EXACT = 2**53 - 1
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and halves of surrogate pairs."""


class UnreadableError(ValueError):
    """The text is no such JSON; the message says why."""


def read(raw: bytes) -> dict[str, Any]:
    """Read one object of which nothing is empty or cannot be seen. Raises UnreadableError."""
    found = read_once(raw)
    check(found)
    return found


def read_once(raw: bytes) -> dict[str, Any]:
    """Read one object in UTF-8 in which no name stands twice; it may hold what is empty.

    Raises UnreadableError.
    """
    if len(raw) > MOST_BYTES:
        raise UnreadableError(f"longer than {MOST_BYTES} bytes")
    try:
        found = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnreadableError:
        raise
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"no JSON: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise UnreadableError("no object")
    return found


def is_otherwise_encoded(raw: bytes) -> bool:
    """Tell whether a text that begins like an object is in another encoding than UTF-8.

    As UTF-16 or as GB18030, another program saved it. One that was cut within a letter is not.
    """
    plain = raw.removeprefix(MARK)
    if not plain[:16].lstrip(b"\xff\xfe\0 \t\r\n").startswith(b"{"):
        return False
    if b"\0" in plain[:8]:
        return True
    try:
        plain.decode()
    except UnicodeDecodeError as error:
        return error.reason != "unexpected end of data"
    return False


def check(document: dict[str, Any]) -> None:
    """Check what was read elsewhere, or is about to be signed. Raises UnreadableError.

    Empty values are refused too: in linked data they state nothing, and would go unsigned.
    """
    waiting: list[tuple[object, int]] = [(document, 0)]
    count = 0
    while waiting:
        value, depth = waiting.pop()
        waiting += [(inner, depth + 1) for inner in _checked(value)]
        count += 1
        if depth > MOST_DEEP or count + len(waiting) > MOST_VALUES:
            raise UnreadableError("too much, or too deep")


def _checked(value: object) -> list[object]:
    """What a value holds, names and values; a plain one holds nothing."""
    if isinstance(value, dict | list):
        if not value:
            raise UnreadableError("an empty list or object")
        if isinstance(value, list):
            return value
        if not all(isinstance(name, str) for name in value):
            raise UnreadableError("a name that is no text")
        return [*value, *value.values()]
    _check_plain(value)
    return []


def _check_plain(value: object) -> None:
    if isinstance(value, str):
        if (unseen := _UNSEEN.search(value)) is not None:
            raise UnreadableError(f"the character U+{ord(unseen[0]):04X}")
    elif not isinstance(value, int | float):
        raise UnreadableError(f"a value of type {type(value).__name__}")
    elif not abs(value) <= _EXACT:
        raise UnreadableError("a number that not everybody reads alike")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise UnreadableError(f"the name {name[:100]!r} stands twice")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise UnreadableError(f"{name} is no number")
