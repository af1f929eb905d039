"""What leaves of lessons' media, noted in groups; a piece leaves when its note is durable (R6).

Every piece of every film that anybody watches is a note: each in a transaction of its own, a few
dozen viewers kept the database from everything else.
"""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.db import Database
from app.core.errors import UnavailableError
from app.core.groups import Groups, QueueFullError
from app.learning.models.study import MediaDelivery
from app.learning.repository import deliveries
from app.learning.rules.coverage import Intervals, add, pack, union, unpack
from app.learning.rules.delivery import add_bytes
from app.learning.services.media import Medium

_log = logging.getLogger("shixue.media")


@dataclass(frozen=True, slots=True)
class Note:
    """The bytes [start, end) of a medium are about to leave."""

    medium: Medium
    start: int
    end: int
    now: dt.datetime


@dataclass(slots=True, eq=False)
class _Waiting:
    note: Note
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[bool]
    shown: Intervals = ()
    """All that was shown of the lesson, once the note is kept."""


class MediaNotes:
    """One for each worker process; `heard` is told in the event loop what is durable."""

    def __init__(
        self, database: Database, heard: Callable[[Medium, Intervals], None] = lambda *_: None
    ) -> None:
        self._database, self._heard = database, heard
        self._writer = Groups(self._write, self._settle, name="media-notes")

    async def keep(self, note: Note) -> None:
        """Return when the note is durable. Raises UnavailableError: then nothing may leave."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(note, loop, loop.create_future())
        try:
            self._writer.put([waiting])
        except QueueFullError:
            raise _busy() from None
        if not await waiting.answer:
            raise _busy()

    def stop(self) -> None:
        self._writer.stop()

    def _write(self, group: Sequence[_Waiting]) -> Sequence[bool]:
        try:
            with self._database.transaction() as db:
                _merge(db, group)
        except Exception:
            if len(group) == 1:
                raise
            # One that cannot be kept (its enrolment is gone) must not hold up the others.
            _log.exception("notes of media are written one by one", extra={"count": len(group)})
            return [self._is_written(waiting) for waiting in group]
        return [True] * len(group)

    def _is_written(self, waiting: _Waiting) -> bool:
        try:
            with self._database.transaction() as db:
                _merge(db, [waiting])
        except Exception:  # noqa: BLE001 -- whatever it is, this one note is not kept
            _log.exception("a note of media was not written")
            return False
        return True

    def _settle(self, group: Sequence[_Waiting], done: Sequence[bool] | Exception) -> None:
        kept = [False] * len(group) if isinstance(done, Exception) else done
        told: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting, bool]]] = {}
        for waiting, is_kept in zip(group, kept, strict=True):
            told.setdefault(waiting.loop, []).append((waiting, is_kept))
        for loop, items in told.items():
            with contextlib.suppress(RuntimeError):  # a loop that has ended waits for nothing
                loop.call_soon_threadsafe(self._tell, items)

    def _tell(self, items: list[tuple[_Waiting, bool]]) -> None:
        for waiting, is_kept in items:
            if is_kept:
                self._heard(waiting.note.medium, waiting.shown)
            if not waiting.answer.done():  # who asked may have gone
                waiting.answer.set_result(is_kept)


def _busy() -> UnavailableError:
    return UnavailableError(
        "系统正忙，课件暂时取不到。", code="busy", remedy="请过一会儿再点播放，进度会保留",
        retry_after_s=2,
    )  # fmt: skip


def _merge(db: Session, group: Sequence[_Waiting]) -> None:
    """Add what leaves to what has left: sets only grow, so no two workers undo each other."""
    first = group[0].note.now
    rows = deliveries.take(db, {waiting.note.medium.key for waiting in group}, first)
    for waiting in group:
        row = rows[waiting.note.medium.key]
        _add(row, waiting.note)
        waiting.shown = unpack(row.positions)


def _add(row: MediaDelivery, note: Note) -> None:
    medium = note.medium
    row.sent_at = max(row.sent_at, note.now)
    if row.asset_id is not None and row.asset_id != medium.asset_id:
        row.byte_ranges = row.positions = b""
    row.asset_id = medium.asset_id
    shown = unpack(row.positions)
    if medium.page is not None:
        row.positions = pack(add(shown, *medium.page))
        return
    start, end = medium.offset + note.start, medium.offset + note.end
    sent = add_bytes(unpack(row.byte_ranges), start, end, medium.offset + medium.size)
    row.byte_ranges = pack(sent)
    row.positions = pack(union(shown, medium.layout.shown_by(sent, start, end)))
