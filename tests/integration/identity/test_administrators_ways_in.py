"""An administrator's ways in: one security administrator alone shuts nobody out."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.errors import ConflictError
from app.identity.rules.actors import Role
from app.identity.services import administrators
from app.lobby.parts import Parts
from app.main import create_app
from tests.contract.household import grant, person
from tests.people import MALLORY, Someone, csrf, sign_in
from tests.reviewers import post

SAFE = Someone("13800000016", "刘磊", "511602199306240304")
SURE = Someone("13800000017", "秦晓东", "510703199205077107")
THIRD = Someone("13800000018", "史洋", "511502197406074951")
_WHY = "当面核对了身份证"


@pytest.fixture
def browsers(parts: Parts, clock: SettableClock) -> Iterator[dict[Someone, TestClient]]:
    """Two security administrators, and an audit administrator who has an authenticator app."""
    held = {SAFE: Role.SECURITY_ADMIN, SURE: Role.SECURITY_ADMIN, MALLORY: Role.AUDIT_ADMIN}
    with ExitStack() as stack:
        found = {}
        for who, role in held.items():
            grant(parts, who, role)
            found[who] = stack.enter_context(TestClient(create_app(parts)))
            sign_in(found[who], parts, who)
            clock.advance(ms=1000)
        assert post(found[MALLORY], "/me/second-factors/totp", {}).status_code == 201
        yield found


def _secrets(parts: Parts) -> int:
    with parts.database.reading() as db:
        return int(db.execute(text("SELECT count(*) FROM totp_secret")).scalar_one())


def _shut(client: TestClient, person_id: str, way: str) -> tuple[int, dict]:
    at = f"/security/people/{person_id}"
    if way == "reset":
        answer = post(client, f"{at}/second-factor-reset", {"reason": _WHY})
    else:
        answer = client.delete(f"/api/v1{at}/sign-ins", headers=csrf(client))
    return answer.status_code, answer.json()


@pytest.mark.parametrize(("way", "says"), [("reset", "重置二次验证"), ("out", "强制退出所有设备")])
def test_it_takes_a_second_security_administrator(
    browsers: dict[Someone, TestClient], parts: Parts, way: str, says: str
) -> None:
    auditor, account = browsers[MALLORY], person(parts, MALLORY)
    assert "另一位安全管理员确认" in browsers[SAFE].get(f"/security/people/{account}").text
    status, proposed = _shut(browsers[SAFE], account, way)
    assert status == 200
    assert auditor.get("/api/v1/audit/events").status_code == 200
    assert _secrets(parts) == 1
    assert _shut(browsers[SAFE], account, way)[1]["code"] == "proposed"
    path = f"/security/changes/{proposed['case_id']}/confirmation"
    alone = post(browsers[SAFE], path, {"confirms": True})
    assert (alone.status_code, alone.json()["code"]) == (403, "same_person")
    assert says in browsers[SURE].get("/security").text
    assert post(browsers[SURE], path, {"confirms": True}).status_code == 204
    assert auditor.get("/api/v1/me").status_code == 401
    assert _secrets(parts) == (0 if way == "reset" else 1)
    with parts.database.reading() as db:
        by = db.execute(
            text("SELECT DISTINCT actor_id FROM audit_event WHERE event = 'sign_in.ended'")
        ).scalars()
        assert list(by) == [person(parts, SURE)]


def test_it_is_sent_back(browsers: dict[Someone, TestClient], parts: Parts) -> None:
    case_id = _shut(browsers[SAFE], person(parts, MALLORY), "reset")[1]["case_id"]
    body = {"confirms": False, "reason": "本人说没有丢"}
    path = f"/security/changes/{case_id}/confirmation"
    assert post(browsers[SURE], path, body).status_code == 204
    assert browsers[MALLORY].get("/api/v1/audit/events").status_code == 200
    assert _secrets(parts) == 1


def test_the_operator_resets_only_where_no_two_others_can(
    browsers: dict[Someone, TestClient], parts: Parts
) -> None:
    """Of two, the other proposes and nobody is left to confirm; of three, two can."""
    now, lost, auditor = parts.clock.now(), person(parts, SURE), person(parts, MALLORY)
    with parts.database.transaction() as db, pytest.raises(ConflictError, match="另有两位"):
        administrators.reset_by_operator(db, auditor, reason=_WHY, now=now)
    with parts.database.transaction() as db:
        administrators.reset_by_operator(db, lost, reason=_WHY, now=now)
    assert browsers[SURE].get("/api/v1/me").status_code == 401
    grant(parts, THIRD, Role.SECURITY_ADMIN)
    with parts.database.transaction() as db, pytest.raises(ConflictError, match="另有两位"):
        administrators.reset_by_operator(db, lost, reason=_WHY, now=now)
    with parts.database.reading() as db:
        told = db.execute(
            text("SELECT actor_id, subject_id FROM audit_event WHERE event = 'second_factor.reset'")
        ).all()
    assert told == [(None, lost)]
