"""The scan page: whose address a code has, and what a file alone tells, before a page is green."""

import json
from collections.abc import Iterator
from dataclasses import replace

import cv2
import pytest
from playwright.sync_api import Browser, Page, expect

from app.certs.rules import scan
from app.certs.rules.verdicts import other_platform
from app.core.checkpoints import Checkpoint, parse_note
from tests import by_hand, photographs
from tests.browser import looking
from tests.browser.conftest import PHONE, phone_at
from tests.browser.issued import Issued
from tests.browser.looking import choose

FOREIGN = "https://evil.example"


@pytest.fixture
def page(browser: Browser, issued: Issued) -> Iterator[Page]:
    with phone_at(browser, issued.house) as opened:
        opened.goto("/verify")
        expect(opened.locator("#kept-say")).to_contain_text("没有网络也能打开本页")
        yield opened


def _scan(page: Page, address: str, issued: Issued) -> None:
    _show(page, f"{address}/v/{issued.public_id}{issued.digits}")


def _show(page: Page, text: str) -> None:
    modules = photographs.modules_of(text)
    large = cv2.resize(modules, None, fx=6, fy=6, interpolation=cv2.INTER_NEAREST)
    choose(page, "#picture", "code.png", bytes(cv2.imencode(".png", large)[1]))


def test_a_true_code_under_a_foreign_address_is_not_good(page: Page, issued: Issued) -> None:
    _scan(page, FOREIGN, issued)
    told = page.locator('#told [data-verdict="altered"]')
    expect(told).to_contain_text("码里的网址不是本平台的，请不要打开，也不要采信")
    expect(told.locator(".compare")).to_have_count(0)
    assert page.url.endswith("/verify")
    looking.looked_at(page, "scan_foreign")
    _scan(page, issued.house.address, issued)
    looking.arrived(page, f"*/v/{issued.public_id}#*")
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()


def test_a_code_that_was_cut_off_behind_its_mark_opens_nothing(page: Page, issued: Issued) -> None:
    """The page of the address is green, and knows nothing of what was not read."""
    modules = photographs.modules_of(f"{issued.house.address}/v/{issued.public_id}?from=wechat#")
    large = cv2.resize(modules, None, fx=6, fy=6, interpolation=cv2.INTER_NEAREST)
    choose(page, "#picture", "code.png", bytes(cv2.imencode(".png", large)[1]))
    told = page.locator('#told [data-verdict="incomplete"]')
    expect(told).to_contain_text("码没有读全")
    assert page.url.endswith("/verify")


def test_without_a_network_a_foreign_address_is_foreign_too(page: Page, issued: Issued) -> None:
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#kept-say")).to_be_visible()
    _scan(page, FOREIGN, issued)
    told = page.locator('#told [data-verdict="altered"]')
    expect(told).to_contain_text("码里的网址不是本平台的，请不要打开，也不要采信")
    looking.looked_at(page, "offline_foreign")
    _scan(page, issued.house.address, issued)
    expect(page.locator('#told [data-verdict="offline"]')).to_be_visible()


def test_another_platforms_code_is_not_accused(page: Page, issued: Issued) -> None:
    """On line and without a network in the same words, and with the host to ask at."""
    seal = scan.read_digits(issued.digits.removeprefix("#"))
    assert seal is not None
    theirs = scan.to_digits(replace(seal, key_id="0badc0de"))
    for is_off_line in (False, True):
        page.context.set_offline(is_off_line)
        page.reload()
        _show(page, f"https://other.example/v/AAAAAAAAAAAAAAAA#{theirs}")
        told = page.locator('#told [data-verdict="unknown"]')
        expect(told.locator("p").first).to_have_text(other_platform("other.example"))
        looking.looked_at(page, f"other_platform_{is_off_line}")


def _until_named(page: Page, host: str) -> None:
    """Until the device keeps that this host is ours."""
    for _ in range(600):
        if host in str(page.evaluate("localStorage.getItem('shixue-pinned-1')")):
            return
        page.wait_for_timeout(100)
    raise AssertionError(host)


@pytest.fixture
def moved(issued: Issued) -> Iterator[None]:
    """Before the device asks for the first time: what it is told it may keep for minutes."""
    settings = issued.house.parts.settings
    before = settings.former_urls
    settings.former_urls = ("https://old.example",)
    yield
    settings.former_urls = before


@pytest.mark.usefixtures("moved")
def test_an_address_from_before_is_ours(page: Page, issued: Issued) -> None:
    _until_named(page, "old.example")
    _scan(page, "https://old.example", issued)
    looking.arrived(page, f"*/v/{issued.public_id}#*")
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    page.goto("/verify")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#kept-say")).to_be_visible()
    _scan(page, "https://old.example", issued)
    expect(page.locator('#told [data-verdict="offline"]')).to_be_visible()


def test_a_checkpoint_longer_than_the_log_reaches_whoever_looks(page: Page, issued: Issued) -> None:
    record = json.loads(issued.record)
    log = record["log"]
    point = Checkpoint.parse(parse_note(log["checkpoint"])[0])
    longer = Checkpoint(point.origin, point.size + 10**6, point.root)
    ahead = log | {"checkpoint": issued.house.parts.log.sign(longer), "size": longer.size}
    choose(page, "#document", "record.json", json.dumps(record | {"log": ahead}).encode())
    told = page.locator('#told [data-verdict="log_ahead"]')
    expect(told).to_contain_text("日志检查点比现在的公开日志还长")
    expect(told.locator(".compare")).to_contain_text(issued.number)
    assert page.url.endswith("/verify")
    looking.looked_at(page, "scan_log_ahead")


def test_a_document_that_was_cut_is_told_to_be_incomplete_on_line_too(
    page: Page, issued: Issued
) -> None:
    choose(page, "#document", "a.pdf", issued.pdf[: len(issued.pdf) * 2 // 3])
    told = page.locator('#told [data-verdict="damaged"]')
    expect(told).to_contain_text("请让持证人重新下载")
    expect(told.locator("h1")).to_have_text("文件不完整")
    looking.looked_at(page, "scan_cut")


def test_a_file_without_a_network_is_told_by_what_was_done_to_it(
    page: Page, issued: Issued
) -> None:
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#kept-say")).to_be_visible()
    choose(page, "#document", "a.pdf", issued.pdf[: len(issued.pdf) * 2 // 3])
    expect(page.locator('#told [data-verdict="damaged"]')).to_contain_text("文件不完整")
    looking.looked_at(page, "offline_cut")
    anew = issued.pdf.replace(b"%PDF-1.7\n", b"%PDF-1.7\n% saved by an editor\n", 1)
    assert anew != issued.pdf
    choose(page, "#document", "a.pdf", anew)
    expect(page.locator('#told [data-verdict="altered"]')).to_contain_text("已被改过")
    settings = issued.house.parts.settings
    page.context.set_offline(False)
    status = page.request.get(f"{settings.public_url}/status/1").body()
    page.context.set_offline(True)
    choose(page, "#document", "list.json", status)
    expect(page.locator('#told [data-verdict="unsure"]')).to_contain_text("作废名单，不是证书")


def test_without_scripts_the_page_leads_to_what_works(browser: Browser, issued: Issued) -> None:
    context = browser.new_context(
        base_url=issued.house.address, viewport=PHONE, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/verify")
    # Playwright's words and roles pass over what stands in a noscript.
    say = page.locator("noscript p")
    expect(say).to_contain_text("扫码和选照片需要打开浏览器的 JavaScript")
    expect(say).to_be_visible()
    expect(page.locator("#scan")).to_be_hidden()
    looking.keep(page, "scan_without_scripts")
    say.locator("a[href='/verify/batch']").click()
    expect(page.locator("#f-files")).to_be_visible()
    page.goto(f"/v/{issued.public_id}{issued.digits}")
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    say = page.locator("#told noscript p")
    expect(say).to_contain_text("按网址查到的登记内容")
    expect(say).to_be_visible()
    looking.keep(page, "verdict_without_scripts")
    page.goto("/v/AAAAAAAAAAAAAAAA")
    expect(page.locator('[data-verdict="unknown"]')).to_contain_text("没有抄全")
    expect(page.locator("#told noscript")).to_have_count(0)
    context.close()


def test_commands_to_check_by_hand_are_selected_whole(browser: Browser, issued: Issued) -> None:
    """A touch selects one block, wrapped or not, to the letter; no script is needed."""
    address = issued.house.address
    context = browser.new_context(base_url=address, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto("/verify")
    page.get_by_role("link", name="自己动手核对").click()
    blocks = [block for step in by_hand.steps(by_hand.DOCUMENT).values() for block in step]
    shown = page.locator("article pre")
    expect(shown).to_have_count(len(blocks))
    for place, commands in enumerate(blocks):
        shown.nth(place).click(position={"x": 40, "y": 24})
        selected = page.evaluate("getSelection().toString()")
        expected = commands.replace(by_hand.SITE, issued.house.parts.settings.public_url)
        assert selected.strip() == expected.strip()
    context.close()
