"""Media of a lesson: addresses signed for one session, and what each of them leads to."""

import datetime as dt
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, b64url, same
from app.core.errors import ForbiddenError, NotFoundError
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.models.study import StudySession
from app.learning.repository import study as rows
from app.learning.repository.study_states import lesson_of
from app.learning.rules import hls
from app.learning.rules.coverage import Intervals, unpack
from app.learning.rules.delivery import Layout
from app.learning.rules.lessons import page_span
from app.learning.rules.states import Phase

ROOT = "/api/v1/media"
LIFE_S = 6 * 3600
_STEP_S = 3600  # a page loaded anew gets the same address for a while, and its browser's copies
FILE, LIST, HEAD, LIGHT, CAPTIONS = "file", "hls", "hls-head", "light", "captions"
PART = r"^(file|hls|hls-head|light|captions|(hls-)?\d{1,4})$"
_PIECE = re.compile(r"^hls-([0-9]{1,4})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One object that a signed address leads to.

    `page`: the moments of a document's page, which counts when it is whole. `offset`, `size`: the
    place of the object in `layout`; what has none proves nothing.
    """

    session_id: str
    learner_id: str
    enrolment_id: str
    lesson_id: str
    asset_id: str
    storage_key: str
    content_type: str
    layout: Layout
    offset: int = -1
    size: int = 0
    page: tuple[int, int] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.learner_id, self.enrolment_id, self.lesson_id

    @property
    def is_proof(self) -> bool:
        return self.page is not None or self.offset >= 0


@dataclass(frozen=True, slots=True)
class Place:
    """What an address says: whose session, which lesson, which part of its medium."""

    session_id: str
    lesson_id: str
    part: str


def describe(
    keys: KeyRing, session_id: str, lesson: Lesson, asset: MediaAsset | None, now: dt.datetime
) -> dict[str, Any]:
    """What the page needs to play a lesson: a video's addresses, or one for each page."""
    signer = _Signer(keys, session_id, lesson, now)
    if lesson.kind == "document":
        pages = [
            {"n": page["n"], "ms": page["ms"], "url": signer.address(str(index))}
            for index, page in enumerate(lesson.pages)
        ]
        return {"kind": "document", "pages": pages}
    is_ready = asset is not None and asset.state == "ready"
    is_cut = is_ready and asset is not None and asset.hls is not None
    is_light = is_ready and asset is not None and asset.light is not None
    return {
        "kind": "video",
        "url": signer.address(FILE) if is_ready else None,
        "hls": signer.address(LIST) if is_cut else None,
        "light": signer.address(LIGHT) if is_light else None,
        "captions": signer.address(CAPTIONS) if is_ready and lesson.captions else None,
        "length_ms": lesson.length_ms,
    }


class _Signer:
    """Addresses of one lesson in one session."""

    def __init__(self, keys: KeyRing, session_id: str, lesson: Lesson, now: dt.datetime) -> None:
        self._keys, self._session_id, self._lesson = keys, session_id, lesson
        self._until = (int(now.timestamp()) // _STEP_S + 1) * _STEP_S + LIFE_S

    def address(self, part: str) -> str:
        place = Place(self._session_id, self._lesson.id, part)
        mac = _mac(self._keys, place, self._until, self._lesson.asset_id)
        where = f"{place.session_id}/{place.lesson_id}/{part}"
        return f"{ROOT}/{where}?until={self._until}&mac={mac}"


def _mac(keys: KeyRing, place: Place, until: int, asset_id: str | None) -> str:
    """Over the medium too: a lesson that gets another film gets other addresses."""
    message = f"{place.session_id}/{place.lesson_id}/{place.part}?{until}?{asset_id or ''}"
    return b64url(hmac.new(keys.secret("media"), message.encode(), hashlib.sha256).digest()[:24])


def resolve(
    db: Session, keys: KeyRing, place: Place, *, until: int, mac: str, now: dt.datetime
) -> Medium:
    """Find what a signed address leads to.

    Raises ForbiddenError for a forged or old address or a closed session, NotFoundError where
    there is nothing.
    """
    session, lesson = _signed(db, keys, place, until=until, mac=mac, now=now)
    return _medium(session, lesson, _asset(db, lesson), place.part)


def playlist(
    db: Session, keys: KeyRing, place: Place, *, until: int, mac: str, now: dt.datetime
) -> str:
    """The list of a lesson's pieces, each at an address of this session's own.

    Raises what `resolve` raises.
    """
    session, lesson = _signed(db, keys, place, until=until, mac=mac, now=now)
    cut = _cut(_asset(db, lesson))
    signer = _Signer(keys, session.id, lesson, now)
    starts = [ms for ms, _ in cut["index"]]
    return hls.write_playlist(
        starts, lesson.length_ms, head=signer.address(HEAD),
        addresses=[signer.address(f"hls-{number}") for number in range(len(starts))],
    )  # fmt: skip


def captions(
    db: Session, keys: KeyRing, place: Place, *, until: int, mac: str, now: dt.datetime
) -> str:
    """The captions of a lesson's film, as WebVTT. Raises what `resolve` raises."""
    _, lesson = _signed(db, keys, place, until=until, mac=mac, now=now)
    if not lesson.captions:
        raise NotFoundError("这节课没有字幕。", remedy="请直接看视频")
    return lesson.captions


def _signed(
    db: Session, keys: KeyRing, place: Place, *, until: int, mac: str, now: dt.datetime
) -> tuple[StudySession, Lesson]:
    lesson = rows.get_lesson(db, place.lesson_id)
    asset_id = lesson.asset_id if lesson else None
    if not same(mac, _mac(keys, place, until, asset_id)) or now.timestamp() > until:
        raise ForbiddenError(
            "播放地址已失效。", code="media_address", remedy="请刷新页面，进度会保留"
        )
    session = rows.get_session(db, place.session_id)
    if session is None or lesson is None:
        raise NotFoundError("没有这段课件。", remedy="请回到课程页重新进入")
    if session.phase != Phase.OPEN:
        raise ForbiddenError(
            "这次学习已结束。", code="media_address", remedy="请回到课程页重新进入"
        )
    return session, lesson


def _asset(db: Session, lesson: Lesson) -> MediaAsset:
    asset = rows.get_asset(db, lesson.asset_id) if lesson.asset_id else None
    if asset is None or asset.state != "ready":
        raise NotFoundError("这段课件还没有准备好。", remedy="请稍后再试")
    return asset


def _cut(asset: MediaAsset) -> dict[str, Any]:
    if asset.hls is None:
        raise NotFoundError("这段课件还没有准备好。", remedy="请稍后再试")
    return asset.hls


def _medium(session: StudySession, lesson: Lesson, asset: MediaAsset, part: str) -> Medium:
    cut, light = asset.hls or {}, asset.light or {}
    found: dict[str, Any] = {
        "session_id": session.id, "learner_id": session.learner_id,
        "enrolment_id": session.enrolment_id, "lesson_id": lesson.id, "asset_id": asset.id,
        "content_type": asset.content_type,
        "layout": Layout(
            lesson.length_ms, asset.size, asset.time_index, cut.get("size", 0),
            cut.get("index", ()), light.get("size", 0), light.get("index", ()),
        ),
    }  # fmt: skip
    if (lesson.kind == "document") != part.isdigit():
        raise NotFoundError("没有这段课件。", remedy="请刷新页面")
    if part.isdigit():
        return Medium(**found | _page(lesson, asset, int(part)))
    if part == FILE:
        return Medium(**found, storage_key=asset.storage_key, offset=0, size=asset.size)
    if part == LIGHT and asset.light is not None:
        offset = asset.size + (asset.hls or {}).get("size", 0)
        key, size = piece_key(asset.storage_key, LIGHT), asset.light["size"]
        return Medium(**found, storage_key=key, offset=offset, size=size)
    return Medium(**found | _piece(asset, part))


def _page(lesson: Lesson, asset: MediaAsset, index: int) -> dict[str, Any]:
    if index >= len(lesson.pages):
        raise NotFoundError("没有这一页。", remedy="请刷新页面")
    key = f"{asset.storage_key}/{lesson.pages[index]['n']}"
    return {"storage_key": key, "page": page_span(lesson_of(lesson), index)}


def _piece(asset: MediaAsset, part: str) -> dict[str, Any]:
    cut = _cut(asset)
    name = piece_key(asset.storage_key, part)
    found = _PIECE.match(part)
    if found is None:
        return {"storage_key": name, "content_type": hls.PIECE_TYPE}
    number, starts = int(found[1]), [byte for _, byte in cut["index"]]
    if number >= len(starts):
        raise NotFoundError("没有这段课件。", remedy="请刷新页面")
    edges = [*starts, cut["size"]]
    return {
        "storage_key": name, "content_type": hls.PIECE_TYPE,
        "offset": asset.size + edges[number], "size": edges[number + 1] - edges[number],
    }  # fmt: skip


def piece_key(film_key: str, part: str) -> str:
    """Where the head (`hls-head`) or a piece (`hls-0`, `hls-1` and so on) of a film is stored."""
    return f"{film_key}.{part}"


def delivered(db: Session, learner_id: str, enrolment_id: str, lesson_id: str) -> Intervals:
    """The stretches of a lesson that were really sent to the learner in this enrolment."""
    row = rows.get_delivery(db, learner_id, enrolment_id, lesson_id)
    return unpack(row.positions) if row else ()
