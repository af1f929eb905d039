"""Where somebody is signed in: seen by them alone, ended by them alone."""

from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import make_course
from tests.people import ALICE, CAROL, Someone, csrf, sign_in, verify
from tests.player import Player, choose_questions, enrolled

_WECHAT = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4) MicroMessenger/8.0.49"}


def _sign_ins(client: TestClient) -> list[dict]:
    answer = client.get("/api/v1/me/sign-ins")
    assert answer.status_code == 200, answer.text
    return answer.json()


def _end(client: TestClient, sign_in_id: str = "") -> int:
    path = f"/api/v1/me/sign-ins/{sign_in_id}".rstrip("/")
    return client.request("DELETE", path, headers=csrf(client)).status_code


def _later(clock: SettableClock, client: TestClient, parts: Parts, who: Someone = ALICE) -> None:
    clock.advance(ms=61_000)  # sooner, a second code to the same phone is refused
    sign_in(client, parts, who)


def test_each_device_is_named_and_can_be_signed_out(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    with TestClient(create_app(parts), headers=_WECHAT) as other:
        _later(clock, other, parts)
        here, there = _sign_ins(client)
        assert (here["is_this"], there["is_this"]) == (True, False)
        assert there["label"] == "苹果手机 · 微信"
        assert here["started_at"] < there["started_at"]
        page = client.get("/me").text
        assert "苹果手机 · 微信" in page
        assert "退出其他所有设备" in page
        assert _end(client, there["sign_in_id"]) == 204
        assert other.get("/api/v1/me").status_code == 401
        assert client.get("/api/v1/me").status_code == 200
        assert _end(client, there["sign_in_id"]) == 404
        assert len(_sign_ins(client)) == 1


def test_all_others_at_once_and_nobody_elses(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    with (
        TestClient(create_app(parts)) as second,
        TestClient(create_app(parts)) as third,
        TestClient(create_app(parts)) as carol,
    ):
        sign_in(carol, parts, CAROL)
        for browser in (second, third):
            _later(clock, browser, parts)
        [hers] = _sign_ins(carol)
        assert _end(client, hers["sign_in_id"]) == 404
        assert _end(client) == 204
        assert [browser.get("/api/v1/me").status_code for browser in (second, third)] == [401, 401]
        assert carol.get("/api/v1/me").status_code == 200
        assert [each["is_this"] for each in _sign_ins(client)] == [True]


def test_an_ended_sign_in_is_not_renewed(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """The access token has run out meanwhile: what is left is the refresh token."""
    sign_in(client, parts, ALICE)
    with TestClient(create_app(parts)) as other:
        _later(clock, other, parts)
        assert _end(client) == 204
        clock.advance(ms=16 * 60_000)
        assert other.get("/api/v1/me").status_code == 401
        assert client.get("/api/v1/me").status_code == 200


def test_signing_in_again_on_a_device_takes_the_place_of_the_first(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    _later(clock, client, parts)
    assert len(_sign_ins(client)) == 1


def test_the_study_session_on_a_signed_out_device_ends(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    course = make_course(parts)
    player = Player(client, parts, clock, ALICE)
    player.enrol(course.course_id)
    player.open(course.video_id)
    with TestClient(create_app(parts)) as other:
        _later(clock, other, parts)
        session = f"/api/v1/study-sessions/{player.session_id}"
        assert other.get(session).json()["state"] != "closed"
        [_, there] = _sign_ins(other)
        assert _end(other, there["sign_in_id"]) == 204
        assert other.get(session).json()["state"] == "closed"


def test_a_device_never_studied_on_asks_who_is_there_at_once(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """A check that passed elsewhere a moment ago does not stand for this device (R19)."""
    course = make_course(parts)
    first = enrolled(client, parts, clock, course.course_id)
    first.open(course.video_id)
    first.pass_check()
    first.open(course.video_id)
    assert first.challenge is None  # here the check still stands
    with TestClient(create_app(parts)) as other:
        _later(clock, other, parts)
        second = Player(other, parts, clock, ALICE)
        second.enrolment_id = first.enrolment_id
        second.open(course.video_id)
        assert second.challenge is not None
        assert second.challenge["kind"] == "identity"


def test_a_study_session_here_outlives_the_sign_ins_elsewhere(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    course = make_course(parts)
    player = Player(client, parts, clock, ALICE)
    with TestClient(create_app(parts)) as other:
        _later(clock, other, parts)
        player.enrol(course.course_id)
        player.open(course.video_id)
        assert _end(client) == 204
        session = client.get(f"/api/v1/study-sessions/{player.session_id}").json()
        assert session["state"] != "closed"
