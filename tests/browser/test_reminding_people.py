"""An employer reminds who is late, and finds in the log what came of it; on a desk and a phone."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.identity.models.outgoing import OutgoingMessage
from app.identity.rules.local_days import local_day
from app.identity.rules.outgoing import Way
from app.main import create_app
from app.org.services import deadline_reminders
from tests.browser.entering import enter
from tests.browser.house import House, open_house
from tests.browser.looking import (
    arrived,
    looked_at_from_desk,
)
from tests.conftest import START
from tests.courses import make_course
from tests.employers import CHOSEN, found_employer, post
from tests.people import ALICE, CAROL, MALLORY, csrf, sign_in, verify

DESK, PHONE = (1440, 900), (390, 844)


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    """In the morning, whenever the test runs: at night messages wait for the next one."""
    database = tmp_path / "house.db"
    shutil.copyfile(sqlite_template, database)
    with open_house(tmp_path / "var", database, clock=SettableClock(START), works=False) as opened:
        yield opened


def _assign(house: House, org_id: str) -> None:
    """Alice has joined and is asked to be through today; Carol has not said yes."""
    course = make_course(house.parts, code="welding")
    app = create_app(house.parts)
    with TestClient(app) as boss, TestClient(app) as alice:
        csrf(boss)
        sign_in(boss, house.parts, MALLORY)
        ids = [
            post(
                boss, "/org/staff",
                {"name": who.name, "document_number": who.number, "unit": "一车间"},
            ).json()["staff_id"]
            for who in (ALICE, CAROL)
        ]  # fmt: skip
        sign_in(alice, house.parts, ALICE)
        verify(alice, ALICE)
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        due = local_day(house.parts.clock.now()) + dt.timedelta(days=1)
        body = {"course_id": course.course_id, "staff_ids": ids, "due_on": due.isoformat()}
        assert post(boss, "/org/assignment-rules", body | CHOSEN).status_code == 201


def _a_day_passes(house: House) -> None:
    """What the calendar told of the day before: nobody is told twice of a course in a day."""
    deadline_reminders.remind_of_deadlines(
        house.parts.database, open_ways=(Way.IN_APP,), now=house.parts.clock.now()
    )
    worker.drain(house.parts)
    with house.parts.database.transaction() as db:
        yesterday = local_day(house.parts.clock.now()) - dt.timedelta(days=1)
        db.execute(update(OutgoingMessage).values(day=yesterday))


def test_an_employer_reminds_and_reads_what_came_of_it(house: House, browser: Browser) -> None:
    _assign(house, found_employer(house.parts, MALLORY))
    _a_day_passes(house)
    page = browser.new_context(base_url=house.address).new_page()
    enter(page.context, house, MALLORY)
    page.goto("/employer/reminders?list=due_soon")
    expect(page.get_by_role("row", name=ALICE.name)).to_contain_text("还有 1 天")
    looked_at_from_desk(page, "remind_list")
    page.get_by_label(ALICE.name).check()
    page.get_by_role("button", name="提醒选中的人").click()
    arrived(page, "*/employer/reminders/check?*")
    expect(page.get_by_role("heading", name="会发给 1 人")).to_be_visible()
    # What the calendar sent already for the same reason does not go a second time.
    expect(page.get_by_role("row", name=ALICE.name)).to_contain_text("站内消息")
    looked_at_from_desk(page, "remind_check")
    page.get_by_role("button", name="发送提醒").click()
    expect(page.get_by_text("已提醒 1 人。")).to_be_visible()
    worker.drain(house.parts)
    page.get_by_role("link", name="看提醒记录").click()
    arrived(page, "*/employer/messages")
    sent = page.get_by_role("row", name=ALICE.name).filter(has_text=MALLORY.name)
    expect(sent.first).to_contain_text("已送出")
    looked_at_from_desk(page, "remind_log")
    page.goto("/employer/reminders/check?list=due_soon")
    expect(page.get_by_text("现在没有要发的人")).to_be_visible()
    page.goto("/employer/reminders/settings")
    looked_at_from_desk(page, "remind_settings")
    page.get_by_label("短信").uncheck()
    page.get_by_role("button", name="保存").first.click()
    expect(page.get_by_text("已保存，马上生效。")).to_be_visible()

    page = browser.new_context(base_url=house.address).new_page()
    enter(page.context, house, ALICE)
    page.goto("/home")
    expect(page.get_by_text("单位安排，要抓紧的")).to_be_visible()
    looked_at_from_desk(page, "remind_home")
    page.goto("/me/messages")
    expect(page.get_by_text("岷江电子").first).to_be_visible()
    looked_at_from_desk(page, "remind_own")
    page.get_by_label("短信，发到登录的手机").uncheck()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存，马上生效。")).to_be_visible()
