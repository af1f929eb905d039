"""More requests at once than a server has threads: each is answered, none waits for all others."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.core.errors import UnavailableError
from app.core.turns import begin_request
from app.lobby import places
from app.lobby.deps import Db, ReadDb
from app.lobby.parts import Parts

MANY = 130


@asynccontextmanager
async def _calling(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()

    @app.post("/write")
    def write(db: Db) -> int:
        time.sleep(0.005)
        return int(db.scalar(text("select 1")) or 0)

    @app.get("/read")
    def read(db: ReadDb) -> int:
        time.sleep(0.005)
        return int(db.scalar(text("select 1")) or 0)

    async def with_parts(scope: dict[str, Any], receive: Any, send: Any) -> None:
        begin_request()
        scope["state"] = {"parts": parts}
        await app(scope, receive, send)

    transport = httpx.ASGITransport(app=with_parts)
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        yield client


async def _statuses(parts: Parts, ask: Callable[[httpx.AsyncClient, int], Any]) -> set[int]:
    async with _calling(parts) as client:
        answers = await asyncio.gather(*(ask(client, number) for number in range(MANY)))
    return {answer.status_code for answer in answers}


def test_more_writers_than_threads(parts: Parts) -> None:
    asked = _statuses(parts, lambda client, _: client.post("/write", timeout=120))
    assert asyncio.run(asked) == {200}


def test_writers_and_readers_together(parts: Parts) -> None:
    def ask(client: httpx.AsyncClient, number: int) -> Any:
        if number % 2:
            return client.get("/read", timeout=120)
        return client.post("/write", timeout=120)

    assert asyncio.run(_statuses(parts, ask)) == {200}


def test_who_finds_no_place_is_told_and_takes_none() -> None:
    async def ask() -> None:
        async with places.a_place(is_writing=True):
            pass

    async def full() -> None:
        held = [places.a_place(is_writing=True) for _ in range(places.WRITERS)]
        for each in held:
            await each.__aenter__()
        with pytest.raises(UnavailableError, match="正忙"):
            async with places.a_place(is_writing=True, most_wait_s=0.05):
                pass
        async with places.a_place(is_writing=False):
            pass
        for each in held:
            await each.__aexit__(None, None, None)
        await asyncio.gather(*(ask() for _ in range(3 * places.WRITERS)))

    asyncio.run(full())
