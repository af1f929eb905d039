"""Reminding by hand: seen beforehand, sent once, and found in the log."""

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app import worker
from app.core.audit import AuditEvent
from app.core.clock import SettableClock
from app.core.db import ReadSession
from app.identity.models.outgoing import OutgoingMessage
from app.identity.repository import people as people_rows
from app.identity.rules.local_days import local_day
from app.identity.rules.outgoing import Way
from app.learning.services import progress as learning_progress
from app.learning.services import steps
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.assignments import AssignmentMember
from app.org.models.organisations import Organisation
from app.org.rules.attention import Pressing
from app.org.services import deadline_reminders, progress, reminding
from tests.courses import make_course
from tests.employers import CHOSEN, agent, delete, post, put
from tests.people import ALICE, CAROL, MALLORY, sign_in, verify

DAY_MS = 86_400_000
OVERDUE = {"pressing": "overdue"}


@dataclass(frozen=True)
class Shop:
    """Alice has joined, Carol has not, and both are late."""

    parts: Parts
    boss: TestClient
    alice: TestClient
    staff: dict[str, str]

    def later(self, **span: int) -> None:
        clock = self.parts.clock
        assert isinstance(clock, SettableClock)
        clock.advance(ms=dt.timedelta(**span) // dt.timedelta(milliseconds=1))
        sign_in(self.boss, self.parts, MALLORY)
        sign_in(self.alice, self.parts, ALICE)

    def log(self, query: str = "") -> list[tuple[str, str, str]]:
        found = self.boss.get(f"/api/v1/org/messages{query}").json()
        return [(each["name"], each["way"], each["state"]) for each in found]


@pytest.fixture
def shop(client: TestClient, parts: Parts) -> Iterator[Shop]:
    course = make_course(parts)
    boss = agent(client, parts, MALLORY)
    staff = {
        who.name: post(
            boss, "/org/staff", {"name": who.name, "document_number": who.number}
        ).json()["staff_id"]
        for who in (ALICE, CAROL)
    }
    asked = {
        "course_id": course.course_id, "staff_ids": list(staff.values()),
        "due_on": local_day(parts.clock.now()).isoformat(),
    }  # fmt: skip
    with TestClient(create_app(parts), follow_redirects=False) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        org_id = alice.get("/me").text.split("/me/employers/")[1][:26]
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        assert post(boss, "/org/assignment-rules", asked | CHOSEN).status_code == 201
        found = Shop(parts, boss, alice, staff)
        found.later(days=9)
        yield found


def test_what_is_seen_beforehand_is_what_is_sent(shop: Shop) -> None:
    seen = post(shop.boss, "/org/reminders/preview", OVERDUE).json()
    assert seen == {
        "people": 1,
        "ways": [{"code": "in_app", "people": 1}, {"code": "sms", "people": 1}],
        "hindrances": [],
    }
    stuck = post(shop.boss, "/org/reminders/preview", {"pressing": "stuck"}).json()
    assert stuck["hindrances"] == [{"code": "not_joined", "people": 1}]
    page = shop.boss.get(
        f"/employer/reminders/check?list=overdue&staff_ids={shop.staff[ALICE.name]}"
    )
    assert "会发给 1 人" in page.text
    assert shop.log() == []
    done = post(shop.boss, "/org/reminders/batch", OVERDUE)
    assert done.json() == {"told": 1, "outward": 1, "later": 0}
    worker.drain(shop.parts)
    assert shop.log() == [
        (ALICE.name, "sms", "accepted"), (ALICE.name, "in_app", "accepted"),
    ]  # fmt: skip
    told = shop.alice.get("/api/v1/me/notices").json()
    assert any("提醒您学完 1 门课" in each["text"] for each in told)
    own = shop.alice.get("/api/v1/me/messages").json()
    assert [(each["way_name"], each["state_name"]) for each in own] == [
        ("短信", "已送出"), ("站内消息", "已送出"),
    ]  # fmt: skip
    assert "岷江电子" in shop.alice.get("/me/messages").text


def test_nobody_waits_to_write_while_it_is_looked_up(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Piece by piece, and before anything is written: what is found stays the same."""
    monkeypatch.setattr(people_rows, "_AT_ONCE", 1)
    monkeypatch.setattr(steps, "_AT_ONCE", 1)
    monkeypatch.setattr(learning_progress, "_AT_ONCE", 1)
    sessions: list[type] = []
    usual = progress.open_rows

    def looked_up(db: Session, *rest: object, **more: object) -> list[progress.ProgressRow]:
        sessions.append(type(db))
        return usual(db, *rest, **more)

    monkeypatch.setattr(progress, "open_rows", looked_up)
    done = post(shop.boss, "/org/reminders/batch", OVERDUE)
    assert done.json() == {"told": 1, "outward": 1, "later": 0}
    shop.later(days=4)
    next(each for each in worker.SCHEDULES if each.name == "tell_week").run(shop.parts)
    assert len(sessions) > 1
    assert set(sessions) == {ReadSession}


def test_nobody_is_reminded_twice_a_day(shop: Shop) -> None:
    assert post(shop.boss, "/org/reminders/batch", OVERDUE).json()["told"] == 1
    again = post(shop.boss, "/org/reminders/batch", OVERDUE)
    assert (again.status_code, again.json()["code"]) == (409, "nobody_to_remind")
    seen = post(shop.boss, "/org/reminders/preview", OVERDUE).json()
    assert seen["hindrances"] == [{"code": "today", "people": 1}]
    assert "今天已经提醒过" in shop.boss.get("/employer/reminders/check?list=overdue").text
    shop.later(days=1)
    assert post(shop.boss, "/org/reminders/batch", OVERDUE).json()["told"] == 1


def test_of_a_course_a_person_is_told_once_a_day_by_whichever_way(shop: Shop) -> None:
    one = {"staff_id": shop.staff[ALICE.name]} | _late_course(shop)
    assert post(shop.boss, "/org/reminders/batch", OVERDUE).json()["told"] == 1
    again = post(shop.boss, "/org/reminders", one)
    assert (again.status_code, again.json()["code"]) == (409, "already_reminded")
    next(each for each in worker.SCHEDULES if each.name == "remind").run(shop.parts)
    assert [each[1] for each in shop.log()].count("in_app") == 1
    shop.later(days=1)
    assert post(shop.boss, "/org/reminders", one).status_code == 204


def test_many_are_not_told_again_of_what_the_calendar_told_today(shop: Shop) -> None:
    second = make_course(shop.parts, code="second")
    body = {
        "course_id": second.course_id, "staff_ids": [shop.staff[ALICE.name]],
        "due_on": local_day(shop.parts.clock.now()).isoformat(),
    }  # fmt: skip
    post(shop.boss, "/org/assignment-rules", body | CHOSEN)
    shop.later(days=1)
    next(each for each in worker.SCHEDULES if each.name == "remind").run(shop.parts)
    assert post(shop.boss, "/org/reminders/batch", OVERDUE).json()["told"] == 1
    texts = [each["text"] for each in shop.alice.get("/api/v1/me/notices").json()]
    assert any("提醒您学完 1 门课" in each for each in texts)


def _late_course(shop: Shop) -> dict[str, str]:
    with shop.parts.database.reading() as db:
        return {"course_id": db.scalars(select(AssignmentMember.course_id).distinct()).one()}


def _organisation(shop: Shop) -> str:
    with shop.parts.database.reading() as db:
        return db.scalars(select(OutgoingMessage.org_id).distinct()).one()


def test_the_log_is_searched_sorted_and_taken_along(shop: Shop) -> None:
    post(shop.boss, "/org/reminders/batch", OVERDUE)
    assert len(shop.log()) == 2
    assert shop.log(f"?q={ALICE.name}&way=sms") == [(ALICE.name, "sms", "waiting")]
    assert shop.log(f"?q={CAROL.name}") == []
    assert shop.log("?state=refused") == []
    assert shop.log("?order=oldest") == list(reversed(shop.log()))
    page = shop.boss.get("/employer/messages").text
    assert "等待发送" in page
    assert MALLORY.name in page
    assert "没有找到" in shop.boss.get("/employer/messages?way=robot").text
    file = shop.boss.get("/api/v1/org/messages/export.xlsx").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["姓名", ALICE.name, ALICE.name]
    with shop.parts.database.reading() as db:
        events = list(db.scalars(select(AuditEvent.event)))
    assert events.count("assignment.messages_exported") == 1


def test_on_behalf_of_who_is_suspended_nobody_is_told(shop: Shop) -> None:
    parts, now = shop.parts, shop.parts.clock.now()
    with parts.database.transaction() as db:
        [row] = db.scalars(select(Organisation))
        [share] = db.scalars(
            select(AssignmentMember).where(AssignmentMember.enrolment_id.is_not(None))
        )
        row.suspended_at, share.reminded_days = now, None
        org_id, asked_by = row.id, share.staff_id
    piece = {"org_id": org_id, "asked_by": asked_by, "staff_ids": [share.staff_id]}
    ways = [Way.IN_APP]
    with parts.database.transaction() as db:
        reminding.remind_piece(
            db, parts.vault, pressing=Pressing.OVERDUE, open_ways=ways, now=now, **piece
        )
    now -= dt.timedelta(days=8)  # the day after the deadline
    assert deadline_reminders.remind_of_deadlines(parts.database, open_ways=ways, now=now) == 0
    with parts.database.transaction() as db:
        assert list(db.scalars(select(OutgoingMessage))) == []
        db.get_one(Organisation, org_id).suspended_at = None
    assert deadline_reminders.remind_of_deadlines(parts.database, open_ways=ways, now=now) == 1


def test_a_long_list_is_told_piece_by_piece(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "AT_ONCE", 1)
    course = make_course(shop.parts, code="second")
    body = {
        "course_id": course.course_id, "staff_ids": [shop.staff[ALICE.name]],
        "due_on": local_day(shop.parts.clock.now()).isoformat(),
    }  # fmt: skip
    post(shop.boss, "/org/assignment-rules", body | CHOSEN)
    shop.later(days=1)
    assert post(shop.boss, "/org/reminders/batch", OVERDUE).json()["later"] == 0
    told = shop.alice.get("/api/v1/me/notices").json()
    assert any("提醒您学完 2 门课" in each["text"] for each in told)
    org_id = _organisation(shop)
    for _ in range(2):
        with shop.parts.database.transaction() as db:
            reminding.remind_piece(
                db, shop.parts.vault, org_id=org_id, asked_by="x",
                pressing=reminding.Pressing.OVERDUE, staff_ids=[shop.staff[ALICE.name]],
                open_ways=(), now=shop.parts.clock.now(),
            )  # fmt: skip
    assert len(shop.log("?way=in_app")) == 1


def test_an_organisation_and_a_person_choose_their_ways(shop: Shop) -> None:
    off = {"uses_sms": False, "uses_mail": True, "has_digest": False}
    assert put(shop.boss, "/org/reminder-settings", off).status_code == 204
    assert shop.boss.get("/api/v1/org/reminder-settings").json() == off | {"robot": None}
    seen = post(shop.boss, "/org/reminders/preview", OVERDUE).json()
    assert seen["ways"] == [{"code": "in_app", "people": 1}]
    put(shop.boss, "/org/reminder-settings", off | {"uses_sms": True})
    choice = {"takes_sms": False, "takes_mail": True}
    assert put(shop.alice, "/me/message-choices", choice).status_code == 204
    seen = post(shop.boss, "/org/reminders/preview", OVERDUE).json()
    assert seen["ways"] == [{"code": "in_app", "people": 1}]
    assert post(shop.alice, "/me/mail", {"address": "a@b.cn"}).json()["code"] == "no_mail"


def test_a_robot_is_set_tried_and_taken_away(shop: Shop) -> None:
    side = shop.parts.vendors.robot
    refused = put(shop.boss, "/org/group-robot", {"address": "https://x.example/"})
    assert refused.json()["errors"][0]["field"] == "/address"
    assert post(shop.boss, "/org/group-robot/trial", {}).status_code == 404
    assert put(shop.boss, "/org/group-robot", {"address": side.address}).status_code == 204
    assert shop.boss.get("/api/v1/org/reminder-settings").json()["robot"] == side.key[-4:]
    assert post(shop.boss, "/org/group-robot/trial", {}).status_code == 204
    assert len(side.said) == 1
    side.answers.append(93000)
    failed = post(shop.boss, "/org/group-robot/trial", {})
    assert (failed.status_code, "errcode 93000" in failed.json()["detail"]) == (503, True)
    shown = shop.boss.get("/employer/reminders/settings").text
    assert side.key[-4:] in shown
    assert side.key not in shown
    assert delete(shop.boss, "/org/group-robot").status_code == 204


def test_the_day_after_a_deadline_is_told_of_itself(shop: Shop) -> None:
    course = make_course(shop.parts, code="third")
    body = {
        "course_id": course.course_id, "staff_ids": [shop.staff[ALICE.name]],
        "due_on": local_day(shop.parts.clock.now()).isoformat(),
    }  # fmt: skip
    post(shop.boss, "/org/assignment-rules", body | CHOSEN)
    shop.later(days=1)
    remind = next(each for each in worker.SCHEDULES if each.name == "remind")
    remind.run(shop.parts)
    remind.run(shop.parts)
    told = [each["kind"] for each in shop.alice.get("/api/v1/me/notices").json()]
    assert told.count("overdue") == 1
    worker.drain(shop.parts)
    assert shop.log() == [
        (ALICE.name, "sms", "accepted"), (ALICE.name, "in_app", "accepted"),
    ]  # fmt: skip


def test_a_week_is_told_once_to_who_looks_after_people(shop: Shop) -> None:
    side = shop.parts.vendors.robot
    put(shop.boss, "/org/group-robot", {"address": side.address})
    week = next(each for each in worker.SCHEDULES if each.name == "tell_week")
    week.run(shop.parts)
    assert shop.log() == []
    shop.later(days=4)
    week.run(shop.parts)
    week.run(shop.parts)
    worker.drain(shop.parts)
    told = [each for each in shop.boss.get("/api/v1/me/notices").json() if each["kind"] == "digest"]
    assert len(told) == 1
    assert "已逾期 1 人次；卡住了 1 人次（本人还没有确认加入 1）" in told[0]["text"]
    [said] = side.said
    assert "已逾期 1 人次" in said
    assert ALICE.name not in said
    assert [(name, way) for name, way, _ in shop.log()] == [
        (MALLORY.name, "in_app"), ("企业微信群", "robot"),
    ]  # fmt: skip
    shop.later(days=7)
    off = {"uses_sms": True, "uses_mail": True, "has_digest": False}
    put(shop.boss, "/org/reminder-settings", off)
    week.run(shop.parts)
    worker.drain(shop.parts)
    assert len(side.said) == 1
