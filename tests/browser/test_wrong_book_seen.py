"""A paper whose questions have a limit each, and afterwards the book of what was wrong."""

import re

from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select
from starlette.testclient import TestClient

from app.learning.models.exams import ExamAttempt
from app.main import create_app
from tests.browser.conftest import watched
from tests.browser.films import make_short_course
from tests.browser.house import House
from tests.browser.looking import look, looked_at
from tests.employers import post
from tests.examinee import right_letters
from tests.people import ALICE, sign_in, verify


def _enter(phone: BrowserContext, house: House, course_id: str) -> str:
    """Sign in through the JSON doorway, and bring the cookies along; returns the enrolment."""
    with TestClient(create_app(house.parts)) as client:
        sign_in(client, house.parts, ALICE)
        verify(client, ALICE)
        enrolment_id = str(post(client, "/enrolments", {"course_id": course_id}).json()["id"])
        phone.add_cookies(
            [
                {"name": each.name, "value": each.value or "", "url": house.address}
                for each in client.cookies.jar
            ]
        )
    return enrolment_id


def test_questions_go_forward_only_and_come_back_in_the_book(
    phone: BrowserContext, house: House
) -> None:
    course = make_short_course(
        house.parts, required_s=0, exam_item_s=600, exam_total=1, exam_shows="score"
    )
    enrolment_id = _enter(phone, house, course.course_id)
    with watched(phone) as page:
        page.goto(f"/exam/{enrolment_id}")
        expect(page.locator("main")).to_contain_text("限时 600 秒")
        page.get_by_role("button", name="开始考试").click()
        expect(page.locator("#place")).to_have_text("第 1 题，共 6 题")
        expect(page.locator("#previous")).to_be_hidden()
        look(page, "exam-one-question")
        first = page.locator(".question")
        texts = first.locator(".tick span:not(.letter)").all_inner_texts()
        item_id = first.get_attribute("data-item") or ""
        right = right_letters(house.parts, {"item_id": item_id, "choices": texts})
        wrong = next(each for each in "ABCD"[: len(texts)] if [each] != right)
        first.locator(f'input[value="{wrong}"]').check()
        page.locator("#next").click()
        expect(page.locator("#place")).to_have_text("第 2 题，共 6 题")
        page.reload()
        expect(page.locator("#place")).to_have_text("第 2 题，共 6 题")
        with house.parts.database.transaction() as db:  # the time of the second one passes
            row = db.scalars(select(ExamAttempt)).one()
            (opened, due, left), (second, _, _) = row.slots or []
            row.slots = [[opened, due, left], [second, second + 1, 0]]
        page.reload()
        expect(page.locator("#place")).to_have_text("第 3 题，共 6 题")
        page.locator("#hand-in").click()
        expect(page.locator("#sure-text")).to_contain_text("还有")
        page.locator("#sure-yes").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("还没有通过")
        page.goto("/home")
        page.get_by_role("link", name="错题本").click()
        expect(page.locator(".row-link")).to_have_count(6)
        looked_at(page, "wrong-book")
        page.locator(f'a[href$="{item_id}"]').click()
        looked_at(page, "wrong-question")
        page.get_by_role("button", name="看看对不对").click()
        expect(page.locator("form [role=alert]:visible").first).to_be_visible()
        letters = right_letters(
            house.parts,
            {
                "item_id": item_id,
                "choices": page.locator(".tick span:not(.letter)").all_inner_texts(),
            },
        )
        for letter in letters:
            page.locator(f'input[value="{letter}"]').check()
        page.get_by_role("button", name="看看对不对").click()
        expect(page.locator("#tried")).to_contain_text("答对了")
        expect(page.locator("#tried")).to_contain_text(re.compile("再连续答对 1 次"))
        looked_at(page, "wrong-question-tried")
