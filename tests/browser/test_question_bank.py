"""From a clerk's table to a marked answer: bank, import, exam with an outage, marking desk."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import delete
from starlette.testclient import TestClient

from app.core import spreadsheet
from app.learning.models.catalogue import Course
from app.learning.models.exams import ExamBankCourse
from app.learning.rules.item_sheet import COLUMNS, EXAMPLES, WIDTHS, row_of
from app.lobby.parts import Parts
from app.main import create_app
from tests.browser.entering import enter
from tests.browser.house import House
from tests.browser.looking import arrived, look
from tests.courses import make_course
from tests.employers import post
from tests.people import ALICE, sign_in, verify
from tests.schools import SCHOOL, found_school

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _table(*, is_right: bool) -> dict[str, object]:
    rows = [row_of(replace(item, code="")) for item in EXAMPLES]
    if not is_right:
        rows[1][COLUMNS.index("答案")] = "Z"
    content = spreadsheet.write_sheets([("题库", WIDTHS, [COLUMNS, *rows])])
    return {"name": "题目.xlsx", "mimeType": XLSX, "buffer": content}


def _bring_in(desk: Page) -> str:
    """A bank, a file with a flaw, the file put right, and a question by hand."""
    desk.goto("/banks")
    look(desk, "banks-empty")
    desk.get_by_label("名称").fill("安全员题库")
    desk.get_by_role("button", name="新建").click()
    arrived(desk, "**/banks/0*")
    bank = "/banks/" + desk.url.rpartition("/")[2]
    desk.get_by_role("link", name="导入题目").click()
    desk.locator("#bank-file").set_input_files([_table(is_right=False)])
    expect(desk.locator("#trial-title")).to_have_text("有 1 处要改")
    expect(desk.locator("#trial-flaws tbody tr")).to_contain_text("第 3 行")
    expect(desk.locator("#do-import")).to_have_text("只导入没有问题的 4 题")
    look(desk, "bank-trial")
    desk.locator("#bank-file").set_input_files([_table(is_right=True)])
    expect(desk.locator("#trial-title")).to_have_text("没有问题，可以导入")
    desk.locator("#do-import").click()
    expect(desk.locator("#trial-title")).to_have_text("已经导入")
    expect(desk.locator("#trial-sum")).to_contain_text("新增 5 题")
    desk.goto(f"{bank}/items/new?kind=single")
    desk.get_by_label("题干").fill("灭火器先做什么？")
    for letter, text in zip("ABC", ("拔销子", "按压把", "对准火"), strict=True):
        desk.get_by_label(f"选项 {letter}").fill(text)
    desk.get_by_label("解析").fill("先拔销子。")
    desk.get_by_role("button", name="保存").click()
    expect(desk.locator("#f-stem")).to_have_value("灭火器先做什么？")
    expect(desk.locator("#e-letters")).to_contain_text("没有答案")
    look(desk, "bank-item-refused")
    desk.locator('[name="letters"][value="A"]').check()
    desk.get_by_role("button", name="保存").click()
    arrived(desk, "**" + bank)
    expect(desk.get_by_role("row", name=re.compile("灭火器"))).to_be_visible()
    look(desk, "bank")
    return bank.rpartition("/")[2]


def _let_draw(parts: Parts, course_id: str, bank_id: str, org_id: str) -> None:
    with parts.database.transaction() as db:
        db.execute(delete(ExamBankCourse).where(ExamBankCourse.course_id == course_id))
        db.get_one(Course, course_id).org_id = org_id
        db.add(ExamBankCourse(bank_id=bank_id, course_id=course_id))


def _answer(page: Page, kind: str) -> None:
    """Answer the question that is shown."""
    question = page.locator(".question:not([hidden])")
    if kind == "fill_in":
        question.locator("input").nth(0).fill("12")
        question.locator("input").nth(1).fill("断电")
    elif kind == "short":
        question.locator("textarea").fill("先断电，再打 120")
    else:
        question.locator("label.tick").first.click()


@pytest.mark.xdist_group("test_question_bank")
def test_from_a_table_to_a_marked_answer(
    browser: Browser, phone: BrowserContext, page: Page, house: House
) -> None:
    parts = house.parts
    course = make_course(parts, required_s=0)
    org_id = found_school(parts)
    wide = browser.new_context(
        base_url=house.address, locale="zh-CN", viewport={"width": 390, "height": 844}
    )
    enter(wide, house, SCHOOL)
    desk = wide.new_page()
    bank_id = _bring_in(desk)
    _let_draw(parts, course.course_id, bank_id, org_id)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        enrolled = post(alice, "/enrolments", {"course_id": course.course_id}).json()
        jar = [{"name": n, "value": v, "url": house.address} for n, v in alice.cookies.items()]
    phone.add_cookies(jar)
    page.goto(f"/exam/{enrolled['id']}")
    page.get_by_role("button", name="开始考试").click()
    arrived(page, "**/exam/attempts/*")
    kinds = page.locator(".question").evaluate_all("all => all.map(one => one.dataset.kind)")
    assert sorted(kinds) == sorted(
        ["single", "single", "multiple", "true_false", "fill_in", "short"]
    )
    for number, kind in enumerate(kinds):
        phone.set_offline(number in (2, 3))
        _answer(page, kind)
        if number in (2, 3):
            expect(page.locator("#saved")).to_contain_text("待补交")
        else:
            expect(page.locator("#saved")).to_have_text("已保存")
        look(page, f"exam-{kind}")
        if number + 1 < len(kinds):
            page.locator("#next").click()
    page.reload()
    expect(page.locator("#sheet .is-answered")).to_have_count(len(kinds))
    page.locator("#hand-in").click()
    page.locator("#sure-yes").click()
    arrived(page, "**/result")
    expect(page.get_by_role("heading", name="已交卷，等人工评阅")).to_be_visible()
    look(page, "exam-being-marked")
    desk.goto("/marking")
    look(desk, "marking")
    desk.get_by_role("link", name=re.compile("有人触电")).click()
    expect(desk.locator(".answer-text").first).to_have_text("先断电，再打 120")
    desk.get_by_role("button", name="给分，看下一份").click()
    expect(desk.locator("#e-points")).to_contain_text("每条要点都要给分")
    for place in range(3):
        desk.locator("fieldset").nth(place).get_by_role("button", name="满分").click()
    expect(desk.locator("#sum")).to_have_text("5")
    look(desk, "mark")
    desk.get_by_role("button", name="给分，看下一份").click()
    arrived(desk, "**/marking")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("分")
    expect(page.locator("body")).to_contain_text("得分：5/5")
    look(page, "exam-marked")
    wide.close()
