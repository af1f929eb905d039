"""The book of wrong answers over the wire: what comes in, when, and how it leaves."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.learning.models.exams import ExamBankCourse, ExamItem
from app.lobby.parts import Parts
from tests import examinee
from tests.courses import make_course
from tests.employers import post
from tests.sitters import Sitter


@pytest.fixture
def sitter(client: TestClient, parts: Parts, clock: SettableClock) -> Sitter:
    return Sitter(client, parts, clock, exam_identity_gap_s=None, exam_total=2, exam_cooldown_s=0)


def _sit(sitter: Sitter, *, wrong: int) -> dict:
    sitter.begin()
    sitter.answer_all(wrong=wrong)
    return sitter.hand_in()


def _book(sitter: Sitter) -> list[dict]:
    return list(sitter.client.get("/api/v1/me/wrong-questions").json())


def _try(sitter: Sitter, line: dict, *, is_right: bool):
    right = examinee.right_letters(sitter.parts, line)
    letters = "ABCDEFGH"[: len(line["choices"])]
    other = next(letter for letter in letters if [letter] != right)
    given = right if is_right else [other]
    sitter.clock.advance(ms=1_000)
    return post(
        sitter.client, f"/me/wrong-questions/{line['item_id']}/tries", {"choices": given}
    )  # fmt: skip


def test_it_opens_when_nothing_may_be_asked_any_more_and_lets_go_after_two(
    sitter: Sitter,
) -> None:
    failed = _sit(sitter, wrong=7)
    assert not failed["passed"]
    missed = [item["item_id"] for item in failed["items"] if not item["is_right"]]
    assert _book(sitter) == []
    shut = post(sitter.client, f"/me/wrong-questions/{missed[0]}/tries", {"choices": ["A"]})
    assert (shut.status_code, shut.json()["code"]) == (404, "not_found")
    passed = _sit(sitter, wrong=1)
    assert passed["passed"]
    wrong = {*missed, *(item["item_id"] for item in passed["items"] if not item["is_right"])}
    held = _book(sitter)
    assert {line["item_id"] for line in held} == wrong
    assert not {"answer", "explanation", "is_right"} & set(held[0])
    page = sitter.client.get("/wrong-questions").text
    assert held[0]["stem"] in page
    line = held[0]
    alone = sitter.client.get(f"/wrong-questions/{line['item_id']}").text
    assert "课文里讲过" not in alone
    assert _try(sitter, line, is_right=True).json()["left_to_go"] == 1
    told = _try(sitter, line, is_right=False).json()
    assert (told["is_right"], told["left_to_go"]) == (False, 2)
    assert told["explanation"]
    assert "正确答案" in told["right"]
    _try(sitter, line, is_right=True)
    last = _try(sitter, line, is_right=True).json()
    assert "移出错题本" in last["after"]
    assert line["item_id"] not in {each["item_id"] for each in _book(sitter)}
    assert _try(sitter, line, is_right=True).status_code == 404


def test_used_up_opens_it_and_a_question_out_of_use_is_gone(sitter: Sitter, parts: Parts) -> None:
    _sit(sitter, wrong=10)
    _sit(sitter, wrong=10)
    held = _book(sitter)
    assert held
    wrong = _try(sitter, held[0] | {"choices": held[0]["choices"]}, is_right=False)
    assert wrong.status_code == 200
    misfit = post(
        sitter.client, f"/me/wrong-questions/{held[0]['item_id']}/tries", {"choices": ["H"]}
    )
    assert (misfit.status_code, misfit.json()["errors"][0]["field"]) == (422, "/choices")
    with parts.database.transaction() as db:
        item = db.scalars(select(ExamItem).where(ExamItem.id == held[0]["item_id"])).one()
        item.is_active = False
    assert held[0]["item_id"] not in {line["item_id"] for line in _book(sitter)}
    nothing = sitter.client.get("/wrong-questions?q=没有这个词").text
    assert "没有找到" in nothing


def test_another_course_on_the_same_bank_shuts_it_before_its_first_paper(
    sitter: Sitter, parts: Parts
) -> None:
    _sit(sitter, wrong=10)
    _sit(sitter, wrong=10)
    held = _book(sitter)
    assert held
    other = make_course(parts, code="works", required_s=0)
    with parts.database.transaction() as db:
        bank_id = db.get_one(ExamItem, held[0]["item_id"]).bank_id
        db.add(ExamBankCourse(bank_id=bank_id, course_id=other.course_id))
    enrolled = post(sitter.client, "/enrolments", {"course_id": other.course_id})
    assert enrolled.status_code == 201, enrolled.text
    assert _book(sitter) == []
    assert _try(sitter, held[0], is_right=True).status_code == 404
