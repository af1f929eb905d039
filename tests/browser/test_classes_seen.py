"""A class from its application to its archive: the school's desk, the reviewer's, a phone."""

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from app.identity.rules.actors import Role
from app.main import create_app
from app.org.services import organisations
from tests.browser.entering import browser_of
from tests.browser.house import House
from tests.browser.looking import arrived, looked_at
from tests.contract.household import grant
from tests.courses import make_course
from tests.employers import USCC, agent, post
from tests.people import ALICE, CAROL, MALLORY, Someone, prove, sign_in
from tests.schools import SCHOOL, found_school

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
REVIEWER = Someone("13800000013", "吴迪", "510101199001010036")
TITLE = "2026 年第一期电工班"


def _day(house: House, after: int) -> str:
    today = house.parts.clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    return (today + dt.timedelta(days=after)).isoformat()


def _enters(page: Page, house: House) -> None:
    """The form keeps what was typed while it names what is wrong; the plan is added after it."""
    page.goto("/employer/classes")
    expect(page.get_by_text("还没有班级")).to_be_visible()
    page.get_by_role("link", name="新建班级").click()
    page.get_by_label("班级名称").fill(TITLE)
    page.get_by_label("开班日期").fill(_day(house, 0))
    page.get_by_label("结班日期").fill(_day(house, -1))
    page.get_by_label("人数上限").fill("1")
    page.get_by_label("安全生产入门").check()
    page.get_by_label("周敏").check()
    page.get_by_label("公开招生").check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#e-ends_on")).to_contain_text("早于开班")
    expect(page.get_by_label("班级名称")).to_have_value(TITLE)
    page.get_by_label("结班日期").fill(_day(house, 20))
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#e-enrol_until")).to_contain_text("报名截止日期")
    page.get_by_label("报名截止").fill(_day(house, 10))
    page.get_by_label("介绍").fill("学安全用电和触电急救。\n在成都市青羊区上课，谁都可以报名。")
    looked_at(page, "class_form")
    page.get_by_role("button", name="保存").click()
    arrived(page, "*/employer/classes/[0-9A-Z]*")
    page.get_by_role("button", name="提交开班申请").click()
    expect(page.get_by_text("教学计划还是空的")).to_be_visible()
    page.locator("#f-day").fill(_day(house, 0))
    page.locator("#f-starts").fill("9点半")
    page.locator("#f-minutes").fill("90")
    page.locator("#f-topic").fill("触电急救")
    page.locator("#f-place").fill("二号实训室")
    page.get_by_role("button", name="加入计划").click()
    expect(page.locator("#e-starts")).to_contain_text("09:30")
    page.locator("#f-starts").fill("09:30")
    page.get_by_role("button", name="加入计划").click()
    expect(page.locator("#plan tbody")).to_contain_text("触电急救")
    page.get_by_role("button", name="提交开班申请").click()
    expect(page.get_by_text("等待平台审核")).to_be_visible()


def _approves(browser: Browser, house: House) -> None:
    with browser_of(browser, house, REVIEWER, DESK) as page:
        page.goto("/desk")
        page.get_by_role("link", name="开班申请").first.click()
        expect(page.get_by_text("二号实训室")).to_be_visible()
        looked_at(page, "class_case")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_label("同意开班").check()
        page.get_by_label("理由").fill("计划齐全，教师有证")
        page.get_by_role("button", name="提交").click()
        expect(page.get_by_text("计划齐全，教师有证")).to_be_visible()


def _comes(browser: Browser, house: House, who: Someone, button: str, told: str) -> None:
    """On a phone, found among the public classes."""
    prove(house.parts, who)
    with browser_of(browser, house, who, PHONE) as page:
        page.goto("/courses")
        page.get_by_role("link", name="公开班").click()
        if who is ALICE:
            looked_at(page, "classes_public")
        page.get_by_role("link", name=TITLE).click()
        expect(page.get_by_text("在成都市青羊区上课")).to_be_visible()
        looked_at(page, f"class_public_{button}")
        page.get_by_role("button", name=button).click()
        arrived(page, "*/me/classes")
        expect(page.get_by_text(told)).to_be_visible()
        looked_at(page, f"classes_mine_{button}")


def test_from_the_application_to_the_archive(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    make_course(house.parts)
    found_school(house.parts)
    grant(house.parts, REVIEWER, Role.REVIEWER)
    with browser_of(browser, house, SCHOOL, DESK) as page:
        _enters(page, house)
        address = page.url
        _approves(browser, house)
        _comes(browser, house, ALICE, "报名", "在班")
        _comes(browser, house, CAROL, "候补", "候补，第 1 位")
        page.goto(address)
        expect(page.locator("tbody th", has_text=ALICE.name)).to_be_visible()
        expect(page.get_by_text("候补 第 1 位")).to_be_visible()
        looked_at(page, "class_running")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"{address}/card")
        page.get_by_label("人数上限").fill("2")
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("heading", name="批准以后的改动")).to_be_visible()
        expect(page.get_by_text("候补 第 1 位")).not_to_be_visible()
        page.get_by_role("link", name="结班").click()
        expect(page.get_by_text("还有没完成的事")).to_be_visible()
        looked_at(page, "class_closing")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_role("button", name="结班，制作档案").click()
        expect(page.get_by_text("结班要写明理由")).to_be_visible()
        page.get_by_label("为什么现在结班").fill("学员转到下一期")
        page.get_by_role("button", name="结班，制作档案").click()
        _checks(page, address, tmp_path)


def _checks(page: Page, address: str, folder: Path) -> None:
    """The archive is there soon; what is downloaded is good where anybody checks it."""
    arrived(page, address)
    archive = page.get_by_role("link", name="签名文件")
    for _ in range(240):
        if archive.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    looked_at(page, "class_archived")
    with page.expect_download() as coming:
        archive.click()
    path = folder / "archive.json"
    coming.value.save_as(path)
    assert len(json.loads(path.read_text("utf-8"))["statement"]["members"]) == 2
    page.goto("/employer/classes")
    expect(page.locator("tbody")).to_contain_text("已归档")
    looked_at(page, "classes")
    page.goto("/verify")
    page.locator("#document").set_input_files(path)
    expect(page.get_by_role("heading", name="班级档案未被改动")).to_be_visible()
    expect(page.get_by_text(TITLE)).to_be_visible()
    looked_at(page, "class_verified")


def test_an_employer_fills_a_class_from_its_roster(browser: Browser, house: House) -> None:
    """Before there is anything every list says what to do."""
    course = make_course(house.parts)
    prove(house.parts, ALICE)
    with TestClient(create_app(house.parts)) as boss, TestClient(create_app(house.parts)) as alice:
        agent(boss, house.parts, MALLORY)
        asked = post(boss, "/org/staff", {"name": ALICE.name, "document_number": ALICE.number})
        post(boss, "/org/staff", {"name": CAROL.name, "document_number": CAROL.number})
        assert asked.status_code == 201, asked.text
        sign_in(alice, house.parts, ALICE)
        with house.parts.database.reading() as db:
            org_id = organisations.find_by_uscc(db, USCC)
        joined = post(alice, f"/me/employers/{org_id}/acceptance", {})
        assert joined.status_code == 204, joined.text
    with browser_of(browser, house, MALLORY, DESK) as page:
        for address, name in (
            ("/employer/classes", "classes_none"), ("/classes", "classes_public_none"),
            ("/me/classes", "classes_mine_none"),
        ):  # fmt: skip
            page.goto(address)
            looked_at(page, name)
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto("/employer/new-class")
        page.get_by_label("班级名称").fill(TITLE)
        page.get_by_label("开班日期").fill(_day(house, 0))
        page.get_by_label("结班日期").fill(_day(house, 20))
        page.get_by_label("人数上限").fill("20")
        page.locator(f"input[value='{course.course_id}']").check()
        page.get_by_role("button", name="保存").click()
        arrived(page, "*/employer/classes/[0-9A-Z]*")
        page.get_by_role("link", name="从名单里编班").click()
        page.get_by_role("button", name="编入班级").click()
        expect(page.locator("#e-staff_ids")).not_to_be_empty()
        looked_at(page, "class_roster")
        page.get_by_label(ALICE.name).check()
        page.get_by_role("button", name="编入班级").click()
        expect(page.locator("#entered")).to_contain_text("进班 1 人")
        page.get_by_role("link", name="回到班级").click()
        expect(page.locator("tbody th", has_text=ALICE.name)).to_be_visible()
