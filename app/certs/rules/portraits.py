"""The holder's picture in a certificate's PDF: whether it is the one that was signed for.

Looked at as bytes, the way our own writer puts them: nothing is read as a PDF, and the picture is
not unpacked.
"""

import json
import re
import zlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from app.certs.rules.facts import CertificateFacts, portrait_digest

_PICTURE: Final = re.compile(
    rb"\n\d{1,6} 0 obj\n<</Length (\d{1,7})/Type/XObject/Subtype/Image/Filter/DCTDecode/"
    rb"[^\n]{1,200}>>\nstream\n"
)
_ANY_PICTURE: Final = b"/Subtype/Image"
_CARRIED: Final = re.compile(
    rb"\n\d{1,6} 0 obj\n<</Length (\d{1,7})/Type/EmbeddedFile(/Filter/FlateDecode)?/"
    rb"[^\n]{1,300}>>\nstream\n"
)
_END: Final = b"\nendstream"
_MOST_FILES: Final = 4
_MOST_BYTES: Final = 512 * 1024


class PortraitFlaw(StrEnum):
    """What is wrong with the picture of a document whose record is good."""

    SWAPPED = "portrait_swapped"
    MISSING = "portrait_missing"
    ADDED = "portrait_added"


SENTENCES: dict[PortraitFlaw, str] = {
    PortraitFlaw.SWAPPED: "证书上的照片不是签发时的那一张，被换过，请勿采信。请向持证人索要原件。",
    PortraitFlaw.MISSING: (
        "签发时证书上有持证人照片，这份文件里没有，请勿采信。请向持证人索要原件。"
    ),
    PortraitFlaw.ADDED: (
        "签发时证书上没有照片，这份文件里的照片是后来加的，请勿采信。请向持证人索要原件。"
    ),
}


def pictures_in(pdf: bytes) -> list[bytes]:
    """Every picture that our writer put in, as it lies there (JPEG)."""
    return [raw for found in _PICTURE.finditer(pdf) if (raw := _stream(pdf, found)) is not None]


def flaw_of(facts: CertificateFacts, pdf: bytes) -> PortraitFlaw | None:
    """Compare the pictures of a document with what the facts in it name; None where they agree."""
    found, count = pictures_in(pdf), pdf.count(_ANY_PICTURE)
    if not facts.portrait:
        return PortraitFlaw.ADDED if count else None
    if not count:
        return PortraitFlaw.MISSING
    is_one = count == len(found) == 1
    is_same = is_one and portrait_digest(facts.holder_salt, found[0]) == facts.portrait
    return None if is_same else PortraitFlaw.SWAPPED


def record_in(pdf: bytes) -> dict[str, Any]:
    """The record that a document carries, whatever became of the rest; nothing where it has none.

    Only for a document that is known to be altered: to say what of it is.
    """
    return next((each for each in documents_in(pdf) if "facts" in each), {})


def documents_in(pdf: bytes) -> Iterator[dict[str, Any]]:
    """The JSON objects that a document carries. Nothing shows that they are as they were signed."""
    for number, found in enumerate(_CARRIED.finditer(pdf)):
        raw = _stream(pdf, found)
        if raw is None or number >= _MOST_FILES:
            break
        try:
            plain = zlib.decompressobj().decompress(raw, _MOST_BYTES) if found[2] else raw
            document = json.loads(plain)
        except (ValueError, zlib.error, RecursionError):
            continue
        if isinstance(document, dict):
            yield document


def _stream(pdf: bytes, found: re.Match[bytes]) -> bytes | None:
    end = found.end() + int(found[1])
    return pdf[found.end() : end] if pdf[end : end + len(_END)] == _END else None
