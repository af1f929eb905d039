"""Papers by blueprint: refused where the banks are short, drawn again the same, nothing twice."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.learning.models.exams import ExamAttempt, ExamBankCourse, ExamItem
from app.learning.repository import banks as rows
from app.learning.services import exam_drawing
from app.lobby.parts import Parts
from tests import examinee
from tests.employers import post, put
from tests.graduates import study_through
from tests.player import Player
from tests.schools import School, found_school, school_client, stock

SECTIONS = [
    {"title": "选择", "count": 2, "points": 2, "kind": "single"},
    {"title": "判断", "count": 1, "points": 4, "kind": "true_false", "chapter": "第二章 用电"},
    {"title": "", "count": 0},
]


class Exam:
    """Alice, who may sit the exam of a course of an institution, and somebody who acts for it."""

    def __init__(self, player: Player, school: School, author: TestClient, course_id: str) -> None:
        self.player, self.school, self.author, self.course_id = player, school, author, course_id

    def save(self, sections: list[dict], minutes: int = 30):
        body = {"minutes": minutes, "sections": sections}
        return put(self.author, f"/exam-blueprints/{self.course_id}", body)

    def start(self) -> dict:
        return examinee.start(self.player.client, self.player.enrolment_id)

    def hand_in(self, attempt: dict) -> dict:
        return dict(
            post(self.player.client, f"/attempts/{attempt['attempt_id']}/submission", {}).json()
        )

    def redrawn(self, attempt: dict) -> exam_drawing.Redrawn:
        with self.player.parts.database.reading() as db:
            return exam_drawing.redraw(db, attempt["attempt_id"])


@pytest.fixture
def exam(client: TestClient, parts: Parts, clock: SettableClock) -> Iterator[Exam]:
    player = study_through(client, parts, clock)
    org_id = found_school(parts)
    with parts.database.reading() as db:
        course_id = db.scalars(select(rows.Course.id)).one()
    school = stock(parts, org_id, course_id)
    with school_client(parts) as author:
        yield Exam(player, school, author, course_id)


def test_without_one_a_paper_can_be_drawn_again_too(exam: Exam) -> None:
    attempt = exam.start()
    assert len(attempt["questions"]) == 10
    assert exam.redrawn(attempt).is_same


def test_a_paper_has_the_sections_with_their_points(exam: Exam) -> None:
    saved = exam.save(SECTIONS)
    assert saved.status_code == 200, saved.text
    told = saved.json()
    assert (told["number"], len(told["sections"]), told["seconds"]) == (1, 2, 1800)
    assert told["parallel"]["easiest"] == told["parallel"]["hardest"]
    assert exam.save(SECTIONS).json()["number"] == 1
    begun = exam.player.client.get(f"/exam/{exam.player.enrolment_id}").text
    assert "3 题" in begun
    attempt = exam.start()
    shown = [(q["section"], q["points"], q["kind"]) for q in attempt["questions"]]
    assert shown == [("选择", 2, "single")] * 2 + [("判断", 4, "true_false")]
    question = attempt["questions"][2]
    right = examinee.right_letters(exam.player.parts, question)
    examinee.put(exam.player.client, attempt, question["item_id"], right)
    assert exam.hand_in(attempt)["score"] == 50  # four of eight points


def test_what_was_drawn_is_drawn_again_after_edits_of_bank_and_plan(
    exam: Exam, clock: SettableClock
) -> None:
    exam.save(SECTIONS)
    attempt = exam.start()
    clock.advance(ms=60_000)
    item = {
        "kind": "single", "stem": "全新？", "explanation": "新。", "choices": ["甲", "乙", "丙"],
        "letters": ["A"],
    }  # fmt: skip
    base = f"/exam-banks/{exam.school.bank_id}/items"
    assert post(exam.author, base, item).status_code == 201
    assert put(exam.author, f"{base}/{exam.school.items['single']}", item).status_code == 200
    assert exam.save([SECTIONS[0] | {"count": 1}]).json()["number"] == 2
    with exam.player.parts.database.transaction() as db:
        db.execute(delete(ExamBankCourse).where(ExamBankCourse.bank_id == exam.school.bank_id))
    found = exam.redrawn(attempt)
    assert found.is_same
    assert [asked.item_id for asked in found.again] == [q["item_id"] for q in attempt["questions"]]


def test_a_paper_that_was_changed_by_hand_does_not_come_out_again(exam: Exam) -> None:
    attempt = exam.start()
    with exam.player.parts.database.transaction() as db:
        row = db.get_one(ExamAttempt, attempt["attempt_id"])
        row.paper = [row.paper[-1], *row.paper[1:-1], row.paper[0]]
    assert not exam.redrawn(attempt).is_same


def test_the_next_paper_asks_what_was_not_asked(exam: Exam, clock: SettableClock) -> None:
    exam.save([{"title": "选择", "count": 4, "points": 1, "kind": "single"}])
    first = exam.start()
    exam.hand_in(first)
    clock.advance(ms=1000)
    second = exam.start()
    asked = [{q["item_id"] for q in each["questions"]} for each in (first, second)]
    assert asked[0] & asked[1] == set()
    exam.hand_in(second)
    clock.advance(ms=1000)
    third = exam.start()  # nine there are: one is left, and three come again
    seen = {q["item_id"] for q in third["questions"]} & (asked[0] | asked[1])
    assert len(seen) == 3
    for attempt in (first, second, third):
        assert exam.redrawn(attempt).is_same


@pytest.mark.parametrize(
    ("sections", "status", "field"),
    [
        ([SECTIONS[0] | {"count": 100}], 409, "/sections/0/count"),
        ([SECTIONS[0] | {"chapter": "没有这一章"}], 409, "/sections/0/count"),
        ([SECTIONS[0], SECTIONS[1] | {"title": " "}], 422, "/sections/1/title"),
        ([SECTIONS[0] | {"low": 4, "high": 2}], 422, "/sections/0/low"),
        ([{"title": "", "count": 0}], 422, "/sections/0/title"),
    ],
)
def test_what_cannot_be_drawn_is_not_saved(
    exam: Exam, sections: list[dict], status: int, field: str
) -> None:
    refused = exam.save(sections)
    assert refused.status_code == status, refused.text
    assert [each["field"] for each in refused.json()["errors"]] == [field]
    assert refused.json()["remedy"]
    address = f"/api/v1/exam-blueprints/{exam.course_id}"
    assert exam.author.get(address).json()["number"] == 0


def test_a_bank_that_shrank_keeps_people_from_beginning_and_says_so(exam: Exam) -> None:
    exam.save(SECTIONS)
    with exam.player.parts.database.transaction() as db:
        db.execute(update(ExamItem).where(ExamItem.kind == "true_false").values(is_active=False))
    answer = post(exam.player.client, f"/enrolments/{exam.player.enrolment_id}/attempts", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "bank_short")
    assert "现在组不成卷" in exam.author.get(f"/blueprints/{exam.course_id}").text
