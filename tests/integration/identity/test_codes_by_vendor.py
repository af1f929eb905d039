"""Codes through a vendor that fails: sent again where nothing can have arrived, and else not."""

import dataclasses
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.ids import new_id
from app.core.outbox import OutboxJob
from app.identity.providers.account import Surroundings
from app.identity.providers.simulation import Fault
from app.identity.services import check_codes, checks
from app.identity.services.questions import CODE_AND_QUESTIONS
from app.lobby.parts import Parts
from app.main import create_app
from app.worker import drain
from tests.people import ALICE, csrf, sign_in, verify
from tests.player import choose_questions
from tests.vendors import KINDS, Time, Vendor, around, sms_through, vendor

AFTER = (Fault.TRUNCATED, Fault.SERVER_ERROR, Fault.WRONG_BODY)


@pytest.fixture
def server() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


@pytest.fixture(params=KINDS)
def through(request: pytest.FixtureRequest, parts: Parts, server: Vendor) -> Parts:
    sms = sms_through(server.settings(request.param), Surroundings())
    return dataclasses.replace(parts, sms=sms)


def _open_check(client: TestClient, parts: Parts) -> str:
    account = str(sign_in(client, parts, ALICE)["account_id"])
    verify(client, ALICE)
    choose_questions(client)
    now = parts.clock.now()
    check_id = new_id(now)
    with parts.database.transaction() as db:
        checks.open_check(
            db, parts.vault, learner_id=account, check_id=check_id, method=CODE_AND_QUESTIONS,
            now=now,
        )  # fmt: skip
    return check_id


def _state(parts: Parts) -> str:
    with parts.database.reading() as db:
        query = select(OutboxJob.state).where(OutboxJob.job == check_codes.SEND_CODE)
        return db.scalars(query).one()


@pytest.mark.parametrize("fault", AFTER)
def test_a_code_that_may_have_arrived_is_left_at_that(
    client: TestClient, parts: Parts, through: Parts, server: Vendor, fault: Fault
) -> None:
    _open_check(client, parts)
    server.server.misbehave([fault])
    drain(through)
    assert _state(parts) == "done"
    [(phone, text)] = server.sent
    assert phone == ALICE.phone
    assert re.search(r"验证码 \d{6}，", text)


def test_a_code_that_cannot_have_arrived_is_sent_again(
    client: TestClient, parts: Parts, through: Parts, server: Vendor, clock: SettableClock
) -> None:
    _open_check(client, parts)
    nowhere = through.sms.settings.model_copy(update={"endpoint": "http://127.0.0.1:1"})  # type: ignore[attr-defined]
    drain(dataclasses.replace(parts, sms=sms_through(nowhere, around(Time()))))
    assert _state(parts) == "waiting"
    clock.advance(ms=10_000)
    drain(through)
    assert _state(parts) == "done"
    assert len(server.sent) == 1


def test_who_signs_in_is_told_to_ask_again(through: Parts, server: Vendor) -> None:
    """The code stays good: where the message arrived after all, it lets the person in."""
    with TestClient(create_app(through)) as client:
        server.server.misbehave([Fault.SERVER_ERROR])
        headers = csrf(client)
        body = {"phone": ALICE.phone}
        refused = client.post("/api/v1/auth/codes", json=body, headers=headers)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
        assert "请过一分钟再取验证码" in refused.json()["remedy"]
        [(_, text)] = server.sent
        found = re.search(r"\d{6}", text)
        assert found is not None
        answer = client.post(
            "/api/v1/auth/sign-in", json=body | {"code": found[0]}, headers=headers
        )
        assert answer.status_code == 200
