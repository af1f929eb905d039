"""Somebody who studies over HTTP in the time of a clock that they move: sign-in to certificate."""

import json
import re
from collections.abc import Sequence
from typing import Any

import httpx

from app.core.clock import SettableClock
from app.identity.rules.questions import QUESTIONS
from app.identity.services import signin
from app.learning.rules.chain import decode, next_head
from app.learning.services import puzzles
from app.learning.services.question_bank import BankItem
from app.lobby import cookies
from app.lobby.parts import Parts
from app.worker import ISSUING, QUICK, run_one

_STEP_MS = 15_000
_ANSWERS = {"first_school": "红星小学", "first_job": "第三机械厂", "first_master": "王师傅"}


class Pupil:
    """Sees what only a person can see (pictures, text messages) through the parts."""

    def __init__(self, http: httpx.Client, parts: Parts, clock: SettableClock, phone: str) -> None:
        self._http, self._parts, self._clock, self._phone = http, parts, clock, phone
        self._session: dict[str, Any] = {}
        self._learner_id = self._head = ""
        self._seq = self._t = 0
        self._challenge: dict[str, Any] | None = None

    def _call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        params: dict[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 -- JSON
        headers = dict(headers or {})
        if access := self._http.cookies.get(cookies.ACCESS):
            headers["authorization"] = f"Bearer {access}"
        answer = self._http.request(
            method, f"/api/v1{path}", json=body, headers=headers, content=content, params=params
        )
        if answer.is_error:
            answer.raise_for_status()
        return answer.json() if answer.content else None

    def _code(self) -> str:
        while run_one(self._parts, QUICK):
            pass
        with self._parts.database.reading() as db:
            sent = signin.messages(db, self._parts.vault)
        text = next(message.text for message in sent if message.phone == self._phone)
        found = re.search(r"\d{6}", text)
        if found is None:
            msg = "the newest message holds no code"
            raise LookupError(msg)
        return found[0]

    def _csrf_token(self) -> str:
        device_id = self._http.cookies[cookies.DEVICE].partition(".")[0]
        return cookies.csrf_token(self._parts.keys, device_id)

    def sign_in(self) -> dict[str, Any]:
        self._clock.advance(ms=61_000)
        self._http.cookies.clear()
        self._call("POST", "/auth/codes", {"phone": self._phone})
        body = {"phone": self._phone, "code": self._code()}
        # The code is good in the browser that asked for it.
        headers = {"x-csrf-token": self._csrf_token()}
        signed_in: dict[str, Any] = self._call("POST", "/auth/sign-in", body, headers=headers)
        self._learner_id = signed_in["account_id"]
        return signed_in

    def claim(self, number: str, name: str) -> None:
        """Say who one is; being refused is an answer too."""
        body = {"document_type": "resident_id", "number": number, "name": name}
        try:
            self._call("POST", "/me/identity", body)
        except httpx.HTTPStatusError as refusal:
            if refusal.response.status_code >= 500:
                raise

    def certificates(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("GET", "/certificates")
        return found

    def finish(self, title: str, bank: Sequence[BankItem]) -> None:
        """Enrol, study every lesson, confirm, sit the exam, and let the certificate be made."""
        chosen = [{"question": key, "answer": said} for key, said in _ANSWERS.items()]
        self._call("POST", "/me/questions", {"answers": chosen})
        found = self._call("GET", "/catalogue/courses", params={"query": title})["courses"]
        course = next(each for each in found if each["title"] == title)
        enrolment_id = self._call("POST", "/enrolments", {"course_id": course["id"]})["id"]
        for lesson in course["lessons"]:
            self._study(enrolment_id, lesson["id"])
        self._see(self._call("POST", f"/study-sessions/{self._session['session_id']}/challenges"))
        self.sign_in()  # so much time has passed that the sign-in has run out
        self._sit(enrolment_id, bank)
        while run_one(self._parts, QUICK | ISSUING):
            pass

    def _see(self, told: dict[str, Any]) -> None:
        self._challenge = told["challenge"]
        while self._challenge is not None:
            self._clock.advance(ms=4_000)
            place = f"/study-sessions/{self._session['session_id']}/challenges"
            body = {"head": self._head, "answer": self._right_answer(self._challenge)}
            told = self._call("POST", f"{place}/{self._challenge['id']}", body)
            self._challenge = told["challenge"]

    def _right_answer(self, challenge: dict[str, Any]) -> dict[str, Any]:
        if challenge["kind"] == "presence":
            with self._parts.database.reading() as db:
                puzzle = puzzles.puzzle_of(
                    db, self._parts.vault, learner_id=self._learner_id,
                    session_id=self._session["session_id"], challenge_id=challenge["id"],
                )  # fmt: skip
            return {"taps": puzzle.right_taps()}
        asked = challenge["prompt"]["question"]
        said = next(said for key, said in _ANSWERS.items() if QUESTIONS[key] == asked)
        return {"code": self._code(), "answer": said}

    def _study(self, enrolment_id: str, lesson_id: str) -> None:
        body = {"enrolment_id": enrolment_id, "lesson_id": lesson_id}
        self._session = self._call("POST", "/study-sessions", body)
        self._head, self._seq, self._t = self._session["head"], 0, 0
        self._see(self._session)
        lesson = next(each for each in self._session["lessons"] if each["id"] == lesson_id)
        position = 0
        for page in lesson["media"]["pages"]:
            self._http.get(page["url"]).raise_for_status()
            end = position + page["ms"]
            while position < end:
                stop = min(position + _STEP_MS, end)
                self._play(lesson_id, position, stop)
                position = stop

    def _play(self, lesson_id: str, start: int, stop: int) -> None:
        self._clock.advance(ms=stop - start)
        self._t += stop - start
        beat = {
            "seq": self._seq + 1, "t": self._t, "from": start, "to": stop, "rate": 100,
            "visible": True,
        }  # fmt: skip
        body = json.dumps({"lesson": lesson_id, "beats": [beat]}).encode()
        key = decode(self._session["key"]) or b""
        headers = {
            "study-prev": self._head, "study-mac": next_head(key, self._head, body),
            "content-type": "application/json",
        }  # fmt: skip
        place = f"/study-sessions/{self._session['session_id']}/beats"
        told = self._call("POST", place, content=body, headers=headers)
        self._seq, self._head = told["ack_seq"], told["head"]
        self._see(told)

    def _sit(self, enrolment_id: str, bank: Sequence[BankItem]) -> None:
        known = {item.content().stem: item for item in bank}
        attempt = self._call("POST", f"/enrolments/{enrolment_id}/attempts")
        place = f"/attempts/{attempt['attempt_id']}"
        for question in attempt["questions"]:
            self._clock.advance(ms=9_000)
            given = _answer(known[question["stem"]], question["choices"])
            self._call("PUT", f"{place}/answers/{question['item_id']}", {"choices": given})
        self._call("POST", f"{place}/submission")


def _answer(item: BankItem, shown: Sequence[str]) -> list[str]:
    """What is right, in the order in which the choices are shown; of a short answer its rubric."""
    if item.blanks:
        return [blank.accepted[0] for blank in item.blanks]
    if item.rubric:
        return ["；".join(line.says for line in item.rubric)]
    texts = {item.choices["ABCDEFGH".index(letter)] for letter in item.answer}
    return ["ABCDEFGH"[place] for place, text in enumerate(shown) if text in texts]
