"""A lesson of a version as a learner will see it, for its makers and for who looks it through.

No session, so nothing counts.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.core.storage import Storage
from app.learning.repository import authoring as rows
from app.learning.repository import versions as version_rows
from app.learning.rules.versions import VersionState
from app.learning.services.drafts import Maker, own_version
from app.learning.services.media import LIGHT, piece_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Keys in the store; a lesson has a film, pages or parts. `captions` are WebVTT, or empty."""

    lesson_id: str
    version_id: str
    title: str
    kind: str
    film_key: str | None
    light_key: str | None
    content_type: str
    page_keys: tuple[str, ...]
    captions: str
    asset_id: str
    part_titles: tuple[str, ...]


def preview(db: Session, lesson_id: str, *, maker: Maker | None) -> Preview:
    """Find what a lesson shows. Without a maker: for the platform's desk, what is in review.

    Raises NotFoundError for anybody else's and for what is not there yet.
    """
    lesson = rows.lesson(db, lesson_id)
    if lesson is None:
        raise _missing()
    if maker is not None:
        own_version(db, maker, lesson.version_id)
    else:
        version = version_rows.version(db, lesson.version_id)
        if version is None or version.state != VersionState.IN_REVIEW:
            raise _missing()
    asset = rows.assets(db, [lesson.asset_id]).get(lesson.asset_id) if lesson.asset_id else None
    if asset is None or asset.state != "ready":
        raise NotFoundError("这节课的内容还没有准备好。", remedy="请等转码完成，或先写好正文")
    is_film = lesson.kind == "video"
    keys = tuple(f"{asset.storage_key}/{page['n']}" for page in lesson.pages)
    return Preview(
        lesson_id=lesson_id, version_id=lesson.version_id, title=lesson.title, kind=lesson.kind,
        film_key=asset.storage_key if is_film else None,
        light_key=piece_key(asset.storage_key, LIGHT) if is_film and asset.light else None,
        content_type=asset.content_type, page_keys=keys if lesson.kind == "document" else (),
        captions=lesson.captions or "", asset_id=asset.id,
        part_titles=tuple(
            page["title"] for page in lesson.pages if lesson.kind == "package"
        ),
    )  # fmt: skip


def page_texts(storage: Storage, found: Preview) -> tuple[str, ...]:
    """The pages of a document; each is a fragment in which everything written is text."""
    return tuple(storage.read(key).decode() for key in found.page_keys)


def _missing() -> NotFoundError:
    return NotFoundError("没有这节课。", remedy="请从课程页进入")
