"""What a browser without scripts sends when files are chosen: multipart/form-data (RFC 7578)."""

import re
from dataclasses import dataclass
from typing import Final

MOST_PARTS: Final = 256
"""More than the files of one batch and the fields beside them."""
_BOUNDARY: Final = re.compile(
    r"multipart/form-data\s*;\s*boundary=(?:\"([\x20-\x7e]{1,70})\"|([!#-+\-.\w^`|~]{1,70}))\s*"
)
_PARAMETER: Final = re.compile(r';\s*(name|filename)="([^"\r\n]*)"')
_ESCAPES: Final = {"%22": '"', "%0D": "\r", "%0A": "\n"}


class FormFlawError(ValueError):
    """The body is no such form, or was cut short."""


class TooManyPartsError(FormFlawError):
    """The form holds more than is read: nothing is wrong with it but its length."""


@dataclass(frozen=True, slots=True)
class FormPart:
    """One field; `filename` is None for one that is no file, and empty where none was chosen."""

    name: str
    filename: str | None
    content: bytes


def boundary_of(content_type: str) -> bytes:
    """What stands between the parts. Raises FormFlawError."""
    found = _BOUNDARY.fullmatch(content_type.strip())
    if found is None:
        raise FormFlawError("no boundary")
    return (found[1] or found[2]).encode()


def read(body: bytes, boundary: bytes) -> list[FormPart]:
    """Take a body apart, in one pass. Raises FormFlawError."""
    delimiter = b"\r\n--" + boundary
    _, *pieces = (b"\r\n" + body).split(delimiter, MOST_PARTS + 1)
    if len(pieces) > MOST_PARTS:
        raise TooManyPartsError("too many parts")
    if not pieces or not pieces[-1].startswith(b"--"):
        raise FormFlawError("no end")
    return [_part(piece) for piece in pieces[:-1]]


def _part(piece: bytes) -> FormPart:
    padding, begins, rest = piece.partition(b"\r\n")
    head, ends, content = rest.partition(b"\r\n\r\n")
    if padding.strip(b" \t") or not begins or not ends:
        raise FormFlawError("a part without head")
    try:
        lines = head.decode().split("\r\n")
    except UnicodeDecodeError:
        raise FormFlawError("a head that is no UTF-8") from None
    told = next((each for each in lines if each.lower().startswith("content-disposition:")), "")
    named = {name: _plain(text) for name, text in _PARAMETER.findall(told)}
    if "name" not in named:
        raise FormFlawError("a part without name")
    return FormPart(named["name"], named.get("filename"), content)


def _plain(text: str) -> str:
    """Browsers spell three signs of a name in another way (HTML, multipart/form-data encoding)."""
    for spelled, sign in _ESCAPES.items():
        text = text.replace(spelled, sign)
    return text
