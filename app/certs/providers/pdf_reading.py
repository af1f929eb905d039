"""Tells whether a PDF is one that we signed, to the last byte, and what it carries.

The signature is looked at first, over plain bytes; nothing of the file is read as a PDF before it
is known to be ours. So a hostile file costs a search and a hash, whatever it is made of.
"""

import datetime as dt
import io
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from asn1crypto import cms
from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import parse_pdf_date
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from app.certs.providers import document_keys, signed_data, timestamps
from app.certs.providers.signed_data import Signed
from app.certs.providers.timestamps import Stamp
from app.certs.rules.documents import CREDENTIAL, RECORD, Finding

MOST_BYTES: Final = 4 * 2**20
_MOST_CMS: Final = 24 * 1024
"""More than ours can have: a chain, a time stamp and a kilobyte. Some ASN.1 is slow to read."""
_HEADER_WITHIN = _END_WITHIN = 1024
_RANGE: Final = re.compile(
    rb"/ByteRange\s{0,9}\[\s{0,9}0\s{1,9}(\d{1,8})\s{1,9}(\d{1,8})\s{1,9}(\d{1,8})\s{0,9}\]"
)
_ENCRYPTED: Final = re.compile(rb"/Encrypt[\s<]")
_HEX: Final = re.compile(rb"<([0-9A-Fa-f]*)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPdf:
    """One of ours, whole and unchanged.

    `signed_at` is what our own clock said; `stamp` is a service's time stamp where there is one.
    It can be taken out and another put in without our key, so it proves what it says alone.
    """

    credential: bytes | None
    record: bytes | None
    signed_at: dt.datetime
    key_id: str
    stamp: Stamp | None


@dataclass(frozen=True, slots=True)
class _Range:
    """What a signature covers: from 0 to `gap_start`, and from `gap_end` to `end`."""

    gap_start: int
    gap_end: int
    end: int


def read_signed(pdf: bytes, trusted: Mapping[str, bytes]) -> SignedPdf | Finding:
    """Look at a file; `trusted` are our document keys (DER SubjectPublicKeyInfo) by id.

    Whatever stands behind the signature is a change, another's signature and time stamps too: what
    we give out has neither. Never raises, and never takes longer than hashing the file.
    """
    has_head = b"%PDF-" in pdf[:_HEADER_WITHIN]
    if not has_head and not holds_our_signature(pdf):
        return Finding.NOT_A_PDF
    if len(pdf) > MOST_BYTES:
        return Finding.TOO_BIG
    found = _found(pdf, trusted)
    if found is not Finding.DAMAGED or not _is_saved_anew(pdf):
        return found
    return Finding.DAMAGED if _lacks_its_last_newline(pdf, trusted) else Finding.ALTERED


def holds_our_signature(content: bytes) -> bool:
    """Tell whether a signature under our name lies in a file, whatever became of what leads to it.

    In the hexadecimal letters of a PDF's signature: a text that merely names us has none.
    """
    return document_keys.NAME.encode().hex().encode() in content.lower()


def _found(pdf: bytes, trusted: Mapping[str, bytes]) -> SignedPdf | Finding:
    ranges = [_range_of(found) for found in itertools.islice(_RANGE.finditer(pdf), 2)]
    if not ranges:
        return _unsigned(pdf)
    der = _der_in(pdf, ranges[0])
    return der if isinstance(der, Finding) else _look(pdf, ranges, der, trusted)


def _lacks_its_last_newline(pdf: bytes, trusted: Mapping[str, bytes]) -> bool:
    """Tell whether the end of the last line is all that is missing, which some mail takes off."""
    whole = _found(pdf + b"\n", trusted)
    return isinstance(whole, SignedPdf) or whole is Finding.UNKNOWN_KEY


def _is_saved_anew(pdf: bytes) -> bool:
    """Tell whether a whole file has our signature in another place.

    Whoever edits a page saves it anew with a tool: that keeps the signature's bytes, and fits none.
    """
    is_ours = document_keys.NAME.encode() in pdf or holds_our_signature(pdf)
    return is_ours and _has_end(pdf)


def _has_end(pdf: bytes) -> bool:
    """Tell whether a file ends as a PDF does. What was added to one begins with an object's number.

    So one that is cut in our signature, behind the whole page that was signed, has no end.
    """
    _, found, behind = pdf[-_END_WITHIN:].rpartition(b"%%EOF")
    return bool(found) and not behind.lstrip()[:1].isdigit()


def _look(
    pdf: bytes, ranges: list[_Range], der: bytes, trusted: Mapping[str, bytes]
) -> SignedPdf | Finding:
    """Whose signature it is first, then whether it fits."""
    signed = signed_data.read(der)
    if signed is None:
        return Finding.DAMAGED if _may_be_ours(der) else Finding.NOT_OURS
    key_id = _key_of(signed, trusted)
    if key_id is None:
        return _by_unknown_key(pdf, ranges[0], signed)
    fault = _judge(pdf, ranges, der, signed, trusted[key_id])
    return fault or _content(pdf, signed, key_id)


def _by_unknown_key(pdf: bytes, covered: _Range, signed: Signed) -> Finding:
    """A file under our software's name by a key that we do not have: another installation bears it.

    Whether it claims a page of ours is for whoever has the register. One that does not even fit its
    own key was changed, whoever's it is.
    """
    own = signed.chain[0]
    if not is_named(own):
        return Finding.NOT_OURS
    public = document_keys.spki_of(own)
    is_good = public is not None and signed_data.fits(signed, _digest(pdf, covered), public)
    return Finding.UNKNOWN_KEY if is_good else Finding.ALTERED


def _digest(pdf: bytes, covered: _Range) -> bytes:
    file = memoryview(pdf)
    return signed_data.digest_of(file[: covered.gap_start], file[covered.gap_end : covered.end])


def _judge(
    pdf: bytes, ranges: list[_Range], der: bytes, signed: Signed, spki: bytes
) -> Finding | None:
    """What is wrong with a file that says it is ours; None where nothing is."""
    covered = ranges[0]
    if not signed_data.fits(signed, _digest(pdf, covered), spki):
        return Finding.ALTERED
    if covered.end < len(pdf):
        return Finding.APPENDED_TO
    gap = pdf[covered.gap_start : covered.gap_end]
    written = der.hex().upper().encode().ljust(len(gap) - 2, b"0")
    is_as_written = gap == b"<%b>" % written
    if not is_as_written or len(ranges) > 1 or not document_keys.is_chain(signed.chain):
        return Finding.ALTERED
    return None


def _content(pdf: bytes, signed: Signed, key_id: str) -> SignedPdf | Finding:
    stamp = timestamps.read(signed.stamp, signed.signature) if signed.stamp else None
    if signed.stamp and stamp is None:
        return Finding.ALTERED
    try:
        root = PdfFileReader(io.BytesIO(pdf)).root
        specs = [each.get_object() for each in root.get("/AF", ())]
        carried = {str(spec["/UF"]): spec["/EF"]["/F"].data for spec in specs}
        signed_at = parse_pdf_date(root["/Perms"]["/DocMDP"]["/M"])
    except (PdfError, KeyError, ValueError, TypeError):
        return Finding.DAMAGED
    return SignedPdf(
        credential=carried.get(CREDENTIAL), record=carried.get(RECORD),
        signed_at=signed_at.astimezone(dt.UTC), key_id=key_id, stamp=stamp,
    )  # fmt: skip


def _range_of(found: re.Match[bytes]) -> _Range:
    gap_start, gap_end, length = (int(each) for each in found.groups())
    return _Range(gap_start, gap_end, gap_end + length)


def _unsigned(pdf: bytes) -> Finding:
    """What a file without a signature is; where its end is missing that may have held one.

    Of one that has a signature and lost the word for its place, that is a change.
    """
    if b"/ByteRange" in pdf or holds_our_signature(pdf):
        return Finding.DAMAGED
    if _ENCRYPTED.search(pdf):
        return Finding.ENCRYPTED
    return Finding.UNSIGNED if _has_end(pdf) else Finding.DAMAGED


def _der_in(pdf: bytes, covered: _Range) -> bytes | Finding:
    """The CMS in the gap, without the zeros behind it."""
    found = _HEX.fullmatch(pdf, covered.gap_start, covered.gap_end)
    if found is None or covered.end > len(pdf) or len(found[1]) % 2:
        return Finding.DAMAGED
    padded = bytes.fromhex(found[1].decode())
    length = _length_of(padded)
    if length is None or length > len(padded):
        return Finding.DAMAGED
    return padded[:length] if length <= _MOST_CMS else Finding.NOT_OURS


def _length_of(der: bytes) -> int | None:
    """How long a DER sequence is, its head included; None where none begins here."""
    if len(der) < 2 or der[0] != 0x30:
        return None
    if der[1] < 0x80:
        return 2 + der[1]
    more = der[1] - 0x80
    return 2 + more + int.from_bytes(der[2 : 2 + more]) if 1 <= more <= 4 else None


def _key_of(signed: Signed, trusted: Mapping[str, bytes]) -> str | None:
    public = document_keys.spki_of(signed.chain[0])
    return next((key_id for key_id, spki in trusted.items() if spki == public), None)


def is_named(own: x509.Certificate) -> bool:
    """Tell whether a certificate bears our name, whoever made it."""
    try:
        names = own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except Exception:  # noqa: BLE001 -- read only now, and a stranger wrote it
        return False
    return any(each.value == document_keys.NAME for each in names)


def _may_be_ours(der: bytes) -> bool:
    """Tell whether a CMS that we did not make so names our signature, or cannot be read at all."""
    if document_keys.NAME.encode() in der:
        return True
    try:
        content_type = cms.ContentInfo.load(der)["content_type"].native
    except (ValueError, TypeError, RecursionError):
        return True
    return bool(content_type != "signed_data")
