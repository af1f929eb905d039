"""An agent links the company's account, and comes in with it next time, on another browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.identity.providers.simulation import VendorServer
from tests.browser import looking
from tests.browser.conftest import PHONE
from tests.browser.house import House
from tests.browser.looking import arrived
from tests.companies import NAME, company_server, found, set_up
from tests.contract.household import BOSS
from tests.people import newest_code, pass_with


@pytest.fixture
def company(house: House) -> Iterator[VendorServer]:
    with company_server(house.parts) as server:
        yield server


def _sign_in(page: Page, house: House) -> None:
    page.goto("/sign-in")
    looking.look(page, "sign_in")
    page.locator("#f-phone").fill(BOSS.phone)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-sent")).to_contain_text("已发送")
    page.get_by_label("短信验证码").fill(newest_code(house.parts, BOSS.phone))
    page.get_by_role("button", name="登录", exact=True).click()
    arrived(page, "**/second-factor?next=/employer")
    access = next(c["value"] for c in page.context.cookies() if c["name"] == "shixue_access")
    pass_with(house.parts, access)


def _at_company(page: Page, subject: str) -> None:
    expect(page.get_by_role("heading", name="模拟的单位登录")).to_be_visible()
    page.get_by_label("工号").fill(subject)
    page.get_by_label("单位已做过二次验证").check()
    page.get_by_role("button", name="登录").click()


def _go(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("link", name="用公司账号登录").click()
    page.get_by_label("单位", exact=True).fill(NAME)
    page.get_by_role("button", name="去单位的登录页面").click()


def test_linked_by_phone_and_in_by_the_company(
    page: Page, house: House, company: VendorServer, browser: Browser
) -> None:
    org_id = found(house.parts, BOSS)
    set_up(house.parts, org_id, company.company, trusts=True)
    _sign_in(page, house)
    page.goto("/me")
    page.get_by_role("link", name="绑定公司账号").click()
    looking.look(page, "company_accounts")
    page.get_by_role("button", name="绑定我的公司账号").click()
    _at_company(page, "wang")
    arrived(page, "**/me/company-accounts")
    expect(page.get_by_text("已绑定")).to_be_visible()
    looking.look(page, "company_accounts_linked")

    with browser.new_context(viewport=PHONE, base_url=house.address) as elsewhere:
        fresh = elsewhere.new_page()
        fresh.goto("/sign-in/company")
        looking.look(fresh, "sign_in_company")
        _go(fresh)
        _at_company(fresh, "stranger")
        expect(fresh.locator("#company-words")).to_contain_text("还没有和这里的账号绑定")
        expect(fresh.locator("#company-remedy")).to_contain_text("先用手机号登录")
        assert "code=" not in fresh.url
        looking.look(fresh, "company_return")
        _go(fresh)
        _at_company(fresh, "wang")
        arrived(fresh, "**/employer")
        looking.look(fresh, "employer_by_company")
        fresh.goto("/me")
        expect(fresh.get_by_text("只能办本单位的事")).to_be_visible()
        fresh.goto("/employer")
        fresh.get_by_role("button", name="退出").first.click()
        arrived(fresh, "**/sign-in")
