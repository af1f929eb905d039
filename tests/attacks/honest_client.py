"""What the page does (frontend/src/study), as a model in simulated time, and who sits before it."""

import json
from dataclasses import dataclass
from typing import Any

from httpx import Response

from app import worker
from tests.attacks.connection import LabClient
from tests.attacks.honest_outbox import Network, Outbox
from tests.attacks.profiles import BACK_MS, DAY_MS, Profile
from tests.attacks.timeline import Timeline
from tests.attacks.wall_clock import WallClock
from tests.courses import PIECE
from tests.people import csrf, newest_code
from tests.player import BY_TEXT, Player

PRESENCE_TIMEOUT_MS, ANSWER_TIMEOUT_MS = 8_000, 30_000
NOTICEABLE_MS, SLIGHT_MS = 1000, 100
STOPPING = {"held", "clock", "too_fast", "hidden", "closed_hours", "ahead", "late", "not_delivered"}
PRESS_MS, LOOK_MS, CODE_MS = 2_000, 6_000, 15_000
FILM_PIECES = 12


@dataclass(frozen=True, kw_only=True)
class Things:
    """What the learner studies with."""

    profile: Profile
    wall: WallClock
    other: LabClient
    """Another device, where they are signed in too."""


class Page:
    """lesson.ts, meter.ts and player.ts of one film, from its loading to its end."""

    def __init__(self, learner: "HonestLearner", session: dict[str, Any], kept: dict) -> None:
        self.learner, self.player = learner, learner.player
        self.time, self.profile, self.network = learner.time, learner.profile, learner.network
        self.lesson = next(
            each for each in session["lessons"] if each["id"] == self.player.lesson_id
        )
        self.began, self.stood_ms = self.time.now, 0
        self.outbox = Outbox(self, kept)
        self.base = max([session["last_t"], *(beat["t"] for beat in kept["queue"])])
        self.place, self.playing_since = float(self.lesson["resume_at"]), -1
        self.meter_from: int | None = None
        self.meter_t = 0
        self.is_dead = self.is_hidden = self.is_ended = False
        self.is_held, self.challenge = session["hold"], session["challenge"]
        self.covered = self.lesson["covered"]
        self.slept_at: int | None = None
        self.outbox.flush()
        self._tick()

    @property
    def moment(self) -> int:
        """performance.now(), which stands still while the device sleeps."""
        now = self.time.now if self.slept_at is None else self.slept_at
        run = now - self.began - self.stood_ms
        return self.base + run * self.profile.clock_percent // 100

    @property
    def position(self) -> float:
        if self.playing_since < 0:
            return self.place
        speed = self.profile.player_percent * self.profile.clock_percent / 10_000
        reached = self.place + (self.time.now - self.playing_since) * speed
        return min(reached, self.lesson["length_ms"], self.learner.downloaded)

    @property
    def is_playing(self) -> bool:
        return self.playing_since >= 0

    def _tick(self) -> None:
        """setInterval(beat): also where the film's end and an empty buffer are noticed."""
        every = (self.profile.timer_s or self.learner.beat_s) * 1000
        self.time.after(every * 100 / self.profile.clock_percent, self._tick_if_alive)

    def _tick_if_alive(self) -> None:
        if self.is_dead:
            return
        if self.slept_at is None:
            self._take(self._cut())
            self.outbox.flush()
        self._tick()

    def _cut(self) -> dict[str, Any] | None:
        if self.meter_from is None:
            return None
        t = self.moment
        most = self.meter_from + (t - self.meter_t)
        to = max(self.meter_from, min(int(self.position), most))
        beat = {
            "t": t, "from": self.meter_from, "to": to, "rate": 100, "visible": not self.is_hidden,
        }  # fmt: skip
        self.meter_from, self.meter_t = to, t
        return beat if beat["to"] > beat["from"] else None

    def _take(self, beat: dict[str, Any] | None) -> None:
        if beat is not None and not self.outbox.is_over:
            self.outbox.kept["queue"].append(beat)

    def play(self) -> None:
        if self.is_playing or self.is_dead or self.position >= self.lesson["length_ms"]:
            return
        self.playing_since = self.time.now
        self.meter_from, self.meter_t = int(self.place), self.moment
        run = self.playing_since
        left = (self.lesson["length_ms"] - self.place) * 10_000
        speed = self.profile.player_percent * self.profile.clock_percent
        self.time.after(left / speed + 50, lambda: self._at_end(run))
        self._watch_buffer(run)

    def _watch_buffer(self, run: int) -> None:
        """An empty buffer is a `waiting` event: the stretch ends, and goes on with `playing`."""
        if self.learner.downloaded >= self.lesson["length_ms"]:
            return

        def look() -> None:
            if self.is_dead or self.playing_since != run:
                return
            if self.position >= self.learner.downloaded:
                self.stop()
                self.time.after(5000, self.learner.press_play)
            else:
                self._watch_buffer(run)

        self.time.after(1000, look)

    def _at_end(self, run: int) -> None:
        if self.is_dead or self.playing_since != run:
            return
        if self.position < self.lesson["length_ms"]:
            self.time.after(500, lambda: self._at_end(run))
            return
        self.stop()
        self.is_ended = True
        self.outbox.flush(self.learner.look_for_gaps)

    def stop(self) -> None:
        """The player pauses; what ran until now is a beat."""
        self.learner.played_ms += self.position - self.place
        self.place = self.position
        self._take(self._cut())
        self.playing_since, self.meter_from = -1, None

    def seek(self, ms: float) -> None:
        was_playing = self.is_playing
        self.stop()
        self.place, self.is_ended = float(ms), False
        if was_playing:
            self.play()

    def answered(self, told: dict[str, Any]) -> None:
        self.is_held, self.covered = told["hold"], told["covered"]
        self.challenge = told["challenge"]
        cuts = [cut for verdict in told["verdicts"] for cut in verdict["cuts"]]
        self.learner.note(cuts)
        lost_ms = sum(cut["ms"] for cut in cuts if cut["code"] in STOPPING)
        if self.challenge is not None:
            self.stop()
            if lost_ms >= SLIGHT_MS:
                self.place, self.is_ended = float(told["frontier"]), False
            self.learner.see_challenge()
        elif lost_ms >= NOTICEABLE_MS:
            self.stop()
            self.place, self.is_ended = float(told["frontier"]), False
            self.time.after(PRESS_MS, self.learner.press_play)
        elif lost_ms >= SLIGHT_MS and self.is_playing:
            self.seek(told["frontier"])

    def ended(self, code: str) -> None:
        self.stop()
        self.learner.note([{"code": code, "ms": 0}])
        self.time.after(PRESS_MS, self.learner.reopen)


class HonestLearner:
    """Attentive: presses play when the page has stopped, answers what is asked, looks for gaps."""

    def __init__(self, player: Player, time: Timeline, own: Things) -> None:
        self.player, self.time, self.things = player, time, own
        self.profile = profile = own.profile
        self.network = Network(time, profile)
        self.is_done = self._is_answering = self._is_reopening = False
        self.reasons: list[str] = []
        self.wants_to_play = True
        self.kept: dict[str, Any] = {}
        self.page: Page
        self.totals: dict[str, int] = {}
        self.played_ms = self.downloaded = 0.0
        self._said: tuple[str, dict[str, Any]] = ("", {})
        self._first: tuple[Page, Any, str, bytes]

    def begin(self, session: dict[str, Any]) -> None:
        self.beat_s: int = session["policy"]["beat_s"]
        self.download(session)
        self._start(session, self._fresh(session))
        for moment, what in self.profile.does:
            self.time.after(moment, lambda what=what: getattr(self, f"_{what}")())

    def _fresh(self, session: dict[str, Any]) -> dict[str, Any]:
        return {"head": session["head"], "ack_seq": session["ack_seq"], "queue": [],
                "in_flight": None}  # fmt: skip

    def _start(self, session: dict[str, Any], kept: dict[str, Any]) -> None:
        self.kept, self.player.head = kept, kept["head"]
        self.page = Page(self, session, kept)
        if session["challenge"] is not None:
            self.see_challenge()
        else:
            self.time.after(PRESS_MS, self.press_play)

    def download(self, session: dict[str, Any]) -> None:
        """The film comes at once, or piece after piece at a part of the speed it plays at."""
        percent = self.profile.download_percent
        if percent is None:
            self.player.fetch(session)
            self.downloaded = float("inf")
            return
        lesson = next(each for each in session["lessons"] if each["id"] == self.player.lesson_id)
        self._next_piece(lesson, 0, round(lesson["length_ms"] / FILM_PIECES * 100 / percent))

    def _next_piece(self, lesson: dict[str, Any], number: int, every_ms: int) -> None:
        span = f"bytes={number * PIECE}-{(number + 1) * PIECE - 1}"
        answer = self.player.client.get(lesson["media"]["url"], headers={"range": span})
        assert answer.status_code == 206, answer.text
        self.downloaded = lesson["length_ms"] * (number + 1) / FILM_PIECES
        if number + 1 < FILM_PIECES:
            self.time.after(every_ms, lambda: self._next_piece(lesson, number + 1, every_ms))

    def note(self, cuts: list[dict[str, Any]]) -> None:
        for cut in cuts:
            if cut["code"] not in self.reasons:
                self.reasons.append(cut["code"])

    def press_play(self) -> None:
        page = self.page
        if page.is_hidden or page.is_dead or not self.wants_to_play or page.slept_at is not None:
            return
        if page.challenge is None and page.is_held:
            page.outbox.flush(lambda: self.ask(then_leave=False))
        elif page.challenge is None:
            page.play()

    def see_challenge(self) -> None:
        """The dialog is open: look, think, answer."""
        if self._is_answering:
            return
        self._is_answering = True
        worker.drain(self.player.parts)
        challenge = self.page.challenge
        takes = LOOK_MS if challenge and challenge["kind"] == "presence" else CODE_MS
        self.time.after(takes, lambda: self.page.outbox.flush(self._send_answer))

    def _send_answer(self) -> None:
        page, challenge = self.page, self.page.challenge
        if challenge is None or page.is_dead:
            self._is_answering = False
            if not page.is_dead:
                self.ask(then_leave=False)  # its time is over: 重新核对
            return
        self.player.challenge = challenge
        is_presence = challenge["kind"] == "presence"
        self.network.carry(
            lambda: self._post_answer(challenge),
            self._answer_heard,
            timeout_ms=PRESENCE_TIMEOUT_MS if is_presence else ANSWER_TIMEOUT_MS,
        )

    def _post_answer(self, challenge: dict[str, Any]) -> Response:
        prompt = json.dumps(challenge["prompt"])
        if self._said[0] != prompt:
            self._said = (prompt, self._find_answer(challenge))
        return self.player.answer(self._said[1])

    def _find_answer(self, challenge: dict[str, Any]) -> dict[str, Any]:
        if challenge["kind"] == "presence":
            return self.player.right_answer()
        question = challenge["prompt"]["question"]
        code = newest_code(self.player.parts, self.player.who.phone)
        return {"code": code, "answer": BY_TEXT[question]}

    def _answer_heard(self, answer: Response | None) -> None:
        self._is_answering = False
        page = self.page
        if page.is_dead:
            return
        if answer is None:
            self.see_challenge()
            return
        told = answer.json()
        if answer.status_code != 200:
            self.note([{"code": told["code"], "ms": 0}])
            page.challenge = told.get("challenge")
            page.is_held = told.get("hold", page.is_held)
            self._go_on()
            return
        page.challenge, page.is_held, self.totals = told["challenge"], told["hold"], told["totals"]
        self._go_on()

    def _go_on(self) -> None:
        if self.page.challenge is not None:
            self.see_challenge()
        elif self.page.is_ended:
            self.page.outbox.flush(self.look_for_gaps)
        else:
            self.time.after(PRESS_MS, self.press_play)

    def look_for_gaps(self) -> None:
        """The bar shows what is not counted: go back there; where nothing is missing, leave."""
        page = self.page
        if page.is_dead or page.challenge is not None or self.is_done:
            return
        at = 0
        for start, end in [*page.covered, [page.lesson["length_ms"]] * 2]:
            if start - at > 1000 and start > at:
                page.seek(at)
                self.time.after(PRESS_MS, self.press_play)
                return
            at = max(at, end)
        self.leave()

    def leave(self) -> None:
        self.ask(then_leave=True)

    def ask(self, *, then_leave: bool) -> None:
        """POST …/challenges: to leave with everything confirmed, or to end a hold."""
        address = f"/api/v1/study-sessions/{self.player.session_id}/challenges"

        def heard(answer: Response | None) -> None:
            if answer is None:
                self.time.after(3000, lambda: self.ask(then_leave=then_leave))
                return
            told = answer.json()
            assert answer.status_code == 200, told
            self.page.challenge = told["challenge"]
            self.totals = told["totals"]
            if not then_leave or self.totals["pending_ms"] > 0:
                self.see_challenge()
            elif self.totals["confirmed_ms"] + NOTICEABLE_MS < self.totals["required_ms"]:
                self._reload()  # something was forfeited: the page, loaded anew, shows where
            else:
                self.is_done = True

        client = self.player.client
        self.network.carry(lambda: client.post(address, headers=csrf(client)), heard)

    # What the profile says happens.

    def _hide(self) -> None:
        self.page.stop()
        self.page.is_hidden = True
        self.page.outbox.flush()

    def _show(self) -> None:
        self.page.is_hidden = False
        self.time.after(PRESS_MS, self.press_play)

    def _sleep(self) -> None:
        self._hide()
        self.page.slept_at = self.time.now

    def _wake(self) -> None:
        assert self.page.slept_at is not None
        self.page.stood_ms += self.time.now - self.page.slept_at
        self.page.slept_at = None
        self._show()

    def _pause(self) -> None:
        self._stay_paused(8000)

    def _pause_long(self) -> None:
        self._stay_paused(240_000)

    def _stay_paused(self, ms: int) -> None:
        self.page.stop()
        self.wants_to_play = False

        def again() -> None:
            self.wants_to_play = True
            self.press_play()

        self.time.after(ms, again)

    def _back(self) -> None:
        self.page.seek(max(0, self.page.position - BACK_MS))

    def _clock_back(self) -> None:
        self.things.wall.step(-DAY_MS)

    def _clock_ahead(self) -> None:
        self.things.wall.step(DAY_MS)

    def _second(self) -> None:
        """Another tab hides this one, loads the lesson and finds the lock taken; then back."""
        self._hide()
        address = f"/learn/{self.player.enrolment_id}/{self.player.lesson_id}"

        def loaded(answer: Response | None) -> None:
            assert answer is None or answer.status_code == 200
            self.time.after(LOOK_MS, self._show)

        self.network.carry(lambda: self.player.client.get(address), loaded)

    def _other_device(self) -> None:
        """Put this one away, with everything said, and open the lesson on the other."""
        self._hide()
        self.time.after(LOOK_MS, self._open_there)

    def _open_there(self) -> None:
        player = self.player
        self._first = (self.page, player.client, player.session_id, player.key)
        player.client = self.things.other
        self.network.carry(self._open, self._opened)

    def _back_to_first(self) -> None:
        """Its page still stands there, and does not know that its session was superseded."""
        self._hide()
        self.time.after(LOOK_MS, self._take_up_first)

    def _take_up_first(self) -> None:
        self._kill()
        self.page, player = self._first[0], self.player
        _, player.client, player.session_id, player.key = self._first
        self.kept = self.page.outbox.kept
        player.head = self.kept["head"]
        self._show()

    def _reload(self) -> None:
        self.page.stop()
        self.page.outbox.flush()
        self._kill()
        self.time.after(1500, self._return)

    def _kill(self) -> None:
        """Nothing is said any more; what was queued is on the device."""
        self.played_ms += self.page.position - self.page.place
        self.page.is_dead = True
        self._is_answering = False

    def _return(self) -> None:
        self.reopen()

    def reopen(self) -> None:
        """learn.ts: go on with the kept session if it is open, else open another."""
        address = f"/api/v1/study-sessions/{self.player.session_id}"

        def heard(answer: Response | None) -> None:
            if answer is None:
                self.time.after(3000, self.reopen)
                return
            self.page.is_dead = True
            told = answer.json()
            if told["state"] == "open":
                self._start(told, self.kept)
            else:
                self.network.carry(self._open, self._opened)

        self.network.carry(lambda: self.player.client.get(address), heard)

    def _opened(self, answer: Response | None) -> None:
        if answer is None:
            self.time.after(3000, self.reopen)
        else:
            session = answer.json()
            self._start(session, self._fresh(session))

    def _open(self) -> Response:
        body = {"enrolment_id": self.player.enrolment_id, "lesson_id": self.player.lesson_id}
        client = self.player.client
        answer = client.post("/api/v1/study-sessions", json=body, headers=csrf(client))
        assert answer.status_code == 201, answer.text
        self.player.adopt(answer.json())
        return answer
