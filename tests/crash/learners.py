"""Learners who go on through a server that dies: the same bytes again until they are answered."""

import asyncio
import json
import time
from dataclasses import dataclass, field

import httpx

from app.learning.rules.chain import next_head
from tests.benches.field import Studying

_PATIENCE_S = 60


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

    async def study(self, client: httpx.AsyncClient, until: asyncio.Event) -> None:
        self.head, self._began = self.who.head, time.monotonic()
        while not until.is_set():
            await asyncio.sleep(0.05)
            await self._report(client)

    async def _report(self, client: httpx.AsyncClient) -> None:
        start, self.place_ms = self.place_ms, int((time.monotonic() - self._began) * 1000)
        beat = {
            "seq": self.seq + 1, "t": self.place_ms, "from": start, "to": self.place_ms,
            "rate": 100, "visible": True,
        }  # fmt: skip
        body = json.dumps({"lesson": self.who.lesson_id, "beats": [beat]}).encode()
        mac = next_head(self.who.key, self.head, body)
        headers = {
            "study-prev": self.head, "study-mac": mac, "content-type": "application/json",
            "authorization": f"Bearer {self.access}",
        }  # fmt: skip
        told = await self._sent(client, body, headers)
        self.seq, self.head = told["ack_seq"], told["head"]
        (verdict,) = told["verdicts"]
        self.told_ms += verdict["credited_ms"]
        if verdict["cuts"]:
            self.surprises.append(f"cut: {verdict}")

    async def _sent(self, client: httpx.AsyncClient, body: bytes, headers: dict[str, str]) -> dict:
        address = f"/api/v1/study-sessions/{self.who.session_id}/beats"
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            try:
                answer = await client.post(address, content=body, headers=headers)
            except httpx.TransportError:
                self.again += 1
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 200:
                return answer.json()
            if answer.status_code not in (429, 503):
                raise AssertionError(answer.text)
            self.again += 1
            await asyncio.sleep(0.1)
        raise AssertionError("nobody answered for a minute")
