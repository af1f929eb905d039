"""A clerk with Excel, and a worker with a phone: a roster that is mended, and joining by a code."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.entering import enter
from tests.browser.house import House
from tests.browser.looking import (
    arrived,
    faults,
    keep,
    looked_at_from_desk,
)
from tests.employers import found_employer
from tests.people import ALICE, MALLORY, prove
from tests.rosters import as_xlsx, line_of, number_of

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PEOPLE, WRONG = 200, 13


def _choose(page: Page, lines: list) -> None:
    page.goto("/employer/imports")
    page.set_input_files(
        "#roster-file", {"name": "员工.xlsx", "mimeType": XLSX, "buffer": as_xlsx(lines)}
    )
    arrived(page, "*/employer/imports/[0-9A-Z]*")


def _wrong(lines: list) -> list:
    """Thirteen faults of every kind that a clerk makes, in as many rows."""
    wrong = list(lines)
    for place in range(WRONG):
        name, number, *rest = lines[place * 15]
        wrong[place * 15] = [
            (f"{name}8", number, *rest), (name, number[:-1] + "Q", *rest), ("", number, *rest),
            (name, float(number[:17] + "0"), *rest), (name, "", *rest),
        ][place % 5]  # fmt: skip
    return wrong


def test_two_hundred_people_with_thirteen_faults(browser: Browser, house: House) -> None:
    found_employer(house.parts, MALLORY)
    page = browser.new_page(base_url=house.address, locale="zh-CN", viewport=DESK)
    page.set_default_timeout(60_000)
    enter(page.context, house, MALLORY)
    lines = [line_of(place) for place in range(PEOPLE)]
    page.goto("/employer/staff")
    page.get_by_role("link", name="导入名单（Excel）").click()
    arrived(page, "*/employer/imports")
    looked_at_from_desk(page, "roster_begin")
    _choose(page, _wrong(lines))
    expect(page.get_by_role("heading", name=f"有 {WRONG} 行要改")).to_be_visible()
    expect(page.locator("tbody th").first).to_have_text("A2")
    expect(page.locator("tbody tr")).to_have_count(WRONG)
    looked_at_from_desk(page, "roster_faults")
    page.get_by_role("button", name="只导入没有问题的行").click()
    expect(page.get_by_text("新加入")).to_be_visible()
    expect(page.locator("dl.facts")).to_contain_text(f"{PEOPLE - WRONG} 人")
    _choose(page, lines)
    expect(page.get_by_role("heading", name="都没有问题")).to_be_visible()
    expect(page.locator("dl.facts")).to_contain_text(f"要新加{WRONG} 人", use_inner_text=False)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("撤销这次导入")).to_be_visible()
    page.goto("/employer/staff")
    expect(page.get_by_text(f"共 {PEOPLE} 人")).to_be_visible()
    looked_at_from_desk(page, "roster_staff")
    _choose(page, lines)
    expect(page.get_by_text("完全一样，不用导入")).to_be_visible()
    page.goto("/employer/imports")
    page.locator("tbody a").nth(1).click()
    page.get_by_text("撤销这次导入").click()
    page.get_by_role("button", name="撤销整份导入").click()
    expect(page.get_by_text("新加的人都移出了名单")).to_be_visible()
    page.goto(f"/employer/staff?q={number_of(0)}")
    expect(page.get_by_text("没有找到")).to_be_visible()
    page.close()


def test_one_person_by_hand_and_a_file_that_is_too_large(browser: Browser, house: House) -> None:
    found_employer(house.parts, MALLORY)
    page = browser.new_page(base_url=house.address, locale="zh-CN", viewport=DESK)
    enter(page.context, house, MALLORY)
    page.goto("/employer/staff")
    page.locator("#f-name").fill(ALICE.name)
    page.locator("#f-document_number").fill(ALICE.number)
    page.locator("#f-unit").fill("公司 ／ 一车间")
    page.locator("#f-position").fill("焊工")
    page.locator("#f-position").blur()
    expect(page.get_by_text("名单里还没有“公司/一车间”这个部门，保存时会新建。")).to_be_visible()
    expect(page.get_by_text("名单里还没有“焊工”这个岗位，保存时会新建。")).to_be_visible()
    looked_at_from_desk(page, "roster_adding")
    page.get_by_role("button", name="加入名单").click()
    expect(page.get_by_text("已加入名单")).to_be_visible()
    looked_at_from_desk(page, "roster_added")
    page.locator("tbody").get_by_role("link", name=ALICE.name).click()
    arrived(page, "*/employer/staff/[0-9A-Z]*")
    expect(page.get_by_role("button", name="确定移出")).to_be_hidden()
    page.get_by_text(f"把{ALICE.name}移出名单").click()
    looked_at_from_desk(page, "roster_person")
    page.get_by_role("button", name="确定移出").click()
    expect(page.get_by_text("名单里没有人")).to_be_visible()
    page.goto("/employer/imports")
    great = {"name": "员工.xlsx", "mimeType": XLSX, "buffer": b"x" * (17 * 2**20)}
    page.set_input_files("#roster-file", great)
    expect(page.locator("#e-file")).to_contain_text("17 MB，超过 16 MB，没有上传")
    page.close()


def test_a_worker_joins_with_the_code_on_the_wall(
    browser: Browser, page: Page, house: House
) -> None:
    found_employer(house.parts, MALLORY)
    prove(house.parts, ALICE)
    desk = browser.new_page(base_url=house.address, locale="zh-CN", viewport=DESK)
    enter(desk.context, house, MALLORY)
    desk.goto("/employer/join-codes")
    desk.locator("#f-unit").fill("二车间")
    desk.locator("#f-days").fill("400")
    desk.get_by_role("button", name="做邀请码").click()
    expect(desk.locator("#e-days")).not_to_be_empty()
    expect(desk.locator("#f-unit")).to_have_value("二车间")
    desk.locator("#f-days").fill("7")
    desk.get_by_role("button", name="做邀请码").click()
    code = desk.locator("p.code").first
    expect(code).to_have_text(re.compile(r"^\w{4}-\w{4}$"))
    desk.get_by_text("给员工扫的码").click()
    looked_at_from_desk(desk, "roster_codes")
    enter(page.context, house, ALICE)
    page.goto("/me")
    page.get_by_role("link", name="用邀请码加入单位").click()
    page.get_by_label("单位的邀请码").fill("AAAA-AAAA")
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#e-code")).to_contain_text("这个邀请码不能用")
    expect(page.get_by_label("单位的邀请码")).to_have_value("AAAA-AAAA")
    assert not faults(page, 390)
    page.get_by_label("单位的邀请码").fill(code.inner_text().lower())
    page.get_by_label("单位的邀请码").press("Enter")
    expect(page.get_by_text("的邀请码。")).to_contain_text("岷江电子")
    assert not faults(page, 390)
    keep(page, "roster_join_phone-light")
    page.get_by_role("button", name="是我的单位，加入").click()
    arrived(page, "*/home")
    desk.goto("/employer/staff")
    expect(desk.locator("tbody")).to_contain_text("已加入")
    expect(desk.locator("tbody")).to_contain_text("二车间")
    desk.close()
