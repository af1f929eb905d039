"""Who acts for an organisation, as what, and that each route asks for it."""

from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.identity.services import roles
from app.lobby.parts import Parts
from app.main import create_app
from app.org.rules.duties import Duty
from app.org.services import organisations
from tests.employers import agent, delete, post, put
from tests.people import ALICE, CAROL, MALLORY, Someone, pass_second_factor, prove, sign_in, verify
from tests.reviewers import with_role

USCC = "91510100MA6CX101X8"
ADMIN = Someone("13800000015", "安安", "510101199001010052")


def _org_id(parts: Parts) -> str:
    with parts.database.reading() as db:
        found = organisations.find_by_uscc(db, USCC)
    assert found is not None
    return found


@contextmanager
def somebody(parts: Parts, who: Someone, duty: Duty):
    """A browser of somebody who has a duty in the organisation, by grant."""
    account = prove(parts, who)
    with parts.database.transaction() as db:
        organisations.add_member(
            db, org_id=_org_id(parts), learner_id=account, role=Role.EMPLOYER, duty=duty,
            now=parts.clock.now(),
        )  # fmt: skip
    with TestClient(create_app(parts)) as client:
        sign_in(client, parts, who)
        yield client


def _joined(boss: TestClient, alice: TestClient, parts: Parts) -> str:
    """Alice stands on the roster and has said yes; returns her line."""
    sign_in(alice, parts, ALICE)
    verify(alice, ALICE)
    new = {"name": ALICE.name, "document_number": ALICE.number}
    staff_id = str(post(boss, "/org/staff", new).json()["staff_id"])
    assert post(alice, f"/me/employers/{_org_id(parts)}/acceptance", {}).status_code == 204
    return staff_id


@pytest.mark.parametrize(
    ("duty", "done"),
    [
        (Duty.MANAGER, {"staff", "roll", "remind", "proof"}),
        (Duty.VIEWER, set()),
        (Duty.TEACHER, {"roll", "remind"}),
        (Duty.REVIEWER, {"proof"}),
    ],
)
def test_each_duty_reaches_its_own_routes(
    client: TestClient, parts: Parts, duty: Duty, done: set[str]
) -> None:
    boss = agent(client, parts, MALLORY)
    with TestClient(create_app(parts)) as alice:
        staff_id = _joined(boss, alice, parts)
    with somebody(parts, CAROL, duty) as carol:
        for path in ("/org/staff", "/org/progress", "/org/assignments", "/org/members"):
            assert carol.get(f"/api/v1{path}").status_code == 200, path
        tried = {
            "staff": put(carol, f"/org/staff/{staff_id}", {"name": ALICE.name, "unit": "二车间"}),
            "roll": post(carol, "/org/roll-calls", {"place": "一号车间"}),
            "remind": post(carol, "/org/reminders", {"staff_id": staff_id, "course_id": "0" * 26}),
            "proof": carol.get(f"/api/v1/org/staff/{staff_id}/proof.json"),
            "offer": post(carol, "/org/offers", {"staff_id": staff_id, "duty": "viewer"}),
        }
        refused = {
            name for name, answer in tried.items()
            if answer.status_code == 403 and answer.json()["code"] == "duty"
        }  # fmt: skip
        assert refused == set(tried) - done


def test_an_owner_asks_and_only_the_person_says_yes(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    with TestClient(create_app(parts)) as alice:
        staff_id = _joined(boss, alice, parts)
        org_id = _org_id(parts)
        strange = post(boss, "/org/offers", {"staff_id": staff_id, "duty": "teacher"})
        assert strange.json()["errors"][0]["field"] == "/duty"
        offer = {"staff_id": staff_id, "duty": "manager"}
        assert post(boss, "/org/offers", offer).status_code == 204
        assert "请您担任“经办人”" in alice.get("/me").text
        assert alice.get("/api/v1/org/staff").status_code == 403
        assert post(alice, f"/me/offices/{org_id}", {}).status_code == 204
        pass_second_factor(alice, parts)
        assert alice.get("/api/v1/org/staff").status_code == 200
        assert post(alice, f"/me/offices/{org_id}", {}).status_code == 404
        people = boss.get("/api/v1/org/members").json()["members"]
        assert {each["name"]: each["duty"] for each in people} == {
            MALLORY.name: "owner", ALICE.name: "manager",
        }  # fmt: skip
        [her] = [each["person_id"] for each in people if each["name"] == ALICE.name]
        assert delete(boss, f"/org/members/{her}").status_code == 204
        assert alice.get("/api/v1/org/staff").status_code == 403
        assert "不再是" in alice.get("/inbox").text


def test_an_offer_is_turned_down_or_taken_back(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    with TestClient(create_app(parts)) as alice:
        staff_id = _joined(boss, alice, parts)
        offer = {"staff_id": staff_id, "duty": "viewer"}
        assert post(boss, "/org/offers", offer).status_code == 204
        assert delete(alice, f"/me/offices/{_org_id(parts)}").status_code == 204
        assert boss.get("/api/v1/org/members").json()["offers"] == []
        assert delete(boss, f"/org/offers/{staff_id}").status_code == 404
        post(boss, "/org/offers", offer)
        assert delete(boss, f"/org/offers/{staff_id}").status_code == 204
        assert post(alice, f"/me/offices/{_org_id(parts)}", {}).status_code == 404


def test_the_last_owner_stays_whoever_asks(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    org_id, own = _org_id(parts), prove(parts, MALLORY)
    for answer in (
        delete(boss, f"/org/members/{own}"), put(boss, f"/org/members/{own}", {"duty": "viewer"}),
        delete(boss, f"/me/offices/{org_id}"),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")
    with somebody(parts, CAROL, Duty.OWNER):
        assert put(boss, f"/org/members/{own}", {"duty": "viewer"}).status_code == 204
        assert delete(boss, f"/me/offices/{org_id}").status_code == 204


def test_another_organisations_people_are_nobody_here(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    with TestClient(create_app(parts)) as other:
        rival = agent(other, parts, CAROL, uscc="91510700MA6CX2020M")
        theirs = prove(parts, MALLORY)
        assert put(rival, f"/org/members/{theirs}", {"duty": "viewer"}).status_code == 404
        assert delete(rival, f"/org/members/{theirs}").status_code == 404
        names = [each["name"] for each in rival.get("/api/v1/org/members").json()["members"]]
        assert names == [CAROL.name]
    assert boss.get("/api/v1/org/members").status_code == 200


def test_a_grant_without_a_duty_only_looks(client: TestClient, parts: Parts) -> None:
    """Whoever forgets to say what somebody is inside has let them look, and no more."""
    agent(client, parts, MALLORY)
    account = prove(parts, CAROL)
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=account, role=Role.EMPLOYER, org_id=_org_id(parts), region_code=None,
            now=parts.clock.now(),
        )  # fmt: skip
    with TestClient(create_app(parts)) as carol:
        sign_in(carol, parts, CAROL)
        assert carol.get("/api/v1/org/staff").status_code == 200
        answer = post(carol, "/org/roll-calls", {"place": "一号车间"})
        assert answer.json()["code"] == "duty"


def test_a_suspended_organisation_looks_and_changes_nothing(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    boss = agent(client, parts, MALLORY)
    with TestClient(create_app(parts)) as alice:
        offer = {"staff_id": _joined(boss, alice, parts), "duty": "manager"}
        assert post(boss, "/org/offers", offer).status_code == 204
    roll_call = post(boss, "/org/roll-calls", {"place": "一号车间"}).json()["roll_call_id"]
    with TestClient(create_app(parts)) as admin, TestClient(create_app(parts)) as alice:
        with_role(admin, parts, Role.ADMIN, ADMIN)
        address = f"/system/organisations/{_org_id(parts)}/suspension"
        assert put(admin, address, {"reason": "证照过期未年检"}).status_code == 204
        assert boss.get("/employer/staff").status_code == 200
        clock.advance(ms=61_000)
        sign_in(alice, parts, ALICE)
        accepted = post(alice, f"/me/offices/{_org_id(parts)}", {})
        assert (accepted.status_code, accepted.json()["code"]) == (409, "org_suspended")
        closed = post(boss, f"/org/roll-calls/{roll_call}/closing", {})
        assert (closed.status_code, closed.json()["code"]) == (409, "org_suspended")
        refused = post(boss, "/org/staff", {"name": CAROL.name, "document_number": CAROL.number})
        assert (refused.status_code, refused.json()["code"]) == (409, "org_suspended")
        assert "证照过期未年检" in refused.json()["detail"]
        assert delete(admin, address).status_code == 204
        assert post(alice, f"/me/offices/{_org_id(parts)}", {}).status_code == 204
    added = post(boss, "/org/staff", {"name": CAROL.name, "document_number": CAROL.number})
    assert added.status_code == 201
