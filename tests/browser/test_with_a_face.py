"""The way with a face, whole: sign-up, study, exam, certificate, and what a stranger finds."""

from pathlib import Path

from playwright.sync_api import Playwright

from tests.browser import verifying
from tests.browser import worker_way as way
from tests.browser.conftest import camera_phone, watched
from tests.browser.films import ShortCourse
from tests.browser.house import House
from tests.people import ALICE


def test_from_sign_up_to_the_revoked_certificate(
    playwright: Playwright,
    house: House,
    course: ShortCourse,
    clips: dict[str, Path],
    tmp_path: Path,
) -> None:
    with camera_phone(playwright, house, clips["a"]) as phone, watched(phone) as page:
        way.sign_up_with_face(page, house, ALICE)
        enrolment_id = way.enrol(page, course.course_id)
        assert way.study_course(page, house, ALICE, lessons=2) == {"presence", "identity"}
        page.get_by_role("link", name="去考试").click()
        way.sit_exam(page, house.parts, enrolment_id)
        certificate = verifying.open_certificate(page)
        picture = verifying.picture_of_pdf(page, certificate, tmp_path / "certificate.png")
        verifying.scan(page, picture)
        verifying.alter(page)
        verifying.revoke(page, house)
