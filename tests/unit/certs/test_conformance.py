"""What specifications demand of what we give out: docs/certificates-conformance.md.

Here is what no other test looks at; the table there names the others.
"""

import base64
import datetime as dt
import gzip
import re
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pikepdf
import pytest
from asn1crypto import cms

from app.certs.providers import linked_data
from app.core.checkpoints import Checkpoint, VerifierKey, parse_note
from tests import credentials, papers_off_line

V2 = "https://www.w3.org/ns/credentials/v2"
# XMLSCHEMA11-2 dateTimeStamp: a zone is needed.
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
PDF = papers_off_line.DOCUMENT.read_bytes()
CREDENTIAL = credentials.signed()
LISTED = credentials.published_list(5)
_ENTRY, _SUBJECT = CREDENTIAL["credentialStatus"], LISTED["credentialSubject"]


def _is_url(text: str) -> bool:
    return bool(urlsplit(text).scheme) and " " not in text


@pytest.mark.parametrize("document", [CREDENTIAL, LISTED], ids=["credential", "list"])
def test_data_model_2_0(document: dict[str, Any]) -> None:
    assert document["@context"][0] == V2  # 4.3
    assert all(isinstance(each, str) and _is_url(each) for each in document["@context"])
    assert isinstance(document["id"], str)  # 4.4
    assert _is_url(document["id"])
    assert document["type"][0] == "VerifiableCredential"  # 4.5
    issuer = document["issuer"]
    assert _is_url(issuer if isinstance(issuer, str) else issuer["id"])  # 4.7
    assert isinstance(document["credentialSubject"], dict)  # 4.8
    moments = [document["validFrom"], document["validUntil"]]  # 4.9
    assert all(STAMP.fullmatch(each) for each in moments)
    first, last = map(dt.datetime.fromisoformat, moments)
    assert first <= last


def test_data_model_2_0_of_what_hangs_below() -> None:
    for each in [
        *CREDENTIAL["credentialSchema"],
        *CREDENTIAL["evidence"],
        _ENTRY,
    ]:  # 4.10-4.12, 5.6
        assert each["type"]
        assert _is_url(each["id"])
    bound = credentials.signed(credentials.unsigned(picture=b"x"))["relatedResource"]  # 5.3
    assert len({each["id"] for each in bound}) == len(bound)
    for each in bound:
        assert each["digestSRI"] == f"sha256-{base64.b64encode(sha256(b'x').digest()).decode()}"
        assert each["mediaType"] == "image/jpeg"


@pytest.mark.parametrize("document", [CREDENTIAL, LISTED], ids=["credential", "list"])
def test_data_integrity_1_0(document: dict[str, Any]) -> None:
    """2.1: a proof set, each complete, none chained; EdDSA cryptosuites 3.3.1 and 3.3.2."""
    methods = credentials.did_document()["assertionMethod"]
    for proof in document["proof"]:
        assert proof["type"] == "DataIntegrityProof"
        assert proof["proofPurpose"] == "assertionMethod"
        assert proof["verificationMethod"] in methods
        assert STAMP.fullmatch(proof["created"])
        assert proof["proofValue"].startswith("z")
        assert "previousProof" not in proof
    rdfc, jcs = document["proof"]
    assert (rdfc["cryptosuite"], jcs["cryptosuite"]) == ("eddsa-rdfc-2022", "eddsa-jcs-2022")
    assert "@context" not in rdfc
    assert jcs["@context"] == document["@context"]


def test_the_base_context_is_the_one_whose_hash_the_data_model_states() -> None:
    """B.1: it is to be taken as retrieved already, and this is its SHA-256."""
    folder = linked_data.__file__.rpartition("/")[0]
    with open(f"{folder}/contexts/credentials-v2.json", "rb") as file:  # noqa: PTH123
        found = sha256(file.read()).hexdigest()
    assert found == "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"


def test_bitstring_status_list_1_0() -> None:
    assert _ENTRY["type"] == "BitstringStatusListEntry"  # 2.1
    assert _ENTRY["statusPurpose"] == "revocation"
    assert re.fullmatch(r"0|[1-9]\d*", _ENTRY["statusListIndex"])
    assert _ENTRY["id"] != _ENTRY["statusListCredential"]
    assert _ENTRY["statusListCredential"] == LISTED["id"]
    assert "BitstringStatusListCredential" in LISTED["type"]  # 2.2
    assert _SUBJECT["type"] == "BitstringStatusList"
    assert _SUBJECT["statusPurpose"] == _ENTRY["statusPurpose"]
    assert "statusListReference" not in _SUBJECT
    encoded = _SUBJECT["encodedList"]
    assert encoded.startswith("u")
    assert "=" not in encoded
    packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
    assert packed[:2] == b"\x1f\x8b"  # RFC 1952
    bits = gzip.decompress(packed)
    assert len(bits) >= 16 * 1024
    assert bits[0] == 0b0000_0100  # place 5, of which the first is the left-most bit
    assert isinstance(_SUBJECT["ttl"], int)
    # 5: secured as the credentials that name it are.
    named = [[proof["cryptosuite"] for proof in each["proof"]] for each in (CREDENTIAL, LISTED)]
    assert named[0] == named[1]


def test_did_web_and_controlled_identifiers_1_0() -> None:
    document = credentials.did_document()
    assert document["@context"][0] == "https://www.w3.org/ns/did/v1"
    assert document["id"] == "did:web:shixue.example%3A8443"
    for method in document["verificationMethod"]:
        assert method["id"].startswith(f"{document['id']}#")
        assert method["controller"] == document["id"]
        assert method["type"] == "Multikey"
        assert method["publicKeyMultibase"].startswith("z6Mk")
    named = [method["id"] for method in document["verificationMethod"]]
    assert len(set(named)) == len(named)
    assert document["assertionMethod"] == named


def _cms() -> cms.SignedData:
    start = PDF.rindex(b"/Contents <") + len(b"/Contents <")
    raw = bytes.fromhex(PDF[start : PDF.index(b">", start)].decode())
    content = cms.ContentInfo.load(raw)
    assert content["content_type"].native == "signed_data"
    return content["content"]


def test_pades_baseline_b() -> None:
    """ETSI EN 319 142-1, 6.3, level B-B; and EN 319 122-1 for the CMS."""
    data = _cms()
    [signer] = data["signer_infos"]
    names = [attribute["type"].dotted for attribute in signer["signed_attrs"]]
    assert "1.2.840.113549.1.9.3" in names  # content-type, b
    assert "1.2.840.113549.1.9.4" in names  # message-digest
    assert "1.2.840.113549.1.9.16.2.47" in names  # signing-certificate-v2
    assert "1.2.840.113549.1.9.5" not in names  # signing-time stands in M, and not here
    assert "1.2.840.113549.1.9.16.2.16" not in names  # commitment-type: there is a Reason
    assert len(set(names)) == len(names)
    assert data["encap_content_info"]["content"].native is None  # detached
    assert len(data["certificates"]) == 1  # the signer's own is in it
    assert signer["digest_algorithm"]["algorithm"].native == "sha256"
    with pikepdf.open(papers_off_line.DOCUMENT) as pdf:
        signature = pdf.Root.Perms.DocMDP
        assert signature.SubFilter == "/ETSI.CAdES.detached"
        assert "/Cert" not in signature
        assert str(signature.M).startswith("D:20261124")
        [reference] = signature.Reference
        assert (reference.TransformMethod, int(reference.TransformParams.P)) == ("/DocMDP", 1)
        start, gap, end, rest = map(int, signature.ByteRange)
        assert (start, end + rest) == (0, len(PDF))
        assert PDF[gap : gap + 1] + PDF[end - 1 : end] == b"<>"


def test_pdf_a_3_of_files_inside() -> None:
    """ISO 19005-3, 6.8: type, relationship, both names; and PDF syntax by qpdf."""
    with pikepdf.open(papers_off_line.DOCUMENT) as pdf:
        assert pdf.check_pdf_syntax() == []
        kinds = {}
        for spec in pdf.Root.AF:
            assert str(spec.F) == str(spec.UF)
            assert str(spec.Desc)
            assert str(spec.AFRelationship) in {"/Source", "/Data"}
            kinds[str(spec.UF)] = str(spec.EF.F.Subtype)
            assert "/ModDate" in spec.EF.F.Params
    assert kinds == {"credential.json": "/application/vc", "record.json": "/application/json"}


@pytest.mark.parametrize("name", [papers_off_line.NAMED, papers_off_line.OF_ITS_ID])
def test_signed_note_and_tlog_checkpoint(name: str) -> None:
    raw = papers_off_line.LOG_KEY.public_key
    key_id = sha256(name.encode() + b"\n\x01" + raw).digest()[:4]  # signed-note, Signatures
    vectors = papers_off_line.vectors()
    [text] = [each for each in (vectors["named_log_key"], *vectors["log_keys"])
              if each.startswith(f"{name}+")]  # fmt: skip
    written = base64.b64encode(b"\x01" + raw).decode()
    assert text == f"{name}+{key_id.hex()}+{written}"
    assert VerifierKey.parse(text).key_hash == key_id
    assert not re.search(r"[\s+]", name)
    logs = [vectors["named_log"], vectors["record"]["log"]]
    [note] = [log["checkpoint"] for log in logs if f"\n— {name} " in log["checkpoint"]]
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", note)
    stated, [line] = parse_note(note)
    assert line.key_hash == key_id
    root = stated.split("\n")[2]
    assert stated == f"{papers_off_line.ORIGIN}\n7\n{root}\n"
    assert len(Checkpoint.parse(stated).root) == 32


def test_the_logs_key_has_the_origin_for_its_name() -> None:
    """tlog-checkpoint: the log's key name in its signature line should match the origin line."""
    assert papers_off_line.NAMED == papers_off_line.ORIGIN
    assert "://" not in papers_off_line.ORIGIN
    assert not papers_off_line.ORIGIN.endswith("/")
