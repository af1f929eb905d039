"""Leaving and another phone: whoever finds the account again keeps it, and is told."""

from sqlalchemy import text
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.main import create_app
from tests.another_phone import DAY_MS, NEW, OTHER, opens, prove_self, recover
from tests.people import ALICE, Someone, sign_in
from tests.proofs import with_proof
from tests.reviewers import post


def _ask_to_leave(client: TestClient, parts: Parts, clock: SettableClock) -> None:
    path = "/me/deletion"
    asked = with_proof(client, parts, clock, ALICE.phone, path, number=ALICE.number)
    assert asked.status_code == 201, asked.text


def _is_gone(parts: Parts) -> bool:
    with parts.database.reading() as db:
        found = db.execute(text("SELECT count(*) FROM person WHERE deleted_at IS NOT NULL"))
        return bool(found.scalar())


def test_a_recovery_ends_a_request_to_leave(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _ask_to_leave(alice, parts, clock)
    assert "注销" in alice.get("/inbox").text
    assert "注销" in alice.get("/home").text
    with TestClient(create_app(parts)) as owner:
        assert prove_self(owner, recover(owner, parts, clock))["outcome"] == "waiting"
        clock.advance(ms=DAY_MS)
        worker.drain(parts)
        sign_in(owner, parts, Someone(NEW, "", ""))
        assert "注销申请已取消" in owner.get("/inbox").text
        assert owner.get("/api/v1/me/deletion").json()["number"] is None
    for _ in range(10):
        clock.advance(ms=DAY_MS)
        worker.drain(parts)
    assert not _is_gone(parts)
    assert opens(parts, clock, NEW)


def test_what_is_due_waits_while_somebody_finds_the_account_again(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _ask_to_leave(alice, parts, clock)
    clock.advance(ms=7 * DAY_MS - 3_600_000)
    with TestClient(create_app(parts)) as owner:
        assert prove_self(owner, recover(owner, parts, clock))["outcome"] == "waiting"
    clock.advance(ms=2 * 3_600_000)
    worker.drain(parts)
    assert not _is_gone(parts)
    clock.advance(ms=DAY_MS)
    worker.drain(parts)
    assert not _is_gone(parts)
    assert opens(parts, clock, NEW)


def test_who_proved_nothing_takes_neither_the_form_nor_the_way_out(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    with TestClient(create_app(parts)) as stranger:
        opened = recover(stranger, parts, clock, phone=OTHER)
        prove_self(stranger, opened, "people", {})
    worker.drain(parts)
    page = alice.get("/me/phone").text
    assert "不是我，停止" in page
    assert "begin-change" in page
    assert post(alice, "/me/phone-changes/stop", {}).status_code == 204
    assert "begin-change" in alice.get("/me/phone").text
    _ask_to_leave(alice, parts, clock)
    for _ in range(9):
        clock.advance(ms=DAY_MS)
        worker.drain(parts)
    assert _is_gone(parts)
    with parts.database.reading() as db:
        left = db.execute(text("SELECT count(*) FROM review_case WHERE state = 'open'"))
        assert left.scalar() == 0
