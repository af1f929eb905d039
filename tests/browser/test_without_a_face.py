"""The way without a face: the questions and a code stand in for the camera, to the certificate."""

from playwright.sync_api import Page, expect

from tests.browser import verifying
from tests.browser import worker_way as way
from tests.browser.films import ShortCourse
from tests.browser.house import House
from tests.people import ALICE


def test_from_sign_up_to_the_certificate(page: Page, house: House, course: ShortCourse) -> None:
    way.sign_up(page, house, ALICE)
    enrolment_id = way.enrol(page, course.course_id)
    kinds = way.study_course(page, house, ALICE, lessons=2)
    assert kinds == {"presence", "identity"}
    page.get_by_role("link", name="去考试").click()
    way.sit_exam(page, house.parts, enrolment_id)
    verifying.open_certificate(page)
    page.get_by_role("link", name="看别人扫码后看到的").click()
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
