"""One administrator stops issuing and signing up, another lets both go on, and what others read."""

from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.testclient import TestClient

from app.identity.rules.actors import Role
from app.learning.models.catalogue import Course
from app.main import create_app
from tests.browser.house import House
from tests.browser.looking import looked_at
from tests.courses import make_course
from tests.people import CAROL, Someone
from tests.reviewers import WU, with_role


def _administrator(browser: Browser, house: House, who: Someone) -> BrowserContext:
    context = browser.new_context(base_url=house.address, locale="zh-CN")
    context.set_default_timeout(60_000)
    with TestClient(create_app(house.parts)) as client:
        with_role(client, house.parts, Role.ADMIN, who)
        jar = [{"name": n, "value": v, "url": house.address} for n, v in client.cookies.items()]
    context.add_cookies(jar)
    return context


def _stop(page: Page, name: str, reason: str) -> None:
    card = page.locator("section.card", has=page.get_by_role("heading", name=name))
    card.get_by_text(f"打开“{name}”").click()
    card.get_by_role("button", name="打开").click()
    expect(card.locator(".error").first).not_to_be_empty()  # a reason is wanted, and here
    card.get_by_label("理由").fill(reason)
    card.get_by_role("button", name="打开").click()
    expect(card).to_contain_text("是您打开的，请另一位系统管理员核对后恢复")
    expect(card).to_contain_text(reason)


def test_one_stops_and_another_lets_it_go_on(browser: Browser, house: House) -> None:
    first, second = (_administrator(browser, house, who) for who in (CAROL, WU))
    page = first.new_page()
    page.goto("/system")
    page.get_by_role("link", name="紧急开关").first.click()
    _stop(page, "暂停新用户注册", "有人批量注册")
    _stop(page, "暂停出证", "签名密钥可能泄露")
    looked_at(page, "switches")
    stranger = browser.new_context(base_url=house.address, locale="zh-CN").new_page()
    stranger.goto("/sign-in")
    expect(stranger.locator("main")).to_contain_text("恢复后用本人手机号登录就行")
    looked_at(stranger, "sign_in_closed")
    other = second.new_page()
    other.goto("/system/switches")
    looked_at(other, "switches_other")
    card = other.locator("section.card", has=other.get_by_role("heading", name="暂停新用户注册"))
    card.get_by_label("恢复的理由").fill("已经封住来源")
    card.get_by_role("button", name="恢复").click()
    expect(card).to_contain_text("没有打开")
    stranger.reload()
    expect(stranger.locator("main")).not_to_contain_text("暂停新用户注册")
    for each in (first, second, stranger.context):
        each.close()


def test_a_course_that_lets_nobody_new_in(browser: Browser, house: House) -> None:
    course_id = make_course(house.parts).course_id
    with house.parts.database.transaction() as db:
        db.get_one(Course, course_id).stopped_at = house.parts.clock.now()
    context = browser.new_context(base_url=house.address, locale="zh-CN")
    page = context.new_page()
    page.goto("/courses")
    expect(page.locator("main")).to_contain_text("暂停报名")
    looked_at(page, "courses_stopped")
    page.get_by_role("link", name="安全生产入门").first.click()
    expect(page.locator("main")).to_contain_text("已经报名的照常学习")
    expect(page.get_by_role("link", name="登录后报名")).to_have_count(0)
    looked_at(page, "course_stopped")
    context.close()
