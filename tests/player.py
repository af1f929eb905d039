"""A learner at the other end of the wire: opens, fetches, plays, reports and answers."""

import json
from typing import Any

from httpx import Response
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.learning.rules.chain import decode, next_head
from app.learning.rules.presence import Puzzle
from app.learning.services import puzzles
from app.lobby.parts import Parts
from tests.people import ALICE, Someone, csrf, newest_code, sign_in, verify

ANSWERS = {"first_school": "红星小学", "first_job": "第三机械厂", "first_master": "王师傅"}
BY_TEXT = {
    "您上的第一所小学叫什么？": "红星小学",
    "您第一份工作在哪个单位？": "第三机械厂",
    "教您手艺的第一位师傅叫什么？": "王师傅",
}


def come_in(client: TestClient, parts: Parts) -> TestClient:
    """Alice signs in, proves her name and chooses the three questions."""
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    return client


def choose_questions(client: TestClient) -> None:
    body = {"answers": [{"question": q, "answer": a} for q, a in ANSWERS.items()]}
    answer = client.post("/api/v1/me/questions", json=body, headers=csrf(client))
    assert answer.status_code == 201, answer.text


def enrolled(client: TestClient, parts: Parts, clock: SettableClock, course_id: str) -> "Player":
    """Alice, verified and with her questions chosen, in a course."""
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    player = Player(client, parts, clock, ALICE)
    player.enrol(course_id)
    return player


class Player:
    """Plays in the time of a clock that the test moves."""

    def __init__(
        self, client: TestClient, parts: Parts, clock: SettableClock, who: Someone
    ) -> None:
        self.client, self.parts, self.clock, self.who = client, parts, clock, who
        self.seq = self.t = 0
        self.challenge: dict[str, Any] | None = None
        self.hold = False

    def enrol(self, course_id: str) -> str:
        body = {"course_id": course_id}
        answer = self.client.post("/api/v1/enrolments", json=body, headers=csrf(self.client))
        assert answer.status_code == 201, answer.text
        self.enrolment_id: str = answer.json()["id"]
        return self.enrolment_id

    def open(self, lesson_id: str) -> dict[str, Any]:
        body = {"enrolment_id": self.enrolment_id, "lesson_id": lesson_id}
        answer = self.client.post("/api/v1/study-sessions", json=body, headers=csrf(self.client))
        assert answer.status_code == 201, answer.text
        opened: dict[str, Any] = answer.json()
        self.lesson_id = lesson_id
        self.adopt(opened)
        return opened

    def begin(self, lesson_id: str) -> None:
        """Open a lesson, pass the check where one is asked, and fetch everything."""
        opened = self.open(lesson_id)
        if self.challenge is not None:
            self.pass_check()
        self.fetch(opened)

    def adopt(self, opened: dict[str, Any]) -> None:
        """Take over a session that was just opened, with its key and its head."""
        self.session_id = opened["session_id"]
        key = decode(opened["key"])
        assert key is not None
        self.key, self.head = key, opened["head"]
        self.seq = self.t = 0
        self._see(opened)

    def _see(self, answer: dict[str, Any]) -> dict[str, Any]:
        self.challenge, self.hold = answer["challenge"], answer["hold"]
        return answer

    def fetch(self, opened: dict[str, Any]) -> None:
        """Download everything of the open lesson."""
        lesson = next(each for each in opened["lessons"] if each["id"] == self.lesson_id)
        media = lesson["media"]
        for url in (
            [media["url"]] if media["kind"] == "video" else [p["url"] for p in media["pages"]]
        ):
            assert self.client.get(url).status_code == 200

    def send(self, body: bytes, *, prev: str | None = None, mac: str | None = None) -> Response:
        prev = self.head if prev is None else prev
        mac = next_head(self.key, prev, body) if mac is None else mac
        headers = csrf(self.client) | {
            "study-prev": prev, "study-mac": mac, "content-type": "application/json",
        }  # fmt: skip
        address = f"/api/v1/study-sessions/{self.session_id}/beats"
        return self.client.post(address, content=body, headers=headers)

    def batch(self, start: int, end: int, **changes: object) -> bytes:
        beat = {
            "seq": self.seq + 1, "t": self.t, "from": start, "to": end, "rate": 100,
            "visible": True,
        }  # fmt: skip
        return json.dumps({"lesson": self.lesson_id, "beats": [beat | changes]}).encode()

    def play(self, start: int, end: int, **changes: object) -> dict[str, Any]:
        """Play a stretch in its own time and report it."""
        self.clock.advance(ms=end - start)
        self.t += end - start
        answer = self.send(self.batch(start, end, **changes))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        self.seq, self.head = told["ack_seq"], told["head"]
        return self._see(told)

    def answer(self, given: dict[str, Any]) -> Response:
        assert self.challenge is not None
        address = f"/api/v1/study-sessions/{self.session_id}/challenges/{self.challenge['id']}"
        body = self.answer_body(given)
        answer = self.client.post(address, json=body, headers=csrf(self.client))
        if answer.status_code == 200:
            self._see(answer.json())
        return answer

    def answer_body(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"head": self.head, "answer": given}

    def puzzle(self) -> Puzzle:
        """What only eyes or ears can know, read from the sealed row."""
        assert self.challenge is not None
        with self.parts.database.reading() as db:
            row = puzzles.rows.get_challenge(db, self.challenge["id"])
            assert row is not None
            return puzzles.puzzle_of(
                db, self.parts.vault, learner_id=row.learner_id, session_id=self.session_id,
                challenge_id=row.id,
            )  # fmt: skip

    def right_answer(self) -> dict[str, Any]:
        assert self.challenge is not None
        if self.challenge["kind"] == "presence":
            return {"taps": self.puzzle().right_taps()}
        self.clock.advance(ms=1000)  # newer than any code before
        worker.drain(self.parts)
        prompt = self.challenge["prompt"]
        return {
            "code": newest_code(self.parts, self.who.phone),
            "answer": BY_TEXT[prompt["question"]],
        }

    def pass_check(self) -> dict[str, Any]:
        answer = self.answer(self.right_answer())
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        assert told["outcome"] == "passed", told
        return told

    def ask_check(self) -> dict[str, Any]:
        address = f"/api/v1/study-sessions/{self.session_id}/challenges"
        answer = self.client.post(address, headers=csrf(self.client))
        assert answer.status_code == 200, answer.text
        return self._see(answer.json())
