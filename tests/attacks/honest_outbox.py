"""The page's way to the server: a network that loses things, and outbox.ts, which does not."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from httpx import Response

from app.learning.rules.chain import next_head
from tests.attacks.profiles import Profile
from tests.attacks.timeline import Timeline

if TYPE_CHECKING:
    from tests.attacks.honest_client import Page

MOST_BEATS, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, TIMEOUT_MS = 64, 2_000, 15_000, 20_000
NO_ROUTE_MS = 500
"""Without a network a request fails at once."""


class Network:
    """Carries requests to the server after half the latency, and answers back after the other."""

    def __init__(self, time: Timeline, profile: Profile) -> None:
        self._time, self._profile, self._number = time, profile, 0

    @property
    def is_down(self) -> bool:
        return any(start <= self._time.now < end for start, end in self._profile.outages)

    def carry(
        self,
        request: Callable[[], Response],
        done: Callable[[Response | None], None],
        *,
        timeout_ms: int = TIMEOUT_MS,
    ) -> None:
        """`done` gets None where nothing was heard, whether or not the server acted."""
        self._number += 1
        number, half = self._number, self._profile.latency_ms / 2

        def arrive() -> None:
            if self.is_down or number in self._profile.lost_requests:
                self._time.after(NO_ROUTE_MS if self.is_down else timeout_ms, lambda: done(None))
                return
            answer = request()
            is_lost = number in self._profile.lost_answers
            heard = None if is_lost else answer
            self._time.after(timeout_ms if is_lost else half, lambda: done(heard))

        self._time.after(half, arrive)


class Outbox:
    """outbox.ts: beats kept, numbered, signed and sent in order; sent again until answered."""

    def __init__(self, page: "Page", kept: dict[str, Any]) -> None:
        self._page, self.kept = page, kept
        self._is_running = self.is_over = False
        self._waiting: list[Callable[[], None]] = []
        self._pause_ms = FIRST_PAUSE_MS

    def flush(self, then: Callable[[], None] | None = None) -> None:
        if then is not None:
            self._waiting.append(then)
        if not self._is_running:
            self._is_running = True
            self._next()

    def _next(self) -> None:
        if self._page.is_dead:
            return
        if not self.kept["queue"] or self.is_over:
            self._is_running = False
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                each()
            return
        if self.kept["in_flight"] is None:
            self.kept["in_flight"] = self._sign()
        body, previous, mac, _ = self.kept["in_flight"]
        self._page.network.carry(
            lambda: self._page.player.send(body, prev=previous, mac=mac), self._done
        )

    def _sign(self) -> tuple[bytes, str, str, int]:
        kept = self.kept
        batch = kept["queue"][:MOST_BEATS]
        beats = [{"seq": kept["ack_seq"] + n} | beat for n, beat in enumerate(batch, 1)]
        body = json.dumps({"lesson": self._page.player.lesson_id, "beats": beats}).encode()
        mac = next_head(self._page.player.key, kept["head"], body)
        return body, kept["head"], mac, len(batch)

    def _done(self, answer: Response | None) -> None:
        if self._page.is_dead:
            return
        if answer is None:
            self._page.time.after(self._pause_ms, self._next)
            self._pause_ms = min(self._pause_ms * 2, LONGEST_PAUSE_MS)
            return
        self._pause_ms = FIRST_PAUSE_MS
        told = answer.json()
        if answer.status_code == 200:
            del self.kept["queue"][: self.kept["in_flight"][3]]
            self.kept |= {"head": told["head"], "ack_seq": told["ack_seq"], "in_flight": None}
            self._page.player.head = told["head"]
            self._page.answered(told)
        elif told["code"] == "out_of_step":
            self.kept |= {
                "head": told["head"], "ack_seq": told["expected_seq"] - 1, "in_flight": None
            }  # fmt: skip
        else:
            self.is_over = True
            self._page.ended(told["code"])
        self._next()
