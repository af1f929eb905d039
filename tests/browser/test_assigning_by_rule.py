"""A clerk keeps the units, looks at whom a rule would ask, makes it, and takes it back."""

import datetime as dt

from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from app.main import create_app
from tests.browser.entering import bring_cookies
from tests.browser.house import House
from tests.browser.looking import (
    arrived,
    looked_at_from_desk,
)
from tests.courses import make_course
from tests.employers import agent, post
from tests.people import MALLORY
from tests.rosters import name_of, number_of

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PLACES = (
    ("岷江电子/一车间/甲班", "装配工"), ("岷江电子/一车间/甲班", "装配工"),
    ("岷江电子/一车间", "班组长"),
    ("岷江电子/二车间", "焊工"), ("岷江电子/二车间/丙班", "焊工"), ("岷江电子", "厂长"),
)  # fmt: skip


def _desk(browser: Browser, house: House) -> Page:
    """A clerk's page, with some people on the roster."""
    page = browser.new_page(base_url=house.address, locale="zh-CN", viewport=DESK)
    page.set_default_timeout(60_000)
    make_course(house.parts)
    with TestClient(create_app(house.parts)) as client:
        agent(client, house.parts, MALLORY)
        for place, (unit, position) in enumerate(PLACES):
            new = {"name": name_of(place), "document_number": number_of(place)}
            answer = post(client, "/org/staff", new | {"unit": unit, "position": position})
            assert answer.status_code == 201, answer.text
        post(client, "/org/tags", {"name": "动火作业"})
        bring_cookies(page.context, house, client)
    return page


def _keeps_units(page: Page) -> None:
    page.goto("/employer/staff")
    page.get_by_role("link", name="部门、岗位和标签").click()
    arrived(page, "*/employer/units")
    expect(page.locator("tbody tr")).to_have_count(5)
    looked_at_from_desk(page, "units_units")
    page.locator("#f-words").fill("a/b/c/d/e/f/g")
    page.locator("#f-words").press("Enter")
    expect(page.locator("#e-words")).to_contain_text("6 级")
    expect(page.locator("#f-words")).to_have_value("a/b/c/d/e/f/g")
    page.get_by_role("link", name="一车间", exact=False).first.click()
    page.locator("#f-words").fill("岷江电子/装配车间")
    page.get_by_role("button", name="保存").click()
    arrived(page, "*/employer/units")
    page.goto("/employer/units?q=装配车间")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("tbody a").first.click()
    looked_at_from_desk(page, "units_unit")
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_text("还有 3 人，不能停用")).to_be_visible()
    for address, name in (("positions", "positions"), ("tags", "tags")):
        page.goto(f"/employer/{address}")
        looked_at_from_desk(page, f"units_{name}")
    page.locator("tbody a").first.click()
    page.locator("#f-unit").fill("岷江电子/二车间")
    page.get_by_role("button", name="打上标签").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    looked_at_from_desk(page, "units_tag")
    page.locator("tbody a").first.click()
    expect(page.locator("#f-tag_ids")).to_be_checked()
    looked_at_from_desk(page, "units_staff_tags")


def test_people_are_looked_for_and_stay_chosen(browser: Browser, house: House) -> None:
    page = _desk(browser, house)
    page.goto("/employer/assign")
    people = page.locator('input[name="staff_ids"]')
    last = people.count() - 1
    names = [people.nth(place).locator("..").inner_text().split()[0] for place in (0, last)]
    people.nth(0).check()
    due = (house.parts.clock.now() + dt.timedelta(days=30)).date().isoformat()
    page.locator("#f-due_on").fill(due)
    page.locator("#f-q").fill(names[1])
    page.locator("#f-q").press("Enter")
    expect(page.get_by_text("已选 1 人")).to_be_visible()
    expect(page.get_by_label(names[0])).to_be_checked()
    expect(page.locator("#f-due_on")).to_have_value(due)
    page.get_by_label(names[1]).check()
    looked_at_from_desk(page, "units_assign_chosen")
    page.locator("#f-q").fill("没有这个人")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.get_by_text("没有找到“没有这个人”")).to_be_visible()
    expect(page.get_by_text("已选 2 人")).to_be_visible()
    page.get_by_role("button", name="指派", exact=True).click()
    expect(page.locator("#assigned")).to_contain_text("等本人确认 2 人")
    page.close()


def test_a_rule_is_looked_at_made_and_taken_back(browser: Browser, house: House) -> None:
    page = _desk(browser, house)
    _keeps_units(page)
    page.goto("/employer/assign")
    page.get_by_role("link", name="按规则").click()
    expect(page.locator("#f-tag")).to_be_hidden()
    expect(page.locator("#seen")).to_be_hidden()
    page.locator("#f-unit").fill("岷江电子/没有的车间")
    page.locator("#f-due_days").fill("30")
    page.get_by_role("button", name="先看看有多少人").click()
    expect(page.locator("#e-unit")).to_contain_text("没有“岷江电子/没有的车间”这个部门")
    expect(page.locator("#f-due_days")).to_have_value("30")
    page.locator("#f-unit").fill("岷江电子/装配车间")
    page.locator("#f-unit").press("Enter")
    expect(page.locator("#seen-title")).to_have_text("一共 3 人")
    expect(page.locator("[data-count=waiting]")).to_have_text("3")
    page.locator("[data-people=waiting_people] summary").click()
    expect(page.locator("[data-people=waiting_people] li")).to_have_count(3)
    looked_at_from_desk(page, "units_rule_seen")
    page.get_by_text("以后调来、新来的人也自动指派").click()
    expect(page.locator("#seen")).to_be_hidden()
    page.get_by_role("button", name="先看看有多少人").click()
    page.get_by_role("button", name="指派给这些人").click()
    expect(page.locator("#assigned")).to_contain_text("等本人确认 3 人")
    page.get_by_role("link", name="看这些指派").click()
    arrived(page, "*/employer/assignment-rules")
    expect(page.locator("tbody tr")).to_have_count(1)
    looked_at_from_desk(page, "units_rules")
    page.locator("tbody a").first.click()
    expect(page.locator("tbody tr")).to_have_count(3)
    looked_at_from_desk(page, "units_rule")
    page.get_by_role("button", name="撤回").click()
    expect(page.locator("dl.facts")).to_contain_text("已撤回")
    page.goto("/employer/assignment-rules?state=withdrawn")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto("/employer/progress")
    expect(page.get_by_role("link", name="待本人确认 0")).to_be_visible()
    _plans(page)
    page.close()


def _plans(page: Page) -> None:
    page.goto("/employer/assign")
    page.get_by_role("link", name="年度计划").click()
    arrived(page, "*/employer/plan")
    page.locator("#f-unit").fill("岷江电子/二车间")
    page.get_by_role("button", name="加到计划里").click()
    expect(page.locator("#e-heads")).not_to_be_empty()
    expect(page.locator("#f-unit")).to_have_value("岷江电子/二车间")
    page.locator("#f-heads").fill("20")
    page.locator("#f-budget_yuan").fill("36000")
    page.get_by_role("button", name="加到计划里").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    looked_at_from_desk(page, "units_plan")
    page.locator("tbody a").first.click()
    expect(page.locator("dl.facts")).to_contain_text("36,000 元")
    looked_at_from_desk(page, "units_plan_line")
