"""A seeded course does what it is for: Alice reads it, passes, and gets its certificate."""

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from app import worker
from app.cli import seed
from app.core.clock import SettableClock
from app.core.outbox import OutboxJob
from app.learning.services import publishing
from app.lobby.parts import Parts
from tests import examinee
from tests.people import ALICE, sign_in
from tests.player import Player, choose_questions

STEP_MS = 15_000


@pytest.fixture
def alice(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    seed.everything(parts)
    with parts.database.transaction() as db:  # films have tests of their own
        db.execute(
            update(OutboxJob).where(OutboxJob.job == publishing.MAKE_VIDEO).values(state="done")
        )
    sign_in(client, parts, ALICE)
    choose_questions(client)
    return Player(client, parts, clock, ALICE)


def read(player: Player, lesson_id: str) -> None:
    """Read every page of a lesson to its end, and answer whatever is asked meanwhile."""
    opened = player.open(lesson_id)
    _answer(player)
    player.fetch(opened)
    lesson = next(each for each in opened["lessons"] if each["id"] == lesson_id)
    position = 0
    for page in lesson["media"]["pages"]:
        end = position + page["ms"]
        while position < end:
            stop = min(position + STEP_MS, end)
            player.play(position, stop)
            _answer(player)
            position = stop


def _answer(player: Player) -> None:
    while player.challenge is not None:
        player.pass_check()


def test_alice_reads_the_policy_course_and_is_certified(alice: Player) -> None:
    client, parts = alice.client, alice.parts
    courses = client.get("/api/v1/catalogue/courses?cluster=equipment").json()["courses"]
    assert [course["title"] for course in courses] == ["读懂政策：工业领域职业技能提升行动"]
    alice.enrol(courses[0]["id"])
    for lesson in courses[0]["lessons"]:
        read(alice, lesson["id"])
    alice.ask_check()
    totals = alice.pass_check()["totals"]
    assert totals["pending_ms"] == 0
    assert totals["confirmed_ms"] >= totals["required_ms"] == 500_000
    result = examinee.sit(client, parts, alice.enrolment_id, wrong=3)
    assert (result["score"], result["passed"]) == (85, True)
    worker.drain(parts)
    (certificate,) = client.get("/api/v1/certificates").json()
    verdict = client.get(f"/api/v1/verification/{certificate['public_id']}").json()
    assert verdict["verdict"] == "valid"
    facts = str(verdict["facts"])
    for stated in ("在线培训证书", "四川实学职业培训学校（演示）", "高端装备产业集群", "李*梅"):
        assert stated in facts
