"""Whose name an employer wrote wrong: once they join, the proven one stands everywhere."""

from dataclasses import replace

from starlette.testclient import TestClient

from app.identity.rules.actors import Role
from app.identity.services import disputes, roles
from app.lobby.parts import Parts
from app.main import create_app
from app.org.rules.duties import Duty
from app.org.services import organisations
from tests.employers import USCC, agent, post, put
from tests.people import ALICE, CAROL, MALLORY, prove, sign_in, verify
from tests.rosters import as_xlsx, counts, hand_over
from verifier.hours import check_statement, read_proof_keys

WRONG = "张冒二"
STAFF = "/api/v1/org/staff"


def _named_wrong(boss: TestClient) -> str:
    new = {"name": WRONG, "document_number": ALICE.number, "unit": "一车间"}
    return str(post(boss, "/org/staff", new).json()["staff_id"])


def _join(worker: TestClient, parts: Parts) -> str:
    """Say yes; returns what the page said before that."""
    sign_in(worker, parts, ALICE)
    verify(worker, ALICE)
    page = worker.get("/me").text
    org_id = page.split("/me/employers/")[1][:26]
    assert post(worker, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
    return page


def _kinds(client: TestClient) -> list[str]:
    return [each["kind"] for each in client.get("/api/v1/me/notices").json()]


def test_a_proof_of_hours_has_one_name(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    address = f"{STAFF}/{_named_wrong(boss)}/proof"
    with TestClient(create_app(parts)) as worker:
        _join(worker, parts)
    keys = read_proof_keys(boss.get("/api/v1/verification/proofs/keys").json())
    stated = check_statement(boss.get(f"{address}.json").json(), keys)
    assert (stated["holder_name"], stated["masked_name"]) == (ALICE.name, "李*梅")


def test_the_roster_says_the_proven_name_and_what_was_written(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    staff_id = _named_wrong(boss)
    with TestClient(create_app(parts)) as worker:
        before = _join(worker, parts)
        assert f"名单上写的是“{WRONG}”，您的实名是“{ALICE.name}”" in before
        assert "own_name_taken" in _kinds(worker)
    [line] = boss.get(STAFF).json()["items"]
    assert (line["name"], line["entered_name"]) == (ALICE.name, WRONG)
    assert [each["name"] for each in boss.get(f"{STAFF}?q={ALICE.name}").json()["items"]]
    assert "staff_name_taken" in _kinds(boss)
    page = boss.get(f"/employer/staff/{staff_id}").text
    assert f"名单上写的是“{WRONG}”，本人实名为“{ALICE.name}”" in page
    moved = put(boss, f"/org/staff/{staff_id}", {"name": ALICE.name, "unit": "二车间"})
    assert (moved.status_code, moved.json()["unit"]) == (200, "二车间")


def test_a_table_with_the_proven_name_is_right_and_the_other_is_told_what_to_do(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    _named_wrong(boss)
    with TestClient(create_app(parts)) as worker:
        _join(worker, parts)
    right = hand_over(boss, as_xlsx([(ALICE.name, ALICE.number, "", "", "")]))
    assert counts(right) == {"lines": 1, "unchanged": 1}
    wrong = hand_over(boss, as_xlsx([(WRONG, ALICE.number, "", "", "")]))
    assert counts(wrong) == {"lines": 1, "faulty": 1}
    [fault] = boss.get(f"/api/v1/org/imports/{wrong['import_id']}/findings").json()["items"]
    assert "实名" in fault["cause"]
    assert "员工页" not in fault["remedy"]


def test_who_is_called_rightly_is_told_nothing(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    new = {"name": ALICE.name, "document_number": ALICE.number}
    post(boss, "/org/staff", new)
    with TestClient(create_app(parts)) as worker:
        before = _join(worker, parts)
        assert "名单上写的是" not in before
        assert "own_name_taken" not in _kinds(worker)
    [line] = boss.get(STAFF).json()["items"]
    assert line["entered_name"] == ""
    assert "staff_name_taken" not in _kinds(boss)


def test_a_code_leads_to_the_proven_name_too(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    _named_wrong(boss)
    code = post(boss, "/org/join-codes", {"unit": "", "days": 7, "most_uses": 5}).json()["code"]
    with TestClient(create_app(parts)) as worker:
        sign_in(worker, parts, ALICE)
        verify(worker, ALICE)
        assert post(worker, "/me/joinings", {"code": code}).status_code == 200
    [line] = boss.get(STAFF).json()["items"]
    assert (line["name"], line["entered_name"]) == (ALICE.name, WRONG)


def test_no_name_is_taken_without_the_document_that_the_roster_means(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    new = {"name": ALICE.name, "document_number": ALICE.number, "unit": "一车间"}
    staff_id = post(boss, "/org/staff", new).json()["staff_id"]
    with TestClient(create_app(parts)) as worker:
        _join(worker, parts)
        account, admin = prove(parts, ALICE), prove(parts, MALLORY)
        with parts.database.transaction() as db:
            disputes.withdraw_identity(
                db, account, reason="证件属于他人", actor_id=admin,
                now=parts.clock.now(),
            )  # fmt: skip
        moved = put(boss, f"/org/staff/{staff_id}", {"name": ALICE.name, "unit": "二车间"})
        assert (moved.status_code, moved.json()["unit"]) == (200, "二车间"), moved.text
        sign_in(worker, parts, ALICE)
        verify(worker, replace(ALICE, name=CAROL.name, number=CAROL.number))
    [line] = boss.get(STAFF).json()["items"]
    assert (line["name"], line["entered_name"]) == (ALICE.name, "")


def test_who_keeps_the_roster_now_is_told_and_not_who_once_did(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    _named_wrong(boss)
    now = parts.clock.now()
    named_by, keeper = prove(parts, MALLORY), prove(parts, CAROL)
    with parts.database.transaction() as db:
        org_id = str(organisations.find_by_uscc(db, USCC))
        organisations.add_member(
            db, org_id=org_id, learner_id=keeper, role=Role.EMPLOYER, duty=Duty.OWNER, now=now
        )
        roles.set_duty(
            db, learner_id=named_by, org_id=org_id, duty=Duty.VIEWER, actor_id=keeper, now=now
        )
    with TestClient(create_app(parts)) as worker, TestClient(create_app(parts)) as carol:
        _join(worker, parts)
        sign_in(carol, parts, CAROL)
        assert "staff_name_taken" in _kinds(carol)
    assert "staff_name_taken" not in _kinds(boss)
