"""A worker whose phone is lost finds the account again; the old phone stops it on its own page."""

import re
import time

from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from app import worker
from app.identity.services import signin
from app.main import create_app
from tests.browser.house import House
from tests.people import ALICE, newest_code, sign_in, verify
from tests.player import ANSWERS, choose_questions

NEW = "13900000071"


def _ask(page: Page, house: House) -> None:
    page.goto("/sign-in")
    page.get_by_text("手机号不用了").click()
    page.get_by_label("证件号码").fill(ALICE.number)
    page.get_by_label("姓名").fill(ALICE.name)
    page.get_by_label("新手机号").fill(NEW)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-sent")).to_contain_text("已发送")
    page.get_by_label("新手机收到的验证码").fill(newest_code(house.parts, NEW))
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", name="证明是您本人")).to_be_visible()


def _answer(page: Page, last: str) -> None:
    for index, (question, words) in enumerate(ANSWERS.items()):
        page.locator(f"#f-answers-{index}-question").select_option(question)
        page.locator(f"#f-answers-{index}-answer").fill(last if index == 2 else words)
    page.get_by_role("button", name="提交答案").click()


def _stop_code(house: House) -> str:
    """The house's own worker may have the message in hand: then it comes in a moment."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        worker.drain(house.parts)
        with house.parts.database.reading() as db:
            sent = signin.messages(db, house.parts.vault)
        texts = " ".join(m.text for m in sent if m.phone == ALICE.phone)
        if found := re.findall(r"编号 ?([A-Z0-9]{8})\b", texts):
            return found[0]
        time.sleep(0.1)
    raise AssertionError(texts)


def test_an_account_is_found_by_the_questions_and_stopped_by_the_old_phone(
    page: Page, house: House
) -> None:
    with TestClient(create_app(house.parts)) as alice:
        sign_in(alice, house.parts, ALICE)
        verify(alice, ALICE)
        choose_questions(alice)
        _ask(page, house)
        _answer(page, "不是他")
        expect(page.locator("#proof-trouble")).to_contain_text("还可以试 2 次")
        _answer(page, ANSWERS["first_master"])
        expect(page.locator("#settled-says")).to_contain_text("要等一天")
        assert "不是我，停止" in alice.get("/me/phone").text
        page.goto("/recovery/stop")
        page.get_by_label("短信里的编号").fill("AAAA-AAAA")
        page.get_by_role("button", name="停止").click()
        expect(page.locator("#e-code")).to_contain_text("没有这个编号")
        page.get_by_label("短信里的编号").fill(_stop_code(house))
        page.get_by_role("button", name="停止").click()
        expect(page.get_by_text("已停止，转人工核对。")).to_be_visible()
        assert "正在人工核对" in alice.get("/me/phone").text
