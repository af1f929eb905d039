"""R22: a device's key is registered at a passed check, and signs every answer from then on."""

from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core import audit
from app.core.clock import SettableClock
from app.core.crypto import b64url
from app.identity.models.desk import Notice
from app.identity.models.devices import DeviceKey
from app.identity.services.device_audit import check_device_keys
from app.identity.services.device_keys import REGISTERED, REVOKED
from app.learning.models.study_checks import StudyAnswer
from app.learning.services.device_signatures import REFUSED
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import make_course
from tests.devices import Device, SigningPlayer
from tests.people import ALICE, csrf, sign_in, verify
from tests.player import Player, choose_questions


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock) -> SigningPlayer:
    """At the identity check that opens a session; nothing is registered yet."""
    course = make_course(parts, presence_gap_s=[10, 10], identity_gap_s=[900, 900])
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    player = SigningPlayer(client, parts, clock, ALICE)
    player.device = Device()
    player.enrol(course.course_id)
    player.fetch(player.open(course.video_id))
    return player


def keys(parts: Parts) -> list[DeviceKey]:
    with parts.database.reading() as db:
        query = select(DeviceKey).order_by(DeviceKey.registered_at, DeviceKey.id)
        found = list(db.scalars(query))
        db.expunge_all()
        return found


def answers(parts: Parts) -> list[StudyAnswer]:
    with parts.database.reading() as db:
        found = list(db.scalars(select(StudyAnswer).order_by(StudyAnswer.id)))
        db.expunge_all()
        return found


def refusals(parts: Parts) -> list[str]:
    with parts.database.reading() as db:
        return [event.facts["why"] for event in audit.events_named(db, REFUSED)]


def bare(player: Player, given: dict[str, Any], **more: object) -> Any:
    assert player.challenge is not None
    address = f"/api/v1/study-sessions/{player.session_id}/challenges/{player.challenge['id']}"
    body = {"head": player.head, "answer": given} | more
    return player.client.post(address, json=body, headers=csrf(player.client))


def refused(answer: Any) -> None:
    assert (answer.status_code, answer.json()["code"]) == (403, "device_signature"), answer.text
    assert answer.json()["remedy"]


def test_the_opening_check_registers_the_key_and_every_answer_is_signed(
    player: SigningPlayer,
) -> None:
    player.pass_check()
    [key] = keys(player.parts)
    assert (key.public_key, key.revoked_at) == (player.device.spki, None)
    player.play(0, 10_000)
    player.pass_check()
    first, second = answers(player.parts)
    assert {first.device_key_id, second.device_key_id} == {key.id}
    assert (first.check_id, second.check_id) == (key.check_id, None)
    assert len(first.signature) == len(second.signature) == 86
    with player.parts.database.reading() as db:
        [event] = audit.events_named(db, REGISTERED)
        assert event.facts["public_key"] == b64url(player.device.spki)
        assert check_device_keys(db) == 1


def test_what_is_not_signed_by_the_devices_key_is_refused_and_costs_nothing(
    player: SigningPlayer,
) -> None:
    player.pass_check()
    player.play(0, 10_000)
    assert player.challenge is not None
    before, right = player.challenge, player.right_answer()
    refused(bare(player, right))
    wrong = Device()
    refused(bare(player, right, signed=wrong.signed(before, player.head, right)))
    other_words = player.device.signed(before, player.head, {"digits": "1"})
    refused(bare(player, right, signed=other_words))
    other_prompt = before | {"prompt_number": 7}
    refused(bare(player, right, signed=player.device.signed(other_prompt, player.head, right)))
    # A key is registered by an identity check only.
    offer = {"signed": wrong.signed(before, player.head, right),
             "device_key": wrong.offered(before, player.head)}  # fmt: skip
    refused(bare(player, right, **offer))
    assert sorted(refusals(player.parts)) == ["unsigned"] + 4 * ["wrong_signature"]
    told = player.pass_check()
    assert (told["hold"], told["totals"]["pending_ms"]) == (False, 10_000)
    assert len(answers(player.parts)) == 2


def test_an_offer_that_its_key_did_not_sign_is_refused(player: SigningPlayer) -> None:
    assert player.challenge is not None
    given = player.right_answer()
    signed = player.device.signed(player.challenge, player.head, given)
    stranger = Device().offered(player.challenge, player.head)
    of_another_head = player.device.offered(player.challenge, "A" * 43)
    refused(bare(player, given, signed=signed, device_key=stranger))
    refused(bare(player, given, signed=signed, device_key=of_another_head))
    refused(bare(player, given, device_key=player.device.offered(player.challenge, player.head)))
    assert refusals(player.parts) == 3 * ["wrong_offer"]
    assert keys(player.parts) == []


def test_a_failed_check_registers_nothing(player: SigningPlayer) -> None:
    answer = player.answer({"code": "000000", "answer": "不知道"})
    assert answer.json()["outcome"] != "passed"
    assert keys(player.parts) == []
    assert answers(player.parts)[0].signature == ""


def test_a_lost_key_is_replaced_at_the_next_passed_check(player: SigningPlayer) -> None:
    player.pass_check()
    old, player.device = player.device, Device()
    player.play(0, 10_000)
    refused(player.answer(player.right_answer()))
    player.ask_check()
    player.pass_check()
    first, second = keys(player.parts)
    assert (first.public_key, first.revoked_for) == (old.spki, "replaced")
    assert (second.public_key, second.revoked_at) == (player.device.spki, None)
    with player.parts.database.reading() as db:
        assert len(audit.events_named(db, REVOKED)) == 1
        assert check_device_keys(db) == 2
        assert db.scalars(select(Notice.kind).where(Notice.kind == "device_key")).all()


def test_a_device_without_a_key_counts_and_says_so(player: SigningPlayer) -> None:
    given = player.right_answer()
    assert bare(player, given).json()["outcome"] == "passed"
    [row] = answers(player.parts)
    assert (row.signature, row.device_key_id, row.payload_hash) == ("", None, None)


def test_another_device_cannot_answer(player: SigningPlayer, clock: SettableClock) -> None:
    given = player.right_answer()
    with TestClient(create_app(player.parts)) as phone:
        clock.advance(ms=61_000)
        sign_in(phone, player.parts, ALICE)
        player.client, desk = phone, player.client
        refused(player.answer(given))
        player.client = desk
    assert refusals(player.parts) == ["other_device"]
    assert player.answer(given).json()["outcome"] == "passed"


def test_the_person_sees_and_removes_the_device(player: SigningPlayer) -> None:
    client = player.client
    player.pass_check()
    [key] = keys(player.parts)
    [shown] = client.get("/api/v1/me/devices").json()
    assert (shown["id"], shown["is_this"]) == (key.id, True)
    assert "这台设备" in client.get("/me").text
    address = f"/api/v1/me/devices/{key.id}"
    assert client.delete(address, headers=csrf(client)).status_code == 204
    assert client.delete(address, headers=csrf(client)).status_code == 404
    assert client.get("/api/v1/me/devices").json() == []
    player.ask_check()
    player.pass_check()
    old, new = keys(player.parts)
    assert (old.revoked_for, new.revoked_at) == ("removed", None)
