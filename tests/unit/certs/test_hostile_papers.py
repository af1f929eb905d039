"""Files made to keep a verifier busy or to be read in two ways: they are refused, and soon."""

import datetime as dt
import json
import re
import time
from base64 import urlsafe_b64decode
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.certs.rules import scan
from app.certs.rules.scan import Seal
from tests import credentials, papers_off_line
from verifier import codes, papers
from verifier.canonical import read_object
from verifier.issuer import Issuer
from verifier.log_proofs import RejectedError, from_base64
from verifier.pinned import Pinned
from verifier.recipe import verify_certificate

_KEY = ec.derive_private_key(4711, ec.SECP256R1())
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anybody")])
_SERIAL = 1_234_567
_NOW = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
_OWN = (
    x509.CertificateBuilder().subject_name(_NAME).issuer_name(_NAME).serial_number(_SERIAL)
    .public_key(_KEY.public_key()).not_valid_before(_NOW)
    .not_valid_after(_NOW + dt.timedelta(days=1)).sign(_KEY, SHA256()).public_bytes(Encoding.DER)
)  # fmt: skip
_PINNED = Pinned(Issuer(credentials.DID, credentials.KEYS))
_VERSION = bytes.fromhex("020101")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("300b06092a864886f70d010701")
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_ECDSA = bytes.fromhex("300a06082a8648ce3d040302")
_CODED = scan.to_digits(Seal("0badc0de", bytes(64), b"\x80"))
_DIGEST, _CERTIFICATE = "06092a864886f70d010904", "060a2a864886f70d0109100202"


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes(2)
    return (
        bytes([tag, 0x82]) + size + content if size[0] else bytes([tag, 0x81]) + size[1:] + content
    )


def _cms(digest: bytes) -> bytes:
    sequence, of, octets, first = 0x30, 0x31, 0x04, 0xA0
    attributes = _der(sequence, bytes.fromhex(_DIGEST), _der(of, _der(octets, digest))) + _der(
        sequence, bytes.fromhex(_CERTIFICATE), _der(of, _der(octets, sha256(_OWN).digest()))
    )
    signature = _KEY.sign(_der(of, attributes), ec.ECDSA(SHA256()))
    signer = (
        _VERSION
        + _der(sequence, _NAME.public_bytes(), _der(0x02, _SERIAL.to_bytes(3)))
        + _SHA256
        + _der(first, attributes)
        + _ECDSA
        + _der(octets, signature)
    )
    data = _der(
        sequence, _VERSION, _der(of, _SHA256), _DATA, _der(first, _OWN),
        _der(of, _der(sequence, signer)),
    )  # fmt: skip
    return _der(sequence, _SIGNED_DATA, _der(first, data))


def _signed(filler: bytes, gap: int = 4096) -> bytes:
    head, tail = b"%PDF-1.7\n" + filler + b"\n", b"\n%%EOF\n"
    form = b"/ByteRange [0 %08d %08d %08d] /Contents "
    start = len(head) + len(form % (0, 0, 0))
    before = head + form % (start, start + gap + 2, len(tail))
    signature = _cms(sha256(before + tail).digest()).hex().upper().encode()
    return before + b"<" + signature.ljust(gap, b"0") + b">" + tail


def _of(unit: bytes, size: int) -> bytes:
    return unit * (size // len(unit))


@pytest.mark.parametrize(
    "filler",
    [
        _of(b"obj<</Length 1/Type/EmbeddedFile", 1 << 20),
        _of(b"obj<</Length 1/Type/EmbeddedFile>>stream\n", 1 << 20),
        _of(b"obj<</Length 1/Type/XObject/Subtype/Image/Filter/DCTDecode/", 1 << 20),
        b"obj<</Length 1/Type/EmbeddedFile>>" + b" " * (1 << 20),
    ],
)
def test_whoever_signed_it_is_told_at_once(filler: bytes) -> None:
    pdf, before = _signed(filler), time.perf_counter()
    with pytest.raises(RejectedError, match="does not carry one record"):
        papers.open_paper(pdf, None)
    with pytest.raises(RejectedError, match="a key that you have not pinned"):
        papers.open_paper(pdf, frozenset({"0" * 64}))
    assert time.perf_counter() - before < 10


def test_a_document_that_was_cut_is_told_to_be_fetched_again() -> None:
    pdf = _signed(b"")
    for cut in (pdf[: len(pdf) // 3], pdf[:-20], pdf[:40], b"%PDF-1.7\n%%EOF\n12 0 obj\n<</By"):
        with pytest.raises(RejectedError, match="fetch it again"):
            papers.open_paper(cut, None)
    with pytest.raises(RejectedError, match="has 0 signatures"):
        papers.open_paper(b"%PDF-1.7\n%%EOF\n", None)
    with pytest.raises(RejectedError, match="added behind the signature"):
        papers.open_paper(pdf + b"12 0 obj\n", None)


def test_what_is_moved_from_its_place_was_changed_and_neither_cut_nor_added_to() -> None:
    """Something in front, the first line gone, or a digit of what the signature covers."""
    pdf = papers_off_line.DOCUMENT.read_bytes()
    others = [front + pdf for front in (b"\xef\xbb\xbf", b"\n", b"a letter\n")]
    others += [pdf[9:], pdf[pdf.index(b"\n") :]]
    [*ranges] = re.finditer(rb"/ByteRange\s*\[([ 0-9]+)\]", pdf)
    assert len(ranges) == 1
    for place in range(*ranges[0].span(1)):
        if pdf[place : place + 1].isdigit():
            digits = bytearray(pdf)
            digits[place] = 0x30 + (digits[place] - 0x30 + 1) % 10
            others.append(bytes(digits))
    for other in others:
        with pytest.raises(RejectedError, match="changed after it was signed"):
            papers.open_paper(other, None)
    for missing in (1, 2, 7, 100, len(pdf) - ranges[0].end() - 20):
        with pytest.raises(RejectedError, match="fetch it again"):
            papers.open_paper(pdf[:-missing], None)


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4, *range(-12, 0)])
def test_what_leads_to_the_signature_altered_is_a_change(place: int) -> None:
    """The first line, by which a PDF is known, and the word for what the signature covers."""
    pdf = bytearray(papers_off_line.DOCUMENT.read_bytes())
    word = pdf.rindex(b"/ByteRange [")
    pdf[place if place >= 0 else word + 12 + place] ^= 1
    with pytest.raises(RejectedError, match=r"step 1 .*changed after it was signed"):
        verify_certificate(bytes(pdf), _PINNED, now=_NOW, say=lambda _: None)
    with pytest.raises(RejectedError, match="no JSON"):
        verify_certificate(
            b"A" + "%PDF 实学证书签章".encode(), _PINNED, now=_NOW, say=lambda _: None
        )


def test_a_signature_of_any_length_is_not_unfolded() -> None:
    with pytest.raises(RejectedError, match="too long"):
        papers.open_paper(_signed(b"", gap=1 << 20), None)


@pytest.mark.parametrize("number", ["65.0", "650e-1", "6.5E1", "0.50"])
def test_a_number_has_one_spelling(number: str) -> None:
    with pytest.raises(RejectedError, match="not as this number is written"):
        read_object(f'{{"score":{number}}}'.encode())
    assert read_object(b'{"hours":0.5,"score":65}') == {"hours": 0.5, "score": 65}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be", "gb18030"])
def test_a_file_has_one_encoding(encoding: str) -> None:
    text = '{"statement":{"holder_name":"李晓梅"}}'
    assert read_object(text.encode()) == read_object(text.encode("utf-8-sig"))
    with pytest.raises(RejectedError, match=r"not in UTF-8.*as it was downloaded"):
        read_object(text.encode(encoding))
    with pytest.raises(RejectedError, match="no JSON"):
        read_object(b"\xef\xbb\xbf" + text.encode("utf-8-sig"))


def test_bytes_have_one_spelling() -> None:
    assert from_base64("QQ==") == b"A"
    with pytest.raises(RejectedError, match="canonical"):
        from_base64("QR==")


def test_what_is_put_into_an_address_on_the_way_says_nothing() -> None:
    """By a messenger or a keyboard; what was cut off is said to be."""
    vector = json.loads(
        (papers_off_line.PATH.parents[1] / "golden/certificate-2.json").read_text("utf-8")
    )
    page, _, digits = vector["text"].partition("#")
    scheme, _, rest = page.partition("://")
    host = rest.partition("/")[0].replace(":", "%3A")
    keys = {key_id: urlsafe_b64decode(raw + "=") for key_id, raw in vector["keys"].items()}
    issuer = Issuer(f"did:web:{host}", keys)
    plain = codes.open_code(vector["text"], issuer)
    for text in (
        f"{page}?from=wechat#{digits}", f"{scheme.upper()}://{rest}#{digits}", f"{page}＃{digits}",
        f"{page.replace('/v/', ':443/v/')}#{digits}", f"{page}%23{digits}",
        f"{page}?a=%23b%EF%BC%83{digits}",
    ):  # fmt: skip
        assert codes.open_code(text, issuer) == plain
    for text in (f"{page}#", f"{page}?a#", page):
        with pytest.raises(RejectedError, match="cut off, scan all of it"):
            verify_certificate(text.encode(), Pinned(issuer), now=_NOW, say=lambda _: None)
    with pytest.raises(RejectedError, match="not the issuer's"):
        codes.open_code(f"https://else.example/v/0123456789?{rest}#{digits}", issuer)


def test_a_code_has_one_spelling() -> None:
    assert codes.TEXT.fullmatch("https://a.example/v/0123456789#1")
    assert not codes.TEXT.fullmatch("https://a.example/v/0123456789#01")
    assert scan.read_digits(f"0{_CODED}") is None
    assert scan.read_digits(_CODED) is not None
