"""Leaving on the page, with a screen: a code, the number, the receipt, and staying after all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import desk_day, looking
from tests.browser.house import House
from tests.browser.town import enter, open_town, pass_time
from tests.people import newest_code


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[House]:
    with open_town(tmp_path_factory.mktemp("leaving"), sqlite_template) as house:
        yield house


def test_a_person_asks_to_leave_and_stays_after_all(browser: Browser, town: House) -> None:
    who = desk_day.WAITING
    context = browser.new_context(base_url=town.address, locale="zh-CN")
    context.set_default_timeout(60_000)
    page = context.new_page()
    enter(page, town, who)
    pass_time(town, 61_000)
    page.goto("/me")
    page.get_by_role("link", name="注销账号").click()
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-sent")).to_contain_text("已发送")
    page.get_by_label("短信验证码").fill(newest_code(town.parts, who.phone))
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("手机号").fill(who.phone)
    found = looking.faults_everywhere(page, "leaving-last-step")
    page.get_by_role("button", name="申请注销").click()
    expect(page.get_by_text("已经收到您的注销申请")).to_be_visible()
    expect(page.get_by_text("ZX")).to_be_visible()
    found += looking.faults_everywhere(page, "leaving-asked")
    page.goto("/home")
    expect(page.get_by_text("在这以前可以撤回")).to_be_visible()
    found += looking.faults_everywhere(page, "leaving-home")
    page.get_by_role("link", name="看注销申请").click()
    page.get_by_role("button", name="不注销了，撤回申请").click()
    expect(page.get_by_role("button", name="获取验证码")).to_be_visible()
    context.close()
    assert found == []
