"""Lesson media through signed addresses; what was really sent is remembered (R6)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from anyio import CancelScope, create_task_group, to_thread
from fastapi import APIRouter, Header, Path, Query
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.core.errors import NotFoundError
from app.learning.services import media, revisits
from app.learning.services.media import Medium
from app.lobby.deps import CurrentActor, Now, PartsDep
from app.lobby.parts import Parts

router = APIRouter(prefix="/media", tags=["study"])
RowId = Annotated[str, Path(pattern=r"^[0-9A-Z]{26}$")]
_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
_CHUNK = 256 * 1024


def read_range(header: str | None, size: int) -> tuple[int, int] | None:
    """The bytes [start, end) that one range asks for; None for one that cannot be met.

    Anything that is not one plain range is answered with the whole (RFC 9110, 14.2).
    """
    found = _RANGE.match(header.strip()) if header else None
    if found is None or not any(found.groups()):
        return 0, size
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) else None
    start, end = int(first), min(int(last) + 1 if last else size, size)
    return (start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Again:
    """A film that is looked at again; what is sent of it proves nothing."""

    storage_key: str
    content_type: str


Sent = Medium | Again


class SentResponse(Response):
    """Sends a stretch of an object piece by piece and notes each piece before it leaves.

    A player shows what it has of a piece long before it takes the rest, and often goes on with
    another request: noted any later, an honest learner's report would come before the note. A
    response that is aborted counts up to the piece that was on its way.
    """

    def __init__(
        self, parts: Parts, medium: Sent, span: tuple[int, int], size: int, *, is_part: bool
    ) -> None:
        start, end = span
        headers = {
            "content-length": str(end - start),
            "accept-ranges": "bytes",
            "cache-control": "no-store",
        }
        if is_part:
            headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
        super().__init__(
            status_code=206 if is_part else 200, headers=headers, media_type=medium.content_type
        )
        self._parts, self._medium, self._span, self._size = parts, medium, span, size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        async with create_task_group() as group:
            group.start_soon(self._give_up, receive, group.cancel_scope)
            await self._send_pieces(send)
            group.cancel_scope.cancel()

    async def _give_up(self, receive: Receive, scope: CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _send_pieces(self, send: Send) -> None:
        for start, end, is_last in self._pieces():
            body = await to_thread.run_sync(
                self._parts.storage.read_range, self._medium.storage_key, start, end
            )
            await to_thread.run_sync(self._note, start, end)
            await send({"type": "http.response.body", "body": body, "more_body": not is_last})

    def _pieces(self) -> Iterator[tuple[int, int, bool]]:
        start, stop = self._span
        while start < stop:
            end = min(start + _CHUNK, stop)
            yield start, end, end == stop
            start = end

    def _note(self, start: int, end: int) -> None:
        parts = self._parts
        if not isinstance(self._medium, Medium):
            return  # a lesson looked at again, outside any session
        with parts.database.transaction() as db:
            media.note_sent(
                db, self._medium, start=start, end=end, size=self._size, now=parts.clock.now()
            )


@router.api_route(
    "/again/{enrolment_id}/{lesson_id}", methods=["GET", "HEAD"], include_in_schema=False
)
def read_again(
    enrolment_id: RowId,
    lesson_id: RowId,
    actor: CurrentActor,
    parts: PartsDep,
    range_header: Annotated[str | None, Header(alias="range")] = None,
) -> Response:
    """Send the film of a lesson of the caller's own completed course."""
    with parts.database.reading() as db:
        found = revisits.revisit(db, enrolment_id, lesson_id, learner_id=actor.learner_id)
    if found.film_key is None:
        raise NotFoundError("这节课没有视频。", remedy="请从课程页进入")
    return _answer(parts, Again(found.film_key, found.content_type), range_header)


@router.api_route(
    "/{session_id}/{lesson_id}/{part}", methods=["GET", "HEAD"], include_in_schema=False
)
def read_medium(
    *,
    session_id: RowId,
    lesson_id: RowId,
    part: Annotated[str, Path(pattern=r"^(file|\d{1,4})$")],
    until: Annotated[int, Query()],
    mac: Annotated[str, Query(max_length=64)],
    parts: PartsDep,
    now: Now,
    range_header: Annotated[str | None, Header(alias="range")] = None,
) -> Response:
    """Send a lesson's file, or one page of a document."""
    with parts.database.reading() as db:
        medium = media.resolve(
            db, parts.keys, (session_id, lesson_id, part), until=until, mac=mac, now=now
        )
    return _answer(parts, medium, range_header)


def _answer(parts: Parts, medium: Sent, range_header: str | None) -> Response:
    size = parts.storage.size(medium.storage_key)
    if size is None:
        raise NotFoundError("这段课件还没有准备好。", remedy="请稍后再试")
    span = read_range(range_header, size)
    if span is None:
        return Response(status_code=416, headers={"content-range": f"bytes */{size}"})
    is_part = range_header is not None and span != (0, size)
    is_part = is_part or (range_header is not None and _RANGE.match(range_header) is not None)
    return SentResponse(parts, medium, span, size, is_part=is_part)
