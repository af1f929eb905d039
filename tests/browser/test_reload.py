"""A page loaded anew in the middle of a lesson goes on where it was."""

from playwright.sync_api import Page, expect

from tests.browser import worker_way as way
from tests.browser.calm_lesson import CALM, begin
from tests.browser.films import FILM_S, make_short_course
from tests.browser.house import House
from tests.people import ALICE


def test_a_reload_in_the_middle_goes_on_where_it_was(page: Page, house: House) -> None:
    course = make_short_course(house.parts, **CALM)
    begin(page, house, course)
    for _ in range(240):  # seconds that are counted come later where the machine is busy
        if FILM_S * way.counted_share(page) >= 8.0:
            break
        page.wait_for_timeout(250)
    page.reload()
    expect(page.locator("#status-text")).to_have_text("已暂停：请点播放")
    before = FILM_S * way.counted_share(page)
    assert before >= 6.0, before
    assert page.locator("#check").is_hidden()
    way.study_lesson(page, house, ALICE)
    assert FILM_S * way.counted_share(page) >= FILM_S - 0.4
