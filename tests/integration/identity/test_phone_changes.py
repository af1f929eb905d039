"""Another phone over HTTP: who gets it, who is told, who can stop it, and what it holds up."""

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.core.settings import Settings
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import build_parts
from tests import examinee
from tests.another_phone import (
    DAY_MS,
    NEW,
    OTHER,
    browser,
    change_phone,
    fresh_code,
    opens,
    prove_self,
    recover,
    stop_code,
    texts_to,
)
from tests.contract.household import grant
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, CAROL, MALLORY, Someone, csrf, sign_in
from tests.proofs import RIGHT, WRONG
from tests.reviewers import WU, on_case, only_case, post, reviewer


def _events(parts: Parts) -> list[str]:
    with parts.database.reading() as db:
        found = db.execute(text("SELECT event FROM audit_event WHERE event LIKE 'phone.%'"))
        return list(found.scalars())


def test_with_both_phones_and_the_own_way_it_is_done_at_once(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    clock.advance(ms=61_000)
    sign_in(stranger, parts, ALICE)
    opened = change_phone(alice, parts, clock)
    assert (opened.status_code, opened.json()["outcome"]) == (201, "proving")
    assert prove_self(alice, opened)["outcome"] == "done"
    assert alice.get("/api/v1/me").status_code == 200
    assert stranger.get("/api/v1/me").status_code == 401
    assert post(stranger, "/auth/refresh", {}).status_code in (401, 404)
    assert "已改用139****0071" in " ".join(texts_to(parts, ALICE.phone))
    assert "手机号已更换" in alice.get("/inbox").text
    assert _events(parts) == ["phone.changed"]
    assert opens(parts, clock, NEW)
    assert not opens(parts, clock, ALICE.phone)


def test_who_has_no_name_needs_both_phones_alone(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    assert change_phone(client, parts, clock).json()["outcome"] == "done"


def test_a_stolen_session_has_no_code_of_the_old_phone(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    refused = change_phone(alice, parts, clock, old_code="000000")
    assert refused.json()["errors"][0]["field"] == "/old_code"
    refused = change_phone(alice, parts, clock, code="000000")
    assert refused.json()["errors"][0]["field"] == "/code"
    assert opens(parts, clock, ALICE.phone)


@pytest.mark.usefixtures("alice")
def test_a_swapped_sim_has_codes_and_not_the_person(
    stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """Who reads Alice's messages is in, and keeps nothing: three tries, then people."""
    clock.advance(ms=61_000)
    sign_in(stranger, parts, ALICE)
    opened = change_phone(stranger, parts, clock)
    said = [prove_self(stranger, opened, body=WRONG) for _ in range(3)]
    assert [each["outcome"] for each in said] == ["proving", "proving", "at_desk"]
    again = post(stranger, f"/phone-changes/{opened.json()['id']}/answers", RIGHT)
    assert (again.status_code, again.json()["code"]) == (409, "change_over")
    worker.drain(parts)
    assert opens(parts, clock, ALICE.phone)
    with reviewer(parts) as wu:
        case = only_case(wu, "phone_change")
        page = wu.get(f"/desk/cases/{case['id']}").text
    assert "138****0001" in page
    assert "139****0071" in page
    assert "核对了几次都没有通过" in page


def test_codes_are_spent_and_another_browser_proves_nothing(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    code = fresh_code(alice, parts, clock, NEW)
    old = fresh_code(alice, parts, clock, ALICE.phone)
    body = {"old_code": old, "phone": NEW, "code": code}
    opened = post(alice, "/me/phone-changes", body)
    assert opened.status_code == 201
    replayed = post(alice, "/me/phone-changes", body)
    assert replayed.json()["errors"][0]["code"] == "spent_code"
    address = f"/phone-changes/{opened.json()['id']}"
    for step, given in (("answers", RIGHT), ("face", {}), ("people", {})):
        assert post(stranger, f"{address}/{step}", given).status_code == 404
    clock.advance(ms=16 * 60_000)
    late = post(alice, f"{address}/answers", RIGHT)
    assert late.json()["code"] == "change_over"


def test_somebody_elses_number_is_told_only_to_whoever_holds_it(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(stranger, parts, CAROL)
    guessed = change_phone(alice, parts, clock, new=CAROL.phone, code="000000")
    free = change_phone(alice, parts, clock, new=NEW, code="000000")
    assert guessed.json()["errors"] == free.json()["errors"]
    held = change_phone(alice, parts, clock, new=CAROL.phone)
    assert held.json()["code"] == "phone_taken"
    same = change_phone(alice, parts, clock, new=ALICE.phone)
    assert same.json()["errors"][0]["field"] == "/phone"


def test_with_questions_alone_a_lost_phone_waits_a_day(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    opened = recover(stranger, parts, clock)
    assert prove_self(stranger, opened)["outcome"] == "waiting"
    assert "139****0071" in " ".join(texts_to(parts, ALICE.phone))
    assert "不是我，停止" in alice.get("/me/phone").text
    assert opens(parts, clock, ALICE.phone)
    clock.advance(ms=DAY_MS)
    worker.drain(parts)
    assert alice.get("/api/v1/me").status_code == 401
    assert opens(parts, clock, NEW)


@pytest.mark.parametrize("by", ["message", "sign_in"])
def test_the_old_phone_stops_it_and_two_people_decide(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock, by: str
) -> None:
    prove_self(stranger, recover(stranger, parts, clock))
    if by == "message":
        code = stop_code(parts)
        assert post(stranger, "/phone-changes/stop", {"code": "AAAAAAAA"}).status_code == 404
        assert post(stranger, "/phone-changes/stop", {"code": code.lower()}).status_code == 204
    else:
        assert post(alice, "/me/phone-changes/stop", {}).status_code == 204
    clock.advance(ms=2 * DAY_MS)
    worker.drain(parts)
    assert not opens(parts, clock, NEW)
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as other:
        case = only_case(wu, "phone_change")
        said = on_case(wu, case["id"], "decision", decision="reject", reason="电话核实不是本人")
        assert said.json()["state"] == "open"
        assert on_case(wu, case["id"], "confirmation", confirms=True).status_code == 403
        done = on_case(other, case["id"], "confirmation", confirms=True)
        assert (done.status_code, done.json()["state"]) == (200, "decided")
    assert "没有通过" in " ".join(texts_to(parts, NEW))
    assert opens(parts, clock, ALICE.phone)


def test_an_objection_within_the_hold_takes_a_change_back(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    prove_self(alice, change_phone(alice, parts, clock))
    code = stop_code(parts)
    assert post(alice, "/phone-changes/stop", {"code": code}).status_code == 204
    clock.advance(ms=5 * DAY_MS)
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as other:
        case = only_case(wu, "phone_change")
        on_case(wu, case["id"], "decision", decision="reject", reason="本人来过，原号仍在用")
        assert on_case(other, case["id"], "confirmation", confirms=True).status_code == 200
    assert alice.get("/api/v1/me").status_code == 401
    assert opens(parts, clock, ALICE.phone)
    assert sorted(_events(parts)) == ["phone.changed", "phone.changed_back", "phone.objected"]


@pytest.mark.usefixtures("alice")
def test_nobody_hears_whether_there_is_such_a_person(
    stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """Known, unknown, and a known number under another name: the same words at every step."""
    heard = []
    for who in (ALICE, CAROL, Someone("", CAROL.name, ALICE.number)):
        opened = recover(stranger, parts, clock, who)
        said = [opened.json()["outcome"], opened.json()["message"]]
        face = post(stranger, f"/phone-changes/{opened.json()['id']}/face", {})
        said += [face.status_code, len(face.json()["actions"])]
        said += [prove_self(stranger, opened, body=WRONG)["message"] for _ in range(3)]
        heard.append(said)
        with parts.database.transaction() as db:  # as if people had closed the case
            db.execute(text("UPDATE phone_change SET state = 'refused'"))
    assert heard[0] == heard[1] == heard[2]
    with parts.database.reading() as db:
        rows = db.execute(text("SELECT person_id FROM phone_change ORDER BY id")).scalars().all()
    assert [row is None for row in rows] == [False, True, True]


def test_whoever_works_here_is_never_let_in_by_themselves(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    grant(parts, ALICE, Role.REVIEWER)
    opened = recover(stranger, parts, clock)
    assert prove_self(stranger, opened)["outcome"] == "at_desk"
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as other:
        case = only_case(wu, "phone_change")
        for each in (wu, other):
            on_case(each, case["id"], "unmasking", purpose="打电话核实")
        on_case(wu, case["id"], "decision", decision="approve", reason="单位来人核实")
        assert opens(parts, clock, ALICE.phone)
        assert on_case(other, case["id"], "confirmation", confirms=True).status_code == 200
    clock.advance(ms=61_000)
    sign_in(stranger, parts, Someone(NEW, "", ""), has_second_factor=False)
    assert stranger.get("/api/v1/desk/cases").json()["code"] == "second_factor"
    assert alice.get("/api/v1/me").status_code == 401


def test_a_sleeping_role_does_not_change_its_phone(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    grant(parts, ALICE, Role.REVIEWER)
    clock.advance(ms=61_000)
    sign_in(alice, parts, ALICE, has_second_factor=False)
    refused = change_phone(alice, parts, clock)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor")


@pytest.mark.usefixtures("alice")
def test_of_two_who_claim_one_account_people_choose(
    stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    first = recover(stranger, parts, clock)
    with browser(parts) as other:
        second = recover(other, parts, clock, phone=OTHER)
        assert prove_self(stranger, first)["outcome"] == "waiting"
        assert prove_self(other, second)["outcome"] == "at_desk"
    clock.advance(ms=3 * DAY_MS)
    worker.drain(parts)
    assert not opens(parts, clock, NEW)
    assert not opens(parts, clock, OTHER)
    assert opens(parts, clock, ALICE.phone)


def test_who_was_refused_by_the_questions_has_no_other_way(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    opened = recover(stranger, parts, clock)
    for _ in range(3):
        prove_self(stranger, opened, body=WRONG)
    worker.drain(parts)
    again = recover(stranger, parts, clock)
    assert prove_self(stranger, again, "people", {})["outcome"] == "at_desk"
    with reviewer(parts) as wu:
        assert (
            "核对了几次都没有通过"
            in wu.get(f"/desk/cases/{only_case(wu, 'phone_change')['id']}").text
        )
    assert alice.get("/api/v1/me").status_code == 200


def test_who_proves_nothing_keeps_nobody_out(
    alice: TestClient, stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """A stranger's case is no bar to the person, and ends when they have shown who they are."""
    prove_self(stranger, recover(stranger, parts, clock, phone=OTHER), "people", {})
    worker.drain(parts)
    assert prove_self(alice, change_phone(alice, parts, clock))["outcome"] == "done"
    with reviewer(parts) as wu:
        assert only_case(wu, "phone_change", "decided")["decision"] == "withdraw"
    assert opens(parts, clock, NEW)


def test_tries_at_one_document_are_few(settings: Settings, clock: SettableClock) -> None:
    parts = build_parts(settings.model_copy(update={"rate_limits": True}), clock)
    tried = []
    for number in range(7):
        with browser(parts) as client:
            tried.append(recover(client, parts, clock, phone=f"1390000008{number}").status_code)
    parts.database.close()
    assert tried == [201] * 5 + [429] * 2


def test_certificates_another_change_and_leaving_wait_three_days(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    player = study_through(client, parts, clock)
    assert prove_self(client, change_phone(client, parts, clock))["outcome"] == "done"
    examinee.sit(client, parts, player.enrolment_id)
    worker.drain(parts)
    assert client.get("/api/v1/certificates").json() == []
    assert "新证书暂缓发放" in client.get("/certificates").text
    refused = change_phone(client, parts, clock, old=NEW, new=OTHER)
    assert (refused.status_code, refused.json()["code"]) == (409, "phone_held")
    leaving = {"code": fresh_code(client, parts, clock, NEW)}
    assert post(client, "/me/proofs", leaving).json()["code"] == "phone_held"
    clock.advance(ms=3 * DAY_MS)
    worker.drain(parts)
    assert "新证书暂缓发放" not in client.get("/certificates").text
    assert len(client.get("/api/v1/certificates").json()) == 1


def test_what_was_issued_stays_and_an_objection_prolongs_the_hold(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    player = study_through(client, parts, clock)
    examinee.sit(client, parts, player.enrolment_id)
    certificate = certificate_of(player)
    prove_self(client, change_phone(client, parts, clock))
    assert post(client, "/phone-changes/stop", {"code": stop_code(parts)}).status_code == 204
    clock.advance(ms=5 * DAY_MS)
    worker.drain(parts)
    assert "新证书暂缓发放" in client.get("/certificates").text
    shown = client.get(f"/api/v1/verification/{certificate['public_id']}").json()
    assert shown["verdict"] == "valid", shown


def test_what_nobody_asked_for_is_forgotten(
    stranger: TestClient, parts: Parts, clock: SettableClock
) -> None:
    recover(stranger, parts, clock, WU)
    clock.advance(ms=2 * DAY_MS)
    for schedule in worker.SCHEDULES:
        if schedule.name == "forget_recoveries":
            schedule.run(parts)
    with parts.database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM phone_change")).scalar() == 0


def test_a_page_leads_there(alice: TestClient, stranger: TestClient) -> None:
    assert csrf(stranger)
    assert "/recovery" in stranger.get("/sign-in").text
    assert "找回账号" in stranger.get("/recovery").text
    assert "短信里的编号" in stranger.get("/recovery/stop").text
    assert "138****0001" in alice.get("/me/phone").text
