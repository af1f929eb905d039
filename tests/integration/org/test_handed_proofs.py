"""A proof of hours that is handed over gets its own verdict, as a certificate does."""

import copy
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete
from starlette.testclient import TestClient

from app.core.crypto import b64url
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.proofs import HourProof
from app.org.rules.statement import message_of
from tests.courses import make_course
from tests.employers import agent, post
from tests.people import ALICE, CAROL, MALLORY, csrf, sign_in, verify

File = dict[str, Any]


@pytest.fixture(scope="module")
def alice(shared_parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(shared_parts), follow_redirects=False) as client:
        sign_in(client, shared_parts, ALICE)
        verify(client, ALICE)
        course = make_course(shared_parts)
        assert post(client, "/enrolments", {"course_id": course.course_id}).status_code == 201
        yield client


@pytest.fixture(scope="module")
def own(alice: TestClient) -> File:
    found: File = alice.get("/api/v1/me/hours/proof.json").json()
    return found


@pytest.fixture(scope="module")
def employers(alice: TestClient, shared_parts: Parts) -> File:
    with TestClient(create_app(shared_parts), follow_redirects=False) as client:
        boss = agent(client, shared_parts, MALLORY)
        new = {"name": ALICE.name, "document_number": ALICE.number}
        staff_id = str(post(boss, "/org/staff", new).json()["staff_id"])
        org_id = alice.get("/me").text.split("/me/employers/")[1][:26]
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        found: File = boss.get(f"/api/v1/org/staff/{staff_id}/proof.json").json()
        return found


def _changed(file: File, **changes: object) -> File:
    other = copy.deepcopy(file)
    other["statement"].update(changes)
    return other


def _signed(parts: Parts, file: File, **changes: object) -> File:
    """What somebody with our key of proofs would make of it."""
    other = _changed(file, **changes)
    signer = parts.keys.signer("proofs")
    signature = b64url(signer.sign(message_of(other["statement"])))
    return other | {"key_id": signer.key_id, "signature": signature}


def _check(client: TestClient, content: bytes) -> File:
    headers = csrf(client) | {"content-type": "application/octet-stream"}
    answer = client.post("/api/v1/verification/files", content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    found: File = answer.json()
    return found


def test_a_proof_without_a_number_by_an_ended_key_may_be_dated_back(parts: Parts) -> None:
    """No register has it: whoever got hold of the key later may have made it."""
    with TestClient(create_app(parts), follow_redirects=False) as client:
        sign_in(client, parts, ALICE)
        verify(client, ALICE)
        content = client.get("/api/v1/me/hours/proof.json").content
        assert "停用" not in _check(client, content)["sentence"]
        parts.keys.add("proofs", now=parts.clock.now())
        found = _check(client, content)
        assert (found["verdict"], found["finding"]) == ("valid", "")
        assert "密钥已经停用" in found["sentence"]
        assert "重新下载" in found["sentence"]
        fresh = client.get("/api/v1/me/hours/proof.json").content
        assert "停用" not in _check(client, fresh)["sentence"]


def _told(client: TestClient, file: File) -> tuple[str, str, str]:
    found = _check(client, json.dumps(file, ensure_ascii=False).encode())
    assert (found["proof"] is not None) == (found["verdict"] == "valid")
    assert found["facts"] is None
    return found["kind"], found["verdict"], found["finding"]


PROOF = "proof_of_hours"


def test_ones_own_is_good_and_says_what_it_states(alice: TestClient, own: File) -> None:
    found = _check(alice, b"\xef\xbb\xbf" + json.dumps(own, indent=3).encode())
    assert (found["kind"], found["verdict"], found["finding"]) == (PROOF, "valid", "")
    assert "开具那一刻" in found["sentence"]
    stated = found["proof"]
    assert (stated["number"], stated["holder_name"], stated["made_on"]) == (
        "", ALICE.name, "2026-11-24",
    )  # fmt: skip
    assert [each["hours"] for each in stated["courses"]] == ["0"]


def test_it_is_read_in_utf_8_alone_with_or_without_a_mark_in_front(
    alice: TestClient, own: File
) -> None:
    """As the page and the stand-alone verifier read it; what another program saved says so."""
    text = json.dumps(own, ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig"):
        assert _check(alice, text.encode(encoding))["verdict"] == "valid"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"):
        found = _check(alice, text.encode(encoding))
        assert (found["kind"], found["verdict"], found["finding"]) == (
            "other", "unknown", "encoding",
        ), encoding  # fmt: skip
        assert "下载时的原文件" in found["sentence"]
    twice_marked = _check(alice, b"\xef\xbb\xbf" + text.encode("utf-8-sig"))
    assert (twice_marked["verdict"], twice_marked["finding"]) == ("unknown", "unreadable")
    cut = text.encode()
    cut = cut[: cut.index(ALICE.name.encode()) + 1]
    assert _check(alice, cut)["finding"] == "unreadable"


def test_what_was_altered_is_altered(alice: TestClient, own: File, shared_parts: Parts) -> None:
    for file in (
        _changed(own, holder_name=CAROL.name), _changed(own, made_on="2027-01-01"),
        _changed(own, confirmed_ms=90_000), _changed(own, extra=1), own | {"signature": "A" * 86},
        own | {"signature": "no base64!"}, _changed(own, holder_name="\ud800"),
        # Our key, and yet no proof that we would give out.
        _signed(shared_parts, own, confirmed_ms=90_000),
        _signed(shared_parts, own, number="XS202611240000010"),
    ):  # fmt: skip
        text = json.dumps(file).encode()
        found = _check(alice, text)
        assert (found["kind"], found["verdict"], found["finding"]) == (PROOF, "altered", "altered")
        assert found["proof"] is None


def test_a_key_that_is_not_ours_and_a_form_that_we_do_not_know(
    alice: TestClient, own: File
) -> None:
    assert _told(alice, own | {"key_id": "01020304"}) == (PROOF, "unknown", "unknown_key")
    later = _changed(own, format="shixue-proof-3")
    assert _told(alice, later) == (PROOF, "unknown", "unreadable")
    for file in (own | {"more": 1}, {"statement": own["statement"]}, own | {"key_id": 7}):
        assert _told(alice, file) == (PROOF, "unknown", "unreadable")
    twice = json.dumps(own).encode().replace(b'{"statement"', b'{"key_id": "x", "statement"', 1)
    assert _told(alice, json.loads("{}")) == ("other", "unknown", "unreadable")
    assert _check(alice, twice)["finding"] == "unreadable"
    assert _check(alice, b'{"statement": ' + b"[" * 100_000)["kind"] == "other"
    assert _check(alice, b'{"statement": {"format": "else"}}')["kind"] == "other"


def test_a_number_stands_for_the_facts_that_it_was_given_for(
    alice: TestClient, employers: File, own: File, shared_parts: Parts
) -> None:
    assert employers["statement"]["number"].startswith("XS")
    assert _told(alice, employers) == (PROOF, "valid", "")
    number = employers["statement"]["number"]
    other = _signed(shared_parts, own, number=number)
    assert _told(alice, other) == (PROOF, "altered", "altered")
    with shared_parts.database.transaction() as db:
        db.execute(delete(HourProof).where(HourProof.number == number))
    assert _told(alice, employers) == (PROOF, "unknown", "unknown_number")


def test_among_many_files_it_has_a_line_of_its_own(alice: TestClient, own: File) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("proof.json", json.dumps(own))
        archive.writestr("altered.json", json.dumps(_changed(own, made_on="2027-01-01")))
    headers = csrf(alice) | {"content-type": "application/octet-stream"}
    answer = alice.post(
        "/api/v1/verification/batch", content=target.getvalue(), headers=headers
    ).json()
    good, altered = answer["rows"]
    assert (good["verdict"], good["title"], good["holder"]) == ("valid", "学时证明", ALICE.name)
    assert (altered["verdict"], altered["holder"]) == ("altered", "")


def test_its_pdf_says_where_the_signature_is(alice: TestClient) -> None:
    pdf = alice.get("/api/v1/me/hours/proof.pdf").content
    found = _check(alice, pdf)
    assert (found["kind"], found["finding"]) == ("pdf", "unsigned")
    assert ".json" in found["sentence"]
