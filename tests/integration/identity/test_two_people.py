"""What takes two people takes two: each with a role, a name and a device of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.identity.services import disputes, roles
from app.identity.services.cases import CaseKind, open_case
from app.lobby.parts import Parts
from app.main import create_app
from tests.contract.household import BOSS, person
from tests.people import ALICE, CAROL, MALLORY, Someone, prove
from tests.reviewers import WU, on_case, post, with_role

_WHY = "任命文件川人社〔2026〕3 号"
SAFE = Someone("13800000016", "刘磊", "511602199306240304")


@contextmanager
def _as(parts: Parts, role: Role, who: Someone) -> Iterator[TestClient]:
    assert isinstance(parts.clock, SettableClock)
    parts.clock.advance(ms=61_000)
    with TestClient(create_app(parts), follow_redirects=False) as client:
        with_role(client, parts, role, who)
        yield client


@pytest.fixture
def wu(parts: Parts) -> Iterator[TestClient]:
    with _as(parts, Role.REVIEWER, WU) as client:
        yield client


@pytest.fixture
def safe(parts: Parts) -> Iterator[TestClient]:
    with _as(parts, Role.SECURITY_ADMIN, SAFE) as client:
        yield client


def _grave_case(parts: Parts) -> str:
    """A case that nobody decides alone."""
    alice = prove(parts, ALICE)
    with parts.database.transaction() as db:
        return open_case(
            db, kind=CaseKind.IDENTITY_WITHDRAWAL, learner_id=alice, now=parts.clock.now()
        )


def _propose(desk: TestClient, case_id: str) -> None:
    done = on_case(desk, case_id, "decision", decision="revoke", reason="证件属于他人")
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "open"


def _take_role(parts: Parts, who: Someone, role: Role) -> None:
    account = person(parts, who)
    with parts.database.transaction() as db:
        roles.revoke(
            db, learner_id=account, role=role, org_id=None, now=parts.clock.now(), actor_id=None
        )


def _propose_role(
    safe: TestClient, person_id: str, role: Role, change: str = "grant"
) -> str | None:
    body = {"change": change, "role": role.value, "reason": _WHY}
    done = post(safe, f"/security/people/{person_id}/roles", body)
    assert done.status_code == 200, done.text
    case_id: str | None = done.json()["case_id"]
    return case_id


def _roles(parts: Parts, account: str) -> set[Role]:
    with parts.database.reading() as db:
        return set(roles.roles_of(db, account)) - {Role.LEARNER}


def test_one_security_administrator_makes_no_reviewer(safe: TestClient, parts: Parts) -> None:
    """Who could make two reviewers would be both halves of everything that the desk does by two."""
    for who in (CAROL, BOSS):
        account = prove(parts, who)
        case_id = _propose_role(safe, account, Role.REVIEWER)
        assert case_id is not None
        assert _roles(parts, account) == set()
        own = post(safe, f"/security/changes/{case_id}/confirmation", {"confirms": True})
        assert (own.status_code, own.json()["code"]) == (403, "same_person")
    assert "审核员（要另一人确认）" in safe.get(f"/security/people/{person(parts, CAROL)}").text


def test_a_reviewer_is_taken_off_the_desk_at_once(safe: TestClient, parts: Parts) -> None:
    """Taking power away waits for nobody."""
    with _as(parts, Role.REVIEWER, WU) as desk:
        assert desk.get("/api/v1/desk/cases").status_code == 200
        assert _propose_role(safe, person(parts, WU), Role.REVIEWER, "revoke") is None
        assert desk.get("/api/v1/desk/cases").status_code == 403
        page = safe.get(f"/security/people/{person(parts, WU)}").text
        assert "审核员（要另一人确认）" in page  # to give it back


def test_two_reviewers_in_one_browser_are_one(
    wu: TestClient, parts: Parts, clock: SettableClock
) -> None:
    case_id = _grave_case(parts)
    _propose(wu, case_id)
    clock.advance(ms=61_000)
    with_role(wu, parts, Role.REVIEWER, MALLORY)  # the same browser: Wu is signed out of it
    refused = on_case(wu, case_id, "confirmation", confirms=True)
    assert (refused.status_code, refused.json()["code"]) == (403, "same_device")
    assert "自己的" in refused.json()["remedy"]
    assert wu.get(f"/api/v1/desk/cases/{case_id}").json()["state"] == "open"
    clock.advance(ms=61_000)
    with _as(parts, Role.REVIEWER, MALLORY) as other:
        assert on_case(other, case_id, "confirmation", confirms=True).status_code == 200


def test_a_browser_in_which_the_proposer_signs_in_later_is_theirs_too(
    wu: TestClient, parts: Parts, clock: SettableClock
) -> None:
    case_id = _grave_case(parts)
    _propose(wu, case_id)
    clock.advance(ms=61_000)
    with _as(parts, Role.REVIEWER, WU) as other:
        clock.advance(ms=61_000)
        with_role(other, parts, Role.REVIEWER, MALLORY)
        refused = on_case(other, case_id, "confirmation", confirms=True)
        assert refused.json()["code"] == "same_device"
        # Sending back takes nothing: whoever sits there may.
        back = on_case(other, case_id, "confirmation", confirms=False, reason="没有证据")
        assert back.status_code == 200


def test_a_machine_of_the_office_that_the_proposer_had_left_confirms(
    wu: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """Who signed out there before they proposed was not there when they did."""
    with _as(parts, Role.REVIEWER, WU) as office:
        assert post(office, "/auth/sign-out", {}).status_code == 204
        clock.advance(ms=61_000)
        case_id = _grave_case(parts)
        _propose(wu, case_id)
        with_role(office, parts, Role.REVIEWER, MALLORY)
        assert on_case(office, case_id, "confirmation", confirms=True).status_code == 200


def test_two_security_administrators_in_one_browser_are_one(
    safe: TestClient, parts: Parts, clock: SettableClock
) -> None:
    carol = prove(parts, CAROL)
    for_role = _propose_role(safe, carol, Role.REVIEWER)
    reset = post(
        safe, f"/security/people/{_administrator(parts)}/second-factor-reset", {"reason": _WHY}
    ).json()["case_id"]
    clock.advance(ms=61_000)
    with_role(safe, parts, Role.SECURITY_ADMIN, MALLORY)
    for case_id in (for_role, reset):
        refused = post(safe, f"/security/changes/{case_id}/confirmation", {"confirms": True})
        assert (refused.status_code, refused.json()["code"]) == (403, "same_device")
    assert _roles(parts, carol) == set()


def _administrator(parts: Parts) -> str:
    account = prove(parts, BOSS)
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=account, role=Role.AUDIT_ADMIN, org_id=None, region_code=None,
            now=parts.clock.now(),
        )  # fmt: skip
    return account


def _take_name(parts: Parts, who: Someone, _role: Role) -> None:
    account = person(parts, who)
    with parts.database.transaction() as db:
        disputes.withdraw_identity(
            db, account, reason="证件属于他人", actor_id=account, now=parts.clock.now()
        )


@pytest.mark.parametrize("lose", [_take_role, _take_name])
def test_proposal_of_who_is_no_reviewer_any_more_does_not_stand(
    wu: TestClient, parts: Parts, lose: Callable[[Parts, Someone, Role], None]
) -> None:
    case_id = _grave_case(parts)
    _propose(wu, case_id)
    lose(parts, WU, Role.REVIEWER)
    with _as(parts, Role.REVIEWER, MALLORY) as other:
        refused = on_case(other, case_id, "confirmation", confirms=True)
        assert (refused.status_code, refused.json()["code"]) == (409, "proposer_gone")
        assert "退回" in refused.json()["remedy"]
        back = on_case(other, case_id, "confirmation", confirms=False, reason="提出的人已离职")
        assert back.status_code == 200
        _propose(other, case_id)
        with _as(parts, Role.REVIEWER, CAROL) as third:
            assert on_case(third, case_id, "confirmation", confirms=True).status_code == 200


def test_proposal_of_who_is_no_security_administrator_any_more_does_not_stand(
    safe: TestClient, parts: Parts
) -> None:
    carol = prove(parts, CAROL)
    case_id = _propose_role(safe, carol, Role.ADMIN)
    _take_role(parts, SAFE, Role.SECURITY_ADMIN)
    with _as(parts, Role.SECURITY_ADMIN, MALLORY) as sure:
        refused = post(sure, f"/security/changes/{case_id}/confirmation", {"confirms": True})
        assert (refused.status_code, refused.json()["code"]) == (409, "proposer_gone")
        assert _roles(parts, carol) == set()
        back = {"confirms": False, "reason": "提出的人已离职"}
        assert post(sure, f"/security/changes/{case_id}/confirmation", back).status_code == 204
        assert _propose_role(sure, carol, Role.ADMIN) is not None
