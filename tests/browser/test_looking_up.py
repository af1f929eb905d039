"""By number and name without scripts: nothing that was typed stands in an address."""

from playwright.sync_api import Browser, expect

from tests.browser import looking
from tests.browser.conftest import PHONE
from tests.browser.issued import Issued
from tests.people import ALICE


def test_the_form_leads_to_the_certificate_and_keeps_what_was_not_found(
    browser: Browser, issued: Issued
) -> None:
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN", base_url=issued.house.address, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"/verify?number={issued.number}")
    page.locator("#f-name").fill("王五")
    page.get_by_role("button", name="查询").click()
    expect(page.locator('[data-verdict="unknown"]')).to_be_visible()
    assert page.url.endswith("/verify")
    expect(page.locator("#f-number")).to_have_value(issued.number)
    expect(page.locator("#f-name")).to_have_value("王五")
    looking.keep(page, "looked_up_unknown_phone")
    page.reload()
    expect(page.locator('[data-verdict="unknown"]')).to_be_visible()
    page.locator("#f-name").fill(ALICE.name)
    page.get_by_role("button", name="查询").click()
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    assert page.url.endswith(f"/v/{issued.public_id}")
    context.close()
