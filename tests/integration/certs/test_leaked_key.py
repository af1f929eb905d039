"""A key of ours in other hands, and no database: what it signs is told from what was issued."""

import copy
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import worker
from app.certs.providers import artwork, proofs
from app.certs.providers.artwork import Attachment
from app.certs.providers.pdf_signing import DocumentSigner
from app.certs.rules.documents import RECORD
from app.certs.rules.facts import CertificateFacts, message_of
from app.core.crypto import KeyRing, b64url
from app.core.signatures import SigningKey
from app.lobby import files
from app.lobby.parts import Parts
from tests import finished, papers
from tests.papers_issued import FOREIGN, Issued, take

Document = dict[str, Any]


@pytest.fixture(scope="module")
def one(shared_parts: Parts) -> Issued:
    course = finished.courses(shared_parts, codes=("usual",))[0]
    person = finished.finish(shared_parts, course, "赵码", 90_000)
    worker.drain(shared_parts)
    return take(shared_parts, person.enrolment_id)


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


@pytest.mark.parametrize(
    ("page", "told"),
    [(None, ("altered", "unknown_key")), ("A" * 16, ("unknown", "other_platform"))],
)
def test_a_pdf_of_another_installation_is_no_forgery_unless_it_claims_our_page(
    shared_parts: Parts, one: Issued, tmp_path: Path, page: str | None, told: tuple[str, str]
) -> None:
    """All of them sign under one name, each with a key of its own."""
    record = json.loads(one.record)
    record["facts"]["public_id"] = page or one.public_id
    carried = Attachment(RECORD, json.dumps(record), "application/json", "data", "记录")
    theirs = DocumentSigner(KeyRing(tmp_path, may_create=True), organisation="实学")
    bare = artwork.draw_pdf(papers.facts(), (carried,))
    pdf = theirs.sign(bare, place="成都", now=shared_parts.clock.now()).pdf
    assert _told(shared_parts, pdf) == told


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
