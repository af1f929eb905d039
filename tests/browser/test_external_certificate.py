"""A worker records a certificate of somebody else's in 我的证书, and takes it off again."""

from playwright.sync_api import Page, expect

from tests.browser.entering import by_code
from tests.browser.house import House
from tests.browser.looking import arrived, looked_at_narrow
from tests.people import ALICE, prove


def test_one_is_recorded_shown_apart_and_taken_off(page: Page, house: House) -> None:
    prove(house.parts, ALICE)
    by_code(page, house, ALICE)
    arrived(page, "**/signup/*")
    page.goto("/certificates")
    looked_at_narrow(page, "certificates_none")
    page.get_by_role("link", name="登记一张").click()
    arrived(page, "**/certificates/external")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("#e-title")).not_to_be_empty()
    page.get_by_label("特种作业操作证书").check()
    page.get_by_label("职业（工种）或作业类别").fill("低压电工作业")
    page.locator("#f-number").fill("T510101198803070029")
    page.get_by_label("发证单位").fill("四川省应急管理厅")
    page.get_by_label("发证日期").fill("2024-05-20")
    page.get_by_label("有效期到哪一天").fill("2030-05-19")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("#e-number")).to_contain_text("不是正确的身份证号码")
    looked_at_narrow(page, "external_refused")
    page.locator("#f-number").fill(f"T{ALICE.number}")
    page.get_by_role("button", name="登记", exact=True).click()
    arrived(page, "**/certificates")
    others = page.get_by_label("其他证书（自己登记，本平台未核验）")
    expect(others).to_contain_text("低压电工作业")
    expect(others).to_contain_text("***************0028")
    looked_at_narrow(page, "certificates_external")
    page.get_by_text("删除这条登记").click()
    page.get_by_role("button", name="删除登记").click()
    expect(page.get_by_text("低压电工作业")).to_have_count(0)
