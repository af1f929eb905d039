"""Recovery where the way is in doubt or a vendor's, and several who ask at the same moment."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from httpx import Response
from sqlalchemy import text, update
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.identity.models.people import Person
from app.identity.rules.face_vendors import VENDOR_FACE
from app.identity.services import consents
from app.lobby.parts import Parts
from app.main import create_app
from tests.captures import captured
from tests.people import ALICE, CAROL, Someone, csrf, newest_code, sign_in, verify
from tests.player import ANSWERS, choose_questions
from tests.reviewers import only_case, post, reviewer

NEW = "13900000071"
RIGHT = {"answers": [{"question": q, "answer": a} for q, a in ANSWERS.items()]}
WRONG = {"answers": [{"question": q, "answer": "猜的答案" + q[:3]} for q in ANSWERS]}


@pytest.fixture
def browsers(parts: Parts) -> Iterator[list[TestClient]]:
    with ExitStack() as stack:
        yield [stack.enter_context(TestClient(create_app(parts))) for _ in range(4)]


@pytest.fixture
def alice(client: TestClient, parts: Parts) -> TestClient:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    return client


def _code(client: TestClient, parts: Parts, clock: SettableClock, phone: str) -> str:
    clock.advance(ms=61_000)
    assert post(client, "/auth/codes", {"phone": phone}).status_code == 202
    return newest_code(parts, phone)


def _recover(
    client: TestClient, parts: Parts, clock: SettableClock, phone: str = NEW, who: Someone = ALICE
) -> str:
    body = {
        "document_type": "resident_id", "number": who.number, "name": who.name, "phone": phone,
        "code": _code(client, parts, clock, phone),
    }  # fmt: skip
    opened = post(client, "/recoveries", body)
    assert opened.status_code == 201, opened.text
    return str(opened.json()["id"])


def _change(client: TestClient, parts: Parts, clock: SettableClock, who: Someone = ALICE) -> str:
    code = _code(client, parts, clock, NEW)
    old = _code(client, parts, clock, who.phone)
    opened = post(client, "/me/phone-changes", {"old_code": old, "phone": NEW, "code": code})
    assert opened.status_code == 201, opened.text
    return str(opened.json()["id"])


def _show(client: TestClient, change_id: str, who: str) -> str:
    prompt = post(client, f"/phone-changes/{change_id}/face", {}).json()
    sent = post(client, f"/phone-changes/{change_id}/frames", captured(prompt, who))
    assert sent.status_code == 200, sent.text
    return str(sent.json()["outcome"])


def _answer(client: TestClient, change_id: str, body: dict[str, object] = RIGHT) -> Response:
    return post(client, f"/phone-changes/{change_id}/answers", body)


def _enrol_face(client: TestClient, who: str) -> None:
    said = {"kind": "face", "version": consents.VERSION, "accepted": True}
    assert post(client, "/me/consents", said).status_code == 201
    opened = post(client, "/me/face-sessions", {"purpose": "enrol"}).json()
    sent = post(client, f"/me/face-sessions/{opened['id']}/frames", captured(opened, who))
    assert sent.json()["outcome"] == "passed", sent.text


def _give_up_face(client: TestClient) -> None:
    assert client.delete("/api/v1/me/consents/face", headers=csrf(client)).status_code == 204


def _states(parts: Parts) -> list[str]:
    with parts.database.reading() as db:
        found = db.execute(text("SELECT state FROM phone_change ORDER BY state")).scalars()
        return list(found)


@pytest.mark.parametrize("kind", ["change", "recovery"])
@pytest.mark.parametrize("way", ["face", "questions"])
def test_way_in_doubt_shows_nobody(
    alice: TestClient, browsers: list[TestClient], parts: Parts, clock: SettableClock, *,
    kind: str, way: str,
) -> None:  # fmt: skip
    """Whoever held the session put their own face or answers in the place of Alice's face."""
    _enrol_face(alice, "a")
    _give_up_face(alice)
    if way == "face":
        _enrol_face(alice, "b")
    else:
        choose_questions(alice)
    begin, by = (_change, alice) if kind == "change" else (_recover, browsers[0])
    change_id = begin(by, parts, clock)
    for outcome in ("proving", "proving", "at_desk"):
        if way == "face":
            assert _show(by, change_id, "b") == outcome
        else:
            assert _answer(by, change_id).json()["outcome"] == outcome
    worker.drain(parts)
    with reviewer(parts) as wu:
        page = wu.get(f"/desk/cases/{only_case(wu, 'phone_change')['id']}").text
    assert "核对了几次都没有通过" in page
    with parts.database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM phone_change WHERE way IS NULL")).scalar() == 1


def test_same_face_without_a_doubt_does_show_who_it_is(
    alice: TestClient, browsers: list[TestClient], parts: Parts, clock: SettableClock
) -> None:
    _enrol_face(alice, "b")
    assert _show(browsers[0], _recover(browsers[0], parts, clock), "b") == "waiting"


@pytest.mark.usefixtures("alice")
def test_who_is_known_by_a_vendors_face_ends_at_people(
    browsers: list[TestClient], parts: Parts, clock: SettableClock
) -> None:
    """Nothing is kept here to compare with: neither a pass nor a dead end."""
    with parts.database.transaction() as db:
        db.execute(update(Person).values(method=VENDOR_FACE))
    first, second, third, _ = browsers
    opened = _recover(first, parts, clock)
    assert [_show(first, opened, "a") for _ in range(3)] == ["proving", "proving", "at_desk"]
    worker.drain(parts)
    with reviewer(parts) as wu:
        assert only_case(wu, "phone_change")["state"] == "open"
    opened = _recover(second, parts, clock)
    said = [_answer(second, opened, WRONG).json()["outcome"] for _ in range(3)]
    assert said == ["proving", "proving", "at_desk"]
    asked = post(third, f"/phone-changes/{_recover(third, parts, clock)}/people", {}).json()
    assert asked["outcome"] == "at_desk"
    assert asked["message"]
    worker.drain(parts)
    assert _states(parts) == ["at_desk", "stopped", "stopped"]


def _at_once(calls: list[tuple[TestClient, str, dict[str, object]]]) -> list[Response]:
    """Each call from its own browser and thread, at the same moment."""
    start = threading.Barrier(len(calls))
    for client, _, _ in calls:
        csrf(client)

    def come(call: tuple[TestClient, str, dict[str, object]]) -> Response:
        client, path, body = call
        start.wait()
        return post(client, path, body)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(come, calls))


def test_of_several_recoveries_at_once_one_waits_and_people_get_the_others(
    alice: TestClient, browsers: list[TestClient], parts: Parts, clock: SettableClock
) -> None:
    choose_questions(alice)
    opened = [
        (
            each,
            f"/phone-changes/{_recover(each, parts, clock, f'1390000008{number}')}/answers",
            RIGHT,
        )
        for number, each in enumerate(browsers)
    ]
    answers = _at_once(list(opened))
    assert [answer.status_code for answer in answers] == [200] * 4
    outcomes = Counter(answer.json()["outcome"] for answer in answers)
    assert outcomes == {"waiting": 1, "at_desk": 3}
    assert all(answer.json()["message"] for answer in answers)
    assert _states(parts) == ["at_desk", "stopped", "stopped", "stopped"]
    clock.advance(ms=3 * 24 * 3600 * 1000)
    worker.drain(parts)
    assert _states(parts) == ["at_desk", "stopped", "stopped", "stopped"]


@pytest.mark.parametrize("has_name", [False, True])
def test_one_number_for_two_people_goes_to_one(
    browsers: list[TestClient], parts: Parts, clock: SettableClock, *, has_name: bool
) -> None:
    calls: list[tuple[TestClient, str, dict[str, object]]] = []
    for client, who in zip(browsers[:2], (ALICE, CAROL), strict=True):
        sign_in(client, parts, who)
        if has_name:
            verify(client, who)
            choose_questions(client)
            calls.append(
                (client, f"/phone-changes/{_change(client, parts, clock, who)}/answers", RIGHT)
            )
        else:
            code = _code(client, parts, clock, NEW)
            old = _code(client, parts, clock, who.phone)
            calls.append(
                (client, "/me/phone-changes", {"old_code": old, "phone": NEW, "code": code})
            )
    answers = _at_once(calls)
    [won] = [answer for answer in answers if answer.is_success]
    [lost] = [answer for answer in answers if not answer.is_success]
    assert won.json()["outcome"] == "done"
    assert (lost.status_code, lost.json()["code"]) == (409, "phone_taken")
    assert lost.json()["detail"].startswith("这个手机号已经有账号。")
    assert _states(parts).count("done") == 1


def test_number_that_went_to_another_while_it_waited_is_left_to_people(
    browsers: list[TestClient], parts: Parts, clock: SettableClock
) -> None:
    for client, who in zip(browsers[:2], (ALICE, CAROL), strict=True):
        sign_in(client, parts, who)
        verify(client, who)
        choose_questions(client)
    for client, who in zip(browsers[2:], (ALICE, CAROL), strict=True):
        answer = _answer(client, _recover(client, parts, clock, NEW, who))
        assert answer.json()["outcome"] == "waiting"
    clock.advance(ms=2 * 24 * 3600 * 1000)
    worker.drain(parts)
    assert _states(parts) == ["at_desk", "done"]
    with reviewer(parts) as wu:
        page = wu.get(f"/desk/cases/{only_case(wu, 'phone_change')['id']}").text
    assert "新手机号已是别的账号的" in page
