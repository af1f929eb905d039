"""Somebody without an account complains, and reads the answer with the number and their phone."""

from playwright.sync_api import Page, expect

from tests.browser.house import House
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
