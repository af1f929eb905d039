"""A class: applied for, approved by somebody else, filled, changed, closed, and its archive."""

import datetime as dt
import json
from typing import Any

from starlette.testclient import TestClient

from app import worker
from app.core import audit
from app.core.clock import SettableClock
from app.core.ids import new_id
from app.identity.models.people import RoleGrant
from app.identity.repository import deletions as deletion_rows
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.classes import TrainingClass
from app.org.services import erasure, organisations
from tests import finished
from tests.classrooms import UNIT, approved, card, draft
from tests.courses import make_course
from tests.employers import agent, delete, post, put
from tests.people import ALICE, CAROL, MALLORY, Someone, csrf, prove, sign_in
from tests.reviewers import on_case, only_case, reviewer, with_role
from verifier.hours import read_proof_keys
from verifier.issuer import Issuer
from verifier.log_proofs import read_key
from verifier.periods import read_periods
from verifier.pinned import Pinned
from verifier.recipe import verify_certificate

THIRD = Someone("13800000012", "周敏", "510101199001010028")
RIVAL_USCC = "91510700MA6CX2020M"


def _boss(client: TestClient, parts: Parts) -> str:
    """An employer's agent is signed in; returns the account."""
    agent(client, parts, MALLORY)
    return prove(parts, MALLORY)


def test_a_page_behind_the_last_leads_to_the_last(client: TestClient, parts: Parts) -> None:
    boss = _boss(client, parts)
    class_id = draft(client, card(make_course(parts).course_id, boss))
    for address, kept in (
        ("/employer/classes", "order=newest"), (f"/employer/classes/{class_id}", ""),
        ("/employer/units", ""), ("/employer/positions", ""), ("/employer/tags", ""),
        ("/employer/assignment-rules", ""), ("/employer/messages", ""), ("/classes", ""),
    ):  # fmt: skip
        answer = client.get(address, params={"page": 99}, follow_redirects=False)
        assert (address, answer.status_code) == (address, 303)
        where = answer.headers["location"]
        assert where.startswith(f"{address}?")
        assert "page=1" in where
        assert kept in where
        assert client.get(where, follow_redirects=False).status_code == 200


def _told(parts: Parts, who: Someone) -> list[str]:
    with TestClient(create_app(parts)) as client:
        sign_in(client, parts, who)
        return [each["text"] for each in client.get("/api/v1/me/notices").json()]


def _state(client: TestClient, class_id: str) -> str:
    return str(client.get(f"/api/v1/org/classes/{class_id}").json()["state"])


def test_from_draft_to_approval_and_back(client: TestClient, parts: Parts) -> None:
    boss = _boss(client, parts)
    course = make_course(parts).course_id
    body = card(course, boss)
    empty = str(post(client, "/org/classes", card(course, boss, teacher_ids=[])).json()["class_id"])
    lacking = post(client, f"/org/classes/{empty}/application", {})
    assert (lacking.status_code, lacking.json()["errors"][0]["field"]) == (422, "/teachers")
    assert "教学计划还是空的" in lacking.text
    class_id = draft(client, body)
    late = post(client, f"/org/classes/{class_id}/units", UNIT | {"day": "2027-01-01"})
    assert late.json()["errors"][0]["field"] == "/day"
    assert post(client, f"/org/classes/{class_id}/application", {}).status_code == 204
    # What waits for the desk stays as it was put there.
    changed = put(client, f"/org/classes/{class_id}", body | {"capacity": 9})
    assert (changed.status_code, changed.json()["code"]) == (409, "class_state")
    with TestClient(create_app(parts)) as own:
        with_role(own, parts, Role.REVIEWER, CAROL)
        case_id = only_case(own, "class_opening")["id"]
        assert "触电急救" in own.get(f"/desk/cases/{case_id}").text
        refused = on_case(own, case_id, "decision", decision="reject", reason="请写明实训室的地址")
        assert refused.status_code == 200, refused.text
    seen = client.get(f"/api/v1/org/classes/{class_id}").json()
    assert (seen["state"], seen["reason"]) == ("draft", "请写明实训室的地址")
    assert post(client, f"/org/classes/{class_id}/application", {}).status_code == 204
    assert delete(client, f"/org/classes/{class_id}/application").status_code == 204
    assert _state(client, class_id) == "draft"
    with TestClient(create_app(parts)) as rival:
        agent(rival, parts, ALICE, uscc=RIVAL_USCC)
        for path in ("", "/members", "/units", "/closing", "/archive.json"):
            assert rival.get(f"/api/v1/org/classes/{class_id}{path}").status_code == 404
        assert rival.get("/api/v1/org/classes").json()["total"] == 0
        assert rival.get(f"/api/v1/classes/{class_id}").status_code == 404  # a draft


def test_who_applied_cannot_approve(client: TestClient, parts: Parts) -> None:
    """Not even with both roles, which the service gives nobody."""
    boss = _boss(client, parts)
    class_id = draft(client, card(make_course(parts).course_id, boss))
    post(client, f"/org/classes/{class_id}/application", {})
    with parts.database.transaction() as db:
        db.add(
            RoleGrant(
                id=new_id(parts.clock.now()), person_id=boss, role=Role.REVIEWER.value, scope="*",
                granted_at=parts.clock.now(),
            )
        )  # fmt: skip
    with TestClient(create_app(parts)) as both:
        sign_in(both, parts, MALLORY)
        case_id = only_case(both, "class_opening")["id"]
        tried = on_case(both, case_id, "decision", decision="approve", reason="好")
        assert (tried.status_code, tried.json()["code"]) == (403, "own_case")
    assert _state(client, class_id) == "applied"


def test_who_acts_for_several_decides_none_of_theirs(client: TestClient, parts: Parts) -> None:
    """Whichever of their organisations a reviewer has chosen now, or none."""
    boss = _boss(client, parts)
    class_id = draft(client, card(make_course(parts).course_id, boss))
    post(client, f"/org/classes/{class_id}/application", {})
    with TestClient(create_app(parts)) as both:
        account = str(sign_in(both, parts, CAROL)["account_id"])
        agent(both, parts, CAROL, uscc=RIVAL_USCC)
        with parts.database.transaction() as db:
            row = db.get_one(TrainingClass, class_id)
            organisations.add_member(
                db, org_id=row.org_id, learner_id=account, role=Role.EMPLOYER,
                now=parts.clock.now(),
            )  # fmt: skip
            db.add(
                RoleGrant(
                    id=new_id(parts.clock.now()), person_id=account, role=Role.REVIEWER.value,
                    scope="*", granted_at=parts.clock.now(),
                )
            )  # fmt: skip
            rival_id = str(organisations.find_by_uscc(db, RIVAL_USCC))
        sign_in(both, parts, CAROL)
        case_id = only_case(both, "class_opening")["id"]
        for chosen in (None, rival_id):
            if chosen is not None:
                assert put(both, "/me/acting", {"org_id": chosen}).status_code in (200, 204)
            tried = on_case(both, case_id, "decision", decision="approve", reason="好")
            assert (tried.status_code, tried.json()["code"]) == (403, "own_case")
    assert _state(client, class_id) == "applied"


def _of_roster(boss: TestClient, alice: TestClient, org_id: str, class_id: str) -> str:
    """Alice joins the organisation and is put into its class; returns her line."""
    new = {"name": ALICE.name, "document_number": ALICE.number}
    staff_id = str(post(boss, "/org/staff", new).json()["staff_id"])
    assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
    put_in = post(boss, f"/org/classes/{class_id}/members", {"staff_ids": [staff_id]})
    assert put_in.json()["placed"] == 1, put_in.text
    return staff_id


def _members(boss: TestClient, class_id: str) -> list[str]:
    found = boss.get(f"/api/v1/org/classes/{class_id}/members").json()["items"]
    return [each["source"] for each in found]


def test_leaving_the_organisation_ends_what_its_class_shows(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """Of who was put into it from the roster; Carol, who came by herself, stays."""
    boss = _boss(client, parts)
    class_id = approved(client, parts, card(make_course(parts).course_id, boss))
    with parts.database.reading() as db:
        org_id = db.get_one(TrainingClass, class_id).org_id
    for who in (ALICE, CAROL):
        prove(parts, who)
    with TestClient(create_app(parts)) as carol, TestClient(create_app(parts)) as alice:
        clock.advance(ms=61_000)
        sign_in(carol, parts, CAROL)
        sign_in(alice, parts, ALICE)
        new = {"name": CAROL.name, "document_number": CAROL.number}
        carols = str(post(client, "/org/staff", new).json()["staff_id"])
        assert post(carol, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        assert post(carol, "/me/classes", {"class_id": class_id}).json()["state"] == "enrolled"
        _of_roster(client, alice, org_id, class_id)
        assert _members(client, class_id) == ["self", "roster"]
        assert delete(alice, f"/me/employers/{org_id}").status_code == 204
        assert _members(client, class_id) == ["self"]
        staff_id = _of_roster(client, alice, org_id, class_id)
        for line in (staff_id, carols):
            assert delete(client, f"/org/staff/{line}").status_code == 204
        assert _members(client, class_id) == ["self"]
        told = [each["kind"] for each in alice.get("/api/v1/me/notices").json()]
        assert "class_removed" in told


def test_nothing_begins_for_who_is_suspended_until_they_are_restored(
    client: TestClient, parts: Parts
) -> None:
    boss = _boss(client, parts)
    class_id = approved(client, parts, card(make_course(parts).course_id, boss))
    prove(parts, ALICE)
    prove(parts, CAROL)
    with TestClient(create_app(parts)) as alice, TestClient(create_app(parts)) as admin:
        with_role(admin, parts, Role.ADMIN, THIRD)
        sign_in(alice, parts, ALICE)
        with parts.database.reading() as db:
            org_id = db.get_one(TrainingClass, class_id).org_id
        _of_roster(client, alice, org_id, class_id)
        address = f"/system/organisations/{org_id}/suspension"
        assert put(admin, address, {"reason": "证照过期未年检"}).status_code == 204
        worker.drain(parts)
        assert alice.get("/api/v1/enrolments").json() == []
        assert delete(admin, address).status_code == 204
        worker.drain(parts)
        assert len(alice.get("/api/v1/enrolments").json()) == 1


def test_the_queue_moves_up_by_itself(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    boss = _boss(client, parts)
    course = make_course(parts).course_id
    body = card(course, boss, capacity=1)
    class_id = approved(client, parts, body)
    browsers = {}
    for who in (ALICE, CAROL, THIRD):
        clock.advance(ms=61_000)
        prove(parts, who)
        browsers[who] = TestClient(create_app(parts)).__enter__()
        sign_in(browsers[who], parts, who)
    came = [
        post(browsers[who], "/me/classes", {"class_id": class_id}).json()["state"]
        for who in (ALICE, CAROL, THIRD, ALICE)
    ]
    assert came == ["enrolled", "waiting", "waiting", "enrolled"]
    assert [each["place"] for each in browsers[THIRD].get("/api/v1/me/classes").json()] == [2]
    assert [e["course_id"] for e in browsers[ALICE].get("/api/v1/enrolments").json()] == [course]
    assert browsers[CAROL].get("/api/v1/enrolments").json() == []
    shown = browsers[THIRD].get(f"/api/v1/classes/{class_id}").json()
    assert (shown["door"], shown["free"], shown["waiting"]) == ("waiting", 0, 2)
    assert ALICE.name not in browsers[THIRD].get(f"/api/v1/classes/{class_id}").text
    assert delete(browsers[ALICE], f"/me/classes/{class_id}").status_code == 204
    assert [e["course_id"] for e in browsers[CAROL].get("/api/v1/enrolments").json()] == [course]
    assert any("有了名额" in text for text in _told(parts, CAROL))
    # More room: the last one moves up. Less than are there is refused.
    assert put(client, f"/org/classes/{class_id}", body | {"capacity": 3}).status_code == 204
    people = client.get(f"/api/v1/org/classes/{class_id}/members").json()["items"]
    assert [(each["name"], each["state"]) for each in people] == [
        (CAROL.name, "enrolled"), (THIRD.name, "enrolled"),
    ]  # fmt: skip
    less = put(client, f"/org/classes/{class_id}", body | {"capacity": 1})
    assert (less.status_code, less.json()["errors"][0]["field"]) == (422, "/capacity")
    found = client.get(f"/api/v1/org/classes/{class_id}/members", params={"q": "阿依"}).json()
    assert found["total"] == 1
    gone = delete(client, f"/org/classes/{class_id}/members/{people[0]['member_id']}")
    assert gone.status_code == 204
    clock.advance(ms=30 * 24 * 3600 * 1000)
    sign_in(browsers[ALICE], parts, ALICE)
    late = post(browsers[ALICE], "/me/classes", {"class_id": class_id})
    assert (late.status_code, late.json()["code"]) == (409, "door")
    for each in browsers.values():
        each.__exit__(None, None, None)


def test_changes_after_approval_are_kept_and_told(client: TestClient, parts: Parts) -> None:
    boss = _boss(client, parts)
    course, other = make_course(parts).course_id, make_course(parts, code="other").course_id
    body = card(course, boss)
    class_id = approved(client, parts, body)
    changed = body | {"ends_on": "2026-12-25", "capacity": 5}
    assert put(client, f"/org/classes/{class_id}", changed).status_code == 204
    assert put(client, f"/org/classes/{class_id}", changed).status_code == 204  # nothing is new
    locked = put(client, f"/org/classes/{class_id}", changed | {"course_ids": [other]})
    assert locked.json()["errors"][0]["field"] == "/course_ids"
    [unit] = client.get(f"/api/v1/org/classes/{class_id}/units").json()
    address = f"/org/classes/{class_id}/units/{unit['unit_id']}"
    assert delete(client, address).json()["code"] == "last_unit"
    assert put(client, address, UNIT | {"place": "二号实训室"}).status_code == 204
    early = put(client, f"/org/classes/{class_id}", changed | {"starts_on": "2026-11-25"})
    assert early.json()["errors"][0]["field"] == "/starts_on"
    with reviewer(parts) as desk:
        case_id = only_case(desk, "class_opening", "decided")["id"]
        page = desk.get(f"/desk/cases/{case_id}").text
        for told in ("2026-12-20", "2026-12-25", "二号实训室", "人数上限", MALLORY.name):
            assert told in page
        told = [each["text"] for each in desk.get("/api/v1/me/notices").json()]
    assert sum("改了" in text for text in told) == 2
    assert any("结班日期、人数上限" in text for text in told)


def _closed(client: TestClient, parts: Parts, class_id: str) -> None:
    """Closed with what was open, and the worker has been there."""
    address = f"/org/classes/{class_id}/closing"
    told = client.get(f"/api/v1{address}").json()
    assert told["no_exam"] == ["赵红"]
    assert told["short"] == []
    assert told["uncalled"] == ["第 1 次（2026-11-24）"]
    refused = post(client, address, {"reason": ""})
    assert (refused.status_code, refused.json()["code"]) == (409, "open_matters")
    assert post(client, address, {"reason": "赵红请了病假，下期补考"}).status_code == 204
    assert _state(client, class_id) == "closing"
    assert client.get(f"/api/v1/org/classes/{class_id}/archive.json").status_code == 404
    worker.drain(parts)


def _checked(client: TestClient, content: bytes) -> dict[str, Any]:
    headers = csrf(client) | {"content-type": "application/octet-stream"}
    answer = client.post("/api/v1/verification/files", content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _verified(client: TestClient, content: bytes) -> str:
    """By the stand-alone verifier, with what is published."""
    log = client.get("/api/v1/log").json()
    listed = client.get("/api/v1/verification/archives/keys").json()
    pinned = Pinned(
        Issuer("did:web:x", {}), tuple(map(read_key, log["verifier_keys"])),
        archive_keys=read_proof_keys(listed), archive_periods=read_periods(listed),
    )  # fmt: skip
    told: list[str] = []
    now = dt.datetime.fromisoformat(json.loads(content)["statement"]["made_at"])
    verify_certificate(content, pinned, now=now, say=told.append)
    return "\n".join(told)


def test_the_archive_states_what_was_and_is_checked_by_anybody(
    client: TestClient, parts: Parts
) -> None:
    boss = _boss(client, parts)
    course = finished.courses(parts, ("usual",))[0]
    class_id = approved(
        client, parts, card(course.course_id, boss, contract="川项 2026-7", price_yuan=80_000)
    )
    done = finished.finish(parts, course, "钱磊", 1)
    studied = finished.study(parts, course, "赵红", 2)
    worker.drain(parts)
    for person in (done, studied):
        with TestClient(create_app(parts)) as learner:
            sign_in(learner, parts, person.someone)
            came = post(learner, "/me/classes", {"class_id": class_id})
            assert came.json()["state"] == "enrolled", came.text
    _closed(client, parts, class_id)
    assert _state(client, class_id) == "archived"
    base = f"/api/v1/org/classes/{class_id}/archive"
    pdf, xlsx = client.get(f"{base}.pdf"), client.get(f"{base}.xlsx")
    assert (pdf.content[:5], xlsx.content[:2]) == (b"%PDF-", b"PK")
    content = client.get(f"{base}.json").content
    file = json.loads(content)
    [first, second] = file["statement"]["members"]
    assert first["courses"][0]["certificate"].startswith("ZZ51")
    assert (second["courses"][0]["certificate"], second["courses"][0]["score"]) == ("", "")
    assert file["statement"]["open_reason"] == "赵红请了病假，下期补考"
    assert file["statement"]["price_yuan"] == 80_000
    assert "钱磊" not in json.dumps(file["statement"], ensure_ascii=False)
    told = _verified(client, content)
    assert "钱磊" in told
    assert file["statement"]["members"][0]["courses"][0]["certificate"] in told
    good = _checked(client, content)
    assert good["archive"]["digest"] in told
    assert (good["kind"], good["finding"], good["verdict"]) == ("class_archive", "", "valid")
    assert (good["archive"]["people"], good["archive"]["certificates"]) == (2, 1)
    with parts.database.reading() as db:
        [event] = audit.events_about(db, "class.archived", class_id)
        assert event.facts["digest"] == good["archive"]["digest"]
    for change, finding in (
        (lambda f: f["statement"].update(people=3), "altered"),
        (lambda f: f["names"][0].update(name="孙磊"), "names"),
        (lambda f: f.update(key_id="00000000"), "unknown_key"),
        (lambda f: f.pop("names"), "unreadable"),
        (lambda f: f["statement"].update(format="shixue-class-9"), "unreadable"),
    ):
        wrong = json.loads(content)
        change(wrong)
        assert _checked(client, json.dumps(wrong).encode())["finding"] == finding
    for what, wrong, says in (
        ("pdf", pdf.content, "学时证明和班级档案的 PDF 不带签名"), ("xlsx", xlsx.content, "表格"),
        ("cut", content[: len(content) // 2], "这份班级档案读不懂"), ("none", b"{", "班级档案请选"),
    ):  # fmt: skip
        answer = _checked(client, wrong)
        assert (what, answer["verdict"], says in answer["sentence"]) == (what, "unknown", True)
    _leaves(parts, done.learner_id)
    left = client.get(f"{base}.json").content
    assert _checked(client, left)["finding"] == ""
    assert "钱磊" not in left.decode()
    assert "(deleted their account)" in _verified(client, left)
    assert client.get(f"{base}.pdf").status_code == 200


def _leaves(parts: Parts, learner_id: str) -> None:
    """What deleting an account does to a class: the key goes, and nobody reads the name again."""
    with parts.database.transaction() as db:
        erasure.forget_person(db, learner_id, [], now=parts.clock.now())
        deletion_rows.destroy_key(db, learner_id)


def test_cancelled_its_people_read_why_and_nothing_is_open_any_more(
    client: TestClient, parts: Parts
) -> None:
    boss = _boss(client, parts)
    class_id = approved(client, parts, card(make_course(parts).course_id, boss))
    prove(parts, ALICE)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        post(alice, "/me/classes", {"class_id": class_id})
        empty = post(client, f"/org/classes/{class_id}/cancellation", {"reason": " "})
        assert empty.json()["errors"][0]["field"] == "/reason"
        done = post(client, f"/org/classes/{class_id}/cancellation", {"reason": "教师病了"})
        assert done.status_code == 204
        [told] = [e["text"] for e in alice.get("/api/v1/me/notices").json() if "取消" in e["text"]]
        assert "教师病了。" in told
        [mine] = alice.get("/api/v1/me/classes").json()
        assert (mine["class_state_name"], mine["reason"]) == ("已取消", "教师病了")
        assert alice.get("/api/v1/classes").json()["total"] == 0
    for path, body in (("application", {}), ("closing", {"reason": "x"}), ("units", UNIT)):
        refused = post(client, f"/org/classes/{class_id}/{path}", body)
        assert (path, refused.status_code) == (path, 409)


def test_the_roll_is_called_for_a_unit_and_counts_as_attendance(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    boss = _boss(client, parts)
    class_id = approved(client, parts, card(make_course(parts).course_id, boss))
    [unit] = client.get(f"/api/v1/org/classes/{class_id}/units").json()
    called = post(client, f"/org/classes/{class_id}/units/{unit['unit_id']}/roll-calls", {})
    assert called.status_code == 201, called.text
    roll = f"/org/roll-calls/{called.json()['roll_call_id']}"
    prove(parts, ALICE)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        code = {"code": client.get(f"/api/v1{roll}").json()["code"]}
        assert post(alice, "/me/roll-calls", code).status_code == 422  # not in the class yet
        post(alice, "/me/classes", {"class_id": class_id})
        assert post(alice, "/me/roll-calls", code).status_code == 200
    [here] = client.get(f"/api/v1{roll}").json()["people"]
    put(client, f"{roll}/presences/{here['presence_id']}", {"is_present": True})
    [unit] = client.get(f"/api/v1/org/classes/{class_id}/units").json()
    assert unit["came"] == 1
    [member] = client.get(f"/api/v1/org/classes/{class_id}/members").json()["items"]
    assert (member["attended"], member["called"]) == (1, 1)
    address = f"/org/classes/{class_id}/units/{unit['unit_id']}"
    assert put(client, address, UNIT).json()["code"] == "roll_called"
    clock.advance(ms=24 * 3600 * 1000)
    sign_in(client, parts, MALLORY)
    late = post(client, f"{address}/roll-calls", {})
    assert late.json()["code"] == "other_day"
