"""A name taken back takes with it what rested on it: roles wake for nobody else, the way goes."""

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.identity.services import disputes, roles
from app.lobby.parts import Parts
from tests.contract.household import found_organisation, grant, person
from tests.people import ALICE, CAROL, MALLORY, Someone, sign_in, verify
from tests.player import choose_questions

_OTHER = Someone(MALLORY.phone, CAROL.name, CAROL.number)


def _take_name_back(parts: Parts, someone: Someone) -> None:
    account = person(parts, someone)
    with parts.database.transaction() as db:
        disputes.withdraw_identity(
            db, account, reason="证件属于他人", actor_id=_anybody(parts), now=parts.clock.now()
        )


def _anybody(parts: Parts) -> str:
    with parts.database.reading() as db:
        return str(db.execute(text("SELECT id FROM person ORDER BY id LIMIT 1")).scalar_one())


def _lapsed(parts: Parts) -> list[str]:
    with parts.database.reading() as db:
        found = db.execute(
            text("SELECT subject_id FROM audit_event WHERE event = 'role.lapsed' ORDER BY id")
        )
        return [str(each) for each in found.scalars()]


@pytest.fixture
def mallory(client: TestClient, parts: Parts) -> str:
    """A reviewer who acts for an organisation besides; returns the account."""
    found_organisation(parts, "91510100MA6CX101X8", MALLORY)
    grant(parts, MALLORY, Role.REVIEWER)
    sign_in(client, parts, MALLORY)
    assert client.get("/api/v1/desk/cases").status_code == 200
    return person(parts, MALLORY)


def test_roles_wake_for_no_other_name(client: TestClient, parts: Parts, mallory: str) -> None:
    _take_name_back(parts, MALLORY)
    verify(client, _OTHER)
    for path in ("/desk/cases", "/org/staff"):
        refused = client.get(f"/api/v1{path}")
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    me = client.get("/api/v1/me").json()
    assert (me["roles"], me["org_ids"]) == (["learner"], [])
    assert _lapsed(parts) == [mallory, mallory]


def test_role_is_given_anew_to_the_other_name(
    client: TestClient, parts: Parts, mallory: str
) -> None:
    _take_name_back(parts, MALLORY)
    verify(client, _OTHER)
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=mallory, role=Role.REVIEWER, org_id=None, region_code=None,
            now=parts.clock.now(),
        )  # fmt: skip
    assert client.get("/api/v1/desk/cases").status_code == 200


def test_roles_wake_for_the_same_document_each_time(
    client: TestClient, parts: Parts, mallory: str
) -> None:
    for _ in range(2):
        _take_name_back(parts, MALLORY)
        assert client.get("/api/v1/desk/cases").json()["code"] == "not_verified"
        verify(client, MALLORY)
        assert client.get("/api/v1/desk/cases").status_code == 200
        assert client.get("/api/v1/org/staff").status_code == 200
    assert _lapsed(parts) == []
    _take_name_back(parts, MALLORY)
    verify(client, _OTHER)
    assert client.get("/api/v1/desk/cases").status_code == 403
    assert _lapsed(parts) == [mallory, mallory]


def test_role_that_was_taken_while_it_slept_does_not_wake(
    client: TestClient, parts: Parts, mallory: str
) -> None:
    _take_name_back(parts, MALLORY)
    with parts.database.transaction() as db:
        roles.revoke(
            db, learner_id=mallory, role=Role.REVIEWER, org_id=None, now=parts.clock.now(),
            actor_id=None,
        )  # fmt: skip
    verify(client, MALLORY)
    assert client.get("/api/v1/desk/cases").status_code == 403


@pytest.mark.parametrize("again", [ALICE, Someone(ALICE.phone, CAROL.name, CAROL.number)])
def test_way_of_being_checked_goes_with_the_name(
    client: TestClient, parts: Parts, clock: SettableClock, again: Someone
) -> None:
    """Whose face or answers they were is as doubtful as whose account it was."""
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    _take_name_back(parts, ALICE)
    with parts.database.reading() as db:
        method, doubted_at = db.execute(text("SELECT method, way_doubted_at FROM person")).one()
        answers = db.execute(text("SELECT count(*) FROM secret_answer")).scalar_one()
    assert (method, answers) == (None, 0)
    assert doubted_at is not None
    verify(client, again)
    clock.advance(ms=1_000)
    choose_questions(client)
    notices = [each["kind"] for each in client.get("/api/v1/me/notices").json()]
    assert "way_replaced" in notices
    with parts.database.reading() as db:
        doubt = db.execute(text("SELECT way_doubted_at FROM person")).scalar_one()
    assert doubt is not None


def test_who_had_chosen_no_way_is_in_no_doubt(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    _take_name_back(parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    with parts.database.reading() as db:
        doubt = db.execute(text("SELECT way_doubted_at FROM person")).scalar_one()
    assert doubt is None
