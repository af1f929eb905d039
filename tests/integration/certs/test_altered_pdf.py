"""Every change to a signed PDF is found, and no file, whatever it is made of, costs us anything."""

import datetime as dt
import io
import random
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.generic import DictionaryObject, NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.certs.providers import document_keys, pdf_reading
from app.certs.providers.pdf_reading import SignedPdf, read_signed
from app.certs.providers.pdf_signing import DocumentSigner
from app.certs.providers.timestamps import TimeStamps
from app.certs.rules.documents import SENTENCES, Finding
from app.core.crypto import KeyRing
from tests import authorities, papers

NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
Trusted = dict[str, bytes]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing(tmp_path_factory.mktemp("keys"), may_create=True)


@pytest.fixture(scope="module")
def pdf(keys: KeyRing) -> bytes:
    return DocumentSigner(keys, organisation="实学").sign(papers.drawn(), place="成都", now=NOW).pdf


@pytest.fixture(scope="module")
def trusted(keys: KeyRing) -> Trusted:
    return document_keys.public_keys(keys)


def _gap(pdf: bytes) -> tuple[int, int]:
    start = pdf.index(b"/Contents <") + len(b"/Contents ")
    return start, pdf.index(b">", start) + 1


def _flipped(pdf: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(pdf)
    changed[place] ^= 1 << bit
    return bytes(changed)


def test_a_flipped_bit_anywhere_is_found(pdf: bytes, trusted: Trusted) -> None:
    luck, (start, end) = random.Random(11), _gap(pdf)
    written = start + 2 * 1150
    places = [luck.randrange(len(pdf)) for _ in range(150)]
    places += [luck.randrange(start, written) for _ in range(150)]
    places += [luck.randrange(written, end) for _ in range(20)]
    places += range(end, len(pdf), 40)
    places += [start, start + 1, end - 2, end - 1, len(pdf) - 1, 0]
    for place in places:
        found = read_signed(_flipped(pdf, place, luck.randrange(8)), trusted)
        assert isinstance(found, Finding), place


def test_a_flipped_bit_in_a_time_stamp_is_found_or_says_the_same(
    keys: KeyRing, trusted: Trusted
) -> None:
    with authorities.serving() as service:
        signer = DocumentSigner(keys, organisation="实学", stamps=TimeStamps(service.address))
        pdf = signer.sign(papers.drawn(), place="成都", now=NOW).pdf
    honest = read_signed(pdf, trusted)
    assert isinstance(honest, SignedPdf)
    assert honest.stamp is not None
    luck, (start, _) = random.Random(12), _gap(pdf)
    found_out = 0
    for _ in range(150):
        found = read_signed(_flipped(pdf, luck.randrange(start, start + 5000), 1), trusted)
        if isinstance(found, SignedPdf):
            assert found.stamp is not None
            assert (found.stamp.at, found.stamp.authority) == (
                honest.stamp.at, honest.stamp.authority,
            )  # fmt: skip
        else:
            found_out += 1
    assert found_out > 100


@pytest.mark.parametrize("place", ["0.01", "0.5", "0.86", "0.9", "0.999"])
def test_a_file_that_is_cut_short_is_never_ours(pdf: bytes, trusted: Trusted, place: str) -> None:
    """Nor one that was never signed: its end is missing, and it can be fetched again."""
    assert read_signed(pdf[: int(len(pdf) * float(place))], trusted) is Finding.DAMAGED


def test_wherever_it_is_cut_it_is_incomplete_but_where_the_unsigned_page_was_whole(
    pdf: bytes, trusted: Trusted
) -> None:
    """Our signature is put behind a whole page, whose own end stands in the middle of the file."""
    luck, page = random.Random(13), papers.drawn()
    places = [luck.randrange(10, len(pdf) - 10) for _ in range(100)]
    places += [len(page) - 1, *range(len(page) + 2, len(page) + 1100, 25)]
    for place in places:
        assert read_signed(pdf[:place], trusted) is Finding.DAMAGED, place
    assert read_signed(page, trusted) is Finding.UNSIGNED


@pytest.mark.parametrize("version", range(3))
def test_one_without_a_signature_that_was_cut_is_incomplete(trusted: Trusted, version: int) -> None:
    whole = [papers.drawn(), papers.drawn() + b"\n", papers.drawn() + b"\r\n\r\n"][version]
    assert read_signed(whole, trusted) is Finding.UNSIGNED
    assert read_signed(whole[: len(whole) // 2], trusted) is Finding.DAMAGED


@pytest.mark.parametrize("place", range(5))
def test_a_first_line_that_was_altered_is_a_change(
    pdf: bytes, trusted: Trusted, place: int
) -> None:
    """It is not known for a PDF any more, and is our signed file all the same."""
    changed = _flipped(pdf, place, 1)
    assert read_signed(changed, trusted) is Finding.ALTERED
    assert read_signed(changed, {}) is Finding.ALTERED
    assert read_signed(changed[: len(pdf) // 2], trusted) is Finding.NOT_A_PDF
    assert read_signed(changed[:-40], trusted) is Finding.DAMAGED
    assert read_signed(_flipped(papers.drawn(), place, 1), trusted) is Finding.NOT_A_PDF


@pytest.mark.parametrize("place", range(len("/ByteRange [0")))
def test_a_signature_whose_place_is_not_named_any_more_is_a_change(
    pdf: bytes, trusted: Trusted, place: int
) -> None:
    """Not a file without a signature: that would be told of one that was printed anew."""
    changed = _flipped(pdf, pdf.rindex(b"/ByteRange") + place, 0)
    assert read_signed(changed, trusted) is Finding.ALTERED
    assert read_signed(changed, {}) is Finding.ALTERED


def test_where_the_end_of_the_last_line_alone_is_missing_it_was_cut(
    pdf: bytes, trusted: Trusted, tmp_path: Path
) -> None:
    """Some mail takes it off: nobody changed anything, and it can be fetched again."""
    assert pdf.endswith(b"%%EOF\n")
    assert read_signed(pdf[:-1], trusted) is Finding.DAMAGED
    assert read_signed(_flipped(pdf, 3000, 1)[:-1], trusted) is Finding.ALTERED
    theirs = DocumentSigner(KeyRing(tmp_path, may_create=True), organisation="别家")
    signed = theirs.sign(papers.drawn(), place="成都", now=NOW).pdf
    assert read_signed(signed[:-1], trusted) is Finding.DAMAGED


def test_what_stands_in_the_gap_is_as_it_was_written(pdf: bytes, trusted: Trusted) -> None:
    start, end = _gap(pdf)
    small = pdf[:start] + pdf[start:end].lower() + pdf[end:]
    assert read_signed(small, trusted) is Finding.ALTERED
    filled = pdf[: end - 3] + b"AB" + pdf[end - 1 :]
    assert read_signed(filled, trusted) is Finding.ALTERED
    remark = pdf[: end - 3] + b"%x" + pdf[end - 1 :]
    assert read_signed(remark, trusted) is Finding.ALTERED


def test_the_gap_cannot_be_moved(pdf: bytes, trusted: Trusted) -> None:
    """The digest is over what stands before and behind, joined; the range says where that is."""
    start, end = _gap(pdf)
    gap, rest = pdf[start:end], pdf[:start] + pdf[end:]
    for place in (start - 40, start + 40):
        moved = rest[:place] + gap + rest[place:]
        assert isinstance(read_signed(moved, trusted), Finding)
    foreign = b"/ByteRange [0 %d %d %d]" % (start, end, len(pdf) - end)
    twice = pdf[:start] + gap + pdf[end:] + foreign
    assert read_signed(twice, trusted) is Finding.APPENDED_TO


def test_another_attachment_is_found(pdf: bytes, trusted: Trusted) -> None:
    """Saved anew with another record, by a tool that knows PDF well."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        del opened.attachments["record.json"]
        opened.attachments["record.json"] = pikepdf.AttachedFileSpec(opened, b'{"score":100}')
        opened.save(out, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert read_signed(out.getvalue(), trusted) is Finding.ALTERED


@pytest.mark.parametrize("mode", ["disable", "preserve", "generate"])
def test_a_page_more_saved_anew_is_a_change_and_no_damage(
    pdf: bytes, trusted: Trusted, mode: str
) -> None:
    """The commonest forgery: whoever sees it called damaged would ask for another download."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.add_blank_page()
        opened.save(out, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode[mode])
    assert read_signed(out.getvalue(), trusted) is Finding.ALTERED


def _with_text(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root[pdf_name("/Lang")] = writer.root["/Lang"]
    writer.update_root()
    return _written(writer)


def _with_dss(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root[pdf_name("/DSS")] = DictionaryObject({pdf_name("/V"): NumberObject(1)})
    writer.update_root()
    return _written(writer)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _stranger() -> SimpleSigner:
    """The library's own signer, with a certificate that does not name us."""
    key = document_keys.derive("12345678", b"s" * 32, NOW)
    own = authorities.named("别家", key.private).public_bytes(Encoding.PEM)
    (certificate,) = load_certs_from_pemder_data(own)
    private = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=certificate,
        signing_key=load_private_key_from_pemder_data(private, passphrase=None),
        cert_registry=SimpleCertificateStore(),
    )


def _countersigned(pdf: bytes) -> bytes:
    """A whole second signature behind ours, by hand: the library minds what ours forbids."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    embedder = PdfCMSEmbedder(SigFieldSpec("Other")).write_cms("Other", writer)
    next(embedder)
    embedder.send(SigObjSetup(DocumentTimestamp(bytes_reserved=8000)))
    _, out = embedder.send(SigIOSetup(md_algorithm="sha256"))
    return out.getvalue()


@pytest.mark.parametrize(
    "append", [_with_text, _with_dss, _countersigned, lambda pdf: pdf + b"\n", lambda pdf: pdf * 2]
)
def test_whatever_is_appended_is_found(
    pdf: bytes, trusted: Trusted, append: Callable[[bytes], bytes]
) -> None:
    longer = append(pdf)
    assert longer.startswith(pdf)
    assert read_signed(longer, trusted) is Finding.APPENDED_TO


def test_a_strangers_signature_is_not_ours(trusted: Trusted) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(papers.drawn()))
    out = PdfSigner(PdfSignatureMetadata(field_name="Shixue1"), _stranger()).sign_pdf(writer)
    assert read_signed(out.getvalue(), trusted) is Finding.NOT_OURS


def test_a_forgers_key_under_our_name_is_unknown(tmp_path: Path, trusted: Trusted) -> None:
    forger = DocumentSigner(KeyRing(tmp_path, may_create=True), organisation="实学")
    forged = forger.sign(papers.drawn(), place="成都", now=NOW)
    assert read_signed(forged.pdf, trusted) is Finding.UNKNOWN_KEY
    assert read_signed(forged.pdf, {}) is Finding.UNKNOWN_KEY


def test_our_signature_on_another_document_is_found(
    keys: KeyRing, pdf: bytes, trusted: Trusted
) -> None:
    start, end = _gap(pdf)
    later = NOW + dt.timedelta(seconds=1)
    other = DocumentSigner(keys, organisation="实学").sign(papers.drawn(), place="成都", now=later)
    mixed = pdf[:start] + other.pdf[start:end] + pdf[end:]
    assert len(other.pdf) == len(pdf)
    assert read_signed(mixed, trusted) is Finding.ALTERED


def _locked(pdf: bytes, user: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, encryption=pikepdf.Encryption(owner="o", user=user))
    return out.getvalue()


def _bomb() -> bytes:
    packed = zlib.compress(bytes(200 * 2**20), 9)
    stream = b"<< /Filter /FlateDecode /Length %d >> stream\n%b\nendstream" % (len(packed), packed)
    return b"%PDF-1.7\n1 0 obj\n" + stream + b"\nendobj\n"


def _gap_of(content: bytes) -> bytes:
    head = b"%PDF-1.7\n1 0 obj << /Contents "
    gap = b"<" + content.hex().upper().encode() + b">"
    tail = b"/ByteRange [0 %d %d 100]" % (len(head), len(head + gap))
    return head + gap + tail.ljust(100)


HOSTILE: dict[str, tuple[Callable[[], bytes], set[Finding]]] = {
    "empty": (lambda: b"", {Finding.NOT_A_PDF}),
    "picture": (lambda: b"\xff\xd8\xff" + bytes(9000), {Finding.NOT_A_PDF}),
    "too big": (lambda: b"%PDF-1.7" + bytes(pdf_reading.MOST_BYTES), {Finding.TOO_BIG}),
    "unsigned": (papers.drawn, {Finding.UNSIGNED}),
    "locked": (lambda: _locked(papers.drawn(), "secret"), {Finding.ENCRYPTED}),
    "locked without a password": (lambda: _locked(papers.drawn(), ""), {Finding.ENCRYPTED}),
    "bomb": (_bomb, {Finding.DAMAGED}),
    "deep": (lambda: b"%PDF-1.7\n" + b"[" * 2_000_000, {Finding.DAMAGED}),
    "loop": (
        lambda: b"%PDF-1.7\nxref\n0 0\ntrailer << /Prev 9 /Size 1 >>\nstartxref\n9\n%%EOF",
        {Finding.UNSIGNED},
    ),
    "half a range": (lambda: b"%PDF-1.7\n" + b"/ByteRange [ 0 " * 250_000, {Finding.DAMAGED}),
    "blanks": (lambda: b"%PDF-1.7\n/ByteRange" + b" " * 4_000_000, {Finding.DAMAGED}),
    "ranges": (lambda: b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3]" * 200_000, {Finding.DAMAGED}),
    "backwards": (lambda: b"%PDF-1.7\n/ByteRange [0 20 10 5]" + bytes(99), {Finding.DAMAGED}),
    "beyond": (lambda: b"%PDF-1.7\n/ByteRange [0 9 20 99999999]", {Finding.DAMAGED}),
    "no CMS": (lambda: _gap_of(b""), {Finding.DAMAGED}),
    "zeros": (lambda: _gap_of(bytes(30_000)), {Finding.DAMAGED}),
    "nested": (lambda: _gap_of(b"\x30\x80" * 30_000), {Finding.DAMAGED}),
    "nested sets": (lambda: _gap_of(_nested(4_000)), {Finding.DAMAGED}),
    "long form": (lambda: _gap_of(b"\x30\x88" + b"\xff" * 8), {Finding.DAMAGED}),
    "high tag": (lambda: _gap_of(b"\x3f" + b"\xff" * 60_000), {Finding.DAMAGED}),
    "high tag inside": (lambda: _gap_of(_der(b"\x3f" + b"\xff" * 24_000)), {Finding.DAMAGED}),
    "long name": (lambda: _gap_of(_der(_der(b"\xff" * 24_000, 6))), {Finding.DAMAGED}),
    "long CMS": (lambda: _gap_of(_der(bytes(40_000))), {Finding.NOT_OURS}),
}


def _der(content: bytes, tag: int = 0x30) -> bytes:
    return bytes([tag, 0x83]) + len(content).to_bytes(3) + content


def _nested(depth: int) -> bytes:
    der = b""
    for _ in range(depth):
        der = _der(der)
    return der


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_at_once(trusted: Trusted, name: str) -> None:
    make, wanted = HOSTILE[name]
    file = make()
    begun = time.thread_time()
    found = read_signed(file, trusted)
    assert time.thread_time() - begun < 3
    assert found in wanted


@settings(max_examples=150)
@given(st.binary(max_size=2000), st.sampled_from([b"", b"%PDF-1.7\n", b"%PDF-/ByteRange [0 9 "]))
def test_noise_is_refused(noise: bytes, head: bytes) -> None:
    assert isinstance(read_signed(head + noise, {}), Finding)


@settings(max_examples=60)
@given(st.data())
def test_pieces_taken_out_doubled_and_put_in_are_found(
    pdf: bytes, trusted: Trusted, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(pdf)))
    end = data.draw(st.integers(start, min(len(pdf), start + 3000)))
    changed = pdf[:start] + data.draw(st.binary(max_size=30)) + pdf[end:]
    found = read_signed(changed, trusted)
    assert isinstance(found, Finding) or changed == pdf


@settings(max_examples=60)
@given(st.data())
def test_a_cms_that_is_half_ours_is_refused(
    pdf: bytes, trusted: Trusted, data: st.DataObject
) -> None:
    """The gap is all that an editor can change: pieces of ours in another order, and others'."""
    start, end = _gap(pdf)
    der = bytes.fromhex(pdf[start + 1 : end - 1].decode())
    first, second = sorted(data.draw(st.tuples(*[st.integers(0, 1150)] * 2)))
    mixed = der[:first] + data.draw(st.binary(max_size=40)) + der[second:]
    content = mixed[: len(der)].ljust(len(der), b"\x00").hex().upper().encode()
    changed = pdf[: start + 1] + content + pdf[end - 1 :]
    found = read_signed(changed, trusted)
    assert isinstance(found, Finding) or changed == pdf


def test_every_finding_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Finding)
    assert all(sentence.endswith("。") for sentence in SENTENCES.values())
