"""Passwords over HTTP: set with a fresh code, as slow for nobody, no lock for the owner."""

import time
from collections.abc import Iterator

import pytest
from passlib.hash import argon2
from sqlalchemy import Engine, event, text
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.settings import Settings
from app.identity.rules.actors import Role
from app.identity.services import passwords
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests.contract.household import grant
from tests.people import ALICE, CAROL, csrf, newest_code, sign_in
from tests.reviewers import WU

GOOD, LONG = "蓝色水桶和钉子!", "蓝色水桶和钉子还有一只猫"


def _set(client: TestClient, parts: Parts, phone: str, password: str, code: str = "") -> dict:
    if not code:
        sent = client.post("/api/v1/me/codes", headers=csrf(client))
        assert sent.status_code == 202, sent.text
        code = newest_code(parts, phone)
    body = {"code": code, "password": password}
    answer = client.put("/api/v1/me/password", json=body, headers=csrf(client))
    return answer.json() if answer.content else {}


def _try(client: TestClient, phone: str, password: str) -> tuple[int, dict]:
    body = {"phone": phone, "password": password}
    answer = client.post("/api/v1/auth/password", json=body, headers=csrf(client))
    return answer.status_code, answer.json()


@pytest.fixture
def owner(client: TestClient, parts: Parts, clock: SettableClock) -> TestClient:
    """Alice, who has just set a password."""
    sign_in(client, parts, ALICE)
    clock.advance(ms=1000)
    assert _set(client, parts, ALICE.phone, GOOD) == {}
    return client


def test_phone_and_password_let_in(owner: TestClient, parts: Parts) -> None:
    with TestClient(create_app(parts)) as other:
        status, problem = _try(other, ALICE.phone, GOOD + "x")
        assert (status, problem["code"]) == (422, "wrong_password")
        assert other.get("/api/v1/me").status_code == 401
        status, done = _try(other, ALICE.phone, GOOD.replace("!", "！"))  # the same, full width
        assert (status, done["next"]) == (200, "/signup/identity")
        assert other.get("/api/v1/me").json()["masked_phone"] == "138****0001"
    assert owner.get("/api/v1/me").status_code == 200
    with parts.database.reading() as db:
        [hashed] = db.execute(text("SELECT hashed FROM password")).scalars()
        events = db.execute(
            text("SELECT event FROM audit_event WHERE event LIKE 'password.%' ORDER BY event")
        ).scalars().all()  # fmt: skip
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert events == ["password.failed", "password.set"]


def test_setting_one_needs_a_fresh_code_and_ends_the_other_sign_ins(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    spent = newest_code(parts, ALICE.phone)
    assert _set(client, parts, ALICE.phone, GOOD, spent)["code"] == "spent_code"
    with TestClient(create_app(parts)) as other:
        clock.advance(ms=61_000)
        sign_in(other, parts, ALICE)
        clock.advance(ms=1000)
        client.post("/api/v1/me/codes", headers=csrf(client))
        right = newest_code(parts, ALICE.phone)
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        assert _set(client, parts, ALICE.phone, GOOD, wrong)["code"] == "wrong_code"
        assert _try(other, ALICE.phone, GOOD)[0] == 422
        assert _set(client, parts, ALICE.phone, GOOD, right) == {}
        assert other.get("/api/v1/me").status_code == 401
        assert client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize(
    "weak", ["1234567", "12345678", "password1", "88888888", "abcabcabc", "13800000001",
             "Qwertyuiop",
             "１２３４５６７８", "猫" * 129],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(client: TestClient, parts: Parts, weak: str) -> None:
    sign_in(client, parts, ALICE)
    problem = _set(client, parts, ALICE.phone, weak, "000000")
    assert problem["code"] == "weak_password"
    assert problem["errors"][0]["field"] == "/password"


def test_who_works_here_takes_a_longer_one_and_the_second_factor_too(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    grant(parts, WU, Role.REVIEWER)
    sign_in(client, parts, WU)
    clock.advance(ms=1000)
    assert "12 个字" in _set(client, parts, WU.phone, GOOD, "000000")["detail"]
    assert _set(client, parts, WU.phone, LONG) == {}
    with TestClient(create_app(parts)) as other:
        assert _try(other, WU.phone, LONG)[1]["next"] == "/second-factor?next=/desk"
        assert other.get("/api/v1/desk/cases").json()["code"] == "second_factor"


def test_it_can_be_taken_away_again(owner: TestClient, parts: Parts) -> None:
    assert owner.delete("/api/v1/me/password", headers=csrf(owner)).status_code == 204
    assert owner.delete("/api/v1/me/password", headers=csrf(owner)).status_code == 404
    with TestClient(create_app(parts)) as other:
        assert _try(other, ALICE.phone, GOOD)[0] == 422


def test_nobody_is_compared_as_long_as_somebody(owner: TestClient, parts: Parts) -> None:
    """An unknown number, one without a password and a wrong password do the same work."""
    with parts.database.transaction() as db:
        found = [
            passwords.known(db, parts.vault, phone, "", now=parts.clock.now())
            for phone in (ALICE.phone, CAROL.phone, "13899999999")
        ]
    passwords.fits(found[1], "x")  # the dummy is made once
    spent = []
    for each in found:
        times = []
        for _ in range(3):
            begun = time.thread_time()
            assert not passwords.fits(each, "not it")
            times.append(time.thread_time() - begun)
        spent.append(min(times))
        assert each.hashed.split("$")[2:4] == ["v=19", "m=19456,t=2,p=1"]
    assert max(spent) < 3 * min(spent), spent
    answers = [_try(owner, phone, "not it")[1] for phone in (ALICE.phone, "13899999999")]
    assert answers[0] == answers[1]


def test_a_wrong_password_leaves_as_much_behind_for_nobody(owner: TestClient, parts: Parts) -> None:
    """What is asked of the database and written there takes time, which could be measured."""
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with TestClient(create_app(parts)) as other:
        _try(other, CAROL.phone, "not it")  # what is made once is made
        by_phone = {}
        for phone in (ALICE.phone, CAROL.phone, "13899999999"):
            asked.clear()
            event.listen(Engine, "before_cursor_execute", note)
            try:
                assert _try(other, phone, "not it")[0] == 422
            finally:
                event.remove(Engine, "before_cursor_execute", note)
            by_phone[phone] = list(asked)
    assert owner.get("/api/v1/me").status_code == 200
    [alike] = {tuple(each) for each in by_phone.values()}
    assert any("INSERT INTO audit_event" in each for each in alike)


@pytest.mark.usefixtures("owner")
def test_a_hash_made_with_less_work_is_made_anew(parts: Parts) -> None:
    weak = argon2.using(type="ID", memory_cost=8, time_cost=1, parallelism=1).hash(GOOD)
    with parts.database.transaction() as db:
        db.execute(text("UPDATE password SET hashed = :weak"), {"weak": weak})
    with TestClient(create_app(parts)) as other:
        assert _try(other, ALICE.phone, GOOD)[0] == 200
        assert _try(other, ALICE.phone, GOOD)[0] == 200
    with parts.database.reading() as db:
        [hashed] = db.execute(text("SELECT hashed FROM password")).scalars()
    assert "m=19456" in hashed


@pytest.fixture
def limited(settings: Settings, clock: SettableClock) -> Iterator[Parts]:
    built = build_parts(settings.model_copy(update={"rate_limits": True}), clock)
    yield built
    built.database.close()


def test_guessing_from_elsewhere_does_not_shut_the_owner_out(
    limited: Parts, clock: SettableClock
) -> None:
    with TestClient(create_app(limited)) as owner, TestClient(create_app(limited)) as thief:
        sign_in(owner, limited, ALICE)
        clock.advance(ms=1000)
        assert _set(owner, limited, ALICE.phone, GOOD) == {}
        tried = []
        for number in range(12):
            thief.cookies.clear()  # fresh cookies do not escape the limit
            tried.append(_try(thief, ALICE.phone, f"guess {number}")[0])
        assert tried == [422] * 10 + [429] * 2
        status, problem = _try(thief, ALICE.phone, GOOD)
        assert status == 429
        assert "短信验证码" in problem["remedy"]
        assert _try(owner, ALICE.phone, GOOD)[0] == 200
