"""What is kept of shares: it moves with study, rosters and deadlines, and a recount finds nothing.

One house for all: an employer, Alice who studies, and a second line that nobody has joined.
"""

import argparse
import datetime as dt

import pytest
from sqlalchemy import text, update
from starlette.testclient import TestClient

from app import worker
from app.cli import org
from app.core.settings import Settings
from app.learning.services import steps
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.assignments import AssignmentCount, AssignmentMember
from app.org.models.staff import StaffMember
from app.org.repository import standings as standing_rows
from app.org.repository import units as unit_rows
from app.org.rules.organisations import StaffState
from app.org.rules.standings import NO_DAY
from app.org.services import organisations, recounting, rounds, standings
from app.worker import loop
from tests import finished
from tests.employers import CHOSEN, USCC, agent, delete, post, put
from tests.people import ALICE, MALLORY, prove, sign_in


@pytest.fixture
def house(client: TestClient, parts: Parts):
    """A boss, a course, and a person who is through with it and stands on the roster."""
    [course] = finished.courses(parts, ("usual",))
    who = finished.finish(parts, course, "李梅", 1)
    boss = agent(client, parts, MALLORY)
    lines = [
        {"name": who.name, "document_number": who.number, "unit": "一车间"},
        {"name": "王五", "document_number": finished.resident_id(7), "unit": "一车间"},
    ]
    ids = [post(boss, "/org/staff", line).json()["staff_id"] for line in lines]
    due = (parts.clock.now() + dt.timedelta(days=30)).date()
    asked = {"course_id": course.course_id, "staff_ids": ids, "due_on": due.isoformat()}
    assert post(boss, "/org/assignment-rules", asked | CHOSEN).status_code == 201
    with parts.database.reading() as db:
        org_id = organisations.find_by_uscc(db, USCC)
    return boss, who, ids, str(org_id)


def _totals(parts: Parts, org_id: str) -> dict[tuple[str, str], int]:
    with parts.database.reading() as db:
        found = standing_rows.totals(db, org_id)
        assert found == standing_rows.recounted(db, org_id)
        words = {row.id: row.words for row in unit_rows.list_units(db, org_id, is_ended=None)}
    return {(words[unit], how): shares for (_, unit, how), shares in found.items()}


def _person(parts: Parts, staff_id: str) -> tuple[int, int, dt.date]:
    with parts.database.reading() as db:
        row = db.get_one(StaffMember, staff_id)
        return row.asked_count, row.left_count, row.next_due_on


def _recounted(parts: Parts, org_id: str) -> recounting.Recount:
    return recounting.recount(parts.database, org_id, now=parts.clock.now())


def test_totals_move_with_the_roster(house, parts: Parts) -> None:
    boss, who, ids, org_id = house
    assert _totals(parts, org_id) == {("一车间", "waiting"): 2}
    assert _person(parts, ids[0]) == (1, 1, NO_DAY)
    with TestClient(create_app(parts)) as person:
        sign_in(person, parts, who.someone)
        assert post(person, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        assert _totals(parts, org_id) == {("一车间", "waiting"): 1, ("一车间", "done"): 1}
        assert _person(parts, ids[0]) == (1, 0, NO_DAY)
        moved = {"name": "王五", "unit": "二车间", "position": "钳工"}
        assert put(boss, f"/org/staff/{ids[1]}", moved).status_code == 200
        assert _totals(parts, org_id) == {("二车间", "waiting"): 1, ("一车间", "done"): 1}
        assert delete(person, f"/me/employers/{org_id}").status_code == 204
    assert delete(boss, f"/org/staff/{ids[1]}").status_code == 204
    assert _totals(parts, org_id) == {}
    assert _person(parts, ids[0]) == (0, 0, NO_DAY)
    with parts.database.reading() as db:
        for row in standing_rows.shares_of(db, ids):
            assert (row.standing, row.confirmed_ms, row.completed_at) == ("out", 0, None)
    assert _recounted(parts, org_id).is_clean
    again = {"name": "王五", "document_number": finished.resident_id(7), "unit": "三车间"}
    assert post(boss, "/org/staff", again).status_code == 201
    assert _totals(parts, org_id) == {("三车间", "waiting"): 1}


def test_a_line_that_was_somebodys_study_becomes_nobody_elses(house, parts: Parts) -> None:
    """She joined and left; her line, asked anew, is never another person's with her hours."""
    boss, who, ids, org_id = house
    with TestClient(create_app(parts)) as person:
        sign_in(person, parts, who.someone)
        assert post(person, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        assert delete(person, f"/me/employers/{org_id}").status_code == 204
    again = {"name": who.name, "document_number": who.number, "unit": "一车间"}
    assert post(boss, "/org/staff", again).status_code == 201
    other = {"name": ALICE.name, "unit": "一车间", "document_number": ALICE.number}
    refused = put(boss, f"/org/staff/{ids[0]}", other)
    assert (refused.status_code, refused.json()["code"]) == (409, "has_study")
    assert refused.json()["errors"][0]["field"] == "/document_number"
    spelled = {"name": "李小梅", "unit": "一车间", "document_number": who.number}
    assert put(boss, f"/org/staff/{ids[0]}", spelled).status_code == 200
    # A line that was changed before this was refused shows nothing of hers.
    alice = prove(parts, ALICE)
    with parts.database.transaction() as db:
        row = db.get_one(StaffMember, ids[0])
        row.state, row.learner_id = StaffState.JOINED, alice
        standings.refresh(db, [row])
        [share] = standing_rows.shares_of(db, ids[:1])
        assert share.enrolment_id is not None
        assert (share.standing, share.confirmed_ms, share.completed_at) == ("waiting", 0, None)
        assert rounds.newest(db, share, row) is None
    assert _recounted(parts, org_id).is_clean


def test_a_step_of_study_moves_a_share(client: TestClient, parts: Parts) -> None:
    """Somebody joins with the hours and without the exam; the worker tells of what comes then."""
    [course] = finished.courses(parts, ("usual",))
    who = finished.study(parts, course, "李梅", 1)
    boss = agent(client, parts, MALLORY)
    line = {"name": who.name, "document_number": who.number, "unit": "一车间"}
    staff_id = post(boss, "/org/staff", line).json()["staff_id"]
    with parts.database.reading() as db:
        org_id = str(organisations.find_by_uscc(db, USCC))
    with TestClient(create_app(parts)) as person:
        sign_in(person, parts, who.someone)
        assert post(person, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
    days = [(parts.clock.now() + dt.timedelta(days=each)).date() for each in (60, 30)]
    for day in days:
        asked = {
            "course_id": course.course_id, "staff_ids": [staff_id], "due_on": day.isoformat()
        }  # fmt: skip
        assert post(boss, "/org/assignment-rules", asked | CHOSEN).status_code == 201
        assert _totals(parts, org_id) == {("一车间", "open"): 1}
        assert _person(parts, staff_id) == (1, 1, day)
    worker.drain(parts)
    finished.sit(parts, who, score=88)
    assert _totals(parts, org_id) == {("一车间", "open"): 1}
    worker.drain(parts)
    assert _totals(parts, org_id) == {("一车间", "done"): 1}
    assert _person(parts, staff_id) == (1, 0, NO_DAY)
    assert _recounted(parts, org_id).is_clean


def test_steps_of_many_at_once_move_each_share(
    client: TestClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three people sit an exam at once, in turns of two to write; a fourth is nobody's."""
    [course] = finished.courses(parts, ("usual",))
    people = [
        finished.study(parts, course, name, n)
        for n, name in enumerate(("李梅", "王五", "赵雪", "周海"), 1)
    ]
    boss = agent(client, parts, MALLORY)
    lines = [
        {"name": who.name, "document_number": who.number, "unit": unit}
        for who, unit in zip(people[:3], ("一车间", "一车间", "二车间"), strict=True)
    ]
    ids = [post(boss, "/org/staff", line).json()["staff_id"] for line in lines]
    with parts.database.reading() as db:
        org_id = str(organisations.find_by_uscc(db, USCC))
    for who in people[:3]:
        with TestClient(create_app(parts)) as person:
            sign_in(person, parts, who.someone)
            assert post(person, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
    due = (parts.clock.now() + dt.timedelta(days=30)).date()
    asked = {"course_id": course.course_id, "staff_ids": ids, "due_on": due.isoformat()}
    assert post(boss, "/org/assignment-rules", asked | CHOSEN).status_code == 201
    worker.drain(parts)
    for who in people:
        finished.sit(parts, who, score=88)
    monkeypatch.setattr(standings, "_AT_ONCE", 2)
    assert loop.run_together(parts, steps.STEP)
    assert not loop.run_together(parts, steps.STEP)
    assert _totals(parts, org_id) == {("一车间", "done"): 2, ("二车间", "done"): 1}
    assert _recounted(parts, org_id).is_clean


def test_a_recount_mends_what_was_changed_and_writes_it_down(house, parts: Parts) -> None:
    _, _, ids, org_id = house
    assert _recounted(parts, org_id).is_clean
    with parts.database.transaction() as db:
        db.execute(update(AssignmentCount).values(shares=AssignmentCount.shares + 3))
        db.execute(
            update(AssignmentMember)
            .where(AssignmentMember.staff_id == ids[0]).values(confirmed_ms=5, standing="done")
        )  # fmt: skip
        db.execute(update(StaffMember).where(StaffMember.id == ids[1]).values(asked_count=9))
    found = _recounted(parts, org_id)
    assert (found.people, found.shares) == (2, 1)
    assert found.totals
    assert _totals(parts, org_id) == {("一车间", "waiting"): 2}
    assert _person(parts, ids[1]) == (1, 1, NO_DAY)
    assert _recounted(parts, org_id).is_clean


def test_the_operators_command_says_what_it_mended(
    house, parts: Parts, settings: Settings, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    _, _, _, org_id = house
    monkeypatch.setenv("SHIXUE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SHIXUE_DATABASE_URL", str(settings.database_url))
    parser = argparse.ArgumentParser()
    org.add_arguments(parser)
    with parts.database.transaction() as db:
        db.execute(update(AssignmentCount).values(shares=AssignmentCount.shares + 3))
    org.run(parser.parse_args(["recount"]))
    assert f"{org_id} 2 人：更正了 0 条进度、1 项合计" in capsys.readouterr().out
    org.run(parser.parse_args(["recount"]))
    assert f"{org_id} 2 人：无误" in capsys.readouterr().out
    with parts.database.reading() as db:
        query = "SELECT subject_id FROM audit_event WHERE event = 'assignment.recounted'"
        assert list(db.scalars(text(query))) == [org_id]
