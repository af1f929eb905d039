"""By number and name without scripts: nothing that was typed stands in an address."""

from playwright.sync_api import Browser, expect

from tests.browser import looking
from tests.browser.conftest import PHONE, phone_at
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


def test_what_stands_in_the_wrong_place_is_led_to_where_it_belongs(
    browser: Browser, issued: Issued
) -> None:
    with phone_at(browser, issued.house) as page:
        page.goto("/verify")
        page.locator("#f-number").fill(issued.number)
        page.locator("#f-name").fill("李*梅")
        page.get_by_role("button", name="查询").click()
        expect(page.locator("#e-name")).to_contain_text("填写完整姓名")
        expect(page.locator("#f-name")).to_be_focused()
        expect(page.locator("#e-name")).to_be_in_viewport()
        looking.looked_at_narrow(page, "typed_masked")
        page.locator("#f-number").fill(issued.digits.removeprefix("#"))
        page.get_by_role("button", name="查询").click()
        expect(page.locator("#e-number")).to_contain_text("方块码里的一串数字")
        expect(page.get_by_role("link", name="去扫码")).to_be_visible()
        looking.looked_at_narrow(page, "typed_code")
        page.locator("#f-number").fill(f"http://evil.example/v/{issued.public_id}")
        page.get_by_role("button", name="查询").click()
        expect(page.locator("#e-number")).to_contain_text("这不是本平台的网址，也不是证书编号")
        expect(page.get_by_role("link", name="打开这个网址查验")).to_have_count(0)
        looking.looked_at_narrow(page, "typed_foreign_address")
        whole = f"{issued.house.address}/v/{issued.public_id}{issued.digits}"
        page.locator("#f-number").fill(whole)
        page.get_by_role("button", name="查询").click()
        expect(page.locator("#e-number")).to_contain_text("这是网址，不是证书编号")
        looking.looked_at_narrow(page, "typed_address")
        page.get_by_role("link", name="打开这个网址查验").click()
        expect(page.locator('[data-verdict="valid"]')).to_be_visible()
        page.goto("/v/AAAAAAAAAAAAAAAA")
        expect(page.locator('[data-verdict="unknown"]')).to_contain_text("重新扫证书上的方块码")
        looking.looked_at_narrow(page, "no_page")
