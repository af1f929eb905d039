"""One account, two organisations: one at a time, by choice, and nothing of the other."""

from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.identity.rules.actors import Role, acting_among
from app.identity.services import roles
from app.lobby.parts import Parts
from app.main import create_app
from app.org.rules.duties import Duty
from app.org.rules.organisations import OrganisationKind
from app.org.services import organisations
from tests.employers import delete, post, put
from tests.people import ALICE, MALLORY, csrf, prove, sign_in, verify
from tests.rosters import as_csv, hand_over, line_of

FIRST, SECOND = "91510100MA6CX101X8", "91510700MA6CX2020M"
IDS = st.lists(st.sampled_from("ABCDE"), unique=True, max_size=4)


@given(held=IDS, chosen=st.none() | st.sampled_from("ABCDEF"))
def test_which_of_several_is_never_guessed(held: list[str], chosen: str | None) -> None:
    found = acting_among(held, chosen)
    assert found is None or found in held
    if len(held) == 1:
        assert found == held[0]
    elif chosen in held:
        assert found == chosen
    else:
        assert found is None


def found(parts: Parts, uscc: str, name: str, kind: OrganisationKind, duty: Duty) -> str:
    """An organisation in which Mallory has a duty."""
    account, now = prove(parts, MALLORY), parts.clock.now()
    with parts.database.transaction() as db:
        org_id = organisations.create_organisation(
            db, kind=kind, name=name, uscc=uscc, prefecture_code="510100", now=now
        )
        organisations.add_member(
            db, org_id=org_id, learner_id=account, role=organisations.ROLE_OF[kind], duty=duty,
            now=now,
        )  # fmt: skip
    return org_id


@contextmanager
def of_two(client: TestClient, parts: Parts, second: Duty = Duty.OWNER):
    """Mallory, owner of an employer and with a duty in a school; nothing chosen yet."""
    sign_in(client, parts, MALLORY)
    first = found(parts, FIRST, "岷江电子", OrganisationKind.EMPLOYER, Duty.OWNER)
    other = found(parts, SECOND, "锦江培训学校", OrganisationKind.INSTITUTION, second)
    yield client, first, other


def _act_for(client: TestClient, org_id: str):
    return put(client, "/me/acting", {"org_id": org_id})


def test_before_a_choice_no_desk_opens_and_the_way_is_shown(
    client: TestClient, parts: Parts
) -> None:
    with of_two(client, parts) as (boss, first, second):
        refused = boss.get("/api/v1/org/staff")
        assert (refused.status_code, refused.json()["code"]) == (403, "choose_organisation")
        away = boss.get("/employer")
        assert (away.status_code, away.headers["location"]) == (303, "/acting")
        page = boss.get("/acting").text
        assert page.count("替这家办事") == 2
        listed = boss.get("/api/v1/me/acting").json()
        assert {(each["org_id"], each["is_now"]) for each in listed} == {
            (first, False), (second, False),
        }  # fmt: skip
        assert boss.get("/home").status_code == 200
        assert "进入单位页面" in boss.get("/me").text


def test_of_the_other_nothing_is_reached(client: TestClient, parts: Parts) -> None:
    with of_two(client, parts) as (boss, first, second):
        assert _act_for(boss, first).status_code == 204
        new = {"name": ALICE.name, "document_number": ALICE.number, "unit": "一车间"}
        staff_id = post(boss, "/org/staff", new).json()["staff_id"]
        import_id = hand_over(boss, as_csv([line_of(3)]))["import_id"]
        code_id = post(
            boss, "/org/join-codes", {"days": 7, "most_uses": 5, "unit": ""}
        ).json()["code_id"]  # fmt: skip
        assert boss.get("/api/v1/exam-banks").status_code == 403  # a school's door

        assert _act_for(boss, second).status_code == 204
        assert "锦江培训学校" in boss.get("/employer").text
        assert boss.get("/api/v1/org/staff").json()["total"] == 0
        assert boss.get("/api/v1/org/imports").json()["total"] == 0
        assert boss.get("/api/v1/org/join-codes").json()["total"] == 0
        tried = [
            put(boss, f"/org/staff/{staff_id}", {"name": "李四"}),
            delete(boss, f"/org/staff/{staff_id}"),
            boss.get(f"/employer/staff/{staff_id}"), boss.get(f"/employer/imports/{import_id}"),
            boss.get(f"/api/v1/org/imports/{import_id}"),
            boss.get(f"/api/v1/org/imports/{import_id}/findings"),
            delete(boss, f"/org/imports/{import_id}"), delete(boss, f"/org/join-codes/{code_id}"),
            boss.get(f"/api/v1/org/staff/{staff_id}/proof.json"),
            post(boss, "/org/offers", {"staff_id": staff_id, "duty": "viewer"}),
        ]  # fmt: skip
        assert [answer.status_code for answer in tried] == [404] * len(tried)
        assert _act_for(boss, first).status_code == 204
        assert boss.get("/api/v1/org/staff").json()["total"] == 1


def test_a_duty_there_is_none_here(client: TestClient, parts: Parts) -> None:
    """An owner there, who only looks here."""
    with of_two(client, parts, Duty.VIEWER) as (boss, first, second):
        _act_for(boss, second)
        refused = post(boss, "/org/staff", {"name": ALICE.name, "document_number": ALICE.number})
        assert (refused.status_code, refused.json()["code"]) == (403, "duty")
        page = boss.get("/employer/staff").text
        assert "指派课程" not in page
        assert "加一位员工" not in page
        _act_for(boss, first)
        page = boss.get("/employer/staff").text
        assert "指派课程" in page
        assert "加一位员工" in page


def test_a_page_that_was_opened_for_the_other_changes_nothing(
    client: TestClient, parts: Parts
) -> None:
    """Two tabs: in the second another organisation is chosen, in the first somebody goes on."""
    with of_two(client, parts) as (boss, first, second):
        _act_for(boss, first)
        assert f'name="acting-for" content="{first}"' in boss.get("/employer/staff").text
        _act_for(boss, second)
        new = {"name": ALICE.name, "document_number": ALICE.number}
        old_tab = csrf(boss) | {"x-acting-for": first}
        refused = boss.post("/api/v1/org/staff", json=new, headers=old_tab)
        assert (refused.status_code, refused.json()["code"]) == (403, "acting_changed")
        export = boss.get("/api/v1/org/roster/export.xlsx", params={"acting_for": first})
        assert export.status_code == 403
        assert boss.get("/api/v1/org/staff").json()["total"] == 0
        done = boss.post(
            "/api/v1/org/staff", json=new, headers=csrf(boss) | {"x-acting-for": second}
        )
        assert done.status_code == 201


def test_only_what_is_held_can_be_chosen_and_only_while_it_is(
    client: TestClient, parts: Parts
) -> None:
    with of_two(client, parts) as (boss, first, second):
        assert _act_for(boss, "0" * 26).status_code == 404
        _act_for(boss, second)
        assert delete(boss, f"/me/offices/{second}").status_code == 409  # the only owner
        account = boss.get("/api/v1/me").json()["account_id"]
        with parts.database.transaction() as db:
            roles.revoke(
                db, learner_id=account, role=Role.INSTITUTION, org_id=second,
                now=parts.clock.now(), actor_id=None,
            )  # fmt: skip
        # One is left: no choice is needed, and the old page of the other does nothing.
        assert boss.get("/api/v1/me").json()["org_ids"] == [first]
        late = boss.get("/api/v1/org/staff", headers={"x-acting-for": second})
        assert (late.status_code, late.json()["code"]) == (403, "acting_changed")
        assert _act_for(boss, second).status_code == 404


def test_each_sign_in_has_a_choice_of_its_own(client: TestClient, parts: Parts) -> None:
    with of_two(client, parts) as (boss, first, second), TestClient(create_app(parts)) as phone:
        sign_in(phone, parts, MALLORY)
        _act_for(boss, first)
        assert phone.get("/api/v1/org/staff").status_code == 403
        _act_for(phone, second)
        assert boss.get("/api/v1/me").json()["org_ids"] == [first]
        assert phone.get("/api/v1/me").json()["org_ids"] == [second]


@pytest.mark.parametrize("keeps", [True, False])
def test_taking_somebody_off_says_what_they_are_and_how_that_ends(
    client: TestClient, parts: Parts, *, keeps: bool
) -> None:
    sign_in(client, parts, MALLORY)
    org_id = found(parts, FIRST, "岷江电子", OrganisationKind.EMPLOYER, Duty.OWNER)
    with TestClient(create_app(parts)) as alice:
        account = str(sign_in(alice, parts, ALICE)["account_id"])
        verify(alice, ALICE)
        new = {"name": ALICE.name, "document_number": ALICE.number}
        staff_id = post(client, "/org/staff", new).json()["staff_id"]
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
    assert "结束职责" not in client.get(f"/employer/staff/{staff_id}").text
    with parts.database.transaction() as db:
        organisations.add_member(
            db, org_id=org_id, learner_id=account, role=Role.EMPLOYER, duty=Duty.MANAGER,
            now=parts.clock.now(),
        )  # fmt: skip
    page = client.get(f"/employer/staff/{staff_id}").text
    assert "此人还是本单位的经办人，移出后仍然是" in page
    assert f"DELETE /api/v1/org/members/{account}" in page
    if not keeps:
        assert delete(client, f"/org/members/{account}").status_code == 204
    assert delete(client, f"/org/staff/{staff_id}").status_code == 204
    members = client.get("/api/v1/org/members").json()["members"]
    assert (account in {each["person_id"] for each in members}) is keeps
