"""Limits that fresh cookies do not escape: by address, by number, and one for the platform."""

import dataclasses
import threading
from collections.abc import Callable, Iterator

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.certs.rules.numbers import make_number
from app.core.clock import SettableClock
from app.core.settings import Settings
from app.identity.rules.registry import RegistryAnswer, RegistryOutcome
from app.lobby.guesses import BY_NETWORK
from app.lobby.limits import REGISTRY_ANSWERS
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests.people import ALICE, csrf, newest_code, sign_in


@pytest.fixture
def limited(settings: Settings, clock: SettableClock) -> Iterator[Parts]:
    changed = {"rate_limits": True, "trusted_proxies": 1, "sms_per_hour": 100}
    built = build_parts(settings.model_copy(update=changed), clock)
    yield built
    built.database.close()


def _from(address: str) -> dict[str, str]:
    return {"x-forwarded-for": f"9.9.9.9, {address}"}


def _code(client: TestClient, number: int, address: str) -> int:
    body = {"phone": f"138{number:08d}"}
    headers = csrf(client) | _from(address)
    return client.post("/api/v1/auth/codes", json=body, headers=headers).status_code


def _sign_in(client: TestClient, number: int, address: str) -> int:
    body = {"phone": f"138{number:08d}", "code": "123456"}
    headers = csrf(client) | _from(address)
    return client.post("/api/v1/auth/sign-in", json=body, headers=headers).status_code


def _complaint(client: TestClient, number: int, address: str) -> int:
    body = {"contact": "13800000009", "text": f"听不清第 {number} 课的声音，请改一改"}
    headers = csrf(client) | _from(address)
    return client.post("/api/v1/complaints", json=body, headers=headers).status_code


def _asked(client: TestClient, path: str, query: dict[str, str], address: str) -> Response:
    """By the route, or by the form of the page."""
    if path == "/verify":
        return client.post(path, data=query, headers=_from(address))
    return client.post(path, json=query, headers=_from(address))


def _look_up(client: TestClient, number: int, address: str) -> int:
    query = {"number": f"ZZ51{number}", "name": "李晓梅"}
    return _asked(client, "/api/v1/verification/numbers", query, address).status_code


@pytest.mark.parametrize(
    ("call", "most"), [(_code, 60), (_sign_in, 180), (_complaint, 30), (_look_up, 120)]
)
def test_a_fresh_device_for_every_call_does_not_escape(
    limited: Parts, call: Callable[[TestClient, int, str], int], most: int
) -> None:
    with TestClient(create_app(limited)) as client:
        for number in range(most):
            client.cookies.clear()
            assert call(client, number, "198.51.100.1") != 429, number
        client.cookies.clear()
        assert call(client, most, "198.51.100.1") == 429
        client.cookies.clear()
        assert call(client, most + 1, "198.51.100.2") != 429


def test_the_page_of_the_look_up_is_limited_with_the_route(limited: Parts) -> None:
    with TestClient(create_app(limited)) as client:
        for number in range(120):
            client.cookies.clear()
            assert _look_up(client, number, "198.51.100.1") == 200
        client.cookies.clear()
        query = {"number": "ZZ51", "name": "李晓梅"}
        page = _asked(client, "/verify", query, "198.51.100.1")
        assert page.status_code == 429
        assert "再试" in page.text
        assert "方块码现在就可以扫" in page.text
        scanned = client.get(f"/v/{'A' * 16}", headers=_from("198.51.100.1"))
        assert scanned.status_code == 200
        body = {"text": f"https://shixue.example/v/{'A' * 16}"}
        headers = csrf(client) | _from("198.51.100.1")
        assert client.post("/api/v1/verification", json=body, headers=headers).status_code == 200


def test_names_for_one_number_are_not_tried_from_one_neighbourhood(limited: Parts) -> None:
    """Elsewhere whoever has the right name gets in: tests/integration/certs/test_wrong_names.py."""
    number = make_number(2026, 1)
    with TestClient(create_app(limited)) as client:
        for turn in range(BY_NETWORK.most):
            client.cookies.clear()
            query = {"number": number, "name": f"李{'晓' * (turn + 1)}"}
            found = _asked(client, "/api/v1/verification/numbers", query, f"198.51.100.{turn}")
            assert found.json()["verdict"] == "unknown"
        client.cookies.clear()
        query = {"number": number.lower(), "name": "李晓梅"}
        for path in ("/api/v1/verification/numbers", "/verify"):
            refused = _asked(client, path, query, "198.51.100.99")
            assert refused.status_code == 429
            assert "方块码现在就可以扫" in refused.text
        elsewhere = _asked(client, "/api/v1/verification/numbers", query, "192.0.2.1")
        assert elsewhere.json()["verdict"] == "unknown"


def test_the_platform_has_a_budget_of_messages(limited: Parts, clock: SettableClock) -> None:
    with TestClient(create_app(limited)) as client:
        for number in range(100):
            client.cookies.clear()
            assert _code(client, number, f"198.51.100.{number}") == 202
        client.cookies.clear()
        body = {"phone": "13900000000"}
        headers = csrf(client) | _from("203.0.113.1")
        spent = client.post("/api/v1/auth/codes", json=body, headers=headers)
        assert (spent.status_code, spent.json()["code"]) == (503, "sms_budget")
        assert spent.json()["remedy"]
        clock.advance(ms=3_600_001)
        assert _code(client, 101, "203.0.113.1") == 202


def test_two_first_uses_at_once_both_count(limited: Parts) -> None:
    refusals: list[Exception] = []

    def use() -> None:
        try:
            limited.limiter.take("at.once", "k", limit=8, window_s=60, now=limited.clock.now())
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is a failure here
            refusals.append(error)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refusals == []


def test_an_outage_of_the_registry_costs_no_try(limited: Parts, clock: SettableClock) -> None:
    class Away:
        def check(self, **_: object) -> RegistryAnswer:
            return RegistryAnswer(RegistryOutcome.UPSTREAM_ERROR, "", (), "tencent")

    claim = {"document_type": "resident_id", "number": ALICE.number, "name": ALICE.name}

    def ask(parts: Parts) -> int:
        with TestClient(create_app(parts)) as client:
            clock.advance(ms=61_000)
            sign_in(client, parts, ALICE)
            asked = client.post("/api/v1/me/identity", json=claim, headers=csrf(client))
            return asked.status_code

    away = dataclasses.replace(limited, registry=Away())
    assert [ask(away) for _ in range(9)] == [200] * 9
    limited.limiter.give_back(REGISTRY_ANSWERS, "nobody")  # taking back what nobody used is nothing
    with TestClient(create_app(away)) as client:
        clock.advance(ms=61_000)
        sign_in(client, limited, ALICE)
        said = [
            client.post("/api/v1/me/identity", json=claim, headers=csrf(client)).status_code
            for _ in range(52)
        ]
    assert said == [200] * 51 + [429], "what asks without end is bounded all the same"
    clock.advance(ms=86_400_000)
    assert ask(limited) == 200


def _ask(client: TestClient, phone: str) -> tuple[int, str]:
    answer = client.post("/api/v1/auth/codes", json={"phone": phone}, headers=csrf(client))
    return answer.status_code, answer.json().get("code", "")


def test_asking_too_early_uses_nothing_up(limited: Parts, clock: SettableClock) -> None:
    with TestClient(create_app(limited)) as stranger, TestClient(create_app(limited)) as owner:
        told = [_ask(stranger, ALICE.phone)[0] for _ in range(15)]
        assert told == [202] + [429] * 14
        clock.advance(ms=61_000)
        assert _ask(owner, ALICE.phone)[0] == 202


def test_an_owner_gets_codes_when_strangers_have_asked_for_all(
    limited: Parts, clock: SettableClock
) -> None:
    with TestClient(create_app(limited)) as stranger, TestClient(create_app(limited)) as owner:
        sign_in(owner, limited, ALICE)
        told = []
        for _ in range(12):
            clock.advance(ms=61_000)
            told.append(_ask(stranger, ALICE.phone)[0])
        assert told == [202] * 9 + [429] * 3  # the owner's first, before the sign-in, was one
        clock.advance(ms=61_000)
        assert _ask(owner, ALICE.phone)[0] == 202


def test_wrong_codes_typed_elsewhere_spend_none_of_the_owners_tries(limited: Parts) -> None:
    with TestClient(create_app(limited)) as stranger, TestClient(create_app(limited)) as owner:
        assert _ask(owner, ALICE.phone)[0] == 202
        code = newest_code(limited, ALICE.phone)
        for typed in ("000000", "000001", "000002", "000003", "000004", "000005", code):
            body = {"phone": ALICE.phone, "code": typed}
            tried = stranger.post("/api/v1/auth/sign-in", json=body, headers=csrf(stranger))
            assert (tried.status_code, tried.json()["code"]) == (422, "spent_code")
        body = {"phone": ALICE.phone, "code": code}
        done = owner.post("/api/v1/auth/sign-in", json=body, headers=csrf(owner))
        assert done.status_code == 200
