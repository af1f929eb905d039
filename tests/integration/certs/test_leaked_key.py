"""A key of ours in other hands, and no database: what it signs is told from what was issued."""

import copy
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from app import worker
from app.certs.providers import artwork, proofs
from app.certs.providers.artwork import Attachment
from app.certs.providers.pdf_signing import DocumentSigner
from app.certs.rules.did_web import did_of
from app.certs.rules.facts import CertificateFacts, message_of
from app.certs.rules.verdicts import UNKNOWN_KEY, other_platform
from app.core.crypto import KeyRing, b64url
from app.core.signatures import SigningKey
from app.lobby import files
from app.lobby.parts import Parts
from tests import finished, papers
from tests.papers_issued import FOREIGN, Issued, issue_one, take

Document = dict[str, Any]


@pytest.fixture(scope="module")
def one(shared_parts: Parts) -> Issued:
    return issue_one(shared_parts)


def _told(parts: Parts, content: bytes) -> tuple[str, str]:
    found = files.check(parts, content, now=parts.clock.now())
    return found.view.verdict.value, found.finding


def _signed(parts: Parts, bare: Document) -> bytes:
    did, key = bare["issuer"]["id"], parts.keys.signer("certificates")
    return json.dumps(proofs.sign(bare, did=did, key=key, now=parts.clock.now())).encode()


def _into(path: str, value: object) -> Callable[[Document], None]:
    *way, last = (int(each) if each.isdigit() else each for each in path.split("/"))

    def change(document: Any) -> None:
        for each in way:
            document = document[each]
        assert document.get(last) != value
        document[last] = value

    return change


SUBJECT = "credentialSubject"
CHANGES = [
    _into(f"{SUBJECT}/identifier/0/identityHash", "冒名者"),
    _into(f"{SUBJECT}/identifier/1/identityHash", "0" * 64),
    _into(f"{SUBJECT}/achievement/name", "另一门课"),
    _into(f"{SUBJECT}/achievement/creator/name", "另一家机构"),
    _into(f"{SUBJECT}/result/0/value", "9999"),
    _into(f"{SUBJECT}/result/1/value", "99"),
    _into(f"{SUBJECT}/creditsEarned", 9999),
    _into(f"{SUBJECT}/activityEndDate", "2026-01-01T00:00:00+08:00"),
    _into("evidence/1/id", "ni:///sha-256;" + "A" * 43),
    _into("name", "特种作业操作证：另一门课"),
    _into("validFrom", "2026-01-01T00:00:00Z"),
    _into("validUntil", "2099-01-01T00:00:00Z"),
    _into("credentialStatus/statusListIndex", "131071"),
    lambda document: document[SUBJECT]["result"].pop(),
    lambda document: document[SUBJECT].pop("identifier"),
]  # fmt: skip


def test_a_credential_that_states_anything_else_is_not_the_one_issued(
    shared_parts: Parts, one: Issued
) -> None:
    bare = {name: value for name, value in json.loads(one.credential).items() if name != "proof"}
    assert _told(shared_parts, _signed(shared_parts, bare)) == ("valid", "")
    for change in CHANGES:
        document = copy.deepcopy(bare)
        change(document)
        assert _told(shared_parts, _signed(shared_parts, document)) == ("altered", "differs")
    found = files.check(shared_parts, _signed(shared_parts, document), now=shared_parts.clock.now())
    assert "登记的不一样" in found.view.sentence


def test_a_record_that_states_anything_else_is_not_the_one_issued(
    shared_parts: Parts, one: Issued
) -> None:
    given = json.loads(one.record)
    facts = CertificateFacts.from_mapping(given["facts"] | {"hours": "9999"})
    assert facts is not None
    signer = shared_parts.keys.signer("certificates")
    forged = given | {
        "facts": facts.to_mapping(), "signature": b64url(signer.sign(message_of(facts))),
    }  # fmt: skip
    assert _told(shared_parts, json.dumps(forged).encode()) == ("altered", "differs")


def test_a_key_that_we_do_not_have_is_another_platforms_unless_it_claims_our_page(
    shared_parts: Parts, one: Issued
) -> None:
    stranger, given = SigningKey("0badc0de", FOREIGN), json.loads(one.record)
    for page, told in (
        (one.public_id, ("altered", "unknown_key")), ("A" * 16, ("unknown", "other_platform")),
    ):  # fmt: skip
        facts = CertificateFacts.from_mapping(given["facts"] | {"public_id": page})
        assert facts is not None
        record = {
            "facts": facts.to_mapping(), "key_id": stranger.key_id,
            "signature": b64url(stranger.sign(message_of(facts))), "log": None,
        }  # fmt: skip
        assert _told(shared_parts, json.dumps(record).encode()) == told


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> DocumentSigner:
    """Another installation of this software: its certificate bears the same name as ours."""
    ring = KeyRing(tmp_path_factory.mktemp("stranger"), may_create=True)
    return DocumentSigner(ring, organisation="别处的平台")


def _of_stranger(stranger: DocumentSigner, record: Document, credential: Document) -> bytes:
    files_in_it = (
        Attachment("credential.json", json.dumps(credential), "application/vc", "data", "凭证"),
        Attachment("record.json", json.dumps(record), "application/json", "source", "记录"),
    )
    drawn = artwork.draw_pdf(papers.facts(), files_in_it)
    return stranger.sign(drawn, place="别处", now=dt.datetime(2026, 11, 24, tzinfo=dt.UTC)).pdf


def _elsewhere(given: bytes, parts: Parts, own: str) -> Document:
    """The same, with the address and the page of somebody else's house."""
    address = parts.settings.public_url
    text = given.decode().replace(own, "A" * 16).replace(address, "https://other.example")
    found: Document = json.loads(text.replace(did_of(address), "did:web:other.example"))
    return found


def test_a_document_of_another_platform_is_no_forgery_unless_it_claims_our_page(
    shared_parts: Parts, one: Issued, stranger: DocumentSigner
) -> None:
    record, credential = json.loads(one.record), json.loads(one.credential)
    other_record = _elsewhere(one.record, shared_parts, one.public_id) | {"key_id": "0badc0de"}
    other = _elsewhere(one.credential, shared_parts, one.public_id)
    honest = _of_stranger(stranger, other_record, other)
    assert _told(shared_parts, honest) == ("unknown", "other_platform")
    found = files.check(shared_parts, honest, now=shared_parts.clock.now())
    assert found.view.sentence == other_platform("other.example")
    page = credential["evidence"][0]["id"].replace(one.public_id, "A" * 16)
    claims = [
        (record, credential),
        (record, other),
        (other_record, credential),
        (other_record | {"key_id": one.key_id}, other),
        (other_record, other | {"issuer": credential["issuer"]}),
        (other_record, other | {"issuer": credential["issuer"]["id"]}),
        (other_record, other | {"evidence": [{"id": page}]}),
    ]
    for claimed in claims:
        forged = _of_stranger(stranger, *claimed)
        assert _told(shared_parts, forged) == ("altered", "unknown_key")
    found = files.check(shared_parts, forged, now=shared_parts.clock.now())
    assert found.view.sentence == UNKNOWN_KEY


def test_an_address_from_before_is_ours_in_a_document_too(
    shared_parts: Parts, one: Issued, stranger: DocumentSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = _elsewhere(one.record, shared_parts, one.public_id) | {"key_id": "0badc0de"}
    credential = _elsewhere(one.credential, shared_parts, one.public_id)
    forged = _of_stranger(stranger, record, credential)
    monkeypatch.setattr(shared_parts.settings, "former_urls", ("https://other.example",))
    assert _told(shared_parts, forged) == ("altered", "unknown_key")


def test_a_document_of_another_platform_that_was_changed_is_altered(
    shared_parts: Parts, one: Issued, stranger: DocumentSigner
) -> None:
    record = _elsewhere(one.record, shared_parts, one.public_id) | {"key_id": "0badc0de"}
    credential = _elsewhere(one.credential, shared_parts, one.public_id)
    pdf = _of_stranger(stranger, record, credential)
    changed = pdf.replace(b"%PDF-1.7\n", b"%PDF-1.6\n", 1)
    assert changed != pdf
    assert _told(shared_parts, changed) == ("altered", "altered")


@pytest.mark.parametrize(
    "facts",
    [None, [], {"public_id": ["x"]}, {"public_id": "\x00" * 12}, {"public_id": "\ud800" * 12}],
)
def test_whatever_a_strangers_record_holds_is_answered(
    shared_parts: Parts, stranger: DocumentSigner, facts: object
) -> None:
    odd: Document = {"credentialSubject": {}, "issuer": facts, "evidence": facts}
    pdf = _of_stranger(stranger, {"facts": facts, "key_id": facts}, odd)
    assert _told(shared_parts, pdf) == ("unknown", "other_platform")


def test_an_old_key_that_dates_back_is_found_out_too(parts: Parts) -> None:
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "赵码", 90_000)
    worker.drain(parts)
    issued = take(parts, person.enrolment_id)
    stolen, now = parts.keys.signer("certificates"), parts.clock.now()
    parts.keys.add("certificates", now=now + dt.timedelta(days=1))
    bare = {k: v for k, v in json.loads(issued.credential).items() if k != "proof"}
    bare[SUBJECT]["result"][0]["value"] = "9999"
    forged = proofs.sign(bare, did=bare["issuer"]["id"], key=stolen, now=now)
    found = files.check(parts, json.dumps(forged).encode(), now=now + dt.timedelta(days=40))
    assert (found.view.verdict.value, found.finding) == ("altered", "differs")
