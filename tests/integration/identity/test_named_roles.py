"""Who acts for others has a proven name: so that two who watch one another are two people."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.errors import ConflictError
from app.identity.rules.actors import Role
from app.identity.services import administrators, disputes, roles
from app.lobby.parts import Parts
from app.main import create_app
from tests.contract.household import BOSS, found_organisation, grant, person
from tests.people import (
    ALICE,
    CAROL,
    MALLORY,
    Someone,
    csrf,
    pass_second_factor,
    prove,
    sign_in,
    verify,
)
from tests.reviewers import WU, post

SECOND_PHONE = Someone("13900000077", ALICE.name, ALICE.number)


def _grant(parts: Parts, someone: Someone, role: Role) -> None:
    account = person(parts, someone)
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=account, role=role, org_id=None, region_code=None,
            now=parts.clock.now(),
        )  # fmt: skip


def _name_first(parts: Parts, someone: Someone, role: Role) -> None:
    account = person(parts, someone)
    with parts.database.transaction() as db:
        administrators.name_first(db, account, role, now=parts.clock.now())


def _take_name_back(parts: Parts, someone: Someone) -> None:
    account, reviewer = person(parts, someone), person(parts, BOSS)
    with parts.database.transaction() as db:
        disputes.withdraw_identity(
            db, account, reason="证件属于他人", actor_id=reviewer, now=parts.clock.now()
        )


@pytest.mark.parametrize("role", administrators.GRANTED)
@pytest.mark.parametrize("way", [_grant, _name_first])
def test_nobody_without_a_proven_name_is_granted_a_role(
    parts: Parts, role: Role, way: Callable[[Parts, Someone, Role], None]
) -> None:
    with pytest.raises(ConflictError) as refused:
        way(parts, CAROL, role)
    assert refused.value.code == "not_verified"
    assert "实名" in (refused.value.remedy or "")
    with parts.database.reading() as db:
        assert roles.roles_of(db, person(parts, CAROL)) == {Role.LEARNER}


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDIT_ADMIN])
def test_a_second_phone_of_one_person_gets_no_role(
    client: TestClient, parts: Parts, role: Role
) -> None:
    """The reviewer of one's own hours would be oneself; the document is another account's."""
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    grant(parts, WU, Role.SECURITY_ADMIN)
    with TestClient(create_app(parts)) as safe, TestClient(create_app(parts)) as other:
        sign_in(safe, parts, WU)
        account = sign_in(other, parts, SECOND_PHONE)["account_id"]
        change = {"change": "grant", "role": role.value, "reason": "任命文件〔2026〕3 号"}
        refused = post(safe, f"/security/people/{account}/roles", change)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_verified")
        assert "不能授予角色" in safe.get(f"/security/people/{account}").text
        assert safe.get("/api/v1/security/changes").json() == []
        claim = {
            "document_type": "resident_id", "number": ALICE.number, "name": ALICE.name,
        }  # fmt: skip
        answer = other.post("/api/v1/me/identity", json=claim, headers=csrf(other))
        assert (answer.status_code, answer.json()["code"]) == (409, "number_taken")


def test_nobody_without_a_proven_name_acts_for_an_organisation(
    client: TestClient, parts: Parts
) -> None:
    grant(parts, WU, Role.ADMIN)
    org_id = found_organisation(parts, "91510100MA6CX101X8", BOSS)
    person(parts, SECOND_PHONE)
    sign_in(client, parts, WU)
    path = f"/system/organisations/{org_id}/agents"
    refused = post(client, path, {"phone": SECOND_PHONE.phone})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_verified")
    with parts.database.reading() as db:
        assert roles.holders_in(db, org_id) == [person(parts, BOSS)]


def test_a_role_sleeps_where_the_name_was_taken_back(client: TestClient, parts: Parts) -> None:
    """A grant from before, or a name withdrawn after a dispute: kept, and worth nothing now."""
    org_id = found_organisation(parts, "91510100MA6CX101X8", MALLORY)
    grant(parts, MALLORY, Role.REVIEWER)
    sign_in(client, parts, MALLORY)
    assert client.get("/api/v1/desk/cases").status_code == 200
    assert client.get("/api/v1/org/staff").status_code == 200
    _take_name_back(parts, MALLORY)
    for path in ("/desk/cases", "/org/staff"):
        refused = client.get(f"/api/v1{path}")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_verified")
        assert refused.json()["remedy"]
    me = client.get("/api/v1/me").json()
    assert (me["roles"], me["org_ids"]) == (["learner"], [])
    assert client.get("/desk", follow_redirects=False).headers["location"] == "/signup/identity"
    verify(client, MALLORY)
    assert client.get("/api/v1/desk/cases").status_code == 200
    assert client.get("/api/v1/me").json()["org_ids"] == [org_id]


def test_a_proven_name_does_not_stand_for_the_second_factor(
    client: TestClient, parts: Parts
) -> None:
    grant(parts, WU, Role.REVIEWER)
    sign_in(client, parts, WU, has_second_factor=False)
    assert client.get("/api/v1/desk/cases").json()["code"] == "second_factor"
    pass_second_factor(client, parts)
    assert client.get("/api/v1/desk/cases").status_code == 200


def test_who_lost_the_name_is_none_of_two_security_administrators(parts: Parts) -> None:
    """Else nobody could confirm, and the operator could name nobody either."""
    grant(parts, WU, Role.SECURITY_ADMIN)
    grant(parts, MALLORY, Role.SECURITY_ADMIN)
    prove(parts, BOSS)
    with pytest.raises(ConflictError, match="已有两位"):
        _name_first(parts, BOSS, Role.SECURITY_ADMIN)
    _take_name_back(parts, WU)
    _name_first(parts, BOSS, Role.SECURITY_ADMIN)
    with parts.database.reading() as db:
        given = db.execute(
            text("SELECT count(*) FROM audit_event WHERE event = 'role.named_by_operator'")
        ).scalar_one()
    assert given == 1
