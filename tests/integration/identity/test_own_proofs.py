"""One's file and leaving are the person's: whoever has their messages alone gets neither."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from tests.captures import captured
from tests.contract.household import grant
from tests.lives import enrol_face
from tests.people import ALICE, CAROL, newest_code, sign_in, verify
from tests.player import choose_questions
from tests.proofs import RIGHT, WRONG, begin_proof, with_proof
from tests.reviewers import post


@pytest.fixture
def thief(alice: TestClient, parts: Parts, clock: SettableClock) -> Iterator[TestClient]:
    """Has Alice's SIM, her number, and a browser of their own."""
    assert alice
    clock.advance(ms=61_000)
    with TestClient(create_app(parts)) as opened:
        sign_in(opened, parts, ALICE)
        yield opened


def test_codes_alone_open_neither_the_file_nor_the_way_out(
    thief: TestClient, parts: Parts, clock: SettableClock
) -> None:
    opened = begin_proof(thief, parts, clock, ALICE.phone)
    assert (opened.status_code, opened.json()["outcome"]) == (201, "proving")
    proof = opened.json()["id"]
    refused = post(thief, "/me/data", {"proof": proof})
    assert (refused.status_code, refused.json()["code"]) == (409, "proof_over")
    asked = post(thief, "/me/deletion", {"proof": proof, "number": ALICE.number})
    assert (asked.status_code, asked.json()["code"]) == (409, "proof_over")
    said = [post(thief, f"/phone-changes/{proof}/answers", WRONG).json() for _ in range(3)]
    assert [each["outcome"] for each in said] == ["proving", "proving", "refused"]
    assert "找人帮忙" in said[2]["message"]
    assert post(thief, f"/phone-changes/{proof}/answers", RIGHT).json()["code"] == "change_over"
    with parts.database.reading() as db:
        for table in ("deletion_request", "review_case"):
            assert db.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0  # noqa: S608


def test_a_proof_is_good_here_once_and_for_a_quarter_of_an_hour(
    alice: TestClient, thief: TestClient, parts: Parts, clock: SettableClock
) -> None:
    proof = begin_proof(alice, parts, clock, ALICE.phone).json()["id"]
    assert post(thief, f"/phone-changes/{proof}/answers", RIGHT).status_code == 404
    assert post(alice, f"/phone-changes/{proof}/people", {}).json()["code"] == "own_proof"
    assert post(alice, f"/phone-changes/{proof}/answers", RIGHT).json()["outcome"] == "done"
    assert post(thief, "/me/data", {"proof": proof}).status_code == 404
    assert post(alice, "/me/data", {"proof": proof}).status_code == 200
    assert post(alice, "/me/data", {"proof": proof}).json()["code"] == "proof_over"
    late = begin_proof(alice, parts, clock, ALICE.phone).json()["id"]
    post(alice, f"/phone-changes/{late}/answers", RIGHT)
    clock.advance(ms=16 * 60_000)
    assert post(alice, "/me/data", {"proof": late}).json()["code"] == "proof_over"
    assert alice.get("/api/v1/me").status_code == 200  # a proof ends no sign-in
    with parts.database.reading() as db:
        held = db.execute(text("SELECT count(*) FROM audit_event WHERE event = 'phone.changed'"))
        assert held.scalar() == 0


@pytest.mark.parametrize("body", [{}, {"number": ALICE.phone}])
def test_who_has_no_name_has_the_phone_alone(
    client: TestClient, parts: Parts, clock: SettableClock, body: dict[str, str]
) -> None:
    sign_in(client, parts, ALICE)
    path = "/me/deletion" if body else "/me/data"
    assert with_proof(client, parts, clock, ALICE.phone, path, **body).status_code in (200, 201)


def test_a_face_opens_it_too(client: TestClient, parts: Parts, clock: SettableClock) -> None:
    enrol_face(client, parts)
    proof = begin_proof(client, parts, clock, CAROL.phone).json()["id"]
    for picture, outcome in (("b", "proving"), ("a", "done")):
        prompt = post(client, f"/phone-changes/{proof}/face", {}).json()
        sent = captured(prompt, picture)
        shown = post(client, f"/phone-changes/{proof}/frames", sent).json()
        assert shown["outcome"] == outcome, shown
    assert post(client, "/me/data", {"proof": proof}).status_code == 200


def test_not_within_the_hold_of_another_phone(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    new = "13900000071"
    codes = {}
    for name, phone in (("code", new), ("old_code", ALICE.phone)):
        clock.advance(ms=61_000)
        assert post(alice, "/auth/codes", {"phone": phone}).status_code == 202
        codes[name] = newest_code(parts, phone)
    change = post(alice, "/me/phone-changes", {"phone": new, **codes}).json()["id"]
    earlier = post(alice, f"/phone-changes/{change}/answers", RIGHT)
    assert earlier.json()["outcome"] == "done"
    refused = begin_proof(alice, parts, clock, new)
    assert (refused.status_code, refused.json()["code"]) == (409, "phone_held")
    clock.advance(ms=3 * 24 * 3600 * 1000)
    assert with_proof(alice, parts, clock, new, "/me/data").status_code == 200


def test_without_a_way_or_with_one_in_doubt_people_help(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    refused = begin_proof(client, parts, clock, ALICE.phone)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_identity_method")
    choose_questions(client)
    with parts.database.transaction() as db:
        db.execute(text("UPDATE person SET way_doubted_at = created_at"))
    refused = begin_proof(client, parts, clock, ALICE.phone)
    assert refused.json()["code"] == "way_doubted"
    assert "个人信息权利请求" in refused.json()["remedy"]


def test_staff_pass_the_second_factor_first(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    grant(parts, ALICE, Role.REVIEWER)
    clock.advance(ms=61_000)
    sign_in(alice, parts, ALICE, has_second_factor=False)
    refused = begin_proof(alice, parts, clock, ALICE.phone)
    assert refused.json()["code"] == "second_factor"
