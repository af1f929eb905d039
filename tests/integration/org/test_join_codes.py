"""People join with a code: once each, as long as it is good, and as who they are proven to be."""

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.join_codes import JoinCode
from tests.employers import agent, delete, post, put
from tests.people import ALICE, CAROL, MALLORY, Someone, sign_in, verify

OTHER = "91510700MA6CX2020M"


def _code(boss: TestClient, **change: object) -> dict:
    answer = post(boss, "/org/join-codes", {"unit": "二车间", "days": 7, "most_uses": 5} | change)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _join(client: TestClient, code: str):
    return post(client, "/me/joinings", {"code": code})


@pytest.fixture
def alice(parts: Parts):
    with TestClient(create_app(parts)) as client:
        sign_in(client, parts, ALICE)
        verify(client, ALICE)
        yield client


def test_who_has_the_code_says_yes_and_is_on_the_roster_by_their_proven_name(
    client: TestClient, parts: Parts, alice: TestClient
) -> None:
    boss = agent(client, parts, MALLORY)
    code = _code(boss)["code"]
    page = alice.get("/join", params={"code": code.lower()}).text
    assert "岷江电子" in page
    assert "二车间" in page
    assert boss.get("/api/v1/org/staff").json()["total"] == 0
    joined = _join(alice, f" {code.lower()} ")
    assert (joined.status_code, joined.json()["employer"]) == (200, "岷江电子")
    [line] = boss.get("/api/v1/org/staff").json()["items"]
    assert (line["name"], line["unit"], line["state"]) == (ALICE.name, "二车间", "joined")
    assert line["masked_number"].endswith(ALICE.number[-4:])
    assert _join(alice, code).status_code == 200
    [stands] = boss.get("/api/v1/org/join-codes").json()["items"]
    assert stands["uses"] == 1
    assert "已经在岷江电子" in alice.get("/join", params={"code": code}).text
    assert "您用邀请码加入单位" in alice.get("/me/access").text


def test_who_was_named_before_stays_that_line(
    client: TestClient, parts: Parts, alice: TestClient
) -> None:
    boss = agent(client, parts, MALLORY)
    new = {"name": "李小梅", "document_number": ALICE.number, "unit": "一车间"}
    staff_id = post(boss, "/org/staff", new).json()["staff_id"]
    assert _join(alice, _code(boss)["code"]).status_code == 200
    [line] = boss.get("/api/v1/org/staff").json()["items"]
    assert (line["staff_id"], line["name"], line["unit"]) == (staff_id, ALICE.name, "一车间")
    assert delete(boss, f"/org/staff/{staff_id}").status_code == 204
    assert _join(alice, _code(boss)["code"]).status_code == 200
    [line] = boss.get("/api/v1/org/staff").json()["items"]
    assert (line["staff_id"], line["unit"], line["state"]) == (staff_id, "二车间", "joined")


def test_who_joins_again_comes_without_tags_and_position(
    client: TestClient, parts: Parts, alice: TestClient
) -> None:
    boss = agent(client, parts, MALLORY)
    new = {"name": ALICE.name, "document_number": ALICE.number, "position": "焊工"}
    staff_id = post(boss, "/org/staff", new).json()["staff_id"]
    assert _join(alice, _code(boss)["code"]).status_code == 200
    tag = post(boss, "/org/tags", {"name": "动火作业"}).json()["tag_id"]
    assert put(boss, f"/org/staff/{staff_id}/tags", {"tag_ids": [tag]}).status_code == 204
    assert delete(boss, f"/org/staff/{staff_id}").status_code == 204
    assert _join(alice, _code(boss)["code"]).status_code == 200
    [line] = boss.get("/api/v1/org/staff").json()["items"]
    assert (line["staff_id"], line["unit"], line["position"]) == (staff_id, "二车间", "")
    assert boss.get("/api/v1/org/tags").json()["items"][0]["people"] == 0


def test_a_name_that_is_not_proven_joins_nothing(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    code = _code(boss)["code"]
    with TestClient(create_app(parts)) as newcomer:
        sign_in(newcomer, parts, Someone("13800000074", "", ""))
        assert "先用本人的证件实名" in newcomer.get("/join", params={"code": code}).text
        assert _join(newcomer, code).json()["code"] == "not_verified"


def test_what_is_over_used_up_or_revoked_says_no_more_than_a_wrong_one(
    client: TestClient, parts: Parts, alice: TestClient, clock: SettableClock
) -> None:
    boss = agent(client, parts, MALLORY)
    once, gone, late = _code(boss, most_uses=1), _code(boss), _code(boss, days=1)
    assert delete(boss, f"/org/join-codes/{gone['code_id']}").status_code == 204
    assert delete(boss, f"/org/join-codes/{gone['code_id']}").status_code == 204
    with TestClient(create_app(parts)) as carol:
        sign_in(carol, parts, CAROL)
        verify(carol, CAROL)
        assert _join(carol, once["code"]).status_code == 200
    clock.advance(ms=25 * 3600 * 1000)
    sign_in(alice, parts, ALICE)
    said = set()
    for code in (once["code"], gone["code"], late["code"], "AAAA-AAAA", "x"):
        answer = _join(alice, code)
        assert answer.status_code == 422, answer.text
        said.add((answer.json()["detail"], answer.json()["errors"][0]["field"]))
    assert len(said) == 1
    sign_in(boss, parts, MALLORY)
    states = {
        each["code_id"]: each["state_name"]
        for each in boss.get("/api/v1/org/join-codes").json()["items"]
    }
    assert [states[each["code_id"]] for each in (once, gone, late)] == [
        "已用完", "已停用", "已过期",
    ]  # fmt: skip


def test_another_employers_codes_are_not_found_and_lie_sealed(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    code = _code(boss)
    with TestClient(create_app(parts)) as other:
        rival = agent(other, parts, CAROL, uscc=OTHER)
        assert rival.get("/api/v1/org/join-codes").json()["total"] == 0
        assert delete(rival, f"/org/join-codes/{code['code_id']}").status_code == 404
        assert code["code"] not in rival.get("/employer/join-codes").text
    assert code["code"] in boss.get("/employer/join-codes").text
    with parts.database.reading() as db:
        row = db.query(JoinCode).one()
        plain = code["code"].replace("-", "").encode()
        assert plain not in row.code_sealed
        assert plain.decode() not in row.code_index


@pytest.mark.parametrize(
    ("change", "field"), [({"days": 91}, "/days"), ({"most_uses": 0}, "/most_uses")]
)
def test_a_code_without_bounds_is_refused(
    client: TestClient, parts: Parts, change: dict, field: str
) -> None:
    boss = agent(client, parts, MALLORY)
    answer = post(boss, "/org/join-codes", {"days": 7, "most_uses": 5} | change)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
