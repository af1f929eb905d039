"""The verdict's page of a good certificate: no text behind its # is green but the whole code."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import looking
from tests.browser.conftest import phone_at
from tests.browser.issued import Issued

ASKED = "**/api/v1/verification"
# A browser from before WebCrypto knew this kind of key.
OLD = """if (isSecureContext) crypto.subtle.importKey = (form, key, kind) =>
  Promise.reject(new DOMException(`unknown: ${kind}`, "NotSupportedError"))"""

_SAY_WHAT_IS_SEEN = """text => { addEventListener("hashchange", () => setInterval(() => {
  const isSeen = (one) => document.querySelector(one).offsetHeight > 0;
  console.log(`verdict: ${isSeen("[data-verdict]")}, checking: ${isSeen(".checking")}`);
}, 50)); setTimeout(() => { location.hash = text }) }"""


@pytest.fixture
def page(browser: Browser, issued: Issued) -> Iterator[Page]:
    with phone_at(browser, issued.house, service_workers="block") as opened:
        yield opened


def _open(page: Page, issued: Issued, behind: str) -> None:
    page.goto("about:blank")
    page.goto(f"/v/{issued.public_id}{behind}")


def _other_digit(digits: str, place: int) -> str:
    return f"{digits[:place]}{(int(digits[place]) + 1) % 10}{digits[place + 1 :]}"


@pytest.mark.parametrize("put", ["x", " ", "\N{FULLWIDTH DIGIT ONE}"])
def test_what_is_no_digit_is_no_code(page: Page, issued: Issued, put: str) -> None:
    digits = issued.digits
    _open(page, issued, f"{digits[:40]}{put}{digits[41:]}")
    told = page.locator('[data-verdict="no_code"]')
    expect(told).to_contain_text("不能采信")
    expect(told).to_contain_text("查验时间")
    expect(page.locator("#by-code")).to_have_count(0)
    expect(page.locator(".compare")).to_have_count(0)
    if put == "x":
        looking.looked_at(page, "verdict_no_code")


def test_a_hash_that_lost_its_code_is_not_read_whole(page: Page, issued: Issued) -> None:
    """Opened with another sign for the # too, which takes what is behind it into the path."""
    for behind in ("#", "%EF%BC%83", f"%23{issued.digits[1:60]}"):
        _open(page, issued, behind)
        told = page.locator('[data-verdict="incomplete"]')
        expect(told).to_contain_text("请对准整个方块码再扫一次")
        expect(page.locator("[data-verdict]:visible h1")).to_have_text("码没有读全")
    _open(page, issued, f"\N{FULLWIDTH NUMBER SIGN}{issued.digits[1:]}")
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    assert page.evaluate("location.hash") == issued.digits
    _unheard(page, None)
    _open(page, issued, "#")
    expect(page.locator('[data-verdict="incomplete"]')).to_contain_text("没有问到平台")


def test_the_device_checks_what_the_server_does_not_answer(page: Page, issued: Issued) -> None:
    digits = issued.digits
    for answer in (None, 200, 429):
        _unheard(page, answer)
        _open(page, issued, _other_digit(digits, len(digits) - 3))
        expect(page.locator('[data-verdict="altered"]')).to_contain_text("签名不对")
        _open(page, issued, digits[:60])
        expect(page.locator("[data-verdict]:visible h1")).to_have_text("码没有读全")
        _open(page, issued, digits)
        # The page is the server's word of this moment, and says which code is its own.
        expect(page.locator('[data-verdict="valid"]')).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text("没有问到平台")
    looking.looked_at(page, "verdict_code_unheard")


def test_a_browser_without_this_kind_of_key_waits_for_the_server(
    page: Page, issued: Issued
) -> None:
    page.add_init_script(OLD)
    _open(page, issued, issued.digits)
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    _unheard(page, None)
    _open(page, issued, issued.digits)
    told = page.locator('[data-verdict="unasked"]')
    expect(told).to_contain_text("没有问到平台")
    expect(told.locator(".compare")).to_contain_text(issued.number)
    expect(page.locator('[data-verdict="valid"]')).to_have_count(0)
    looking.looked_at(page, "verdict_unasked")


def test_its_own_code_is_shown_before_the_server_answers(page: Page, issued: Issued) -> None:
    held: list[Route] = []
    page.route(ASKED, lambda route: held.append(route))  # noqa: PLW0108 -- no built-in is taken
    _open(page, issued, issued.digits)
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    _open(page, issued, _other_digit(issued.digits, 200))
    expect(page.locator(".checking")).to_be_visible()
    expect(page.locator("[data-verdict]")).to_be_hidden()
    for route in held[-1:]:
        route.continue_()
    expect(page.locator('[data-verdict="altered"]')).to_be_visible()


def _unheard(page: Page, status: int | None) -> None:
    """The server is asked and gives no answer, or one that is none."""

    def answer(route: Route) -> None:
        if status is None:
            route.abort()
        else:
            route.fulfill(status=status, content_type="application/problem+json", body="{}")

    page.unroute(ASKED)
    page.route(ASKED, answer)


def test_a_server_that_calls_an_altered_code_valid_is_not_believed(
    page: Page, issued: Issued
) -> None:
    def lie(route: Route) -> None:
        asked = {"text": f"{issued.house.address}/v/{issued.public_id}{issued.digits}"}
        route.fulfill(response=route.fetch(post_data=json.dumps(asked)))

    page.route(ASKED, lie)
    _open(page, issued, issued.digits)
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    _open(page, issued, _other_digit(issued.digits, 200))
    expect(page.locator('[data-verdict="altered"]')).to_be_visible()


def test_another_code_in_the_same_address_is_looked_at(page: Page, issued: Issued) -> None:
    _open(page, issued, issued.digits)
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    page.evaluate("text => { location.hash = text }", _other_digit(issued.digits, 100))
    expect(page.locator('[data-verdict="altered"]')).to_be_visible()
    page.goto("about:blank")
    page.goto(f"/v/{issued.public_id}#main")
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()


def test_the_verdict_of_the_code_before_is_gone_before_another_is_asked_for(
    page: Page, issued: Issued
) -> None:
    _open(page, issued, issued.digits)
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    # A line on which the page that is asked for does not come for a long time. Playwright's own
    # looks wait for that page: the page itself says what can be seen of it.
    held: list[Route] = []
    page.route("**/v/*", lambda route: held.append(route))  # noqa: PLW0108 -- no built-in is taken
    seen: list[str] = []
    page.on("console", lambda line: seen.append(line.text))
    page.evaluate(_SAY_WHAT_IS_SEEN, _other_digit(issued.digits, 100))
    for _ in range(600):
        if held and len(seen) >= 3:
            break
        page.wait_for_timeout(100)
    assert held
    assert set(seen) == {"verdict: false, checking: true"}
    for route in held:
        route.continue_()
    page.unroute("**/v/*")
    expect(page.locator('[data-verdict="altered"]')).to_be_visible()
