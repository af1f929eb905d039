"""Certificates from before the address was another: they name the old one, and are good."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from app import worker
from app.certs.models import Certificate
from app.certs.providers import document_keys
from app.cli import doctor_database
from app.core import log_sequencer
from app.lobby.parts import Parts
from app.main import create_app
from tests import finished
from tests.papers_issued import Asking, Issued, take
from tests.people import csrf
from verifier.issuer import read_issuer
from verifier.log_proofs import RejectedError, read_key
from verifier.papers import read_keys
from verifier.pinned import Pinned
from verifier.recipe import NotValidError, verify_certificate

OLD, NEW, OLDEST = "http://127.0.0.1:8000", "https://new.example", "https://first.example:8443"
OLD_HOST, NEW_HOST = "127.0.0.1:8000", "new.example"
OLD_DID = "did:web:127.0.0.1%3A8000"


@pytest.fixture(scope="module")
def issued(shared_parts: Parts) -> Issued:
    """One of the day when the address was the old one."""
    assert shared_parts.settings.public_url == OLD
    [course] = finished.courses(shared_parts, ("usual",))
    done = finished.finish(shared_parts, course, "李晓梅", 1)
    worker.drain(shared_parts)
    now = shared_parts.clock.now()
    log_sequencer.sequence_all(shared_parts.database, shared_parts.log, now=now)
    return take(shared_parts, done.enrolment_id)


@pytest.fixture(scope="module")
def moved(shared_parts: Parts, issued: Issued) -> Parts:
    """The same house under another address."""
    assert OLD in issued.text
    change = {"public_url": NEW, "former_urls": (OLD, OLDEST)}
    return replace(shared_parts, settings=shared_parts.settings.model_copy(update=change))


@pytest.fixture
def client(moved: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(moved), base_url=NEW, follow_redirects=False) as opened:
        yield opened


def _at(client: TestClient, host: str, path: str) -> Any:
    return client.get(path, headers={"host": host})


def test_each_address_says_who_signs_under_its_name(client: TestClient) -> None:
    for host, did in ((OLD_HOST, OLD_DID), (NEW_HOST, "did:web:new.example"),
                      ("FIRST.example:8443", "did:web:first.example%3A8443"),
                      ("else.example", "did:web:new.example")):  # fmt: skip
        document = _at(client, host, "/.well-known/did.json").json()
        assert document["id"] == did
        names = {OLD_DID, "did:web:new.example", "did:web:first.example%3A8443"}
        assert {did, *document["alsoKnownAs"]} == names
        assert all(each["id"].startswith(f"{did}#") for each in document["verificationMethod"])


def test_each_address_has_the_lists_that_were_named_there(client: TestClient) -> None:
    for answer, address, did in (
        (_at(client, OLD_HOST, "/status/1"), OLD, OLD_DID),
        (_at(client, NEW_HOST, f"/status/1?host={OLD_HOST}"), OLD, OLD_DID),
        (_at(client, NEW_HOST, "/status/1"), NEW, "did:web:new.example"),
        (_at(client, NEW_HOST, "/status/1?host=else.example"), NEW, "did:web:new.example"),
    ):
        listed = answer.json()
        assert (listed["id"], listed["issuer"]) == (f"{address}/status/1", did)
        assert answer.headers["vary"] == "Host, Accept"
    assert _at(client, NEW_HOST, f"/status/2?host={OLD_HOST}").status_code == 404


def test_a_page_at_an_old_address_leads_to_itself_at_the_new_one(
    client: TestClient, issued: Issued
) -> None:
    for path in (f"/v/{issued.public_id}", "/verify?number=ZZ51", "/", "/s/abc"):
        answer = _at(client, OLD_HOST, path)
        assert (answer.status_code, answer.headers["location"]) == (308, NEW + path)
    assert _at(client, NEW_HOST, f"/v/{issued.public_id}").status_code == 200
    assert _at(client, "else.example", "/verify").status_code == 200
    # Nobody is led elsewhere by what they asked for.
    for path in ("//evil.example/x", "/%2F%2Fevil.example", "/\\evil.example", "/a%0d%0ax: y"):
        location = _at(client, OLD_HOST, path).headers["location"]
        assert location.startswith(f"{NEW}/")
        assert "\n" not in location
    for path in ("/api/v1/verification/keys", "/log/checkpoint", "/healthz"):
        assert _at(client, OLD_HOST, path).status_code == 200
    assert client.post("/verify/batch", headers={"host": OLD_HOST}).status_code == 422


def test_what_is_wrong_with_one_of_the_old_address_is_said(
    client: TestClient, issued: Issued
) -> None:
    """It names us: that somebody else issued it would be wrong, and hide that it was altered."""
    signed = json.loads(issued.credential)
    other = signed | {"issuer": signed["issuer"] | {"id": "did:web:else.example"}}
    for document, finding, verdict in (
        (signed | {"validFrom": "2020-01-01T00:00:00Z"}, "altered", "altered"),
        ({name: each for name, each in signed.items() if name != "proof"}, "no_proof", "unknown"),
        (other, "issuer", "unknown"),
    ):
        told = client.post(
            "/api/v1/verification/files", content=json.dumps(document).encode(),
            headers=csrf(client) | {"content-type": "application/octet-stream"},
        ).json()  # fmt: skip
        assert (told["finding"], told["verdict"]) == (finding, verdict), told


def test_the_server_takes_what_was_issued_under_the_old_one(moved: Parts, issued: Issued) -> None:
    told = Asking(moved, moved.clock.now()).all_of(issued)
    assert set(told.values()) == {"valid"}, told


@pytest.fixture
def pinned(client: TestClient, moved: Parts) -> Pinned:
    """As somebody has it who never heard of the old address: all from the new one."""
    listed = _at(client, NEW_HOST, f"/status/1?host={OLD_HOST}").json()
    log = _at(client, NEW_HOST, "/api/v1/log").json()
    return Pinned(
        read_issuer(_at(client, NEW_HOST, "/.well-known/did.json").json()),
        tuple(map(read_key, log["verifier_keys"])), lists={listed["id"]: [listed]},
        documents=read_keys(document_keys.public_pems(moved.keys).encode()),
    )  # fmt: skip


def _verify(content: bytes, pinned: Pinned, now: dt.datetime) -> list[str]:
    said: list[str] = []
    verify_certificate(content, pinned, now=now, say=said.append)
    return said


@pytest.mark.parametrize("kind", ["pdf", "credential"])
def test_the_verifier_takes_it_by_the_new_ones_keys(
    issued: Issued, pinned: Pinned, moved: Parts, kind: str
) -> None:
    content, now = getattr(issued, kind), moved.clock.now()
    assert any(issued.number in line for line in _verify(content, pinned, now))
    # A document that does not know the old name vouches for nothing under it.
    strict = replace(pinned, issuer=replace(pinned.issuer, also=frozenset()))
    with pytest.raises(RejectedError, match="step 2"):
        _verify(content, strict, now)
    foreign = json.loads(issued.credential)
    foreign["issuer"]["id"] = "did:web:else.example"
    with pytest.raises(RejectedError, match="step 2"):
        _verify(json.dumps(foreign).encode(), pinned, now)


def test_what_is_revoked_today_is_revoked_in_the_old_list_too(
    client: TestClient, issued: Issued, pinned: Pinned, moved: Parts
) -> None:
    now = moved.clock.now()

    def revoke(at: dt.datetime | None) -> None:
        with moved.database.transaction() as db:
            rows = update(Certificate).where(Certificate.id == issued.certificate_id)
            db.execute(rows.values(revoked_at=at))

    revoke(now)
    try:
        listed = _at(client, OLD_HOST, "/status/1").json()
        with pytest.raises(NotValidError):
            _verify(issued.credential, replace(pinned, lists={listed["id"]: [listed]}), now)
    finally:
        revoke(None)


def test_the_doctor_names_an_address_that_was_forgotten(moved: Parts, issued: Issued) -> None:
    assert issued
    assert doctor_database.look(moved.settings, doctor_database.ADDRESSES)[0].remedy == ""
    forgotten = doctor_database.look(
        moved.settings.model_copy(update={"former_urls": ()}), doctor_database.ADDRESSES
    )[0]
    assert OLD in forgotten.says
    assert f"SHIXUE_FORMER_URLS='[\"{OLD}\"]'" in forgotten.remedy
