"""Somebody at an exam that asks who sits there, by code and questions, over HTTP."""

from typing import Any

from httpx import Response
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from tests import examinee
from tests.courses import make_course
from tests.employers import post
from tests.people import ALICE, csrf, newest_code, sign_in, verify
from tests.player import BY_TEXT, choose_questions

GAP_S = 300


class Sitter:
    """Alice before a course without hours whose exam asks every five minutes who sits there."""

    def __init__(
        self, client: TestClient, parts: Parts, clock: SettableClock, **policy: object
    ) -> None:
        self.client, self.parts, self.clock = client, parts, clock
        given = {"exam_identity_gap_s": [GAP_S, GAP_S], "exam_grace_s": 120} | policy
        self.course = make_course(parts, required_s=0, **given)
        sign_in(client, parts, ALICE)
        verify(client, ALICE)
        choose_questions(client)
        enrolled = post(client, "/enrolments", {"course_id": self.course.course_id})
        self.enrolment_id = enrolled.json()["id"]
        self.away_count = 0

    def begin(self) -> dict[str, Any]:
        self.attempt = examinee.start(self.client, self.enrolment_id)
        self.address = f"/attempts/{self.attempt['attempt_id']}"
        return self.attempt

    def report(self, *away: tuple[str, int], client: TestClient | None = None) -> Response:
        told = []
        for kind, ms in away:
            self.away_count += 1
            told.append({"n": self.away_count, "kind": kind, "ms": ms})
        return post(client or self.client, f"{self.address}/reports", {"away": told})

    def challenge(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.report().json()["challenge"]
        return found

    def wait(self, seconds: int) -> dict[str, Any]:
        """Sit there, reporting every fifteen seconds, until a check comes or the time is over."""
        for _ in range(seconds // 15):
            self.clock.advance(ms=15_000)
            told: dict[str, Any] = self.report().json()
            if told["challenge"] is not None:
                break
        return told

    def answer(
        self, challenge: dict[str, Any], *, is_right: bool = True, client: TestClient | None = None
    ) -> Response:
        """Code and word; the code leaves with the worker."""
        worker.drain(self.parts)
        code = newest_code(self.parts, ALICE.phone) if is_right else "000000"
        word = BY_TEXT[challenge["prompt"]["question"]] if is_right else "别的学校"
        return post(
            client or self.client, f"{self.address}/checks/{challenge['id']}",
            {"answer": {"code": code, "answer": word}},
        )  # fmt: skip

    def pass_check(self) -> dict[str, Any]:
        challenge = self.challenge()
        assert challenge is not None
        done = self.answer(challenge)
        assert done.status_code == 200, done.text
        told: dict[str, Any] = done.json()
        assert told["outcome"] == "passed", told
        self.look()
        return told

    def look(self) -> dict[str, Any]:
        """The paper as it is told now: nothing of it before the first check is over."""
        self.attempt = self.client.get(f"/api/v1{self.address}").json()
        return self.attempt

    def answer_all(self, *, wrong: int = 0) -> None:
        self.look()
        for index, question in enumerate(self.attempt["questions"]):
            right = examinee.right_letters(self.parts, question)
            letters = "ABCDEFGH"[: len(question["choices"])]
            other = next(letter for letter in letters if [letter] != right)
            given = [other] if index < wrong else right
            done = examinee.put(self.client, self.attempt, question["item_id"], given)
            assert done.status_code == 200, done.text

    def hand_in(self) -> dict[str, Any]:
        done = self.client.post(
            f"/api/v1{self.address}/submission", headers=csrf(self.client)
        )  # fmt: skip
        assert done.status_code == 200, done.text
        result: dict[str, Any] = done.json()
        return result
