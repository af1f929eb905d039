"""A stand-in who takes over in the middle: held, forfeited, and seen by the desk."""

import re
from pathlib import Path

from playwright.sync_api import Playwright, expect

from app.identity.services.cases import CaseKind, CaseState, list_cases
from tests.browser import worker_way as way
from tests.browser.conftest import camera_phone, watched
from tests.browser.films import ShortCourse
from tests.browser.house import House
from tests.people import ALICE


def test_another_face_in_the_middle_is_held_forfeited_and_on_the_desk(
    playwright: Playwright, house: House, course: ShortCourse, clips: dict[str, Path]
) -> None:
    with camera_phone(playwright, house, clips["a"]) as phone, watched(phone) as page:
        way.sign_up_with_face(page, house, ALICE)
        way.enrol(page, course.course_id)
        page.get_by_role("link", name="继续学习").click()
        way.pass_check(page, house, ALICE)
        way.start_playing(page)
        expect(page.locator("#pending")).not_to_have_text("0 秒")
        state = phone.storage_state()
        address = page.url
    with camera_phone(playwright, house, clips["b"], state) as phone, watched(phone) as page:
        page.goto(address)
        expect(page.locator("#status-text")).not_to_have_text("正在准备")
        page.get_by_role("button", name="核对并离开").click()
        for _ in range(240):
            if page.locator("#check-face").is_visible():
                page.get_by_role("button", name="开始核对").click()
                break
            if page.locator("#check").is_visible():
                way.answer_check(page, house, ALICE)
            page.wait_for_timeout(250)
        expect(page.locator("#status-text")).to_contain_text("不是本人", timeout=120_000)
        expect(page.locator("#pending")).to_have_text("0 秒")
        expect(page.locator("#hold-note")).to_be_visible()
        page.goto("/inbox")
        expect(page.locator("main")).to_contain_text(re.compile("未计入"))
    with house.parts.database.reading() as db:
        found, total = list_cases(db, states=[CaseState.OPEN], kinds=[CaseKind.RISK], page=1)
    assert total == 1
    assert found[0].facts["forfeited_ms"] > 0
