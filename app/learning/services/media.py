"""Media of a lesson: addresses signed for one session, and the proof of what was really sent."""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, b64url, same
from app.core.errors import ForbiddenError, NotFoundError
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.models.study import MediaDelivery, StudySession
from app.learning.repository import study as rows
from app.learning.repository.study_states import lesson_of
from app.learning.rules.coverage import Intervals, add, pack, unpack
from app.learning.rules.delivery import add_bytes, positions_of
from app.learning.rules.lessons import page_span
from app.learning.rules.states import Phase

ROOT = "/api/v1/media"
LIFE_S = 6 * 3600
FILE = "file"


@dataclass(frozen=True, slots=True)
class Medium:
    """One object that a signed address leads to; `page` is the index of a document's page."""

    learner_id: str
    enrolment_id: str
    lesson_id: str
    storage_key: str
    content_type: str
    page: int | None


def describe(
    keys: KeyRing, session_id: str, lesson: Lesson, asset: MediaAsset | None, now: dt.datetime
) -> dict[str, Any]:
    """What the page needs to play a lesson: a video's address, or one for each page."""
    if lesson.kind == "document":
        pages = [
            {
                "n": page["n"],
                "ms": page["ms"],
                "url": _address(keys, session_id, lesson.id, str(index), now),
            }
            for index, page in enumerate(lesson.pages)
        ]
        return {"kind": "document", "pages": pages}
    is_ready = asset is not None and asset.state == "ready"
    url = _address(keys, session_id, lesson.id, FILE, now) if is_ready else None
    return {"kind": "video", "url": url, "length_ms": lesson.length_ms}


def _address(keys: KeyRing, session_id: str, lesson_id: str, part: str, now: dt.datetime) -> str:
    until = int(now.timestamp()) // 60 * 60 + LIFE_S
    place = f"{session_id}/{lesson_id}/{part}"
    return f"{ROOT}/{place}?until={until}&mac={_mac(keys, place, until)}"


def _mac(keys: KeyRing, place: str, until: int) -> str:
    message = f"{place}?{until}".encode()
    return b64url(hmac.new(keys.secret("media"), message, hashlib.sha256).digest()[:24])


def resolve(
    db: Session,
    keys: KeyRing,
    place: tuple[str, str, str],
    *,
    until: int,
    mac: str,
    now: dt.datetime,
) -> Medium:
    """Find what a signed address leads to; `place` is session, lesson, part.

    Raises ForbiddenError for a forged or old address or a closed session, NotFoundError where
    there is nothing.
    """
    if not same(mac, _mac(keys, "/".join(place), until)) or now.timestamp() > until:
        raise ForbiddenError(
            "播放地址已失效。", code="media_address", remedy="请刷新页面，进度会保留"
        )
    session = rows.get_session(db, place[0])
    lesson = rows.get_lesson(db, place[1])
    if session is None or lesson is None:
        raise NotFoundError("没有这段课件。", remedy="请回到课程页重新进入")
    if session.phase != Phase.OPEN:
        raise ForbiddenError(
            "这次学习已结束。", code="media_address", remedy="请回到课程页重新进入"
        )
    return _medium(db, session, lesson, place[2])


def _medium(db: Session, session: StudySession, lesson: Lesson, part: str) -> Medium:
    asset = rows.get_asset(db, lesson.asset_id) if lesson.asset_id else None
    page = int(part) if part.isascii() and part.isdigit() else None
    if asset is None or asset.state != "ready" or (page is None) != (lesson.kind != "document"):
        raise NotFoundError("这段课件还没有准备好。", remedy="请稍后再试")
    key = asset.storage_key
    if page is not None:
        if page >= len(lesson.pages):
            raise NotFoundError("没有这一页。", remedy="请刷新页面")
        key = f"{key}/{lesson.pages[page]['n']}"
    return Medium(
        session.learner_id, session.enrolment_id, lesson.id, key, asset.content_type, page
    )


def note_sent(
    db: Session, medium: Medium, *, start: int, end: int, size: int, now: dt.datetime
) -> None:
    """R6: remember that the bytes [start, end) are leaving; a page counts when it is whole."""
    rows.lock_learner(db, medium.learner_id)
    lesson = rows.get_lesson(db, medium.lesson_id)
    if lesson is None:
        return
    key = (medium.learner_id, medium.enrolment_id, medium.lesson_id)
    row = rows.get_delivery(db, *key)
    if row is None:
        row = MediaDelivery(
            learner_id=key[0], enrolment_id=key[1], lesson_id=key[2], byte_ranges=b"",
            positions=b"", sent_at=now,
        )  # fmt: skip
        db.add(row)
    row.sent_at = now
    if medium.page is not None:
        _note_page(row, lesson, medium.page, is_whole=(start, end) == (0, size))
        return
    asset = rows.get_asset(db, lesson.asset_id or "")
    sent = add_bytes(unpack(row.byte_ranges), start, end, size)
    shown = positions_of(
        sent, asset.time_index if asset else [], size=size, length_ms=lesson.length_ms
    )
    row.byte_ranges, row.positions = pack(sent), pack(shown)


def _note_page(row: MediaDelivery, lesson: Lesson, page: int, *, is_whole: bool) -> None:
    if is_whole:
        row.positions = pack(add(unpack(row.positions), *page_span(lesson_of(lesson), page)))


def delivered(db: Session, learner_id: str, enrolment_id: str, lesson_id: str) -> Intervals:
    """The stretches of a lesson that were really sent to the learner in this enrolment."""
    row = rows.get_delivery(db, learner_id, enrolment_id, lesson_id)
    return unpack(row.positions) if row else ()
