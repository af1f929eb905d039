"""Codes of checks while studying: one a minute, some an hour, and out of the platform's budget."""

import pytest
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.core.db import Database
from app.core.settings import Settings
from app.identity.models.signing import TextMessage
from app.lobby.parts import Parts
from app.main import build_parts
from tests.courses import make_course
from tests.player import Player, enrolled
from tests.reviewers import post


@pytest.fixture
def parts(settings: Settings, clock: SettableClock, database: Database) -> Parts:
    return build_parts(
        settings.model_copy(update={"rate_limits": True, "sms_per_hour": 30}), clock, database
    )


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    course = make_course(parts, presence_gap_s=None)
    found = enrolled(client, parts, clock, course.course_id)
    clock.advance(ms=1_000)  # newer than the code of the sign-in
    found.open(course.video_id)
    return found


def _messages(player: Player) -> int:
    worker.drain(player.parts)
    with player.parts.database.reading() as db:
        return db.query(TextMessage).count()


def test_asking_again_within_a_minute_shows_the_same_check(player: Player) -> None:
    before, shown = _messages(player), player.challenge
    assert shown is not None
    for _ in range(5):
        player.clock.advance(ms=10_000)
        player.ask_check()
        assert player.challenge is not None
        assert player.challenge["prompt"] == shown["prompt"]
    assert _messages(player) == before
    player.clock.advance(ms=11_000)
    player.ask_check()
    assert _messages(player) == before + 1
    assert player.pass_check()["hold"] is False


def test_wrong_answers_make_no_message_leave_and_the_code_holds(player: Player) -> None:
    before = _messages(player)
    code = player.right_answer()["code"]
    told = player.answer({"code": code, "answer": "不知道"}).json()
    assert told["outcome"] == "wrong"
    assert _messages(player) == before
    assert player.right_answer()["code"] == code
    assert player.pass_check()["hold"] is False


def test_code_that_was_used_is_over(player: Player) -> None:
    code = player.right_answer()["code"]
    player.pass_check()
    before = _messages(player)
    player.ask_check()
    assert _messages(player) == before + 1
    again = player.right_answer()
    assert player.answer(again | {"code": code}).json()["outcome"] == "wrong"


def test_hour_has_a_bound_for_one_person(player: Player) -> None:
    before, refused = _messages(player), 0
    for _ in range(58):
        player.clock.advance(ms=61_000)
        answer = post(player.client, f"/study-sessions/{player.session_id}/challenges", {})
        refused += answer.status_code == 429
    assert refused > 30
    assert _messages(player) - before <= 20


def test_spent_budget_is_told_and_nothing_is_lost(player: Player) -> None:
    player.pass_check()
    player.clock.advance(ms=61_000)
    for _ in range(30):
        player.parts.limiter.take(
            "sms.budget", "", limit=1000, window_s=3600, now=player.clock.now()
        )  # fmt: skip
    before = _messages(player)
    answer = post(player.client, f"/study-sessions/{player.session_id}/challenges", {})
    assert (answer.status_code, answer.json()["code"]) == (503, "sms_budget")
    assert "都留着" in answer.json()["remedy"]
    assert _messages(player) == before
    player.clock.advance(ms=3_600_000)
    player.ask_check()
    assert _messages(player) == before + 1
