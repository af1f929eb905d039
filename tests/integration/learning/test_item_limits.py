"""A limit for each question, over the wire: server clock, grace, reload, another device."""

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.learning.models.exams import ExamAttempt
from app.lobby.parts import Parts
from tests import examinee
from tests.employers import post
from tests.sitters import Sitter


@pytest.fixture
def sitter(client: TestClient, parts: Parts, clock: SettableClock) -> Sitter:
    found = Sitter(client, parts, clock, exam_identity_gap_s=None, exam_item_s=60)
    found.begin()
    return found


def _now(sitter: Sitter) -> dict:
    return dict(sitter.client.get(f"/api/v1{sitter.address}").json())


def _put(sitter: Sitter, question: dict):
    right = examinee.right_letters(sitter.parts, question)
    return examinee.put(sitter.client, sitter.attempt, question["item_id"], right)


def _next(sitter: Sitter, place: int) -> dict:
    done = post(sitter.client, f"{sitter.address}/next", {"place": place})
    assert done.status_code == 200, done.text
    return dict(done.json())


def test_one_question_at_a_time_each_in_its_time_and_the_whole_is_their_sum(
    sitter: Sitter, clock: SettableClock
) -> None:
    attempt = sitter.attempt
    count = attempt["question_count"]
    assert (attempt["place"], len(attempt["questions"]), count) == (0, 1, 10)
    assert (attempt["item_remaining_ms"], attempt["remaining_ms"]) == (60_000, 600_000)
    for place in range(count):
        clock.advance(ms=10_000)
        told = _put(sitter, _now(sitter)["questions"][0]).json()
        assert told["item_remaining_ms"] == 50_000
        if place + 1 < count:
            assert _next(sitter, place)["place"] == place + 1
    assert _next(sitter, count - 1)["place"] == count - 1  # after the last there is none
    assert sitter.hand_in()["score"] == 100


def test_a_question_that_was_left_is_shut_and_a_second_tap_skips_none(sitter: Sitter) -> None:
    first = sitter.attempt["questions"][0]
    assert _next(sitter, 0)["place"] == 1
    assert _next(sitter, 0)["place"] == 1
    refused = _put(sitter, first)
    assert (refused.status_code, refused.json()["code"]) == (409, "item_over")
    assert refused.json()["remedy"]


def test_what_is_late_counts_within_the_grace_and_wins_no_time(
    sitter: Sitter, clock: SettableClock
) -> None:
    first = sitter.attempt["questions"][0]
    clock.advance(ms=100_000)  # an outage: the second question is open by now, page or no page
    seen = _now(sitter)
    assert (seen["place"], seen["item_remaining_ms"]) == (1, 20_000)
    assert _put(sitter, first).status_code == 200
    clock.advance(ms=81_000)  # three minutes: the grace of the first is over
    assert _now(sitter)["place"] == 3
    assert _put(sitter, first).json()["code"] == "item_over"
    assert _put(sitter, seen["questions"][0]).status_code == 200


def test_nothing_of_what_has_not_come_is_told_or_taken(sitter: Sitter, parts: Parts) -> None:
    with parts.database.reading() as db:
        paper = db.get_one(ExamAttempt, sitter.attempt["attempt_id"]).paper
    later = [asked[0] for asked in paper[1:]]
    page = sitter.client.get(f"/exam/attempts/{sitter.attempt['attempt_id']}").text
    told = sitter.client.get(f"/api/v1{sitter.address}").text
    assert not [item_id for item_id in later if item_id in page or item_id in told]
    early = examinee.put(sitter.client, sitter.attempt, later[0], ["A"])
    assert (early.status_code, early.json()["code"]) == (409, "item_over")
