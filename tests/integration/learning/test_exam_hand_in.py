"""Handing in while an answer to a check is being judged: what counts is what comes of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.learning.models.exam_checks import ExamCheck
from app.learning.models.exams import ExamAttempt
from app.learning.services import exam_watching
from app.lobby.parts import Parts
from tests.people import csrf
from tests.sitters import Sitter


@pytest.fixture
def sitter(client: TestClient, parts: Parts, clock: SettableClock) -> Sitter:
    return Sitter(client, parts, clock, exam_identity_gap_s=[3600, 3600])


def _submit(sitter: Sitter) -> Response:
    address = f"/api/v1{sitter.address}/submission"
    return sitter.client.post(address, headers=csrf(sitter.client))


@pytest.fixture
def handed_in_meanwhile(sitter: Sitter, monkeypatch: pytest.MonkeyPatch) -> list[Response]:
    """What handing in is answered while the first answer to a check is being judged."""
    said: list[Response] = []
    judge: Callable[..., Any] = exam_watching.judge

    def slow(*args: Any, **named: Any) -> Any:
        if not said:
            said.append(_submit(sitter))
        return judge(*args, **named)

    monkeypatch.setattr(exam_watching, "judge", slow)
    return said


def _answered_and_asked(sitter: Sitter, said: list[Response]) -> None:
    """Everything is answered, and the moment that was drawn for the next check is now."""
    sitter.begin()
    sitter.pass_check()
    said.clear()
    sitter.answer_all()
    with sitter.parts.database.transaction() as db:
        db.scalars(select(ExamAttempt)).one().check_due_at = sitter.clock.now()


def test_a_right_answer_counts_that_was_still_being_judged(
    sitter: Sitter, handed_in_meanwhile: list[Response]
) -> None:
    _answered_and_asked(sitter, handed_in_meanwhile)
    sitter.pass_check()
    waits = handed_in_meanwhile[0]
    assert (waits.status_code, waits.json()["code"]) == (409, "judging")
    assert "不会丢" in waits.json()["remedy"]
    done = sitter.hand_in()
    assert (done["state"], done["score"]) == ("graded", 100)


def test_a_wrong_answer_counts_too_and_leaves_the_other_tries(
    sitter: Sitter, handed_in_meanwhile: list[Response]
) -> None:
    _answered_and_asked(sitter, handed_in_meanwhile)
    challenge = sitter.challenge()
    assert challenge is not None
    again = sitter.answer(challenge, is_right=False).json()["challenge"]
    assert handed_in_meanwhile[0].json()["code"] == "judging"
    assert sitter.answer(again).json()["outcome"] == "passed"
    assert sitter.hand_in()["state"] == "graded"


def test_an_answer_that_we_lost_is_no_missed_check_before_it_was_asked_again(
    sitter: Sitter, parts: Parts, clock: SettableClock
) -> None:
    """Nor does it keep a paper open for ever: when that time is over too, the check was missed."""
    _answered_and_asked(sitter, [])
    assert sitter.challenge() is not None
    with parts.database.transaction() as db:  # as a process leaves it that dies while it judges
        check = db.scalars(select(ExamCheck).where(ExamCheck.verdict.is_(None))).one()
        check.judging_until, check.is_heard = clock.now() + dt.timedelta(seconds=120), True
    clock.advance(ms=121_000)
    assert _submit(sitter).json()["code"] == "judging"
    clock.advance(ms=3_600_000)
    assert sitter.hand_in()["state"] == "held"
