"""The verdict on a slow line: how soon it stands there, and that it needs no script.

The line is what is called slow 4G: 150 ms there and back, 1.6 Mbit/s down, 0.75 Mbit/s up.
"""

import json
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.issued import Issued

SLOW_4G = {
    "offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}  # fmt: skip
MOST_MS = 1_000
VISITS = 5
# Where the machine was busy through all of those; a page that is too slow is so in each.
MOST_VISITS = 25
KEPT = Path("var/bench")
_LCP = """() => new Promise(resolve => {
  new PerformanceObserver(list => {
    const last = list.getEntries().at(-1);
    resolve([last.startTime, last.element?.textContent ?? ""]);
  }).observe({ type: "largest-contentful-paint", buffered: true });
})"""

_SHIFTS = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})"""
MOST_SHIFT = 0.1
# What a server may send before it hears that anything came: ten segments, with the answer's head.
MOST_PACKED_BYTES = 14_600 - 900


def _context(browser: Browser, issued: Issued, **more: Any) -> BrowserContext:
    return browser.new_context(
        viewport=PHONE, is_mobile=True, has_touch=True, locale="zh-CN",
        base_url=issued.house.address, **more,
    )  # fmt: skip


def _slowed(page: Page, cpu: int) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
    return session


def _visit(browser: Browser, issued: Issued, cpu: int, digits: str) -> float:
    """A first visit: nothing is kept from another. When the largest thing stood there, in ms."""
    context = _context(browser, issued)
    page = context.new_page()
    _slowed(page, cpu)
    page.goto(f"/v/{issued.public_id}{digits}")
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    page.wait_for_load_state("networkidle")
    at, text = page.evaluate(_LCP)
    context.close()
    assert "证书" in text
    return float(at)


@pytest.mark.parametrize("cpu", [1, 4])
@pytest.mark.parametrize("way", ["address", "code"])
def test_the_verdict_stands_there_within_a_second(
    browser: Browser, issued: Issued, cpu: int, way: str
) -> None:
    """On a processor as fast as it is; four times slower it is measured, and kept.

    By the address alone, and with what stands behind its # in the code, which is checked first.
    """
    digits = issued.digits if way == "code" else ""
    _visit(browser, issued, 1, digits)  # the server's first answer makes its template
    visits = [_visit(browser, issued, cpu, digits) for _ in range(VISITS)]
    while cpu == 1 and min(visits) > MOST_MS and len(visits) < MOST_VISITS:
        visits.append(_visit(browser, issued, cpu, digits))
    KEPT.mkdir(parents=True, exist_ok=True)
    told = {"way": way, "processor_slower": cpu, "lcp_ms": visits, "median_ms": median(visits)}
    (KEPT / f"verdict-{way}-{cpu}.json").write_text(json.dumps(told), encoding="utf-8")
    # The quickest: what else this machine does only adds.
    if cpu == 1:
        assert min(visits) <= MOST_MS, visits


@pytest.mark.parametrize("behind", ["", "whole", "cut", "altered"])
def test_nothing_is_moved_by_what_comes(browser: Browser, issued: Issued, behind: str) -> None:
    digits = issued.digits
    last = str((int(digits[-1]) + 1) % 10)
    texts = {"": "", "whole": digits, "cut": digits[:60], "altered": digits[:-1] + last}
    context = _context(browser, issued)
    page = context.new_page()
    _slowed(page, 1)
    page.goto(f"/v/{issued.public_id}{texts[behind]}")
    expect(page.locator(".verdict h1")).to_be_visible()
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(_SHIFTS)
    context.close()
    assert shift < MOST_SHIFT


def test_all_that_is_drawn_first_comes_at_once(browser: Browser, issued: Issued) -> None:
    """The page with its look, packed; and it looks the same once the whole sheet has come."""
    context = _context(browser, issued)
    page = context.new_page()
    with page.expect_response("**/v/**") as heard:
        page.goto(f"/v/{issued.public_id}")
    assert int(heard.value.headers["content-length"]) <= MOST_PACKED_BYTES
    page.wait_for_load_state("networkidle")
    context.close()
    shots = []
    for is_whole in (False, True):
        context = _context(browser, issued, java_script_enabled=False)
        page = context.new_page()
        if not is_whole:
            page.route("**/*.css", lambda route: route.abort())
        page.goto(f"/v/{issued.public_id}")
        box = page.locator(".verdict > .small").bounding_box()
        colour = page.locator(".verdict").evaluate("each => getComputedStyle(each).background")
        shots.append((box, colour))
        context.close()
    assert shots[0] == shots[1]


def test_the_verdict_needs_no_script(browser: Browser, issued: Issued) -> None:
    context = _context(browser, issued, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/v/{issued.public_id}#123")
    expect(page.locator('[data-verdict="valid"] h1')).to_have_text("证书有效")
    expect(page.locator(".compare")).to_contain_text(issued.number)
    page.goto("/verify")
    page.locator("#f-number").fill(issued.number)
    page.locator("#f-name").fill("李晓梅")
    page.get_by_role("button", name="查询").click()
    expect(page.locator('[data-verdict="valid"] h1')).to_have_text("证书有效")
    page.goto("/verify")
    page.locator("#f-number").fill(issued.number)
    page.locator("#f-name").fill("王五")
    page.get_by_role("button", name="查询").click()
    expect(page.locator('[data-verdict="unknown"] h1')).to_have_text("查不到")
    context.close()
