"""Before it is known who sits there, nothing of a paper is told, and none of its time runs."""

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.learning.models.exams import ExamAttempt
from app.learning.services.exam_papers import paper_of
from app.lobby.parts import Parts
from tests import examinee
from tests.employers import post
from tests.people import csrf
from tests.sitters import Sitter


@pytest.fixture
def sitter(client: TestClient, parts: Parts, clock: SettableClock) -> Sitter:
    return Sitter(client, parts, clock)


def test_no_question_is_told_before_the_opening_check_is_over(
    sitter: Sitter, clock: SettableClock
) -> None:
    begun = sitter.begin()
    assert (begun["questions"], begun["is_shut"], begun["question_count"]) == ([], True, 10)
    again = examinee.start(sitter.client, sitter.enrolment_id)  # a reload, another device
    assert (again["questions"], again["is_shut"]) == ([], True)
    page = sitter.client.get(f"/exam{sitter.address}").text
    assert "核对以后才显示试题" in page
    assert "<fieldset" not in page.split('id="paper"', 1)[1].split("</form>", 1)[0]
    clock.advance(ms=50_000)
    assert sitter.pass_check()["remaining_ms"] == 600_000
    told = sitter.look()
    assert (len(told["questions"]), told["is_shut"]) == (10, False)
    assert told["questions"][0]["stem"] in sitter.client.get(f"/exam{sitter.address}").text


def test_nothing_is_answered_before(sitter: Sitter, parts: Parts, clock: SettableClock) -> None:
    """Whoever knew the paper's questions from elsewhere."""
    sitter.begin()
    item_id = _some_item(parts, sitter.attempt["attempt_id"])
    early = examinee.put(sitter.client, sitter.attempt, item_id, ["A"])
    assert (early.status_code, early.json()["code"]) == (409, "check_open")
    assert "不算在答题时间里" in early.json()["remedy"]
    on = post(sitter.client, f"{sitter.address}/next", {"place": 0})
    assert (on.status_code, on.json()["code"]) == (409, "check_open")
    clock.advance(ms=1_000)
    sitter.pass_check()
    assert examinee.put(sitter.client, sitter.attempt, item_id, ["A"]).status_code == 200


@pytest.mark.parametrize("is_answered", [True, False])
def test_whatever_comes_of_it_the_whole_time_is_left_and_the_result_waits(
    sitter: Sitter, clock: SettableClock, *, is_answered: bool
) -> None:
    sitter.begin()
    challenge = sitter.challenge()
    assert challenge is not None
    if is_answered:
        for _ in range(3):
            clock.advance(ms=40_000)
            told = sitter.answer(challenge, is_right=False).json()
            challenge = told["challenge"] or challenge
        assert told["outcome"] == "failed"
        assert told["remaining_ms"] == 600_000
    else:
        clock.advance(ms=challenge["expires_in_ms"] + 16_000)
        # Sixteen seconds are the learner's own: the check was over by then.
        assert sitter.look()["remaining_ms"] == 600_000 - 16_000
    assert len(sitter.look()["questions"]) == 10
    sitter.answer_all()
    assert sitter.hand_in()["state"] == "held"


def test_the_first_question_keeps_its_time(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sitter = Sitter(client, parts, clock, exam_item_s=60)
    sitter.begin()
    assert (sitter.attempt["place"], sitter.attempt["questions"]) == (0, [])
    clock.advance(ms=70_000)
    sitter.pass_check()
    told = sitter.look()
    assert (told["place"], len(told["questions"]), told["item_remaining_ms"]) == (0, 1, 60_000)


def test_handing_in_before_is_a_paper_without_answers(sitter: Sitter) -> None:
    sitter.begin()
    address = f"/api/v1{sitter.address}/submission"
    done = sitter.client.post(address, headers=csrf(sitter.client))
    assert (done.status_code, done.json()["score"]) == (200, 0)


def _some_item(parts: Parts, attempt_id: str) -> str:
    with parts.database.reading() as db:
        return paper_of(db.get_one(ExamAttempt, attempt_id))[0].item_id
