"""A certificate's page to be drawn, and what of PDF/A-3b can be looked at without its validator."""

import datetime as dt
import io
import json
import re
from functools import cache
from pathlib import Path

import pikepdf

from app.certs.providers import artwork
from app.certs.providers.artwork import Attachment
from app.certs.providers.type_table import read_types
from app.certs.rules.facts import CertificateFacts
from app.certs.rules.paper import Paper, page_of

VECTOR = json.loads(
    (Path(__file__).parent / "golden" / "certificate-2.json").read_text(encoding="utf-8")
)
TYPES = read_types(Path(__file__).parents[1] / "reference")
CREDENTIAL = json.dumps({"type": ["VerifiableCredential"], "姓名": "李晓梅"}, ensure_ascii=False)
RECORD = json.dumps(VECTOR["facts"], ensure_ascii=False, sort_keys=True)
ATTACHMENTS = (
    Attachment("credential.json", CREDENTIAL, "application/ld+json", "data", "可验证凭证"),
    Attachment("record.json", RECORD, "application/json", "source", "证书记录"),
)


@cache
def code() -> str:
    return artwork.qr_svg(VECTOR["text"])


def facts(**changes: object) -> dict[str, object]:
    """What the template is given."""
    return page(VECTOR["facts"]["type"]) | {
        "layout": "statement", "address": "https://shixue.example", "qr": code()
    } | changes  # fmt: skip


def page(kind: str) -> dict[str, object]:
    """What a kind of certificate has on its page."""
    found = TYPES.named(kind)
    stated = CertificateFacts.from_mapping(VECTOR["facts"] | {"type": kind})
    assert found is not None
    assert stated is not None
    paper = Paper(
        facts=stated, name="李晓梅", document_name="居民身份证",
        document_number="510101198803070028", issued_on=dt.date(2026, 11, 24),
        retraining=found.retraining,
    )  # fmt: skip
    return page_of(paper, found)


@cache
def drawn() -> bytes:
    """The page with both attachments, before signing."""
    return artwork.draw_pdf(facts(), ATTACHMENTS)


def carried(pdf: bytes) -> dict[str, tuple[bytes, str, str]]:
    """Every attachment as another reader finds it: content, media type, relationship."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return {
            name: (
                spec.get_file().read_bytes(), spec.get_file().mime_type,
                str(spec.obj.AFRelationship),
            )
            for name, spec in opened.attachments.items()
        }  # fmt: skip


def assert_archival(pdf: bytes, attachments: int) -> None:
    """ISO 19005-3 level B as far as it can be seen without its validator, which needs Java."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert not opened.is_encrypted
        root, info = opened.Root, opened.docinfo
        xmp = root.Metadata.read_bytes().decode()
        assert "/Filter" not in root.Metadata
        assert re.search(r"<pdfaid:part>3<", xmp)
        assert re.search(r"<pdfaid:conformance>B<", xmp)
        assert str(info.Title) in xmp
        for each in (info.CreationDate, info.ModDate):
            assert str(each) == "D:20261124020000Z"
        assert set(re.findall(r"<xmp:(?:Create|Modify)Date>([^<]+)<", xmp)) == {
            "2026-11-24T02:00:00Z"
        }
        assert [str(each.S) for each in root.OutputIntents] == ["/GTS_PDFA1"]
        assert not {"/OpenAction", "/AA", "/OCProperties"} & set(root.keys())
        assert len(opened.trailer.ID) == 2
        specs = list(root.get("/AF", []))
        assert len(specs) == attachments
        for spec in specs:
            assert {"/F", "/UF", "/EF", "/AFRelationship", "/Desc"} <= set(spec.keys())
            assert {"/Subtype", "/Params"} <= set(spec.EF.F.keys())
            assert "/ModDate" in spec.EF.F.Params
        _assert_plain_objects(opened)


def _assert_plain_objects(opened: pikepdf.Pdf) -> None:
    """Fonts are in the file, nothing runs, streams are compressed in the allowed ways."""
    fonts = 0
    for each in opened.objects:
        if not isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            continue
        if each.get("/Type") == "/FontDescriptor":
            fonts += 1
            assert {"/FontFile2", "/FontFile3"} & set(each.keys())
        assert "/LZWDecode" not in str(each.get("/Filter", ""))
        assert str(each.get("/S", "")) not in {"/JavaScript", "/Launch", "/Sound", "/Movie"}
        if each.get("/Subtype") == "/Widget":
            assert int(each.F) & 4, "an annotation has to be printed"
    assert fonts
