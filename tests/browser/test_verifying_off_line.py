"""The verification page without a network: installed, and honest about what it cannot know."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import looking
from tests.browser.conftest import phone_at, watched
from tests.browser.issued import Issued, open_office
from tests.browser.looking import choose


@pytest.fixture
def away(browser: Browser, issued: Issued) -> Iterator[Page]:
    """A phone that opened the page once with a network, and has none now."""
    with _away(browser, issued) as page:
        yield page


@contextmanager
def _away(browser: Browser, issued: Issued) -> Iterator[Page]:
    with phone_at(browser, issued.house) as page:
        _visit(page)
        _lose_network(page)
        yield page


def _lose_network(page: Page) -> None:
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#kept-say")).to_be_visible()


def _visit(page: Page) -> None:
    page.goto("/verify")
    expect(page.locator("#kept-say")).to_contain_text("没有网络也能打开本页")


def _code(issued: Issued, path: Path) -> bytes:
    sheet = pypdfium2.PdfDocument(issued.pdf)[0]
    sheet.render(scale=2).to_pil().save(path)
    return path.read_bytes()


def test_the_page_opens_and_reads_a_code(away: Page, issued: Issued, tmp_path: Path) -> None:
    expect(away.locator(".notice.wait").first).to_contain_text("没有连上网络")
    looking.looked_at(away, "offline_page")
    choose(away, "#picture", "photo.png", _code(issued, tmp_path / "code.png"))
    told = away.locator('[data-verdict="offline"]')
    expect(told).to_contain_text("不知道它有没有被撤销（最近一次联网")
    expect(told.locator(".compare")).to_contain_text("李*梅")
    looking.looked_at(away, "offline_code")


def test_files_are_checked_on_the_device(away: Page, issued: Issued) -> None:
    for name, content in (("a.pdf", issued.pdf), ("credential.json", issued.credential)):
        choose(away, "#document", name, content)
        told = away.locator('[data-verdict="offline_current"]')
        expect(told).to_contain_text("没有被撤销。之后的变化，和是不是暂停了，要联网才查得到")
        expect(told.locator(".compare")).to_contain_text(issued.number)
        looking.looked_at(away, f"offline_current-{name.partition('.')[0]}")
        away.reload()
    choose(away, "#document", "record.json", issued.record)
    expect(away.locator('[data-verdict="offline"]')).to_contain_text("公开日志")
    away.reload()
    record = json.loads(issued.record)
    record["facts"]["score"] -= 1
    choose(away, "#document", "record.json", json.dumps(record).encode())
    expect(away.locator('[data-verdict="altered"]')).to_contain_text("请勿采信")
    looking.looked_at(away, "offline_altered")
    away.reload()
    choose(away, "#document", "other.pdf", b"%PDF-1.7 somebody else's\n%%EOF\n")
    expect(away.locator('[data-verdict="unsure"]')).to_contain_text("没有电子签名")
    looking.looked_at(away, "offline_unsure")


def test_nothing_of_a_person_is_kept(browser: Browser, issued: Issued) -> None:
    """The page and its files, and no answer of the API, whoever visits."""
    context = browser.new_context(base_url=issued.house.address, locale="zh-CN")
    with watched(context) as page:
        _visit(page)
        page.goto(f"/v/{issued.public_id}")
        page.goto(f"/verify?number={issued.number}")
        page.fill("#f-name", "x")
        page.click("text=查询")
        expect(page.locator("[data-verdict]")).to_be_visible()
        kept = _kept(page)
        text = page.evaluate("async () => (await (await caches.match('/verify/off-line')).text())")
    context.close()
    others = [path for path in kept if not path.startswith("/static/assets/")]
    assert others == ["/verify/off-line"]
    assert any(path.endswith(".wasm") for path in kept)
    assert any("signedpdf" in path for path in kept)
    assert '<meta name="csrf-token" content="">' in text


def _kept(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "async () => { const paths = [];"
        " for (const name of await caches.keys())"
        "  for (const request of await (await caches.open(name)).keys())"
        "   paths.push(new URL(request.url).pathname);"
        " return paths }"
    )
    return found


def test_back_on_line_the_server_decides(away: Page, issued: Issued) -> None:
    away.context.set_offline(False)
    expect(away.locator("#scan-say")).to_contain_text("网络恢复了")
    choose(away, "#document", "a.pdf", issued.pdf)
    looking.arrived(away, f"*/v/{issued.public_id}")
    expect(away.locator('[data-verdict="valid"]')).to_be_visible()


def test_a_worker_that_is_no_longer_published_removes_itself(
    browser: Browser, issued: Issued
) -> None:
    settings = issued.house.parts.settings
    context = browser.new_context(base_url=issued.house.address, locale="zh-CN")
    with watched(context) as page:
        _visit(page)
        assert _kept(page)
        settings.verify_off_line = False
        try:
            page.goto("/verify")
            _until_gone(page)
            assert _kept(page) == []
        finally:
            settings.verify_off_line = True
    context.close()


def _until_gone(page: Page) -> None:
    count = "async () => (await navigator.serviceWorker.getRegistrations()).length"
    for _ in range(600):
        if not page.evaluate(count):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the worker is still there")


def test_the_app_can_be_installed(browser: Browser, issued: Issued) -> None:
    context: BrowserContext = browser.new_context(base_url=issued.house.address, locale="zh-CN")
    with watched(context) as page:
        _visit(page)
        session = context.new_cdp_session(page)
        found = session.send("Page.getAppManifest")
        faults = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    context.close()
    assert found["errors"] == []
    assert json.loads(found["data"])["name"] == "查验证书"
    # A context of the tests is a private window, where nothing is installed: no other fault.
    assert {each["errorId"] for each in faults} <= {"in-incognito"}


def test_the_revoked_is_known_from_the_last_list(
    browser: Browser, tmp_path: Path, sqlite_template: Path
) -> None:
    """In a house of its own: the others' certificate stays good."""
    with (
        open_office(tmp_path, sqlite_template) as issued,
        _away(browser, issued) as page,
    ):
        issued.revoke("代考查实")
        page.context.set_offline(False)
        _visit(page)
        _lose_network(page)
        choose(page, "#document", "a.pdf", issued.pdf)
        expect(page.locator('[data-verdict="offline_ended"]')).to_contain_text("看不到理由")
        looking.looked_at(page, "offline_revoked")
