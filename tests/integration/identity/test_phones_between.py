"""Phones between two accounts: neither the coming nor the left one begins an account meanwhile."""

import pytest
from httpx import Response
from sqlalchemy import text
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from tests.another_phone import (
    DAY_MS,
    NEW,
    change_phone,
    fresh_code,
    opens,
    prove_self,
    recover,
    stop_code,
)
from tests.contract.household import grant
from tests.people import ALICE, MALLORY
from tests.reviewers import on_case, only_case, post, reviewer


def _try(client: TestClient, parts: Parts, clock: SettableClock, phone: str) -> Response:
    body = {"phone": phone, "code": fresh_code(client, parts, clock, phone)}
    return post(client, "/auth/sign-in", body)


def _people(parts: Parts) -> int:
    with parts.database.reading() as db:
        return int(db.execute(text("SELECT count(*) FROM person")).scalar() or 0)


@pytest.mark.usefixtures("alice")
def test_who_does_not_wait_for_the_new_phone_is_told_when(
    stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    assert prove_self(stranger, recover(stranger, parts, clock))["outcome"] == "waiting"
    early = _try(stranger, parts, clock, NEW)
    assert (early.status_code, early.json()["code"]) == (409, "phone_waiting")
    assert "生效" in early.json()["detail"]
    assert _people(parts) == 1
    clock.advance(ms=DAY_MS)
    worker.drain(parts)
    assert opens(parts, clock, NEW)


def test_the_old_phone_begins_nothing_while_the_account_may_go_back(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    prove_self(alice, change_phone(alice, parts, clock))
    code = stop_code(parts)
    left = _try(stranger, parts, clock, ALICE.phone)
    assert (left.status_code, left.json()["code"]) == (409, "phone_left")
    assert "/recovery/stop" in stranger.get("/sign-in").text
    assert post(alice, "/phone-changes/stop", {"code": code}).status_code == 204
    clock.advance(ms=5 * DAY_MS)
    assert _try(stranger, parts, clock, ALICE.phone).json()["code"] == "phone_left"
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as other:
        case = only_case(wu, "phone_change")
        on_case(wu, case["id"], "decision", decision="reject", reason="本人来过，原号仍在用")
        assert on_case(other, case["id"], "confirmation", confirms=True).status_code == 200
    assert opens(parts, clock, ALICE.phone)


def test_after_the_hold_the_old_phone_is_free(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    prove_self(alice, change_phone(alice, parts, clock))
    clock.advance(ms=3 * DAY_MS)
    begun = _try(stranger, parts, clock, ALICE.phone)
    assert (begun.status_code, begun.json()["is_new"]) == (200, True)


@pytest.mark.parametrize("what", ["role", "name"])
@pytest.mark.usefixtures("alice")
def test_what_came_up_meanwhile_is_looked_at_by_people(
    stranger: TestClient, parts: Parts, clock: SettableClock, what: str
) -> None:
    prove_self(stranger, recover(stranger, parts, clock))
    if what == "role":
        grant(parts, ALICE, Role.REVIEWER)
    else:
        with parts.database.transaction() as db:
            db.execute(text("UPDATE person SET verified_at = NULL"))
    clock.advance(ms=DAY_MS)
    worker.drain(parts)
    with reviewer(parts, MALLORY) as wu:
        assert only_case(wu, "phone_change")["state"] == "open"
    with parts.database.reading() as db:
        assert db.execute(text("SELECT state FROM phone_change")).scalar() == "at_desk"
