"""The second factor over HTTP: no role acts without it, and it is passed once with each code."""

import datetime as dt
from collections.abc import Iterator

import pyotp
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.settings import Settings
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests.contract.household import BOSS, found_organisation, grant
from tests.people import ALICE, csrf, newest_code, sign_in
from tests.reviewers import WU
from tests.soft_keys import SoftKey

_HOUR_MS = 3_600_000


def _post(client: TestClient, path: str, body: object = None) -> tuple[int, dict]:
    answer = client.post(f"/api/v1{path}", json=body, headers=csrf(client))
    return answer.status_code, answer.json() if answer.content else {}


def _enter(client: TestClient, parts: Parts) -> dict[str, object]:
    """A reviewer with the phone's code alone."""
    return sign_in(client, parts, WU, has_second_factor=False)


def _enrol(client: TestClient, parts: Parts) -> tuple[pyotp.TOTP, list[str]]:
    status, drawn = _post(client, "/me/second-factors/totp")
    assert status == 201, drawn
    assert drawn["qr_svg"].startswith("<svg")
    app = pyotp.parse_uri(drawn["address"])
    assert isinstance(app, pyotp.TOTP)
    assert (app.issuer, app.secret) == ("实学", drawn["secret"])
    status, added = _post(
        client, "/me/second-factors/totp/confirmation", {"code": app.at(parts.clock.now())}
    )
    assert status == 200, added
    return app, added["recovery_codes"]


@pytest.fixture
def desk(client: TestClient, parts: Parts) -> TestClient:
    grant(parts, WU, Role.REVIEWER)
    return client


def test_a_role_sleeps_until_a_second_factor_is_set_up(desk: TestClient, parts: Parts) -> None:
    assert _enter(desk, parts)["next"] == "/second-factor?next=/desk"
    refused = desk.get("/api/v1/desk/cases")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor")
    assert refused.json()["remedy"]
    led = desk.get("/desk")
    assert (led.status_code, led.headers["location"]) == (303, "/second-factor?next=/desk")
    assert desk.get("/api/v1/me").json()["roles"] == ["learner"]
    assert "显示二维码" in desk.get("/second-factor").text
    _, codes = _enrol(desk, parts)
    assert len(set(codes)) == 10
    assert desk.get("/api/v1/desk/cases").status_code == 200
    assert desk.get("/desk").status_code == 200


def test_one_who_acts_for_an_employer_needs_it_too(client: TestClient, parts: Parts) -> None:
    found_organisation(parts, "91510100MA6CX101X8", BOSS)
    sign_in(client, parts, BOSS, has_second_factor=False)
    assert client.get("/api/v1/org/staff").json()["code"] == "second_factor"
    assert client.get("/api/v1/me").json()["org_ids"] == []
    assert client.get("/employer").headers["location"] == "/second-factor?next=/employer"
    _enrol(client, parts)
    assert client.get("/api/v1/org/staff").status_code == 200


def test_the_phone_alone_does_not_shut_its_holder_out(
    desk: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _enter(desk, parts)
    app, _ = _enrol(desk, parts)
    with TestClient(create_app(parts), follow_redirects=False) as thief:
        clock.advance(ms=61_000)
        _enter(thief, parts)
        [there] = [
            each["sign_in_id"] for each in thief.get("/api/v1/me/sign-ins").json()
            if not each["is_this"]
        ]  # fmt: skip
        clock.advance(ms=61_000)
        assert _post(thief, "/me/codes")[0] == 202
        body = {"code": newest_code(parts, WU.phone), "password": "蓝色水桶和钉子还有一只猫"}
        for verb, path, sent in (
            ("DELETE", "/me/sign-ins", None), ("DELETE", f"/me/sign-ins/{there}", None),
            ("PUT", "/me/password", body), ("DELETE", "/me/password", None),
        ):  # fmt: skip
            refused = thief.request(verb, f"/api/v1{path}", json=sent, headers=csrf(thief))
            assert (refused.status_code, refused.json()["code"]) == (403, "second_factor"), path
        assert desk.get("/api/v1/desk/cases").status_code == 200
        assert _post(thief, "/auth/second-factor", {"code": app.at(clock.now())})[0] == 200
        assert thief.delete("/api/v1/me/sign-ins", headers=csrf(thief)).status_code == 204
    assert desk.get("/api/v1/me").status_code == 401


def test_a_learner_is_never_asked(client: TestClient, parts: Parts) -> None:
    assert sign_in(client, parts, ALICE, has_second_factor=False)["next"] == "/signup/identity"
    assert client.get("/second-factor").headers["location"] == "/home"
    status, problem = _post(client, "/me/second-factors/totp")
    assert (status, problem["code"]) == (403, "not_staff")


def test_a_code_counts_once_and_for_a_minute(
    desk: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _enter(desk, parts)
    app, _ = _enrol(desk, parts)
    used = app.at(clock.now())
    clock.advance(ms=61_000)
    _enter(desk, parts)
    assert desk.get("/api/v1/desk/cases").json()["code"] == "second_factor"
    assert "显示二维码" not in desk.get("/second-factor").text
    stale, early = (app.at(clock.now() + dt.timedelta(seconds=seconds)) for seconds in (-90, 60))
    for wrong in ("000000", used, stale, early, "甲" * 6):
        status, problem = _post(desk, "/auth/second-factor", {"code": wrong})
        assert (status, problem["code"]) == (422, "wrong_code"), wrong
    right = {"code": f" {app.at(clock.now())[:3]} {app.at(clock.now())[3:]} "}
    assert _post(desk, "/auth/second-factor", right) == (200, {"next": "/desk"})
    assert desk.get("/api/v1/desk/cases").status_code == 200
    assert _post(desk, "/auth/second-factor", right)[0] == 422
    with parts.database.reading() as db:
        failed = db.execute(
            text("SELECT count(*) FROM audit_event WHERE event = 'second_factor.failed'")
        ).scalar_one()
    assert failed == 6


def test_it_is_asked_for_again_after_twelve_hours(
    desk: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _enter(desk, parts)
    app, _ = _enrol(desk, parts)
    clock.advance(ms=12 * _HOUR_MS - 1000)
    assert desk.get("/api/v1/desk/cases").status_code == 200
    clock.advance(ms=1000)
    assert desk.get("/api/v1/desk/cases").json()["code"] == "second_factor"
    assert _post(desk, "/auth/second-factor", {"code": app.at(clock.now())})[0] == 200
    assert desk.get("/api/v1/desk/cases").status_code == 200


def test_a_recovery_code_counts_once(desk: TestClient, parts: Parts, clock: SettableClock) -> None:
    _enter(desk, parts)
    _, codes = _enrol(desk, parts)
    clock.advance(ms=61_000)
    _enter(desk, parts)
    typed = {"code": codes[3].lower()}
    assert _post(desk, "/auth/second-factor", typed)[0] == 200
    assert desk.get("/api/v1/me/second-factors").json()["recovery_left"] == 9
    assert _post(desk, "/auth/second-factor", typed)[0] == 422
    status, fresh = _post(desk, "/me/second-factors/recovery-codes")
    assert (status, len(fresh["recovery_codes"])) == (201, 10)
    assert _post(desk, "/auth/second-factor", {"code": codes[4]})[0] == 422
    assert _post(desk, "/auth/second-factor", {"code": fresh["recovery_codes"][0]})[0] == 200


def test_the_phone_alone_adds_no_second_app(
    desk: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """Who has stolen the number must not get past the factor by setting up another."""
    _enter(desk, parts)
    app, _ = _enrol(desk, parts)
    clock.advance(ms=61_000)
    with TestClient(create_app(parts), follow_redirects=False) as thief:
        _enter(thief, parts)
        for path in (
            "/me/second-factors/totp", "/me/second-factors/key-options",
            "/me/second-factors/recovery-codes",
        ):  # fmt: skip
            status, problem = _post(thief, path)
            assert (status, problem["code"]) == (403, "second_factor"), path
        assert thief.get("/api/v1/desk/cases").status_code == 403
    assert _post(desk, "/auth/second-factor", {"code": app.at(clock.now())})[0] == 200


def test_another_app_takes_the_place_of_the_first_and_no_sooner(
    desk: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _enter(desk, parts)
    app, _ = _enrol(desk, parts)
    _, drawn = _post(desk, "/me/second-factors/totp")
    clock.advance(ms=60_000)
    assert _post(desk, "/auth/second-factor", {"code": app.at(clock.now())})[0] == 200
    fresh = pyotp.TOTP(drawn["secret"])
    body = {"code": fresh.at(clock.now())}
    assert _post(desk, "/me/second-factors/totp/confirmation", body) == (
        200,
        {"recovery_codes": []},
    )
    clock.advance(ms=60_000)
    assert _post(desk, "/auth/second-factor", {"code": app.at(clock.now())})[0] == 422
    assert _post(desk, "/auth/second-factor", {"code": fresh.at(clock.now())})[0] == 200


def _add_key(desk: TestClient, key: SoftKey) -> tuple[int, dict]:
    _, wanted = _post(desk, "/me/second-factors/key-options")
    return _post(desk, "/me/second-factors/keys", key.made(wanted["challenge"]))


def _answer(desk: TestClient, key: SoftKey) -> int:
    _, wanted = _post(desk, "/auth/second-factor/key-options")
    return _post(desk, "/auth/second-factor/key", key.asserted(wanted["challenge"]))[0]


def test_a_security_key_passes_and_its_count_only_grows(
    desk: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _enter(desk, parts)
    key = SoftKey()
    status, added = _add_key(desk, key)
    assert (status, len(added["recovery_codes"])) == (201, 10)
    assert desk.get("/api/v1/desk/cases").status_code == 200
    clock.advance(ms=61_000)
    _enter(desk, parts)
    assert desk.get("/api/v1/desk/cases").status_code == 403
    assert _answer(desk, key) == 200
    assert desk.get("/api/v1/desk/cases").status_code == 200
    key.count = 0  # a copy of the key
    assert _answer(desk, key) == 422
    [listed] = desk.get("/api/v1/me/second-factors").json()["keys"]
    assert listed["label"] == "蓝色的"


@pytest.mark.parametrize(
    "wrong",
    [
        {"verifies": False},
        {"origin": "https://shixue.example.evil"},
        {"host": "shixue.example.evil"},
    ],
)
def test_a_key_of_another_house_or_without_its_holder_is_refused(
    desk: TestClient, parts: Parts, wrong: dict
) -> None:
    _enter(desk, parts)
    assert _add_key(desk, SoftKey(**wrong))[0] == 422
    good = SoftKey()
    assert _add_key(desk, good)[0] == 201
    for name, value in wrong.items():
        setattr(good, name, value)
    assert _answer(desk, good) == 422


def test_a_challenge_counts_once_for_its_purpose_and_five_minutes(
    desk: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _enter(desk, parts)
    key = SoftKey()
    _add_key(desk, key)
    _, wanted = _post(desk, "/auth/second-factor/key-options")
    answer = key.asserted(wanted["challenge"])
    assert _post(desk, "/auth/second-factor/key", answer)[0] == 200
    assert _post(desk, "/auth/second-factor/key", answer)[0] == 422
    _, other = _post(desk, "/me/second-factors/key-options")
    assert _post(desk, "/auth/second-factor/key", key.asserted(other["challenge"]))[0] == 422
    _, late = _post(desk, "/auth/second-factor/key-options")
    clock.advance(ms=5 * 60_000)
    assert _post(desk, "/auth/second-factor/key", key.asserted(late["challenge"]))[0] == 422


def test_anothers_key_passes_nobody(desk: TestClient, parts: Parts, clock: SettableClock) -> None:
    _enter(desk, parts)
    key = SoftKey()
    _add_key(desk, key)
    clock.advance(ms=1000)
    grant(parts, BOSS, Role.REVIEWER)
    with TestClient(create_app(parts), follow_redirects=False) as other:
        sign_in(other, parts, BOSS, has_second_factor=False)
        assert _answer(other, key) == 422
        assert _add_key(other, key)[0] == 422
        assert other.get("/api/v1/desk/cases").status_code == 403


def test_the_only_factor_is_never_taken_away(desk: TestClient, parts: Parts) -> None:
    _enter(desk, parts)
    _add_key(desk, SoftKey())
    [listed] = desk.get("/api/v1/me/second-factors").json()["keys"]
    path = f"/api/v1/me/second-factors/keys/{listed['key_id']}"
    assert desk.request("DELETE", path, headers=csrf(desk)).json()["code"] == "only_factor"
    _enrol(desk, parts)
    assert desk.request("DELETE", path, headers=csrf(desk)).status_code == 204
    assert desk.get("/api/v1/me/second-factors").json()["keys"] == []


def test_neither_secret_nor_recovery_code_stands_in_clear(desk: TestClient, parts: Parts) -> None:
    _enter(desk, parts)
    app, codes = _enrol(desk, parts)
    with parts.database.reading() as db:
        held = repr(db.execute(text("SELECT * FROM totp_secret")).all())
        held += repr(db.execute(text("SELECT * FROM recovery_code")).all())
    assert app.secret not in held
    assert all(code.replace("-", "") not in held for code in codes)


@pytest.fixture
def limited(settings: Settings, clock: SettableClock) -> Iterator[Parts]:
    built = build_parts(settings.model_copy(update={"rate_limits": True}), clock)
    yield built
    built.database.close()


def test_guessing_is_slow(limited: Parts, clock: SettableClock) -> None:
    grant(limited, WU, Role.REVIEWER)
    with TestClient(create_app(limited), follow_redirects=False) as client:
        _enter(client, limited)
        app, _ = _enrol(client, limited)
        tried = [_post(client, "/auth/second-factor", {"code": f"{n:06d}"})[0] for n in range(12)]
        assert tried == [422] * 9 + [429] * 3  # one was spent on setting the app up
        clock.advance(ms=15 * 60_000 + 1000)
        assert _post(client, "/auth/second-factor", {"code": app.at(clock.now())})[0] == 200
