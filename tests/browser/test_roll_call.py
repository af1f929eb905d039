"""A roll call on two screens: the supervisor's, and the phone of somebody who is there."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import worker_way as way
from tests.browser.entering import enter
from tests.browser.films import ShortCourse
from tests.browser.house import House
from tests.browser.looking import keep, look
from tests.employers import found_employer
from tests.people import ALICE, MALLORY


def _open_desk(desk: Page, house: House) -> None:
    enter(desk.context, house, MALLORY)
    desk.goto("/employer/staff")
    desk.locator("#f-name").fill(ALICE.name)
    desk.locator("#f-document_number").fill(ALICE.number)
    desk.get_by_role("button", name="加入名单").click()
    expect(desk.get_by_text(ALICE.name).first).to_be_visible()
    desk.goto("/employer/roll-calls")
    look(desk, "roll-calls")
    desk.locator("#f-place").fill("一号车间培训室")
    desk.get_by_role("button", name="开始点名").click()
    expect(desk.locator("#roll-code")).to_have_text(re.compile(r"^\d{6}$"))


@pytest.mark.xdist_group("test_roll_call")
def test_who_is_called_is_checked_by_the_code_on_the_screen(
    browser: Browser, page: Page, house: House, course: ShortCourse
) -> None:
    found_employer(house.parts, MALLORY)
    phone = {"width": 390, "height": 844}
    desk = browser.new_page(base_url=house.address, locale="zh-CN", viewport=phone)
    _open_desk(desk, house)
    way.sign_up(page, house, ALICE)
    page.goto("/me")
    page.get_by_role("button", name="是我的单位，加入").click()
    expect(page).to_have_url(re.compile("/home$"))
    page.goto("/roll-call")
    page.get_by_label("现场口令").fill("000000")
    page.get_by_role("button", name="报到").click()
    expect(page.locator("#e-code")).to_contain_text("口令不对")
    look(page, "roll-call-wrong")
    page.get_by_label("现场口令").fill(desk.locator("#roll-code").inner_text())
    page.get_by_role("button", name="报到").click()
    expect(page.locator("#joined")).to_contain_text("等待点名")
    look(page, "roll-call-joined")
    mine = desk.locator("#roll-people li")
    expect(mine).to_contain_text(ALICE.name)
    mine.get_by_role("button", name=f"{ALICE.name}：在场").click()
    expect(mine.locator(".state")).to_have_text("在场")
    look(desk, "roll-call-screen")
    desk.set_viewport_size({"width": 1440, "height": 900})
    keep(desk, "way_roll-call-wide", full=False)
    way.enrol(page, course.course_id)
    page.get_by_role("link", name="继续学习").click()
    expect(page.locator("#check-roll")).to_be_visible()
    expect(page.locator("#check-place")).to_have_text("一号车间培训室")
    look(page, "roll-call-check")
    page.locator("#check-roll-code").fill(desk.locator("#roll-code").inner_text())
    page.locator("#check-roll").get_by_role("button", name="核对").click()
    expect(page.locator("#check")).to_be_hidden()
    desk.get_by_role("button", name="结束点名").click()
    expect(desk.get_by_role("button", name="开始点名")).to_be_visible()
    desk.close()
