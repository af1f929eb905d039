"""A lesson that asks for nobody in its middle, so that a test can look at one thing."""

from playwright.sync_api import Page, expect

from tests.browser import worker_way as way
from tests.browser.films import ShortCourse
from tests.browser.house import House
from tests.people import ALICE

CALM = {"presence_gap_s": None, "identity_gap_s": [600, 600]}


def begin(page: Page, house: House, course: ShortCourse) -> None:
    way.sign_up(page, house, ALICE)
    way.enrol(page, course.course_id)
    page.get_by_role("link", name="继续学习").click()
    expect(page.locator("#check")).to_be_visible()
    way.answer_check(page, house, ALICE)
    way.start_playing(page)
