"""三员分立 over HTTP: who gives power does not use it, and who gives the grave kind is two."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.errors import ConflictError
from app.identity.rules.actors import Role
from app.identity.services import administrators, roles
from app.lobby.parts import Parts
from app.main import create_app
from tests.contract.household import grant, person
from tests.courses import make_course
from tests.people import ALICE, CAROL, MALLORY, Someone, csrf, prove, sign_in
from tests.player import enrolled
from tests.reviewers import WU

SAFE = Someone("13800000016", "刘磊", "511602199306240304")
SURE = Someone("13800000017", "秦晓东", "510703199205077107")
BOOKS = Someone("13800000018", "朱海涛", "511402198406032267")
_DONE = {"case_id": None}
_WHY = "任命文件川人社〔2026〕3 号"


def _call(client: TestClient, verb: str, path: str, **body: object) -> tuple[int, dict]:
    answer = client.request(verb, f"/api/v1{path}", json=body or None, headers=csrf(client))
    return answer.status_code, answer.json() if answer.content else {}


@contextmanager
def _as(parts: Parts, who: Someone, role: Role | None = None) -> Iterator[TestClient]:
    assert isinstance(parts.clock, SettableClock)
    parts.clock.advance(ms=61_000)
    if role is not None:
        grant(parts, who, role)
    with TestClient(create_app(parts), follow_redirects=False) as client:
        sign_in(client, parts, who)
        yield client


@pytest.fixture
def safe(parts: Parts) -> Iterator[TestClient]:
    with _as(parts, SAFE, Role.SECURITY_ADMIN) as client:
        yield client


@pytest.fixture
def sure(parts: Parts) -> Iterator[TestClient]:
    """Another security administrator."""
    with _as(parts, SURE, Role.SECURITY_ADMIN) as client:
        yield client


def _change(
    client: TestClient, person_id: str, role: Role, change: str = "grant", **more: str
) -> tuple[int, dict]:
    body = {"change": change, "role": role.value, "reason": _WHY} | more
    return _call(client, "POST", f"/security/people/{person_id}/roles", **body)


def _answer(client: TestClient, case_id: str, *, confirms: bool = True, **more: str) -> int:
    path = f"/security/changes/{case_id}/confirmation"
    return _call(client, "POST", path, confirms=confirms, **more)[0]


def _roles(parts: Parts, who: Someone) -> set[Role]:
    who_id = person(parts, who)
    with parts.database.reading() as db:
        return set(roles.roles_of(db, who_id)) - {Role.LEARNER}


def test_a_reviewer_is_named_by_two_and_taken_back_at_once(
    safe: TestClient, sure: TestClient, client: TestClient, parts: Parts
) -> None:
    sign_in(client, parts, WU)
    prove(parts, WU)
    status, found = _call(safe, "POST", "/security/people", phone=WU.phone)
    assert status == 200, found
    assert client.get("/api/v1/desk/cases").status_code == 403
    case_id = _change(safe, found["person_id"], Role.REVIEWER)[1]["case_id"]
    assert client.get("/api/v1/desk/cases").status_code == 403
    assert _answer(sure, case_id) == 204
    assert client.get("/api/v1/desk/cases").status_code == 200
    assert _change(safe, found["person_id"], Role.REVIEWER)[0] == 409
    assert _change(safe, found["person_id"], Role.REVIEWER, "revoke") == (200, {"case_id": None})
    assert client.get("/api/v1/desk/cases").status_code == 403
    with parts.database.reading() as db:
        told = db.execute(
            text("SELECT event, actor_id FROM audit_event WHERE event LIKE 'role.re%'")
        ).all()
    assert told == [("role.revoked", person(parts, SAFE))]


def test_a_regulator_has_a_region(safe: TestClient, parts: Parts) -> None:
    carol = prove(parts, CAROL)
    status, problem = _change(safe, carol, Role.REGULATOR)
    assert (status, problem["errors"][0]["field"]) == (422, "/region_code")
    assert _change(safe, carol, Role.REGULATOR, region_code="510000")[0] == 200
    assert _roles(parts, CAROL) == {Role.REGULATOR}


def test_an_administrator_takes_two_other_people(
    safe: TestClient, sure: TestClient, parts: Parts
) -> None:
    carol = prove(parts, CAROL)
    status, proposed = _change(safe, carol, Role.AUDIT_ADMIN)
    assert status == 200
    assert _roles(parts, CAROL) == set()
    assert _change(safe, carol, Role.AUDIT_ADMIN)[1]["code"] == "proposed"
    assert _answer(safe, proposed["case_id"]) == 403  # who proposed it
    [waiting] = _call(sure, "GET", "/security/changes")[1]  # type: ignore[misc]
    assert (waiting["says"], waiting["reason"]) == ("授予审计管理员", _WHY)
    assert "授予审计管理员" in sure.get("/security").text
    assert _answer(sure, proposed["case_id"]) == 204
    assert _roles(parts, CAROL) == {Role.AUDIT_ADMIN}
    assert _answer(sure, proposed["case_id"]) == 409
    status, back = _change(sure, carol, Role.AUDIT_ADMIN, "revoke")
    assert _roles(parts, CAROL) == {Role.AUDIT_ADMIN}
    assert _answer(safe, back["case_id"]) == 204
    assert _roles(parts, CAROL) == set()


def test_a_change_is_sent_back_with_a_reason(
    safe: TestClient, sure: TestClient, parts: Parts
) -> None:
    carol = prove(parts, CAROL)
    case_id = _change(safe, carol, Role.ADMIN)[1]["case_id"]
    assert _answer(sure, case_id, confirms=False) == 422
    assert _answer(sure, case_id, confirms=False, reason="没有任命文件") == 204
    assert _call(safe, "GET", "/security/changes")[1] == []
    assert _answer(sure, case_id) == 409
    assert _roles(parts, CAROL) == set()
    assert _change(safe, carol, Role.ADMIN)[0] == 200  # and may be proposed anew


def test_nobody_holds_two_of_the_three(safe: TestClient, sure: TestClient, parts: Parts) -> None:
    carol = prove(parts, CAROL)
    status, problem = _change(safe, person(parts, SURE), Role.AUDIT_ADMIN)
    assert (status, problem["code"]) == (409, "separation")
    case_id = _change(safe, carol, Role.ADMIN)[1]["case_id"]
    grant(parts, CAROL, Role.AUDIT_ADMIN)  # meanwhile
    assert _answer(sure, case_id) == 409
    assert _roles(parts, CAROL) == {Role.AUDIT_ADMIN}


def test_nobody_changes_their_own_account(safe: TestClient, sure: TestClient, parts: Parts) -> None:
    own = person(parts, SAFE)
    for status, problem in (
        _change(safe, own, Role.REVIEWER),
        _change(safe, own, Role.SECURITY_ADMIN, "revoke"),
        _call(safe, "POST", f"/security/people/{own}/second-factor-reset", reason=_WHY),
        _call(safe, "DELETE", f"/security/people/{own}/sign-ins"),
    ):
        assert (status, problem["code"]) == (403, "own_account")
    assert "自己的账号" in safe.get(f"/security/people/{own}").text
    # A change about oneself that another proposed needs a third.
    case_id = _change(sure, own, Role.SECURITY_ADMIN, "revoke")[1]["case_id"]
    assert _answer(safe, case_id) == 403
    assert _roles(parts, SAFE) == {Role.SECURITY_ADMIN}


def test_roles_of_organisations_are_not_given_here(safe: TestClient, parts: Parts) -> None:
    for role in (Role.EMPLOYER, Role.INSTITUTION, Role.LEARNER):
        assert _change(safe, person(parts, CAROL), role)[0] == 422


def test_changes_of_roles_do_not_come_before_reviewers(
    safe: TestClient, client: TestClient, parts: Parts
) -> None:
    case_id = _change(safe, prove(parts, CAROL), Role.ADMIN)[1]["case_id"]
    sign_in(client, parts, WU)
    grant(parts, WU, Role.REVIEWER)
    assert client.get("/api/v1/desk/cases").json()["cases"] == []
    assert client.get(f"/api/v1/desk/cases/{case_id}").status_code == 404
    body = {"confirms": True}
    assert _call(client, "POST", f"/desk/cases/{case_id}/confirmation", **body)[0] == 404
    assert _roles(parts, CAROL) == set()


def test_a_reset_signs_out_and_makes_room_for_another_app(
    safe: TestClient, client: TestClient, parts: Parts
) -> None:
    grant(parts, WU, Role.REVIEWER)
    sign_in(client, parts, WU)
    assert _call(client, "POST", "/me/second-factors/totp")[0] == 201
    file = f"/security/people/{person(parts, WU)}"
    assert _call(safe, "GET", file)[1]["sign_in_count"] == 1
    assert _call(safe, "POST", f"{file}/second-factor-reset", reason="x")[0] == 422
    assert _call(safe, "POST", f"{file}/second-factor-reset", reason=_WHY) == (200, _DONE)
    assert client.get("/api/v1/me").status_code == 401
    assert _call(safe, "GET", file)[1]["sign_in_count"] == 0
    with parts.database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM totp_secret")).scalar_one() == 0


def test_who_is_signed_out_by_order_studies_no_more(
    safe: TestClient, client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    course = make_course(parts)
    player = enrolled(client, parts, clock, course.course_id)
    player.open(course.video_id)
    path = f"/security/people/{person(parts, ALICE)}/sign-ins"
    assert _call(safe, "DELETE", path) == (200, _DONE)
    assert client.get("/api/v1/me").status_code == 401
    with parts.database.reading() as db:
        state = db.execute(text("SELECT closed_at FROM study_session")).scalar_one()
    assert state is not None


def test_the_audit_administrator_reads_who_did_what(
    safe: TestClient, parts: Parts, clock: SettableClock
) -> None:
    clock.advance(ms=1_000)  # of one moment, the order of events is chance
    _change(safe, prove(parts, CAROL), Role.REGULATOR, region_code="510000")
    clock.advance(ms=1_000)
    with _as(parts, BOOKS, Role.AUDIT_ADMIN) as books:
        found = books.get("/api/v1/audit/events?event=role.granted").json()
        last = found["events"][0]
        assert last["facts"] == {"role": "audit_admin", "scope": "*"}
        given = found["events"][1]
        assert (given["actor_id"], given["subject_id"]) == (
            person(parts, SAFE), person(parts, CAROL),
        )  # fmt: skip
        by_actor = books.get(f"/api/v1/audit/events?actor={person(parts, SAFE)}").json()
        assert {each["actor_id"] for each in by_actor["events"]} == {person(parts, SAFE)}
        about = books.get(f"/audit?subject={person(parts, CAROL)}").text
        assert "授予角色" in about
        one_kind = books.get("/audit?event=role.granted").text
        assert '<option value="role.granted" selected>授予角色</option>' in one_kind
        assert "role.granted" in about
        assert "sign_in.started" not in about
        assert books.get("/api/v1/audit/events?since=2026-11-25").json()["total"] == 0
        assert books.get("/api/v1/audit/events?until=2026-11-24").json()["total"] > 0
        assert books.get("/api/v1/audit/events?until=2026-11-23").json()["total"] == 0
        assert books.get("/api/v1/audit/events?since=2026-02-30").status_code == 422
        assert books.get("/api/v1/audit/events?event=%25").json()["total"] == 0


def test_the_system_administrator_enters_organisations(parts: Parts, client: TestClient) -> None:
    sign_in(client, parts, CAROL)
    prove(parts, CAROL)
    with _as(parts, MALLORY, Role.ADMIN) as system:
        new = {"kind": "institution", "name": "新的学校", "uscc": "91350100M000100Y43"}
        new |= {"prefecture_code": "510100"}
        status, entered = _call(system, "POST", "/system/organisations", **new)
        assert status == 201, entered
        assert _call(system, "POST", "/system/organisations", **new)[1]["code"] == "uscc_taken"
        place = f"/system/organisations/{entered['org_id']}"
        for phone, status in ((CAROL.phone, 204), (CAROL.phone, 409), (MALLORY.phone, 403)):
            assert _call(system, "POST", f"{place}/agents", phone=phone)[0] == status
        assert _call(system, "POST", f"{place}/agents", phone="13899999999")[0] == 404
        assert _roles(parts, CAROL) == {Role.INSTITUTION}
        assert client.get("/api/v1/org/staff").status_code == 200
        assert "新的学校" in system.get("/system?q=9135").text
        assert "138****0003" in system.get(place).text
        gone = f"{place}/agents/{person(parts, CAROL)}"
        assert _call(system, "DELETE", gone)[0] == 204
        assert _call(system, "DELETE", gone)[0] == 404
        assert client.get("/api/v1/org/staff").status_code == 403


def test_the_operator_names_the_first_and_then_no_more(parts: Parts) -> None:
    now = parts.clock.now()
    people = [prove(parts, each) for each in (SAFE, SURE, BOOKS)]
    with parts.database.transaction() as db:
        administrators.name_first(db, people[0], Role.SECURITY_ADMIN, now=now)
        with pytest.raises(ConflictError):
            administrators.name_first(db, people[0], Role.ADMIN, now=now)
        administrators.name_first(db, people[1], Role.SECURITY_ADMIN, now=now)
        with pytest.raises(ConflictError):
            administrators.name_first(db, people[2], Role.AUDIT_ADMIN, now=now)
    assert _roles(parts, BOOKS) == set()


def test_no_way_of_granting_gives_two_of_the_three(parts: Parts) -> None:
    now, learner_id = parts.clock.now(), prove(parts, CAROL)
    with parts.database.transaction() as db:
        for role in (Role.AUDIT_ADMIN, Role.AUDIT_ADMIN):  # again: as it is
            roles.grant(
                db, learner_id=learner_id, role=role, org_id=None, region_code=None, now=now
            )
        for role in set(Role) - {Role.AUDIT_ADMIN, Role.LEARNER}:
            with pytest.raises(ConflictError, match="审计管理员"):
                roles.grant(
                    db, learner_id=learner_id, role=role, org_id=None, region_code=None, now=now
                )
    assert _roles(parts, CAROL) == {Role.AUDIT_ADMIN}


@pytest.mark.parametrize("first", [Role.REVIEWER, Role.REGULATOR, Role.EMPLOYER])
def test_who_works_with_power_does_not_read_the_trail_of_it(
    safe: TestClient, parts: Parts, first: Role
) -> None:
    carol = prove(parts, CAROL)
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=carol, role=first, org_id=None,
            region_code="510000" if first is Role.REGULATOR else None, now=parts.clock.now(),
        )  # fmt: skip
    for role in (Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        status, problem = _change(safe, carol, role)
        assert (status, problem["code"]) == (409, "separation")
        assert f'<option value="{role.value}"' not in safe.get(f"/security/people/{carol}").text
    assert _roles(parts, CAROL) == {first}
