"""Honest learners on bad phones: off line for a while, or the page reloaded, lose nothing."""

import time

from playwright.sync_api import Page, expect

from tests.browser import worker_way as way
from tests.browser.films import ShortCourse, make_short_course
from tests.browser.house import House
from tests.people import ALICE

CALM = {"presence_gap_s": None, "identity_gap_s": [600, 600]}


def _begin(page: Page, house: House, course: ShortCourse) -> None:
    way.sign_up(page, house, ALICE)
    way.enrol(page, course.course_id)
    page.get_by_role("link", name="继续学习").click()
    expect(page.locator("#check")).to_be_visible()
    way.answer_check(page, house, ALICE)
    page.wait_for_timeout(500)
    if page.locator("#toggle").get_attribute("data-playing") != "true":
        page.locator("#toggle").click()


def test_ninety_seconds_without_a_network_lose_nothing(page: Page, house: House) -> None:
    course = make_short_course(house.parts, film_s=100, **CALM)
    _begin(page, house, course)
    expect(page.locator("#counted rect")).not_to_have_count(0, timeout=15_000)
    # The film is on the device before the network goes.
    _wait_until_loaded(page)
    page.context.set_offline(True)
    began = time.monotonic()
    expect(page.locator("#unsent")).to_contain_text("断网", timeout=15_000)
    page.wait_for_timeout(int(1000 * (90 - (time.monotonic() - began))))
    expect(page.locator("#status-text")).to_have_text("计时中")
    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_be_hidden(timeout=30_000)
    way.study_lesson(page, house, ALICE, most_s=60)
    assert page.locator("#pending").inner_text() != "0 秒"
    seconds = _counted_s(page, 100)
    assert seconds >= 98.5, seconds


def _wait_until_loaded(page: Page) -> None:
    for _ in range(60):
        end = page.evaluate(
            "(() => { const v = document.querySelector('video');"
            " const n = v.buffered.length;"
            " return n ? v.buffered.end(n - 1) / v.duration : 0 })()"
        )
        if end > 0.98:
            return
        page.wait_for_timeout(250)
    raise AssertionError("the film did not load")


def _counted_s(page: Page, film_s: int) -> float:
    parts = page.locator("#counted rect")
    widths = [parts.nth(i).get_attribute("width") or "0%" for i in range(parts.count())]
    return sum(float(width.rstrip("%")) for width in widths) * film_s / 100


def test_a_reload_in_the_middle_goes_on_where_it_was(page: Page, house: House) -> None:
    course = make_short_course(house.parts, **CALM)
    _begin(page, house, course)
    page.wait_for_timeout(9_000)
    page.reload()
    expect(page.locator("#status-text")).to_have_text("已暂停：请点播放", timeout=15_000)
    before = _counted_s(page, 24)
    assert before >= 6.0, before
    assert page.locator("#check").is_hidden()
    way.study_lesson(page, house, ALICE, most_s=60)
    assert _counted_s(page, 24) >= 23.6
