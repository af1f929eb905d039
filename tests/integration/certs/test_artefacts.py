"""What a holder gets, checked as a stranger would: with published keys, lists and the log."""

import base64
import copy
import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.certs.models import Certificate
from app.certs.providers import document_keys, pdf_reading, proofs
from app.certs.providers.pdf_reading import SignedPdf
from app.certs.rules import did_web
from app.certs.rules.facts import CertificateFacts, message_of, record_bytes
from app.certs.services import handed_over, kept_papers
from app.certs.services.handed_over import Keys
from app.core import log_sequencer, merkle
from app.core.checkpoints import Checkpoint, parse_note, signers
from app.core.clock import SettableClock
from app.core.crypto import b64url
from app.core.translog import commit_to
from app.lobby.parts import Parts
from tests import examinee, status_reading
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, MALLORY, csrf
from tests.reviewers import on_case, post, reviewer
from tests.status_reading import Standing


@dataclass(frozen=True, slots=True)
class Holding:
    """Everything of one certificate that leaves the house."""

    certificate: dict[str, Any]
    pdf: bytes
    credential: dict[str, Any]
    record: dict[str, Any]


@pytest.fixture
def holding(client: TestClient, parts: Parts, clock: SettableClock) -> Holding:
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id, wrong=1)
    certificate = certificate_of(alice)
    base = f"/api/v1/certificates/{certificate['certificate_id']}"
    pdf, signed = client.get(f"{base}/file.pdf"), client.get(f"{base}/credential.json")
    assert signed.headers["content-type"] == "application/vc"
    found = pdf_reading.read_signed(pdf.content, document_keys.public_keys(parts.keys))
    assert isinstance(found, SignedPdf), found
    assert found.credential == signed.content
    return Holding(certificate, pdf.content, signed.json(), json.loads(found.record or b"{}"))


def _published(client: TestClient, parts: Parts) -> tuple[str, dict[str, bytes]]:
    """The issuer's id and keys, as its DID document has them."""
    answer = client.get("/.well-known/did.json")
    assert answer.headers["content-type"] == "application/did+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    document = answer.json()
    assert document["id"] == did_web.did_of(parts.settings.public_url)
    known = parts.keys.public_keys("certificates")
    told = {each["id"]: each["publicKeyMultibase"] for each in document["verificationMethod"]}
    assert told == {f"{document['id']}#{key}": proofs.multikey(raw) for key, raw in known.items()}
    assert document["assertionMethod"] == list(told)
    return document["id"], known


def _standing(client: TestClient, parts: Parts, holding: Holding) -> Standing:
    did, keys = _published(client, parts)
    entry = holding.credential["credentialStatus"]
    address = entry["statusListCredential"].removeprefix(parts.settings.public_url)
    answer = client.get(address)
    assert answer.headers["content-type"] == "application/vc"
    assert proofs.verify(answer.json(), did=did, keys=keys, now=parts.clock.now()) is None
    again = client.get(address, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    return status_reading.standing(entry, answer.json(), now=parts.clock.now())


def _revoke(parts: Parts, certificate_id: str) -> None:
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        path = f"/certificates/{certificate_id}/revocation"
        case_id = post(wu, path, {"reason": "代考查实"}).json()["case_id"]
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200


def test_the_credential_names_the_holder_and_stands_until_it_is_revoked(
    client: TestClient, parts: Parts, holding: Holding
) -> None:
    did, keys = _published(client, parts)
    assert proofs.verify(holding.credential, did=did, keys=keys, now=parts.clock.now()) is None
    subject = holding.credential["credentialSubject"]
    assert ALICE.name in json.dumps(subject["identifier"], ensure_ascii=False)
    assert ALICE.number not in json.dumps(holding.credential)
    assert subject["licenseNumber"] == holding.certificate["number"]
    assert _standing(client, parts, holding) is Standing.VALID
    _revoke(parts, holding.certificate["certificate_id"])
    assert _standing(client, parts, holding) is Standing.REVOKED
    for number in ("2", "0", "x"):
        assert client.get(f"/status/{number}").status_code in {404, 422}, number


def test_a_wallet_that_knows_one_suite_alone_gets_its_proof(
    client: TestClient, holding: Holding
) -> None:
    base = f"/api/v1/certificates/{holding.certificate['certificate_id']}/credential.json"
    for proof in holding.credential["proof"]:
        answer = client.get(base, params={"proof": proof["cryptosuite"]})
        assert answer.headers["content-type"] == "application/vc"
        assert proof["cryptosuite"] in answer.headers["content-disposition"]
        assert answer.json() == holding.credential | {"proof": [proof]}
        kind, verdict, finding = _told(client, answer.content)
        assert (kind, verdict, finding) == ("credential", "unknown", "no_proof")
    assert client.get(base, params={"proof": "bbs-2023"}).status_code == 422
    page = client.get(f"/certificates/{holding.certificate['certificate_id']}").text
    assert f"{base}?proof=eddsa-rdfc-2022" in page


def test_the_record_is_proved_off_line_to_a_checkpoint_of_the_log(
    client: TestClient, parts: Parts, holding: Holding
) -> None:
    log = holding.record["log"]
    facts = CertificateFacts.from_mapping(holding.record["facts"])
    assert facts is not None
    record = record_bytes(facts, holding.record["key_id"], holding.record["signature"])
    commitment = commit_to(log["kind"], record, base64.b64decode(log["salt"]))
    assert commitment == base64.b64decode(log["commitment"])
    path = [base64.b64decode(step) for step in log["path"]]
    checkpoint = Checkpoint.parse(parse_note(log["checkpoint"])[0])
    leaf = merkle.leaf_hash(commitment)
    assert checkpoint.size == log["size"]
    assert merkle.is_included(leaf, log["position"], log["size"], path, checkpoint.root)
    assert signers(log["checkpoint"], parts.log.verifier_keys(checkpoint.origin))
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    public = client.get(f"/api/v1/verification/{facts.public_id}/proof").json()
    assert {name: public[name] for name in ("facts", "key_id", "signature")} == {
        name: holding.record[name] for name in ("facts", "key_id", "signature")
    }
    assert public["log"]["size"] >= log["size"]


def _told(client: TestClient, content: bytes) -> tuple[str, str, str]:
    headers = csrf(client) | {"content-type": "application/octet-stream"}
    answer = client.post("/api/v1/verification/files", content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["sentence"]
    return told["kind"], told["verdict"], told["finding"]


def test_a_file_that_is_handed_over_gets_its_own_answer(
    client: TestClient, parts: Parts, holding: Holding
) -> None:
    client.cookies.clear()
    client.get("/verify")
    signed = json.dumps(holding.credential).encode()
    record = json.dumps(holding.record).encode()
    assert _told(client, holding.pdf) == ("pdf", "valid", "")
    assert _told(client, signed) == ("credential", "valid", "")
    assert _told(client, record) == ("record", "valid", "")
    flipped = bytearray(holding.pdf)
    flipped[len(flipped) // 3] ^= 1
    assert _told(client, bytes(flipped)) == ("pdf", "altered", "altered")
    assert _told(client, holding.pdf + b"%more\n")[:2] == ("pdf", "altered")
    renamed = copy.deepcopy(holding.credential)
    renamed["credentialSubject"]["licenseNumber"] = "ZZ51510000202600000002P"
    assert _told(client, json.dumps(renamed).encode()) == ("credential", "altered", "altered")
    holder = holding.record["facts"] | {"holder_name": "马*洛"}
    assert _told(client, json.dumps(holding.record | {"facts": holder}).encode())[1] == "altered"
    for nothing in (b" ", b"hello", b"[1]", b"{}", b"\xff" * 99, b"[" * 9999):
        assert _told(client, nothing) == ("other", "unknown", "unreadable")
    assert _told(client, b"%PDF-1.7 and nothing")[:2] == ("pdf", "unknown")
    _revoke(parts, holding.certificate["certificate_id"])
    for content in (holding.pdf, signed, record):
        assert _told(client, content)[1] == "revoked"


def test_an_earlier_address_of_ours_is_ours(parts: Parts, holding: Holding) -> None:
    keys = Keys(parts.keys, parts.log)
    for content in (holding.pdf, json.dumps(holding.credential).encode()):
        with parts.database.reading() as db:
            found = handed_over.check(
                db, keys, content, address="https://moved.example", now=parts.clock.now()
            )
        assert (found.view.verdict, found.finding) == ("valid", "")
    foreign = holding.credential | {"issuer": "did:web:elsewhere.example"}
    with parts.database.reading() as db:
        found = handed_over.check(
            db, keys, json.dumps(foreign).encode(), address=parts.settings.public_url,
            now=parts.clock.now(),
        )  # fmt: skip
    assert (found.view.verdict, found.finding) == ("unknown", "issuer")


def test_what_is_signed_is_held_against_the_register(
    client: TestClient, parts: Parts, holding: Holding
) -> None:
    facts = CertificateFacts.from_mapping(holding.record["facts"])
    assert facts is not None
    forged = replace(facts, hours="72")  # somebody has our key
    signature = b64url(parts.keys.signer("certificates").sign(message_of(forged)))
    record = holding.record | {"facts": forged.to_mapping(), "signature": signature}
    assert _told(client, json.dumps(record).encode())[1] == "altered"
    with parts.database.transaction() as db:  # a backup: the number is given to somebody else
        db.get_one(Certificate, holding.certificate["certificate_id"]).public_id = "B" * 16
    assert _told(client, json.dumps(holding.credential).encode())[1] == "unknown"
    assert _told(client, holding.pdf)[1] == "unknown"


def test_texts_that_cannot_be_written_and_files_that_are_long_are_answered(
    client: TestClient, holding: Holding
) -> None:
    half = holding.record | {"facts": holding.record["facts"] | {"holder_name": "\ud800"}}
    assert _told(client, json.dumps(half).encode())[1] == "altered"
    facts = {name: half[name] for name in ("facts", "key_id", "signature")}
    headers = csrf(client) | {"content-type": "application/json"}
    answer = client.post(
        "/api/v1/verification/facts", content=json.dumps(facts).encode(), headers=headers
    )
    assert answer.status_code in {200, 422}, answer.text
    assert _told(client, b"%PDF-1.7\n" + bytes(2**20)) == ("pdf", "unknown", "damaged")
    assert _told(client, b"%PDF-1.7\n" + bytes(2**22)) == ("pdf", "unknown", "too_big")
    marked = b"\xef\xbb\xbf" + json.dumps(holding.credential).encode()
    assert _told(client, marked) == ("credential", "valid", "")


def test_what_everybody_may_keep_brings_nobody_a_cookie(
    client: TestClient, holding: Holding
) -> None:
    client.cookies.clear()
    address = holding.credential["credentialStatus"]["statusListCredential"]
    # A list by a new key must not meet the keys of five minutes ago.
    for path, kept in (
        ("/.well-known/did.json", "public, no-cache"),
        (f"/status/{address.rpartition('/')[2]}", "public, max-age=300"),
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == kept
        assert "set-cookie" not in answer.headers, path


def test_rotated_keys_leave_everything_good(
    client: TestClient, parts: Parts, holding: Holding
) -> None:
    for purpose in ("certificates", "documents"):
        parts.keys.add(purpose, now=parts.clock.now())
    assert _told(client, holding.pdf) == ("pdf", "valid", "")
    assert _standing(client, parts, holding) is Standing.VALID


def test_certificate_from_before_credentials_says_that_it_has_none(
    client: TestClient, parts: Parts, holding: Holding
) -> None:
    certificate_id = holding.certificate["certificate_id"]
    with parts.database.transaction() as db:
        row = db.get_one(Certificate, certificate_id)
        row.status_list = row.status_index = None
        papers = kept_papers.papers_of(row)
    parts.storage.delete(f"certificates/{papers.name}.credential")
    base = f"/api/v1/certificates/{certificate_id}"
    assert client.get(f"{base}/credential.json").status_code == 404
    assert client.get(f"{base}/file.pdf").status_code == 200
    assert "电子凭证" not in client.get(f"/certificates/{certificate_id}").text
    assert client.get("/status/1").status_code == 200  # nobody is in it
    assert client.get("/status/2").status_code == 404
