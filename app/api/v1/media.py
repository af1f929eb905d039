"""Lesson media through signed addresses; what was really sent is remembered (R6)."""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from anyio import CancelScope, create_task_group, to_thread
from fastapi import APIRouter, Depends, Header, Path, Query, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.ranges import Asked, Span, has_copy, span_of
from app.core.errors import NotFoundError, UnavailableError
from app.identity.rules.actors import Actor, Role
from app.learning.rules.delivery import LEAST_PIECE
from app.learning.rules.hls import CONTENT_TYPE
from app.learning.services import media, previews, revisits
from app.learning.services.media import Medium, Place
from app.learning.services.media_notes import MediaNotes, Note
from app.lobby.deps import CurrentActor, NotesDep, Now, PartsDep, require_roles
from app.lobby.parts import Parts
from app.lobby.paths import RowId
from app.org.services import workshop

router = APIRouter(prefix="/media", tags=["study"])
Maker = Annotated[Actor, Depends(require_roles(Role.INSTITUTION, Role.REVIEWER))]
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Again:
    """A film that is looked at again; what is sent of it proves nothing."""

    storage_key: str
    content_type: str


Sent = Medium | Again


def read_asked(
    request: Request,
    range_header: Annotated[str | None, Header(alias="range")] = None,
    if_range: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Asked:
    return Asked(request.method, range_header, if_range, if_none_match)


AskedDep = Annotated[Asked, Depends(read_asked)]


class SentResponse(Response):
    """Sends a stretch of an object piece by piece and notes each piece before it leaves.

    A player shows what it has of a piece long before it takes the rest, and often goes on with
    another request: noted any later, an honest learner's report would come before the note. A
    response that is aborted counts up to the piece that was on its way. One piece at a time is in
    memory, however large the object. The first is read and noted before the answer begins, so that
    a store or a database that is down can still be told in words.
    """

    def __init__(
        self, parts: Parts, notes: MediaNotes, medium: Sent, span: Span, etag: str
    ) -> None:
        headers = {
            "content-length": str(span.end - span.start),
            "accept-ranges": "bytes",
            "etag": etag,
            "cache-control": _caching(medium),
        }
        if span.is_part:
            headers["content-range"] = f"bytes {span.start}-{span.end - 1}/{span.size}"
        super().__init__(
            status_code=206 if span.is_part else 200, headers=headers,
            media_type=medium.content_type,
        )  # fmt: skip
        self._parts, self._notes, self._medium, self._span = parts, notes, medium, span

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD" or self._span.start == self._span.end:
            await self._begin(send)
            await send({"type": "http.response.body", "body": b""})
            return
        pieces = _pieces(self._span)
        first = next(pieces)
        body = await self._leaving(*first)
        await self._begin(send)
        async with create_task_group() as group:
            group.start_soon(self._give_up, receive, group.cancel_scope)
            await self._send(send, body, is_last=first[1] == self._span.end)
            with contextlib.suppress(UnavailableError):  # told by the answer's breaking off
                for start, end in pieces:
                    body = await self._leaving(start, end)
                    await self._send(send, body, is_last=end == self._span.end)
            group.cancel_scope.cancel()

    async def _begin(self, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )

    async def _give_up(self, receive: Receive, scope: CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _leaving(self, start: int, end: int) -> bytes:
        """A piece that was read and noted. Raises UnavailableError."""
        body = await to_thread.run_sync(
            self._parts.storage.read_range, self._medium.storage_key, start, end
        )
        await self._note(start, end)
        return body

    async def _send(self, send: Send, body: bytes, *, is_last: bool) -> None:
        await send({"type": "http.response.body", "body": body, "more_body": not is_last})

    async def _note(self, start: int, end: int) -> None:
        medium = self._medium
        if not isinstance(medium, Medium) or not medium.is_proof:
            return  # a lesson looked at again, outside any session, or the head of a film's pieces
        if medium.page is not None and not (self._span.is_whole and end == self._span.end):
            return  # a page counts when the whole of it leaves
        await self._notes.keep(Note(medium, start, end, self._parts.clock.now()))


def _caching(medium: Sent) -> str:
    """What a browser may keep: its copy was noted for this enrolment when it was sent.

    The address is of one session, so another session, let alone another person, asks again; a
    session that has ended gets nothing new, and what is kept of it earns nothing.
    """
    if isinstance(medium, Again):
        return "no-store"
    return f"private, max-age={media.LIFE_S}"


def _pieces(span: Span) -> Iterator[tuple[int, int]]:
    """Pieces of one size; no crumb is left for the end, as crumbs are no delivery."""
    start = span.start
    while start < span.end:
        end = span.end if span.end - start < _CHUNK + LEAST_PIECE else start + _CHUNK
        yield start, end
        start = end


@router.api_route(
    "/again/{enrolment_id}/{lesson_id}", methods=["GET", "HEAD"], include_in_schema=False
)
def read_again(
    *,
    enrolment_id: RowId,
    lesson_id: RowId,
    actor: CurrentActor,
    parts: PartsDep,
    notes: NotesDep,
    asked: AskedDep,
) -> Response:
    """Send the film of a lesson of the caller's own completed course."""
    with parts.database.reading() as db:
        found = revisits.revisit(db, enrolment_id, lesson_id, learner_id=actor.learner_id)
    if found.film_key is None:
        raise NotFoundError("这节课没有视频。", remedy="请从课程页进入")
    return answer(parts, notes, Again(found.film_key, found.content_type), asked)


@router.get("/draft/{lesson_id}/{part}", include_in_schema=False)
def read_draft(
    *,
    lesson_id: RowId,
    part: Annotated[Literal["film", "light", "captions"], Path()],
    actor: Maker,
    parts: PartsDep,
    notes: NotesDep,
    asked: AskedDep,
) -> Response:
    """Send the film of a lesson to its makers, or to the desk while it is in review."""
    with parts.database.reading() as db:
        maker = workshop.maker(db, actor, looks=True) if Role.INSTITUTION in actor.roles else None
        found = previews.preview(db, lesson_id, maker=maker)
    if part == media.CAPTIONS and found.captions:
        return Response(found.captions, media_type="text/vtt; charset=utf-8")
    key = {"film": found.film_key, "light": found.light_key}.get(part)
    if key is None:
        raise NotFoundError("这节课没有这一项。", remedy="请从课程页进入")
    return answer(parts, notes, Again(key, found.content_type), asked)


@router.api_route(
    "/{session_id}/{lesson_id}/{part}", methods=["GET", "HEAD"], include_in_schema=False
)
def read_medium(
    *,
    session_id: RowId,
    lesson_id: RowId,
    part: Annotated[str, Path(pattern=media.PART)],
    until: Annotated[int, Query()],
    mac: Annotated[str, Query(max_length=64)],
    parts: PartsDep,
    notes: NotesDep,
    now: Now,
    asked: AskedDep,
) -> Response:
    """Send a lesson's film, one piece of it, the list of its pieces, or one page of a document."""
    place = Place(session_id, lesson_id, part)
    with parts.database.reading() as db:
        if part == media.LIST:
            listed = media.playlist(db, parts.keys, place, until=until, mac=mac, now=now)
            return Response(listed, media_type=CONTENT_TYPE)
        if part == media.CAPTIONS:
            said = media.captions(db, parts.keys, place, until=until, mac=mac, now=now)
            return Response(said, media_type="text/vtt; charset=utf-8")
        medium = media.resolve(db, parts.keys, place, until=until, mac=mac, now=now)
    return answer(parts, notes, medium, asked)


def answer(parts: Parts, notes: MediaNotes, medium: Sent, asked: Asked) -> Response:
    """Send what was asked for of an object."""
    size = parts.storage.size(medium.storage_key)
    if size is None:
        raise NotFoundError("这段课件还没有准备好。", remedy="请稍后再试")
    named = hashlib.sha256(f"{medium.storage_key}?{size}".encode()).hexdigest()[:24]
    etag = f'"{named}"'
    if has_copy(asked, etag):
        return Response(status_code=304, headers={"etag": etag, "cache-control": _caching(medium)})
    span = span_of(asked, size, etag)
    if span is None:
        return Response(status_code=416, headers={"content-range": f"bytes */{size}"})
    return SentResponse(parts, notes, medium, span, etag)
