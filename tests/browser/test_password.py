"""A worker sets a password in 我的, and comes in with it where no message arrives."""

from playwright.sync_api import Page, expect

from tests.browser.entering import by_code
from tests.browser.house import House
from tests.browser.looking import arrived
from tests.people import ALICE, newest_code


def test_a_password_is_set_and_lets_in(page: Page, house: House) -> None:
    by_code(page, house, ALICE)
    arrived(page, "**/signup/identity")
    page.goto("/me/password")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-sent")).to_contain_text("已发送")
    page.get_by_label("短信验证码").fill(newest_code(house.parts, ALICE.phone))
    page.get_by_label("新密码").fill("12345678")
    page.get_by_role("button", name="就用这个密码").click()
    expect(page.locator("#e-password")).to_contain_text("太常见")
    page.get_by_label("新密码").fill("蓝色水桶和旧钉子")
    page.get_by_role("button", name="就用这个密码").click()
    arrived(page, "**/me")
    page.get_by_role("button", name="退出登录").click()
    arrived(page, "*/")
    page.goto("/sign-in")
    page.get_by_text("设置过密码的，用密码登录").click()
    page.locator("#f-account").fill(ALICE.phone)
    page.locator("#f-password").fill("蓝色水桶和新钉子")
    page.get_by_role("button", name="用密码登录").click()
    expect(page.locator("#e-password")).to_contain_text("不对")
    page.locator("#f-password").fill("蓝色水桶和旧钉子")
    page.get_by_role("button", name="用密码登录").click()
    arrived(page, "**/signup/identity")
