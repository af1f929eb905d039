"""What an open check lends is no time for questions, and what goes wrong on our side is ours."""

import datetime as dt

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.learning.models.exam_checks import ExamCheck
from app.learning.models.exams import ExamAttempt
from app.learning.services import exams
from app.lobby.parts import Parts
from tests import examinee
from tests.employers import post
from tests.sitters import GAP_S, Sitter

_GRACE_MS = 120_000


@pytest.fixture
def sitter(client: TestClient, parts: Parts, clock: SettableClock) -> Sitter:
    return Sitter(client, parts, clock)


def _put(sitter: Sitter, place: int = 0):
    question = sitter.attempt["questions"][place]
    right = examinee.right_letters(sitter.parts, question)
    return examinee.put(sitter.client, sitter.attempt, question["item_id"], right)


def _check(parts: Parts) -> ExamCheck:
    with parts.database.reading() as db:
        row = db.scalars(select(ExamCheck).order_by(ExamCheck.number.desc())).first()
        assert row is not None
        db.expunge(row)
        return row


def _closes_in_ms(parts: Parts, now: dt.datetime) -> int:
    with parts.database.reading() as db:
        row = db.scalars(select(ExamAttempt)).one()
        return (row.closes_at - now) // dt.timedelta(milliseconds=1)


@pytest.mark.parametrize("wrong", [0, 2])
def test_coming_back_at_the_end_buys_no_time_for_answers(
    client: TestClient, parts: Parts, clock: SettableClock, wrong: int
) -> None:
    sitter = Sitter(client, parts, clock, exam_identity_gap_s=[3600, 3600])
    sitter.begin()
    sitter.pass_check()
    clock.advance(ms=_closes_in_ms(parts, clock.now()) - 1_000)
    challenge = sitter.report(("hidden", 40_000)).json()["challenge"]
    assert challenge is not None
    for _ in range(wrong):
        challenge = sitter.answer(challenge, is_right=False).json()["challenge"]
    assert _put(sitter).status_code == 200
    clock.advance(ms=5_000)
    refused = _put(sitter, 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "check_open")
    on = post(client, f"{sitter.address}/next", {"place": 0})
    assert (on.status_code, on.json()["code"]) == (409, "check_open")
    assert sitter.answer(challenge).json()["outcome"] == "passed"
    assert _put(sitter, 1).json()["code"] == "exam_over"
    assert sitter.hand_in()["state"] == "graded"


def test_what_a_pass_of_ours_leaves_takes_the_answer_after_all(
    sitter: Sitter, clock: SettableClock
) -> None:
    """The gap of five minutes twice: the second check stands open at the end of the paper."""
    sitter.begin()
    sitter.pass_check()
    sitter.answer(sitter.wait(GAP_S + 30)["challenge"])
    clock.advance(ms=_closes_in_ms(sitter.parts, clock.now()) - 1_000)
    challenge = sitter.report().json()["challenge"]
    assert challenge is not None
    clock.advance(ms=20_000)
    assert _put(sitter).json()["code"] == "check_open"
    assert sitter.answer(challenge).json()["outcome"] == "passed"
    assert _put(sitter).status_code == 200


def test_a_check_on_return_gives_a_question_no_more_time(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sitter = Sitter(client, parts, clock, exam_item_s=60, exam_identity_gap_s=[3600, 3600])
    sitter.begin()
    sitter.pass_check()
    before = sitter.report().json()["item_remaining_ms"]
    clock.advance(ms=40_000)
    told = sitter.report(("hidden", 35_000)).json()
    assert told["challenge"] is not None
    assert told["item_remaining_ms"] == before - 40_000


def test_a_check_that_lapses_takes_its_time_from_no_question_that_came_after(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sitter = Sitter(client, parts, clock, exam_item_s=60, exam_identity_gap_s=[110, 110])
    sitter.begin()
    sitter.pass_check()
    left = sitter.report().json()["item_remaining_ms"]
    clock.advance(ms=left + 55_000)  # five seconds before the end of the second question
    told = sitter.report().json()
    assert told["challenge"] is not None
    ttl = told["challenge"]["expires_in_ms"]
    assert told["item_remaining_ms"] == 5_000 + ttl
    clock.advance(ms=_GRACE_MS + 6_000)
    second = sitter.client.get(f"/api/v1{sitter.address}").json()["questions"][0]
    late = examinee.put(client, sitter.attempt, second["item_id"], ["A"])
    assert (late.status_code, late.json()["code"]) == (409, "check_open")
    clock.advance(ms=ttl - _GRACE_MS - 6_000 + 16_000)  # eleven seconds into the third
    told = sitter.report(("blur", 1_000)).json()
    with parts.database.reading() as db:
        query = select(ExamCheck.verdict).order_by(ExamCheck.number)
        assert list(db.scalars(query)) == ["passed", "silent", None]
    # The next check is due meanwhile, and lends to the third.
    assert told["item_remaining_ms"] == 60_000 - 11_000 + told["challenge"]["expires_in_ms"]
    assert examinee.put(client, sitter.attempt, second["item_id"], ["A"]).status_code == 409


def _lose_the_judging(parts: Parts, clock: SettableClock) -> None:
    """As the worker leaves it that dies after it took an answer in."""
    with parts.database.transaction() as db:
        row = db.scalars(select(ExamCheck).where(ExamCheck.verdict.is_(None))).one()
        row.judging_until = clock.now() + dt.timedelta(seconds=120)
        row.is_heard = True


def test_an_answer_that_we_lost_is_asked_for_once_more(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sitter = Sitter(client, parts, clock, exam_identity_gap_s=[3600, 3600])
    sitter.begin()
    challenge = sitter.challenge()
    assert challenge is not None
    clock.advance(ms=challenge["expires_in_ms"] - 1_000)
    _lose_the_judging(parts, clock)
    busy = sitter.answer(challenge)
    assert (busy.status_code, busy.json()["code"]) == (409, "judging")
    clock.advance(ms=125_000)
    again = sitter.challenge()
    assert again is not None
    assert (again["id"], again["tries_left"]) == (challenge["id"], challenge["tries_left"])
    assert again["prompt_number"] == challenge["prompt_number"] + 1
    assert sitter.answer(again).json()["outcome"] == "passed"
    assert sitter.report().json()["remaining_ms"] > 590_000
    sitter.answer_all()
    assert sitter.hand_in()["state"] == "graded"


def test_no_paper_is_closed_over_an_answer_that_is_being_judged(
    sitter: Sitter, parts: Parts, clock: SettableClock
) -> None:
    sitter.begin()
    assert sitter.challenge() is not None
    with parts.database.transaction() as db:
        row = db.scalars(select(ExamAttempt)).one()
        row.closes_at = row.deadline_at = clock.now() + dt.timedelta(seconds=1)
    _lose_the_judging(parts, clock)
    clock.advance(ms=60_000)
    assert exams.close_overdue(parts.database, now=clock.now()) == 0
    assert _check(parts).verdict is None
    clock.advance(ms=3_600_000)
    assert exams.close_overdue(parts.database, now=clock.now()) == 1
    assert _check(parts).verdict == "missed"
