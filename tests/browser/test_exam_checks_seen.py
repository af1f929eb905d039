"""An exam in front of the camera: one check passed, one missed, and what follows."""

import datetime as dt
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect
from sqlalchemy import select

from app.learning.models.exam_checks import ExamCheck
from app.learning.models.exams import ExamAttempt
from tests.browser import worker_way as way
from tests.browser.conftest import camera_phone, watched
from tests.browser.films import make_short_course
from tests.browser.house import House
from tests.browser.looking import look, looked_at
from tests.examinee import right_letters
from tests.people import ALICE
from tests.reviewers import on_case, only_case, reviewer

NEVER_S = 20_000
LONG_AGO = dt.timedelta(hours=1)


def _ask_now(house: House) -> None:
    """Let the moment that was drawn be now."""
    with house.parts.database.transaction() as db:
        db.scalars(select(ExamAttempt)).one().check_due_at = house.parts.clock.now()


def _run_out(house: House) -> None:
    """Let the time of the open check be over, which the page was told of."""
    with house.parts.database.transaction() as db:
        check = db.scalars(select(ExamCheck).where(ExamCheck.verdict.is_(None))).one()
        check.expires_at -= LONG_AGO
        check.is_heard = True


def _answer_all(page: Page, house: House) -> None:
    questions = page.locator(".question")
    for index in range(questions.count()):
        question = questions.nth(index)
        item_id = question.get_attribute("data-item") or ""
        texts = question.locator(".tick span:not(.letter)").all_inner_texts()
        for letter in right_letters(house.parts, {"item_id": item_id, "choices": texts}):
            question.locator(f'input[value="{letter}"]').check()
        expect(page.locator("#saved")).to_contain_text("已保存")
        if index + 1 < questions.count():
            page.locator("#next").click()


def test_a_missed_check_is_held_read_and_released(
    playwright: Playwright, house: House, clips: dict[str, Path]
) -> None:
    gap = [NEVER_S, NEVER_S]
    course = make_short_course(house.parts, required_s=0, exam_identity_gap_s=gap)
    with camera_phone(playwright, house, clips["a"]) as phone, watched(phone) as page:
        way.sign_up_with_face(page, house, ALICE)
        enrolment_id = way.enrol(page, course.course_id)
        page.goto(f"/exam/{enrolment_id}")
        expect(page.locator("main")).to_contain_text("要核对是您本人")
        looked_at(page, "exam-start-with-checks")
        page.get_by_role("button", name="开始考试").click()
        expect(page.locator("#check-face")).to_be_visible()
        look(page, "exam-check")
        way.pass_check(page, house, ALICE)
        expect(page.locator("#checked")).to_contain_text("核对通过")
        _ask_now(house)
        expect(page.locator("#check-face")).to_be_visible()
        _run_out(house)
        expect(page.locator("#check")).to_be_hidden()
        expect(page.locator("#checked")).to_contain_text("人工复核")
        # Away and back: noted, and shown at once.
        page.evaluate("window.dispatchEvent(new Event('blur'))")
        page.wait_for_timeout(1_500)
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(page.locator("#away")).to_contain_text("离开页面 1 次")
        _answer_all(page, house)
        look(page, "exam-checked")
        page.locator("#hand-in").click()
        page.locator("#sure-yes").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("等人工复核")
        expect(page.locator("main")).to_contain_text("没有按时完成")
        looked_at(page, "exam-held")
        result = page.url
        with reviewer(house.parts) as desk:
            case_id = only_case(desk, "exam_review")["id"]
            browser = phone.browser
            assert browser is not None
            context = browser.new_context(base_url=house.address, timezone_id="Asia/Shanghai")
            context.add_cookies(
                [
                    {"name": each.name, "value": each.value or "", "url": house.address}
                    for each in desk.cookies.jar
                ]
            )
            with watched(context) as office:
                office.goto(f"/desk/cases/{case_id}")
                expect(office.locator("main")).to_contain_text("切到了别的窗口")
                looked_at(office, "exam-review-case")
            done = on_case(desk, case_id, "decision", decision="release", reason="当时在接电话。")
            assert done.status_code == 200, done.text
        page.goto(result)
        expect(page.get_by_role("heading", level=1)).to_contain_text("通过了")
        expect(page.locator("summary")).to_contain_text("离开页面 1 次")
