"""Beats of open sessions, judged in memory and written in groups; answered when durable.

The one place with a memory: a worker remembers open sessions (`OpenSession`), judges a batch on
what it remembers and queues it. One thread writes whole groups. Each row is compared and set, so
any number of workers may serve one session: who loses forgets, and the plain way decides.
Nothing is refused from memory.
"""

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from app.core.crypto import Vault
from app.core.db import Database
from app.core.errors import TooManyRequestsError, UnavailableError
from app.core.groups import Groups, QueueFullError
from app.learning.repository.group import write_beats
from app.learning.rules.chain import is_signed
from app.learning.rules.coverage import Intervals
from app.learning.rules.moments import epoch_ms
from app.learning.services.media import Medium
from app.learning.services.open_sessions import OpenSession, Shelf
from app.learning.services.weighing import Weighed, settle_in, weigh

_MOST_REMEMBERED = 200_000
_MOST_READ = 200
# Nobody plays faster: a page reports every few seconds, and after an outage a few batches at once.
_EVERY_MS, _BURST_MS = 200, 6_000


class _Waiting(Struct, frozen=True):
    weighed: Weighed
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[bool]


@dataclass(frozen=True, slots=True)
class _Wanted:
    session_id: str
    now: dt.datetime
    loop: asyncio.AbstractEventLoop
    found: asyncio.Future[OpenSession | None]


class LiveIngest:
    """One for each worker process; everything but the writing runs in the event loop."""

    def __init__(self, database: Database, vault: Vault, *, is_limited: bool) -> None:
        self._database, self._vault, self._is_limited = database, vault, is_limited
        self._shelf = Shelf()
        self._known: OrderedDict[str, OpenSession] = OrderedDict()
        # When each session's next batch may come, if they come faster than anybody plays. It
        # outlives what is remembered of the session: forgetting would begin the pace anew.
        self._ready_at_ms: OrderedDict[str, int] = OrderedDict()
        self._judged: list[_Waiting] = []
        self._reader = Groups(self._load, _told, name="sessions", most_at_once=_MOST_READ)
        self._writer = Groups(self._write, self._settle, name="beats")

    async def take(
        self, session_id: str, *, previous: str, mac: str, body: bytes, now: dt.datetime
    ) -> bytes | None:
        """Return the answer when the batch is durable; None where the plain way must decide.

        Raises TooManyRequestsError and UnavailableError; nothing is lost, the client comes again.
        """
        now_ms = epoch_ms(now)
        known = self._known.get(session_id)
        is_fresh = known is None
        if known is None:
            self._refuse_flood(session_id, now_ms)  # before anything is read for it
            known = await self._read_anew(session_id, now)
        if known is None or not is_signed(known.key, previous, body, mac):
            return None  # what proves nothing slows nobody down, and makes nothing forgotten
        self._keep_pace(session_id, now_ms)
        if known.is_waiting:
            return None  # the same batch again, or one ahead of its turn
        weighed = weigh(known, previous=previous, mac=mac, body=body, now_ms=now_ms)
        if weighed is None and not is_fresh:
            # Another worker may have written since: look before giving up.
            if (known := await self._read_anew(session_id, now)) is None:
                return None
            weighed = weigh(known, previous=previous, mac=mac, body=body, now_ms=now_ms)
        if weighed is not None and await self._durable(weighed):
            return weighed.write.answer
        self.forget(session_id)
        return None

    def forget(self, session_id: str) -> None:
        """What is remembered of the session is read anew next time."""
        self._known.pop(session_id, None)

    def hear_of_media(self, medium: Medium, shown: Intervals) -> None:
        """What this worker sent; what others sent, a reload tells."""
        known = self._known.get(medium.session_id)
        if known is not None:
            known.sent[medium.lesson_id] = shown

    def stop(self) -> None:
        self._reader.stop()
        self._writer.stop()

    def _refuse_flood(self, session_id: str, now_ms: int) -> int:
        """When the next batch may come; TooManyRequestsError where that is too far ahead."""
        ready_ms = max(self._ready_at_ms.get(session_id, 0), now_ms)
        if ready_ms - now_ms > _BURST_MS + _EVERY_MS:
            return now_ms  # nobody can be so far ahead: the clock was set back
        if self._is_limited and ready_ms - now_ms > _BURST_MS:
            raise TooManyRequestsError(
                "上报过于频繁。", remedy="页面会自动重试，进度不会丢", retry_after_s=1
            )
        return ready_ms

    def _keep_pace(self, session_id: str, now_ms: int) -> None:
        """One batch each 200 ms in the long run, thirty at once. Raises TooManyRequestsError."""
        self._ready_at_ms[session_id] = self._refuse_flood(session_id, now_ms) + _EVERY_MS
        self._ready_at_ms.move_to_end(session_id)
        if len(self._ready_at_ms) > _MOST_REMEMBERED:
            self._ready_at_ms.popitem(last=False)

    async def _read_anew(self, session_id: str, now: dt.datetime) -> OpenSession | None:
        fresh = await self._read(session_id, now)
        if fresh is None:
            self.forget(session_id)
        else:
            self._remember(session_id, fresh)
        return fresh

    async def _read(self, session_id: str, now: dt.datetime) -> OpenSession | None:
        """The session as it stands in the database, read with all others that are asked for.

        After a start every session is asked for at once: one by one would take minutes.
        """
        loop = asyncio.get_running_loop()
        wanted = _Wanted(session_id, now, loop, loop.create_future())
        try:
            self._reader.put([wanted])
        except QueueFullError:
            raise _too_many() from None
        return await wanted.found

    def _load(self, group: Sequence[_Wanted]) -> Sequence[OpenSession | None]:
        ids = {wanted.session_id for wanted in group}
        with self._database.reading() as db:
            now = min(wanted.now for wanted in group)
            found = self._shelf.load(db, self._vault, ids, now=now)
        return [found.get(wanted.session_id) for wanted in group]

    def _remember(self, session_id: str, known: OpenSession) -> None:
        self._known[session_id] = known
        self._known.move_to_end(session_id)
        if len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)

    async def _durable(self, weighed: Weighed) -> bool:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(weighed, loop, loop.create_future())
        weighed.known.is_waiting = True
        self._judged.append(waiting)
        if len(self._judged) == 1:
            # After all that is ready now: the writer is woken once for everything judged together.
            loop.call_soon(self._hand_over)
        return await waiting.answer

    def _hand_over(self) -> None:
        judged, self._judged = self._judged, []
        try:
            self._writer.put(judged)
        except QueueFullError:
            for waiting in judged:
                waiting.weighed.known.is_waiting = False
                if waiting.answer.done():  # who asked has gone
                    continue
                waiting.answer.set_exception(_too_many())

    def _write(self, group: Sequence[_Waiting]) -> Sequence[bool]:
        with self._database.bulk() as connection:
            return write_beats(connection, [waiting.weighed.write for waiting in group])

    def _settle(self, group: Sequence[_Waiting], done: Sequence[bool] | Exception) -> None:
        """Tell each loop once; a failed group was rolled back, and so is nothing remembered.

        Where the database is away the plain way would find the same, one after the other.
        """
        away = done if isinstance(done, UnavailableError) else None
        kept = [False] * len(group) if isinstance(done, Exception) else done
        told: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting, bool]]] = {}
        for waiting, is_kept in zip(group, kept, strict=True):
            told.setdefault(waiting.loop, []).append((waiting, is_kept))
        for loop, items in told.items():
            loop.call_soon_threadsafe(_tell, items, away)


def _tell(items: list[tuple[_Waiting, bool]], away: UnavailableError | None) -> None:
    for waiting, is_kept in items:
        if is_kept:
            settle_in(waiting.weighed)
        waiting.weighed.known.is_waiting = False
        if waiting.answer.done():  # who asked has gone
            continue
        if away is not None:
            waiting.answer.set_exception(away)
        else:
            waiting.answer.set_result(is_kept)


def _told(group: Sequence[_Wanted], done: Sequence[OpenSession | None] | Exception) -> None:
    """Each that asked gets the session, or hears that it could not be read."""
    for index, wanted in enumerate(group):
        found = done if isinstance(done, Exception) else done[index]
        wanted.loop.call_soon_threadsafe(_give, wanted.found, found)


def _give(waits: asyncio.Future[OpenSession | None], found: OpenSession | Exception | None) -> None:
    if waits.done():  # who asked has gone
        return
    if isinstance(found, Exception):
        waits.set_exception(found)
    else:
        waits.set_result(found)


def _too_many() -> UnavailableError:
    return UnavailableError(
        "上报的人太多，请稍候。", code="busy", remedy="页面会自动重试，进度不会丢",
        retry_after_s=2,
    )  # fmt: skip
