"""Addresses of packages: signed for one session and one part, or for looking at it without hours.

Everything of a package lies under one such address, so what is loaded by a relative address comes
with it, and a page's policy can name it as the only place it may reach.
"""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, b64url, same
from app.core.errors import ForbiddenError, NotFoundError
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.models.packages import PackageFile
from app.learning.models.study import StudySession
from app.learning.repository import packages as rows
from app.learning.repository import study as study_rows
from app.learning.repository.packages import Whose
from app.learning.repository.study_states import lesson_of
from app.learning.rules.delivery import Layout
from app.learning.rules.lessons import page_span
from app.learning.rules.package_files import RUN_TIME
from app.learning.rules.package_manifests import Part
from app.learning.rules.states import Phase
from app.learning.services.media import Medium
from app.learning.services.package_making import file_key

ROOT = "/packages"
LOOK = "look"
"""Instead of a session's id: a preview, or a lesson looked at again. Nothing is kept."""
_LIFE_S = 6 * 3600
_STEP_S = 3600  # a page loaded anew gets the same address for a while
# Nobody is asked who looks, and a preview shows drafts: such an address is soon worth nothing.
_LOOK_LIFE_S, _LOOK_STEP_S = 25 * 60, 5 * 60


@dataclass(frozen=True, slots=True)
class Place:
    """What an address says: whose session (or `LOOK`), which lesson, which part from 0."""

    session_id: str
    lesson_id: str
    part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A part that a signed address leads to. `whose` is None where nothing is kept.

    `medium` is the part's start page as a proof (R29); only a session has one.
    """

    place: Place
    asset_id: str
    storage_key: str
    standard: str
    part: Part
    whose: Whose | None
    medium: Medium | None


def address(
    keys: KeyRing, session_id: str, lesson_id: str, asset_id: str, part: int, *, now: dt.datetime
) -> str:
    """Where a part is opened, from the host on."""
    is_look = session_id == LOOK
    life_s, step_s = (_LOOK_LIFE_S, _LOOK_STEP_S) if is_look else (_LIFE_S, _STEP_S)
    until = (int(now.timestamp()) // step_s + 1) * step_s + life_s
    place = Place(session_id, lesson_id, part)
    token = f"{session_id}.{lesson_id}.{part}.{until}.{_mac(keys, place, until, asset_id)}"
    return f"{ROOT}/{token}/{RUN_TIME}/start"


def describe(
    keys: KeyRing, session_id: str, lesson: Lesson, asset: MediaAsset | None, *, now: dt.datetime
) -> dict[str, Any]:
    """The parts of a package with the addresses that open them, where it is unpacked."""
    is_there = asset is not None and asset.state == "ready"
    parts = [
        {
            "n": page["n"], "title": page["title"], "ms": page["ms"],
            "url": address(keys, session_id, lesson.id, lesson.asset_id or "", place, now=now)
            if is_there else None,
        }
        for place, page in enumerate(lesson.pages)
    ]  # fmt: skip
    return {"kind": "package", "parts": parts}


def _mac(keys: KeyRing, place: Place, until: int, asset_id: str) -> str:
    message = f"package/{place.session_id}/{place.lesson_id}/{place.part}?{until}?{asset_id}"
    return b64url(hmac.new(keys.secret("media"), message.encode(), hashlib.sha256).digest()[:24])


def resolve(db: Session, keys: KeyRing, token: str, *, now: dt.datetime) -> Opened:
    """Find what a signed address leads to.

    Raises ForbiddenError for a forged or old address or a closed session, NotFoundError where
    there is nothing.
    """
    place, until, mac = _read(token)
    lesson = study_rows.get_lesson(db, place.lesson_id)
    asset_id = lesson.asset_id if lesson else None
    is_true = same(mac, _mac(keys, place, until, asset_id or ""))
    if not is_true or now.timestamp() > until:
        raise _ended("课件地址已失效。")
    session = None
    if place.session_id != LOOK:
        session = study_rows.get_session(db, place.session_id)
        if session is None or session.phase != Phase.OPEN:
            raise _ended("这次学习已结束。")
    package = rows.package(db, asset_id) if asset_id else None
    if lesson is None or asset_id is None or package is None or place.part >= len(package.parts):
        raise _missing()
    asset = db.get_one(MediaAsset, asset_id)
    span = page_span(lesson_of(lesson), place.part)
    return Opened(
        place=place, asset_id=asset_id, storage_key=asset.storage_key,
        standard=package.standard, part=Part.from_mapping(package.parts[place.part]),
        whose=_whose(session, place), medium=_proof(session, place, asset, span),
    )  # fmt: skip


def _read(token: str) -> tuple[Place, int, str]:
    pieces = token.split(".")
    if len(pieces) != 5 or not (pieces[2].isdecimal() and pieces[3].isdecimal()):
        raise _ended("课件地址不完整。")
    session_id, lesson_id, part, until, mac = pieces
    if len(part) > 4 or len(until) > 12:
        raise _ended("课件地址不完整。")
    return Place(session_id, lesson_id, int(part)), int(until), mac


def _whose(session: StudySession | None, place: Place) -> Whose | None:
    if session is None:
        return None
    return session.learner_id, session.enrolment_id, place.lesson_id, place.part


def _proof(
    session: StudySession | None, place: Place, asset: MediaAsset, span: tuple[int, int]
) -> Medium | None:
    if session is None:
        return None
    return Medium(
        session_id=session.id, learner_id=session.learner_id, enrolment_id=session.enrolment_id,
        lesson_id=place.lesson_id, asset_id=asset.id, storage_key=asset.storage_key,
        content_type=asset.content_type, layout=Layout(0, asset.size, ()), page=span,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A file of a package: its key in the store, its type, its size in bytes."""

    storage_key: str
    content_type: str
    size: int


def file_of(db: Session, opened: Opened, name: str) -> Held:
    """A file of the package. Raises NotFoundError."""
    row: PackageFile | None = rows.file(db, opened.asset_id, name)
    if row is None:
        raise _missing()
    return Held(file_key(opened.storage_key, row.number), row.content_type, row.size)


def _ended(sentence: str) -> ForbiddenError:
    return ForbiddenError(sentence, code="package_address", remedy="请刷新页面，进度会保留")


def _missing() -> NotFoundError:
    return NotFoundError("课件包里没有这个文件。", remedy="请告诉开课的机构重新导出课件")
