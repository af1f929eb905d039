"""A certificate with a second signature, by SM2: issued, published, checked, and never stripped."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from app import worker
from app.certs.models import Certificate
from app.certs.providers import document_keys, pdf_reading, sm2, sm2_keys
from app.certs.providers.pdf_reading import SignedPdf
from app.certs.services import audit as certificate_audit
from app.certs.services import handed_over
from app.certs.services.handed_over import Keys
from app.cli.keys import rotate
from app.core import log_sequencer
from app.core.crypto import b64url, from_b64url
from app.core.log_audit import DifferenceError
from app.lobby.parts import Parts
from app.main import create_app
from tests import finished
from tests.papers_issued import Issued, take
from tests.people import csrf
from verifier.log_proofs import RejectedError
from verifier.pinned import read_pinned
from verifier.recipe import StatusUnknownError, verify_certificate

pytestmark = pytest.mark.xdist_group("second_signature")


@pytest.fixture(scope="module")
def house(shared_parts: Parts) -> tuple[Parts, list[Issued]]:
    """Two with a second signature, by two keys, and one from when it was switched off."""
    sealed = finished.with_second_signatures(shared_parts)
    course = finished.courses(shared_parts, ("usual",))[0]
    people = []
    for place, (name, parts) in enumerate(
        (("李晓梅", sealed), ("王五", sealed), ("丁一", shared_parts))
    ):
        people.append(finished.finish(parts, course, name, place))
        worker.drain(parts)
        if place == 0:
            list(rotate(parts, "sm2"))
    log_sequencer.sequence_all(sealed.database, sealed.log, now=sealed.clock.now())
    return sealed, [take(sealed, each.enrolment_id) for each in people]


@pytest.fixture
def stranger(house: tuple[Parts, list[Issued]]) -> Iterator[TestClient]:
    with TestClient(create_app(house[0])) as opened:
        yield opened


def _keys(client: TestClient) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get("/api/v1/verification/sm2/keys").json()
    return found


def test_record_and_document_carry_it_and_others_can_check_it(
    house: tuple[Parts, list[Issued]], stranger: TestClient
) -> None:
    parts, issued = house
    known = {each["key_id"]: each for each in _keys(stranger)}
    assert [each.facts.version for each in issued] == [3, 3, 2]
    assert [each.facts.sm2 for each in issued] == [*known, ""]
    for one in issued:
        published = stranger.get(f"/api/v1/verification/{one.public_id}/proof").json()
        read = pdf_reading.read_signed(one.pdf, document_keys.public_keys(parts.keys))
        assert isinstance(read, SignedPdf)
        carried = json.loads(read.record or b"{}")
        assert published.get("sm2") == carried.get("sm2")
        if not one.facts.sm2:
            assert "sm2" not in published
            continue
        key, signature = known[one.facts.sm2], published["sm2"]["signature"]
        message = b"shixue-certificate-1\n" + json.dumps(
            {k: v for k, v in published["facts"].items()
             if k not in {"holder_name", "holder_number", "holder_salt"}},
            sort_keys=True, separators=(",", ":"), ensure_ascii=False,
        ).encode()  # fmt: skip
        point = from_b64url(key["public_key"])
        assert sm2.is_signed(point, from_b64url(signature), message)
        assert key["pem"] == sm2_keys.pem_of(point)


def test_the_issuers_document_stays_one_that_others_can_read(
    house: tuple[Parts, list[Issued]], stranger: TestClient
) -> None:
    document = stranger.get("/.well-known/did.json").json()
    assert {each["type"] for each in document["verificationMethod"]} == {"Multikey"}
    assert len(document["verificationMethod"]) == len(house[0].keys.public_keys("certificates"))


def test_the_page_names_both_keys(house: tuple[Parts, list[Issued]], stranger: TestClient) -> None:
    for one in house[1]:
        page = stranger.get(f"/v/{one.public_id}").text
        assert f"签名正确，密钥 {one.key_id}" in page
        assert ("国密（SM2）签名正确" in page) is bool(one.facts.sm2)
        assert one.facts.sm2 in page


def _with(record: bytes, second: dict[str, str] | None) -> bytes:
    document: dict[str, Any] = json.loads(record)
    document.pop("sm2", None)
    return json.dumps(document | ({} if second is None else {"sm2": second})).encode()


def _told(parts: Parts, content: bytes) -> tuple[str, str, str]:
    with parts.database.reading() as db:
        found = handed_over.check(
            db,
            Keys(parts.keys, parts.log),
            content,
            address=parts.settings.public_url,
            now=parts.clock.now(),
        )
    return found.view.verdict.value, found.finding, found.view.sentence


def test_each_alteration_of_it_has_its_own_answer(house: tuple[Parts, list[Issued]]) -> None:
    parts, (one, other, plain) = house
    own, theirs = json.loads(one.record)["sm2"], json.loads(other.record)["sm2"]
    foreign = sm2_keys.derive("0badc0de", bytes(32)).sign(b"x")
    answers = {
        "as issued": _told(parts, one.record),
        "taken away": _told(parts, _with(one.record, None)),
        "another's": _told(parts, _with(one.record, theirs)),
        "another's under its key": _told(
            parts, _with(one.record, {**theirs, "key_id": own["key_id"]})
        ),
        "a stranger's": _told(parts, _with(one.record, {**own, "signature": b64url(foreign)})),
        "put on": _told(parts, _with(plain.record, own)),
        "none, and none is due": _told(parts, plain.record),
    }
    assert {name: found[:2] for name, found in answers.items()} == {
        "as issued": ("valid", ""),
        "taken away": ("altered", "sm2_missing"),
        "another's": ("altered", "sm2_other_key"),
        "another's under its key": ("altered", "sm2_altered"),
        "a stranger's": ("altered", "sm2_altered"),
        "put on": ("altered", "sm2_not_stated"),
        "none, and none is due": ("valid", ""),
    }
    assert "可能被去掉了" in answers["taken away"][2]


def test_facts_that_are_sent_need_it_too(
    house: tuple[Parts, list[Issued]], stranger: TestClient
) -> None:
    record = json.loads(house[1][0].record)
    headers = csrf(stranger)
    body = {name: record[name] for name in ("facts", "key_id", "signature")}
    address = "/api/v1/verification/facts"
    stripped = stranger.post(address, json=body, headers=headers).json()
    assert (stripped["verdict"], stripped["seal_flaw"]) == ("altered", "sm2_missing")
    whole = stranger.post(address, json=body | {"sm2": record["sm2"]}, headers=headers).json()
    assert (whole["verdict"], whole["sm2_key_id"]) == ("valid", record["facts"]["sm2"])


def _pinned(stranger: TestClient, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    get = stranger.get
    (folder / "did.json").write_bytes(get("/.well-known/did.json").content)
    keys = get("/api/v1/log").json()["verifier_keys"]
    (folder / "log.vkey").write_text("\n".join(keys) + "\n", "utf-8")
    (folder / "sm2-keys.json").write_bytes(get("/api/v1/verification/sm2/keys").content)


def test_the_stand_alone_verifier_checks_it(
    house: tuple[Parts, list[Issued]], stranger: TestClient, tmp_path: Path
) -> None:
    parts, (one, other, _) = house
    _pinned(stranger, tmp_path)
    now, told = parts.clock.now(), list[str]()
    pinned = read_pinned(tmp_path)
    with pytest.raises(StatusUnknownError, match="a record does not name"):
        verify_certificate(one.record, pinned, now=now, say=told.append)
    assert not any("SM2" in line for line in told)
    for second, word in (
        (None, "taken away"),
        (json.loads(other.record)["sm2"], "the facts name"),
        ({**json.loads(other.record)["sm2"], "key_id": one.facts.sm2}, "does not fit"),
    ):
        with pytest.raises(RejectedError, match=word):
            verify_certificate(_with(one.record, second), pinned, now=now, say=told.append)
    (tmp_path / "sm2-keys.json").unlink()
    with pytest.raises(StatusUnknownError):
        verify_certificate(one.record, read_pinned(tmp_path), now=now, say=told.append)
    assert any("was not looked at" in line for line in told)


def test_a_register_from_which_it_was_taken_is_noticed(
    house: tuple[Parts, list[Issued]], stranger: TestClient
) -> None:
    parts, (one, other, _) = house
    where = update(Certificate).where(Certificate.id == one.certificate_id)
    kept = json.loads(one.record)["sm2"]["signature"]
    for signature in (None, json.loads(other.record)["sm2"]["signature"]):
        with parts.database.transaction() as db:
            db.execute(where.values(sm2_signature=signature))
        found = stranger.get(f"/api/v1/verification/{one.public_id}").json()
        assert found["verdict"] == "altered"
        assert found["seal_flaw"] == ("sm2_missing" if signature is None else "sm2_altered")
        assert "国密" in stranger.get(f"/v/{one.public_id}").text
        with parts.database.reading() as db, pytest.raises(DifferenceError, match="second time"):
            certificate_audit.check_certificates(db, parts.keys, lambda _found, _record: None)
    with parts.database.transaction() as db:
        db.execute(where.values(sm2_signature=kept))
    assert stranger.get(f"/api/v1/verification/{one.public_id}").json()["verdict"] == "valid"
    with parts.database.reading() as db:
        assert certificate_audit.check_certificates(
            db, parts.keys, lambda _found, _record: None
        ) == 3  # fmt: skip
