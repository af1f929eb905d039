"""What a key signed after its time, on the page: without a network, and with one."""

import datetime as dt
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import looking
from tests.browser.conftest import phone_at
from tests.browser.issued import Issued, open_office
from tests.browser.looking import choose


def _end_its_time(issued: Issued) -> None:
    """The key that signed today was taken out of use a month ago, as it now stands published."""
    parts = issued.house.parts
    parts.keys.add("certificates", now=parts.clock.now() - dt.timedelta(days=30))


def _is_told(page: Page, issued: Issued, picture: str) -> None:
    for name, content in (
        ("a.pdf", issued.pdf), ("credential.json", issued.credential),
        ("record.json", issued.record),
    ):  # fmt: skip
        choose(page, "#document", name, content)
        told = page.locator('[data-verdict="key_period"]')
        expect(told).to_contain_text("签名时间不对")
        expect(told).to_contain_text("不在这把密钥的使用期内")
        expect(told.locator(".compare")).to_have_count(0)
        looking.looked_at(page, f"{picture}-{name.partition('.')[0]}")
        page.reload()


def test_what_is_dated_after_its_keys_time_is_told_on_line_and_off(
    browser: Browser, tmp_path: Path, sqlite_template: Path
) -> None:
    with open_office(tmp_path, sqlite_template) as issued:
        _end_its_time(issued)
        with phone_at(browser, issued.house) as page:
            page.goto("/verify")
            expect(page.locator("#kept-say")).to_contain_text("没有网络也能打开本页")
            _is_told(page, issued, "key_period")
            page.goto(f"/v/{issued.public_id}{issued.digits}")
            told = page.locator('[data-verdict="altered"]')
            expect(told).to_contain_text("登记里的这张证书写明的签发时间")
            expect(told.get_by_role("heading", level=1)).to_have_text("签名时间不对")
            expect(told).not_to_contain_text("签名和内容对不上")
            looking.looked_at(page, "key_period-page")
            page.goto("/verify")
            page.context.set_offline(True)
            page.reload()
            expect(page.locator("#kept-say")).to_be_visible()
            _is_told(page, issued, "offline_key_period")
