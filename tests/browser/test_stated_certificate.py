"""An employer states a certificate from elsewhere; its person answers on a phone."""

import io

from PIL import Image
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from app.main import create_app
from tests.browser.entering import browser_of
from tests.browser.house import House
from tests.browser.looking import arrived, looked_at
from tests.employers import found_employer, post
from tests.people import ALICE, CAROL, MALLORY, prove, sign_in

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def _photograph() -> bytes:
    made = io.BytesIO()
    Image.effect_noise((900, 640), 40).convert("RGB").save(made, "JPEG", quality=80)
    return made.getvalue()


def _employ(house: House) -> str:
    """Alice works for Mallory's employer; returns the line of the roster."""
    parts = house.parts
    prove(parts, ALICE)
    org_id = found_employer(parts, MALLORY)
    line = {"name": ALICE.name, "document_number": ALICE.number, "unit": "一车间/甲班"}
    with TestClient(create_app(parts)) as boss:
        sign_in(boss, parts, MALLORY)
        staff_id = str(post(boss, "/org/staff", line).json()["staff_id"])
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
    return staff_id


def _states(page: Page, staff_id: str) -> None:
    """A slip is named beside its field, and nothing that was typed is lost."""
    page.goto(f"/employer/staff/{staff_id}")
    page.get_by_role("link", name="别处的证书").click()
    arrived(page, f"*/employer/staff/{staff_id}/certificates")
    expect(page.get_by_text("还没有登记别处的证书")).to_be_visible()
    looked_at(page, "stated_none")
    page.locator("#f-kind").select_option("special_operation")
    page.locator("#f-title").fill("低压电工作业")
    page.locator("#f-number").fill(f"T{CAROL.number}")
    page.locator("#f-issuer").fill("四川省应急管理厅")
    page.locator("#f-issued_on").fill("2026-03-02")
    page.locator("#f-valid_until").fill("2032-03-01")
    page.set_input_files(
        "#licence-file", {"name": "操作证.jpg", "mimeType": "image/jpeg", "buffer": _photograph()}
    )
    expect(page.locator("#licence-say")).to_contain_text("操作证.jpg")
    page.get_by_role("button", name="登记，请本人确认").click()
    expect(page.locator("#e-number")).to_contain_text("不是这位员工的")
    expect(page.locator("#f-title")).to_have_value("低压电工作业")
    looked_at(page, "stated_refused")
    page.locator("#f-number").fill(f"T{ALICE.number}")
    page.get_by_role("button", name="登记，请本人确认").click()
    expect(page.get_by_text("等本人确认")).to_be_visible()


def test_one_is_stated_refused_put_right_and_confirmed(browser: Browser, house: House) -> None:
    staff_id = _employ(house)
    with (
        browser_of(browser, house, MALLORY, DESK) as boss,
        browser_of(browser, house, ALICE, PHONE) as alice,
    ):
        _states(boss, staff_id)
        alice.goto("/inbox")
        alice.get_by_role("link", name="去确认：单位给您登记了一张证书").click()
        arrived(alice, "*/me/stated-certificates")
        looked_at(alice, "stated_waiting")
        alice.get_by_text("不是我的，或者内容不对").click()
        alice.get_by_role("button", name="不认可").click()
        expect(alice.locator("[id^=e-reason]")).not_to_be_empty()
        alice.get_by_label("哪里不对").fill("作业类别是高压电工")
        alice.get_by_role("button", name="不认可").click()
        expect(alice.get_by_text("本人不认可")).to_be_visible()
        boss.reload()
        expect(boss.get_by_text("作业类别是高压电工")).to_be_visible()
        boss.get_by_role("link", name="更正").click()
        boss.locator("#f-title").fill("高压电工作业")
        boss.locator("#f-number").fill(f"T{ALICE.number}")
        boss.locator("#f-reason").fill("类别填错")
        looked_at(boss, "stated_correcting")
        boss.get_by_role("button", name="更正，请本人重新确认").click()
        expect(boss.get_by_text("已更正")).to_be_visible()
        alice.reload()
        alice.get_by_role("button", name="是我的证书，内容没错").click()
        expect(alice.get_by_text("本人已确认")).to_be_visible()
        looked_at(alice, "stated_answered")
        boss.goto("/employer/certificates?ending=all")
        expect(boss.get_by_role("row", name="高压电工作业")).to_contain_text("本人已确认")
        looked_at(boss, "stated_listed")
