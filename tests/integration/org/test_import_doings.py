"""What an import did: who answers for it, how much of it was done, and what undoing keeps."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import worker
from app.core.audit import AuditEvent
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.staff import StaffMember
from app.org.services import organisations
from tests.employers import USCC, agent, delete, post, put
from tests.people import CAROL, MALLORY, prove, sign_in
from tests.rosters import as_xlsx, counts, hand_over, line_of, name_of, number_of


def _confirm(boss: TestClient, parts: Parts, import_id: str) -> dict:
    way = f"/org/imports/{import_id}/confirmation"
    assert post(boss, way, {"only_good": False}).status_code == 204
    worker.drain(parts)
    return dict(boss.get(f"/api/v1/org/imports/{import_id}").json())


def _take_over(boss: TestClient, parts: Parts, *places: int) -> str:
    content = as_xlsx([line_of(place) for place in places])
    import_id = str(hand_over(boss, content)["import_id"])
    _confirm(boss, parts, import_id)
    return import_id


def _undo(boss: TestClient, parts: Parts, import_id: str) -> dict:
    assert post(boss, f"/org/imports/{import_id}/undoing", {}).status_code == 204
    worker.drain(parts)
    return dict(boss.get(f"/api/v1/org/imports/{import_id}").json())


def _second(client: TestClient, parts: Parts) -> str:
    """Carol acts for the same employer; returns her account."""
    account = prove(parts, CAROL)
    with parts.database.transaction() as db:
        org_id = str(organisations.find_by_uscc(db, USCC))
        organisations.add_member(
            db, org_id=org_id, learner_id=account, role=Role.EMPLOYER, now=parts.clock.now()
        )
    sign_in(client, parts, CAROL)
    return account


def _actors(parts: Parts, event: str) -> list[str | None]:
    with parts.database.reading() as db:
        return list(db.scalars(select(AuditEvent.actor_id).where(AuditEvent.event == event)))


def test_the_log_names_who_said_yes_and_who_took_back(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    own = prove(parts, MALLORY)
    import_id = str(hand_over(boss, as_xlsx([line_of(0)]))["import_id"])
    with TestClient(create_app(parts)) as other:
        account = _second(other, parts)
        _confirm(other, parts, import_id)
        assert _actors(parts, "staff.imported") == [account]
        with parts.database.reading() as db:
            assert list(db.scalars(select(StaffMember.invited_by))) == [account]
    _undo(boss, parts, import_id)
    assert _actors(parts, "staff.import_undone") == [own]


def _by_hand(boss: TestClient, place: int) -> None:
    new = {"name": name_of(place), "document_number": number_of(place), "unit": "1 车间"}
    new |= {"unit": line_of(place)[3], "position": line_of(place)[4]}
    assert post(boss, "/org/staff", new).status_code == 201


def _only(boss: TestClient) -> dict:
    [line] = boss.get("/api/v1/org/staff").json()["items"]
    return dict(line)


@pytest.mark.parametrize("since", ["name", "by hand", "by another file"])
def test_undoing_keeps_who_was_changed_since(client: TestClient, parts: Parts, since: str) -> None:
    boss = agent(client, parts, MALLORY)
    first = _take_over(boss, parts, 0)
    line = _only(boss)
    address = f"/org/staff/{line['staff_id']}"
    if since == "name":
        given = {"name": "何无名", "unit": line["unit"], "position": line["position"]}
        assert put(boss, address, given).status_code == 200
    else:
        assert delete(boss, address).status_code == 204
        if since == "by hand":
            _by_hand(boss, 0)
        else:
            _take_over(boss, parts, 0)
    undone = _undo(boss, parts, first)
    assert (undone["state"], undone["kept"]) == ("undone", 1)
    assert _only(boss)["staff_id"] == line["staff_id"]


def test_two_imports_are_taken_back_one_after_the_other(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    first = _take_over(boss, parts, 0)
    moved = str(hand_over(boss, as_xlsx([(*line_of(0)[:3], "二厂", "")]))["import_id"])
    _confirm(boss, parts, moved)
    assert _undo(boss, parts, moved)["kept"] == 0
    assert _only(boss)["unit"] == line_of(0)[3]
    assert _undo(boss, parts, first)["kept"] == 0
    assert boss.get("/api/v1/org/staff").json()["total"] == 0
    page = boss.get(f"/employer/imports/{first}").text
    assert "全部恢复" not in page
    assert "个部门、岗位还在" in page


def test_what_was_done_is_counted_and_not_what_was_expected(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    waiting = hand_over(boss, as_xlsx([line_of(0), line_of(1)]))
    assert counts(waiting) == {"lines": 2, "fresh": 2}
    assert waiting["new_places"] == 3
    _by_hand(boss, 0)
    done = _confirm(boss, parts, str(waiting["import_id"]))
    assert counts(done) == {"lines": 2, "fresh": 1, "unchanged": 1}
    assert done["new_places"] == 1
    with parts.database.reading() as db:
        events = select(AuditEvent.facts).where(AuditEvent.event == "staff.imported")
        assert [facts["staff"] for facts in db.scalars(events)] == [1]


def test_a_line_that_became_wrong_meanwhile_is_counted_as_that(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    waiting = hand_over(boss, as_xlsx([line_of(0)]))
    new = {"name": "何无名", "document_number": number_of(0)}
    assert post(boss, "/org/staff", new).status_code == 201
    done = _confirm(boss, parts, str(waiting["import_id"]))
    assert counts(done) == {"lines": 1, "faulty": 1}
