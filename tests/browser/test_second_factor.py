"""A reviewer's first day: an app, a sheet of codes, a key, and the way in next time."""

import datetime as dt

import pyotp
from playwright.sync_api import BrowserContext, Page, expect

from app.identity.rules.actors import Role
from tests.browser import looking
from tests.browser.house import House
from tests.browser.looking import arrived
from tests.contract.household import grant
from tests.people import newest_code
from tests.reviewers import WU


def _sign_in(page: Page, house: House) -> None:
    page.goto("/sign-in?next=/desk")
    page.locator("#f-phone").fill(WU.phone)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-sent")).to_contain_text("已发送")
    page.get_by_label("短信验证码").fill(newest_code(house.parts, WU.phone))
    page.get_by_role("button", name="登录", exact=True).click()
    arrived(page, "**/second-factor?next=%2Fdesk")


def _code_of(page: Page, house: House, *, steps: int = 0) -> str:
    secret = page.locator("#app-secret").inner_text().replace(" ", "")
    moment = house.parts.clock.now() + dt.timedelta(seconds=30 * steps)
    return pyotp.TOTP(secret).at(moment)


def test_an_app_is_set_up_and_a_sheet_copied(page: Page, house: House) -> None:
    grant(house.parts, WU, Role.REVIEWER)
    _sign_in(page, house)
    expect(page.get_by_role("heading", name="二次验证")).to_be_visible()
    page.get_by_role("button", name="显示二维码").click()
    expect(page.locator("#app-picture")).to_be_visible()
    assert page.locator("#app-picture").evaluate("img => img.complete && img.naturalWidth > 0")
    looking.look(page, "second_factor_app")
    page.get_by_label("应用显示的动态码").fill("000000")
    page.get_by_role("button", name="确认").click()
    expect(page.locator("#e-code")).to_contain_text("动态码不对")
    page.get_by_label("应用显示的动态码").fill(_code_of(page, house))
    page.get_by_role("button", name="确认").click()
    expect(page.locator("#sheet-codes li")).to_have_count(10)
    looking.look(page, "second_factor_sheet")
    page.get_by_role("link", name="抄好了，继续").click()
    arrived(page, "**/desk")
    expect(page.get_by_role("heading", name="待办")).to_be_visible()


def test_a_key_is_added_and_asked_for_next_time(
    page: Page, house: House, phone: BrowserContext
) -> None:
    """Chromium's own virtual key: the browser's half is real, the metal is not."""
    tools = phone.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
                "hasUserVerification": True, "isUserVerified": True,
            }
        },
    )  # fmt: skip
    grant(house.parts, WU, Role.REVIEWER)
    _sign_in(page, house)
    page.get_by_label("给它起个名字").fill("蓝色的 U 盾")
    page.get_by_role("button", name="添加安全密钥").click()
    expect(page.locator("#sheet-codes li")).to_have_count(10)
    page.get_by_role("link", name="抄好了，继续").click()
    arrived(page, "**/desk")
    page.goto("/me")
    page.get_by_role("button", name="退出登录").click()
    arrived(page, "*/")
    _sign_in(page, house)
    expect(page.get_by_label("动态码")).to_be_visible()
    looking.look(page, "second_factor_asked")
    page.get_by_role("button", name="用安全密钥验证").click()
    arrived(page, "**/desk")
    page.goto("/second-factor")
    expect(page.locator("summary", has_text="蓝色的 U 盾")).to_be_visible()
    looking.look(page, "second_factor_passed")
