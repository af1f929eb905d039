"""A certificate's PDF: whether one signature covers all of it, and the two files inside.

PAdES baseline as the platform makes it (CMS, RFC 5652; ECDSA P-256 with SHA-256). The signature is
looked at over plain bytes; nothing is read as a PDF before it fits.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from verifier.canonical import read_object
from verifier.log_proofs import RejectedError

_MOST_BYTES = 4 * 1024 * 1024
_MOST_CMS = 24 * 1024
"""Of a signature; as the platform's own reader has it."""
_CARRIES = 2
_END_WITHIN = 1024
_CUT = "step 1 (document): its end is missing: it was cut, fetch it again"
_CHANGED = "step 1 (document): the file was changed after it was signed"
_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,8})\s+(\d{1,8})\s+(\d{1,8})\s*\]")
_CARRIED = re.compile(
    rb"obj\s*<</Length (\d{1,7})/Type/EmbeddedFile(/Filter/FlateDecode)?"
    rb"[^\r\n]{0,500}>>\s{0,4}stream\r?\n"
)
_PICTURE = re.compile(
    rb"obj\s*<</Length (\d{1,7})/Type/XObject/Subtype/Image/Filter/DCTDecode/"
    rb"[^\r\n]{0,500}>>\s{0,4}stream\r?\n"
)
_OUR_NAME = "实学证书签章".encode().hex().encode()
"""As each certificate of a document's key names itself, in a signature's letters."""
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SEQUENCE, _SET, _INTEGER, _OCTETS, _FIRST = 0x30, 0x31, 0x02, 0x04, 0xA0
_VERSION = bytes.fromhex("020101")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("300b06092a864886f70d010701")
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_ECDSA = bytes.fromhex("300a06082a8648ce3d040302")
_PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a whole PDF carries, and by whose key (SHA-256 of its SubjectPublicKeyInfo, in hex)."""

    record: dict[str, Any]
    credential: dict[str, Any]
    key: str
    pictures: tuple[bytes, ...] | None
    """Those on its pages (JPEG); None where one is not of the kind that the platform puts in."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of DER: its tag, what it holds, and all of it."""

    tag: int
    content: bytes
    whole: bytes


def read_keys(pem: bytes) -> frozenset[str]:
    """The names of the keys in a PEM file, of certificates and of keys. Raises RejectedError."""
    found = set()
    for block in _PEM.finditer(pem):
        try:
            key: Any = (
                x509.load_pem_x509_certificate(block[0]).public_key()
                if block[1] == b"CERTIFICATE"
                else load_pem_public_key(block[0])
            )
        except (ValueError, UnsupportedAlgorithm) as error:
            raise RejectedError(f"documents.pem cannot be read: {error}") from error
        found.add(_name_of(key))
    return frozenset(found)


def is_paper(content: bytes) -> bool:
    """Whether a file is a PDF by its first line, or holds the platform's signature all the same."""
    return b"%PDF-" in content[:1024] or _OUR_NAME in content.lower()


def open_paper(pdf: bytes, known: frozenset[str] | None) -> Paper:
    """Step 1: the signature fits every byte, by a key of `known`; then both files inside.

    With None for `known` any key will do, and nothing shows who made the page. Anybody can sign
    anything: what a stranger signed is not read any further. Raises RejectedError.
    """
    written, digest, is_longer = _covered(pdf)
    try:
        signature = _part(bytes.fromhex(written.decode()))
        key = _signer(signature, digest)
    except RejectedError:
        raise
    except Exception as error:
        raise RejectedError("step 1 (document): the signature cannot be read") from error
    if written[len(signature.whole) * 2 :].strip(b"0"):
        raise RejectedError("step 1 (document): something is hidden behind the signature")
    if is_longer:
        raise RejectedError("step 1 (document): something was added behind the signature")
    if known is not None and key not in known:
        raise RejectedError(
            "step 1 (document): it is signed by a key that you have not pinned; another platform "
            "made it, or your documents.pem is older than the key"
        )
    return Paper(*_files(pdf), key, pictures_in(pdf))


def _covered(pdf: bytes) -> tuple[bytes, bytes, bool]:
    """The one signature as it is written, the digest of what it covers, and whether there is more.

    Raises RejectedError.
    """
    if len(pdf) > _MOST_BYTES:
        raise RejectedError("step 1 (document): the PDF is larger than 4 MiB")
    start, end, length = _range(pdf)
    if end + length > len(pdf):
        raise RejectedError(_CUT if _is_cut(pdf, start, end) else _CHANGED)
    if end - start > 2 * _MOST_CMS + 2:
        raise RejectedError("step 1 (document): the signature is not one of ours: it is too long")
    gap = re.fullmatch(rb"<([0-9A-F]+)>", pdf[start:end])
    if gap is None or len(gap[1]) % 2:
        raise RejectedError(f"{_CHANGED}: there is no signature where it should stand")
    covered = pdf[:start] + pdf[end : end + length]
    return gap[1], sha256(covered).digest(), end + length < len(pdf)


def _is_cut(pdf: bytes, start: int, end: int) -> bool:
    """Whether a file that is too short has all in its place as far as it goes, and lacks its end.

    What was put in front, or taken from there, moves the signature away from where it should stand.
    """
    is_in_place = pdf[start : start + 1] in b"<" and pdf[end - 1 : end] in b">"
    return is_in_place and not pdf.endswith(b"%%EOF\n")


def _range(pdf: bytes) -> tuple[int, int, int]:
    """Where the gap with the one signature begins and ends, and how much is behind it."""
    ranges = _RANGE.findall(pdf)
    if not ranges and not _has_end(pdf):
        raise RejectedError(_CUT)
    if not ranges and _OUR_NAME in pdf.lower():
        raise RejectedError(
            f"{_CHANGED}: it has the platform's signature, and not the words that say what that "
            "covers"
        )
    if len(ranges) != 1:
        raise RejectedError(
            f"step 1 (document): it has {len(ranges)} signatures, an original has one; printing "
            "or converting loses it, and editing adds others"
        )
    start, end, length = map(int, ranges[0])
    return start, end, length


def _has_end(pdf: bytes) -> bool:
    """Whether it ends as a PDF does; what was added to one begins with the number of an object."""
    _, found, behind = pdf[-_END_WITHIN:].rpartition(b"%%EOF")
    return bool(found) and not behind.lstrip()[:1].isdigit()


def _signer(cms: _Part, digest: bytes) -> str:
    """The name of the key whose signature fits the digest. Raises RejectedError."""
    signed = _inside(_inside(cms.content)[1].content)[0]
    data = _inside(signed.content)
    chain = next(part for part in data if part.tag == _FIRST)
    [signer] = _inside(data[-1].content)
    _, sid, _, attributes, *rest = _inside(signer.content)
    signature = next(part for part in rest if part.tag == _OCTETS)
    own = _certificate(_inside(chain.content), sid)
    if _made_of(chain, sid, attributes, rest[1:]) != cms.whole:
        raise RejectedError("step 1 (document): the signature is not made as ours are")
    if attributes.tag != _FIRST or _digest_in(attributes.content) != digest:
        raise RejectedError(_CHANGED)
    if sha256(own.public_bytes(Encoding.DER)).digest() not in attributes.content:
        raise RejectedError("step 1 (document): it was signed with another certificate")
    public = own.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise RejectedError("step 1 (document): it is signed by a key of another kind")
    try:
        # Signed as the SET that the attributes are, not under the tag that they are sent with.
        signed_as = bytes([_SET]) + attributes.whole[1:]
        public.verify(signature.content, signed_as, ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise RejectedError("step 1 (document): its signature is wrong") from error
    return _name_of(public)


def _made_of(chain: _Part, sid: _Part, attributes: _Part, rest: Sequence[_Part]) -> bytes:
    """A CMS as the platform makes it: of what no signature covers not a byte may be another."""
    signer = b"".join(each.whole for each in rest)
    issuer, serial = _inside(sid.content)
    named = _der(_SEQUENCE, issuer.whole + _der(_INTEGER, serial.content))
    signer = _VERSION + named + _SHA256 + attributes.whole + _ECDSA + signer
    data = (
        _VERSION + _der(_SET, _SHA256) + _DATA + chain.whole + _der(_SET, _der(_SEQUENCE, signer))
    )
    return _der(_SEQUENCE, _SIGNED_DATA + _der(_FIRST, _der(_SEQUENCE, data)))


def _certificate(chain: Sequence[_Part], sid: _Part) -> x509.Certificate:
    issuer, serial = _inside(sid.content)
    for part in chain:
        each = x509.load_der_x509_certificate(part.whole)
        named = (each.issuer.public_bytes(), each.serial_number)
        if named == (issuer.whole, int.from_bytes(serial.content, signed=True)):
            return each
    raise RejectedError("step 1 (document): the signer's certificate is not in it")


def _digest_in(attributes: bytes) -> bytes:
    for attribute in _inside(attributes):
        kind, values = _inside(attribute.content)
        if kind.content == _MESSAGE_DIGEST:
            return _part(values.content).content
    return b""


def _files(pdf: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record and the credential; the signature over the file holds, so it is as it was made."""
    carried = list(islice(_CARRIED.finditer(pdf), _CARRIES + 1))
    if len(carried) != _CARRIES:
        raise RejectedError("step 1 (document): it does not carry one record and one credential")
    found = [read_object(_unpacked(pdf, each)) for each in carried]
    records = [each for each in found if "facts" in each]
    credentials = [each for each in found if "credentialSubject" in each]
    if len(records) != 1 or len(credentials) != 1:
        raise RejectedError("step 1 (document): it does not carry one record and one credential")
    return records[0], credentials[0]


def pictures_in(pdf: bytes) -> tuple[bytes, ...] | None:
    """The pictures on the pages (JPEG); None where one is of a kind that is never put in."""
    found = [pdf[each.end() : each.end() + int(each[1])] for each in _PICTURE.finditer(pdf)]
    return tuple(found) if len(found) == pdf.count(b"/Subtype/Image") else None


def _unpacked(pdf: bytes, found: re.Match[bytes]) -> bytes:
    raw = pdf[found.end() : found.end() + int(found[1])]
    if found[2] is None:
        return raw
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(raw, _MOST_BYTES)
    except zlib.error as error:
        raise RejectedError("step 1 (document): a file inside cannot be unpacked") from error
    if not unpacking.eof:
        raise RejectedError("step 1 (document): a file inside is too large, or cut short")
    return plain


def _inside(content: bytes) -> list[_Part]:
    found = []
    while content:
        part = _part(content)
        found.append(part)
        content = content[len(part.whole) :]
    return found


def _part(der: bytes) -> _Part:
    """The piece of DER that begins here; what stands behind it is not looked at."""
    head, length = 2, der[1]
    if length & 0x80:
        head += length & 0x7F
        length = int.from_bytes(der[2:head])
    if head > 6 or head + length > len(der):
        message = "cut short"
        raise ValueError(message)
    return _Part(der[0], der[head : head + length], der[: head + length])


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def _name_of(key: Any) -> str:  # noqa: ANN401 -- a public key of any kind
    der: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest()
