"""Learners who go on through a server that dies: the same bytes again until they are answered."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.learning.rules.chain import next_head
from tests.benches.field import Studying

_PATIENCE_S = 180


@dataclass(slots=True)
class Learner:
    """Plays in real time; remembers what it was told was counted."""

    who: Studying
    access: str
    head: str = ""
    seq: int = 0
    place_ms: int = 0
    told_ms: int = 0
    again: int = 0
    surprises: list[str] = field(default_factory=list)
    _began: float = 0.0

    def begin(self) -> None:
        self.head, self._began = self.who.head, time.monotonic()

    async def study(self, client: httpx.AsyncClient, until: asyncio.Event) -> None:
        self.begin()
        while not until.is_set():
            await asyncio.sleep(0.05)
            self.hear(await self._sent(client, *self.report(self._played_ms())))

    def _played_ms(self) -> int:
        return int((time.monotonic() - self._began) * 1000)

    def report(self, to_ms: int, *, t_ms: int | None = None) -> tuple[bytes, dict[str, str]]:
        """The next batch, played on to `to_ms` (and at that moment), with its headers."""
        start, self.place_ms = self.place_ms, to_ms
        beat = {
            "seq": self.seq + 1, "t": to_ms if t_ms is None else t_ms, "from": start, "to": to_ms,
            "rate": 100, "visible": True,
        }  # fmt: skip
        body = json.dumps({"lesson": self.who.lesson_id, "beats": [beat]}).encode()
        mac = next_head(self.who.key, self.head, body)
        return body, {
            "study-prev": self.head, "study-mac": mac, "content-type": "application/json",
            "authorization": f"Bearer {self.access}",
        }  # fmt: skip

    def hear(self, told: dict[str, Any]) -> int:
        """Take the answer in; returns what was credited."""
        self.seq, self.head = told["ack_seq"], told["head"]
        (verdict,) = told["verdicts"]
        self.told_ms += verdict["credited_ms"]
        if verdict["cuts"]:
            self.surprises.append(f"cut: {verdict}")
        return int(verdict["credited_ms"])

    @property
    def address(self) -> str:
        return f"/api/v1/study-sessions/{self.who.session_id}/beats"

    async def _sent(self, client: httpx.AsyncClient, body: bytes, headers: dict[str, str]) -> dict:
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            try:
                answer = await client.post(self.address, content=body, headers=headers)
            except httpx.TransportError:
                self.again += 1
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 200:
                return answer.json()
            if answer.status_code not in (429, 503) or "retry-after" not in answer.headers:
                raise AssertionError(f"{answer.status_code} {answer.text}")
            self.again += 1
            await asyncio.sleep(0.1)
        raise AssertionError("nobody answered for three minutes")
