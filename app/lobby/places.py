"""How many requests are at the database at once: fewer than there are threads.

A request takes its transaction in one thread and does its work in another. Were all threads taken
by those who wait for a transaction, whoever has it would wait for a thread: nobody would go on
before somebody gives up. Who finds no place waits here, in order and without a thread.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from app.core.errors import UnavailableError
from app.core.turns import MOST_WAIT_S

WRITERS, READERS = 8, 12
"""Together fewer than a server's threads (40), no more than the connections it keeps open (20)."""


@dataclass(frozen=True, slots=True)
class _Places:
    writing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WRITERS))
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READERS))


# A server has one loop for its life; tests have several.
_of: WeakKeyDictionary[asyncio.AbstractEventLoop, _Places] = WeakKeyDictionary()


@asynccontextmanager
async def a_place(*, is_writing: bool, most_wait_s: float = MOST_WAIT_S) -> AsyncIterator[None]:
    """Have a place for a request's whole work. Raises UnavailableError where none comes free."""
    places = _of.setdefault(asyncio.get_running_loop(), _Places())
    free = places.writing if is_writing else places.reading
    try:
        async with asyncio.timeout(most_wait_s):
            await free.acquire()
    except TimeoutError:
        raise UnavailableError(
            "系统正忙，这次没有办成。", code="busy", remedy="请过一会儿再试，已填的内容不用重填"
        ) from None
    try:
        yield
    finally:
        free.release()
