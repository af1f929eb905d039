"""The way without a face: the questions and a code stand in for the camera, to the certificate."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.learning.models.study_checks import StudyAnswer
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
    _look_at_signatures(page, house)
    page.get_by_role("link", name="去考试").click()
    way.sit_exam(page, house.parts, enrolment_id)
    verifying.open_certificate(page)
    page.get_by_role("link", name="看别人扫码后看到的").click()
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()


def _look_at_signatures(page: Page, house: House) -> None:
    """The browser made a key of its own at the first check, and signed every answer with it."""
    with house.parts.database.reading() as db:
        signed = db.execute(select(StudyAnswer.device_key_id, StudyAnswer.signature)).all()
    assert len({key_id for key_id, _ in signed}) == 1
    assert {len(signature) for _, signature in signed} == {86}
    course = page.url
    page.goto("/me")
    expect(page.locator("summary", has_text="这台设备")).to_be_visible()
    page.goto(course)
