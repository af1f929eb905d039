"""Somebody without an account complains, and reads the answer with the number and their phone."""

from playwright.sync_api import Browser, Page, expect

from tests.browser import looking
from tests.browser.conftest import PHONE
from tests.browser.house import House
from tests.browser.looking import without_noscript
from tests.people import newest_code
from tests.reviewers import on_case, only_case, reviewer

STRANGER = "13811112222"


def test_the_answer_is_read_with_number_and_phone(page: Page, house: House) -> None:
    page.goto("/complaint")
    page.get_by_label("手机号").fill(STRANGER)
    page.get_by_label("想说的话").fill("第三课的讲解听不清楚")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#received")).to_be_visible()
    number = page.locator("[data-from=number]").inner_text()
    with reviewer(house.parts) as staff:
        body = {"decision": "answer", "reason": "第三课的讲解\n已重新录音。"}
        on_case(staff, only_case(staff, "complaint")["id"], "decision", **body)
    page.locator("#received").get_by_role("link", name="查看答复").click()
    page.get_by_label("编号").fill(number.lower())
    page.get_by_label("手机号").fill(STRANGER)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-sent")).to_contain_text("已发送")
    page.get_by_label("短信验证码").fill("000000")
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.locator("#e-code")).to_contain_text("不对")
    page.get_by_label("短信验证码").fill(newest_code(house.parts, STRANGER))
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.locator("#standing")).to_contain_text("已重新录音")


def test_a_fake_is_reported_without_scripts(browser: Browser, house: House) -> None:
    context = browser.new_context(base_url=house.address, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    # As a browser reads a page that has no scripts; Playwright only does not run them.
    page.route("**/complaint/fake*", without_noscript)
    page.goto("/complaint/fake?about=ZZ51")
    page.get_by_label("哪里不对").fill("照片不是本人")
    page.get_by_label("您的手机号").fill("1381111")
    page.get_by_role("button", name="举报").click()
    expect(page.locator("#e-contact")).to_contain_text("请留 11 位手机号")
    looking.keep(page, "report_without_scripts_wrong")
    page.get_by_label("您的手机号").fill(STRANGER)
    page.get_by_role("button", name="举报").click()
    expect(page.locator("#received")).to_contain_text("已收到，编号")
    expect(page.get_by_label("哪里不对")).to_be_hidden()
    looking.keep(page, "report_without_scripts_received")
    context.close()
