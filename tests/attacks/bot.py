"""A cheat's client: all that the wire gives, and only the accomplices that it is said to have."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from httpx import Response

from app.identity.rules.local_days import local_day
from app.learning.models.study import StudySession
from app.learning.services import risk
from tests.attacks.naive import NaiveTracker
from tests.attacks.outcomes import Needs, Outcome
from tests.attacks.reading import read_picture
from tests.courses import MadeCourse
from tests.player import Player

MINUTE_MS, STEP_MS = 60_000, 30_000
_QUIET = {"paused", "repeated"}


class Bot(Player):
    """Reports whatever it likes, and remembers what the server had to say to it."""

    course: MadeCourse
    needs = Needs.NONE

    def begin(self, *, media: bool = True, lesson_id: str | None = None) -> None:
        """The learner's own doing: open, show who is there, and walk away."""
        self.begin_with(lambda _: Player.right_answer(self), media=media, lesson_id=lesson_id)

    def begin_with(
        self,
        answer: Callable[[dict[str, Any]], dict[str, Any]],
        *,
        media: bool = True,
        lesson_id: str | None = None,
    ) -> None:
        """The same, with the person's own way of showing who is there."""
        opened = self.open(lesson_id or self.course.video_id)
        if self.challenge is not None:
            told = self.answer(answer(self.challenge["prompt"])).json()
            assert told["outcome"] == "passed", told
        if media:
            self.fetch(opened)
        self.naive = NaiveTracker()
        self.began = self.clock.now()
        self.reasons: list[str] = []
        self.detected_ms: int | None = None
        self.at = self.frontier = self.tried = self.passed = self.identity_passed = 0

    @property
    def elapsed_ms(self) -> int:
        return int((self.clock.now() - self.began).total_seconds() * 1000)

    def object_to(self, code: str) -> None:
        """Note that the server refused, cut or held, and when it first did."""
        if code in _QUIET:
            return
        if code not in self.reasons:
            self.reasons.append(code)
        if self.detected_ms is None:
            self.detected_ms = self.elapsed_ms

    def beat(self, start: int, end: int, **changes: object) -> dict[str, Any]:
        """One beat as the page would write it, with changes; `seq` is put on when it is sent."""
        return {"t": self.t, "from": start, "to": end, "rate": 100, "visible": True} | changes

    def body_of(self, beats: list[dict[str, Any]], **changes: object) -> bytes:
        numbered = [{"seq": self.seq + n} | beat for n, beat in enumerate(beats, 1)]
        return json.dumps({"lesson": self.lesson_id, "beats": numbered} | changes).encode()

    def report(self, beats: list[dict[str, Any]], **changes: object) -> dict[str, Any] | None:
        """Send beats; None where they were refused. A cheat follows the server's corrections."""
        self.naive.hear(beats)
        return self.heard(self.send(self.body_of(beats, **changes)))

    def heard(self, answer: Response) -> dict[str, Any] | None:
        told: dict[str, Any] = answer.json()
        if answer.status_code != 200:
            self.object_to(told["code"])
            if told["code"] == "out_of_step":
                self.head, self.seq = told["head"], told["expected_seq"] - 1
            return None
        self.seq, self.head, self.frontier = told["ack_seq"], told["head"], told["frontier"]
        for verdict in told["verdicts"]:
            for cut in verdict["cuts"]:
                self.object_to(cut["code"])
        if told["hold"]:
            self.object_to("hold")
        return self._see(told)

    def minutes(self, number: int = 60) -> Iterator[int]:
        """Simulated time, a minute at a time, on the server's clock and on the bot's."""
        for minute in range(number):
            self.clock.advance(ms=MINUTE_MS)
            self.t += MINUTE_MS
            yield minute

    def look_for_risk(self) -> int:
        """What the worker does when a session ends; a score that people would see is noted."""
        policy, now = risk.RiskPolicy(), self.clock.now()
        with self.parts.database.reading() as db:
            learner_id = db.get_one(StudySession, self.session_id).learner_id
        score = risk.score_day(
            self.parts.database, learner_id, local_day(now), policy=policy, now=now
        )
        if score >= policy.case_score:
            self.object_to("risk")
        return score

    def play_minute(self, speed: int = 1, **changes: object) -> dict[str, Any] | None:
        """A minute of perfect playing from where the bot is, in two beats."""
        beats = []
        length = STEP_MS * speed
        for step in range(2):
            t = self.t - MINUTE_MS + (step + 1) * STEP_MS
            start = self.at + step * length
            beats.append(self.beat(start, start + length, **({"t": t} | changes)))
        told = self.report(beats)
        self.at += 2 * length
        if told is not None and told["frontier"] < self.at:
            self.at = told["frontier"]
        return told

    def respond(self) -> None:
        """Answer what is asked with what this bot has; where it has nothing, leave it."""
        if self.challenge is None and self.hold and self.has_person:
            self.ask_check()
        if self.challenge is None:
            return
        is_presence = self.challenge["kind"] == "presence"
        if self.has_person:
            self.try_answer(super().right_answer())
        elif is_presence and self.needs in (Needs.PICTURES, Needs.PHOTO):
            self.try_answer({"taps": self.read_taps()})

    @property
    def has_person(self) -> bool:
        return self.needs in (Needs.PATIENT, Needs.PHONE)

    def read_taps(self) -> list[list[int]]:
        """The picture read by a program, as any screenshot tool can."""
        assert self.challenge is not None
        prompt = self.challenge["prompt"]
        picture = self.client.get(prompt["picture"])
        assert picture.status_code == 200, picture.text
        return read_picture(picture.content, prompt["text"])

    def try_answer(self, given: dict[str, Any]) -> dict[str, Any]:
        assert self.challenge is not None
        is_identity = self.challenge["kind"] == "identity"
        answer = self.answer(given)
        self.tried += 1
        told: dict[str, Any] = answer.json()
        if answer.status_code != 200:
            self.object_to(told["code"])
        elif told["outcome"] == "passed":
            self.passed += 1
            self.identity_passed += is_identity
        else:
            self.object_to(told["outcome"])
        return told

    def right_answer(self) -> dict[str, Any]:
        """Only who has the phone or is the person knows it."""
        assert self.has_person, "this bot has no such accomplice"
        return super().right_answer()

    def totals(self) -> dict[str, int]:
        answer = self.client.get(f"/api/v1/study-sessions/{self.session_id}")
        assert answer.status_code == 200, answer.text
        told: dict[str, int] = answer.json()["totals"]
        return told

    def outcome(self, name: str, rows: str, note: str = "") -> Outcome:
        totals = self.totals()
        return Outcome(
            name=name, rows=rows, needs=self.needs, elapsed_ms=self.elapsed_ms,
            confirmed_ms=totals["confirmed_ms"], pending_ms=totals["pending_ms"],
            checks_tried=self.tried, checks_passed=self.passed,
            identity_passed=self.identity_passed,
            detected_after_ms=self.detected_ms, reasons=self.reasons,
            naive_posts_ms=self.naive.counted_ms, naive_trust_ms=self.naive.trusted_ms, note=note,
        )  # fmt: skip
