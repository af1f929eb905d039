"""Ninety seconds off line in a lesson lose nothing."""

import time

from playwright.sync_api import Page, expect

from tests.browser import worker_way as way
from tests.browser.calm_lesson import CALM, begin
from tests.browser.films import make_short_course
from tests.browser.house import House
from tests.people import ALICE


def test_ninety_seconds_without_a_network_lose_nothing(page: Page, house: House) -> None:
    course = make_short_course(house.parts, film_s=100, **CALM)
    begin(page, house, course)
    expect(page.locator("#counted rect")).not_to_have_count(0)
    # The film is on the device before the network goes.
    _wait_until_loaded(page)
    page.context.set_offline(True)
    began = time.monotonic()
    expect(page.locator("#unsent")).to_contain_text("断网")
    page.wait_for_timeout(int(1000 * (90 - (time.monotonic() - began))))
    expect(page.locator("#status-text")).to_have_text("计时中")
    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_be_hidden(timeout=30_000)
    way.study_lesson(page, house, ALICE)
    assert page.locator("#pending").inner_text() != "0 秒"
    seconds = 100 * way.counted_share(page)
    assert seconds >= 98.5, seconds


def _wait_until_loaded(page: Page) -> None:
    for _ in range(240):
        end = page.evaluate(
            "(() => { const v = document.querySelector('video');"
            " const n = v.buffered.length;"
            " return n ? v.buffered.end(n - 1) / v.duration : 0 })()"
        )
        if end > 0.98:
            return
        page.wait_for_timeout(250)
    raise AssertionError("the film did not load")
