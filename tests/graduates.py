"""A learner who is through with all the hours of a small course, and the certificate after it."""

from collections.abc import Iterable
from typing import Any

from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from tests.courses import make_course
from tests.people import ALICE, sign_in, verify
from tests.player import Player, choose_questions


def study_through(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    """Sign Alice up, verify her, and play a course of three minutes to its end."""
    course = make_course(parts, presence_gap_s=[40, 40], identity_gap_s=[90, 90])
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    player = Player(client, parts, clock, ALICE)
    player.enrol(course.course_id)
    play_through(player, (course.video_id, course.book_id))
    return player


def play_through(player: Player, lesson_ids: Iterable[str]) -> None:
    """Play lessons of a minute and a half each to their end, and confirm all of it."""
    for lesson_id in lesson_ids:
        opened = player.open(lesson_id)
        if player.challenge is not None:
            player.pass_check()
        player.fetch(opened)
        for start in range(0, 90_000, 10_000):
            player.play(start, start + 10_000)
            if player.challenge is not None:
                player.pass_check()
    player.ask_check()
    assert player.pass_check()["totals"]["confirmed_ms"] == 180_000


def certificate_of(player: Player) -> dict[str, Any]:
    """The one certificate that the worker's jobs have made."""
    worker.drain(player.parts)
    found = player.client.get("/api/v1/certificates").json()
    assert len(found) == 1, found
    return dict(found[0])
