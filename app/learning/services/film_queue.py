"""Films and packages that are here and wait to be coded: queued, stopped, coded again."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.errors import ConflictError, NotFoundError
from app.learning.models.authoring import FilmWork
from app.learning.repository import authoring as rows
from app.learning.services.draft_lessons import lesson_to_change
from app.learning.services.drafts import Maker

CODE_FILM = "code_film"


def cancel(db: Session, maker: Maker, lesson_id: str, *, now: dt.datetime) -> None:
    """Stop coding the film of a lesson. Raises NotFoundError, ConflictError."""
    work = _work(db, maker, lesson_id)
    if work.state not in ("waiting", "running"):
        raise ConflictError("视频不在转码中。", code="film_state", remedy="请刷新页面")
    work.state, work.problem, work.updated_at = "cancelled", "", now
    db.flush()


def retry(db: Session, maker: Maker, lesson_id: str, *, now: dt.datetime) -> None:
    """Code the film of a lesson again from what was sent. Raises NotFoundError, ConflictError."""
    work = _work(db, maker, lesson_id)
    if work.state not in ("failed", "cancelled"):
        raise ConflictError("视频不需要重新转码。", code="film_state", remedy="请刷新页面")
    upload = rows.upload(db, work.upload_id)
    if upload is None or upload.state != "complete":
        raise ConflictError("原来的视频文件已经清除。", code="film_gone", remedy="请重新上传视频")
    work.state, work.percent, work.problem, work.updated_at = "waiting", 0, "", now
    db.flush()
    enqueue(db, work.asset_id, now=now)


def enqueue(db: Session, asset_id: str, *, now: dt.datetime) -> None:
    outbox.enqueue(db, CODE_FILM, now=now, key=job_key(asset_id), asset_id=asset_id)


def job_key(asset_id: str) -> str:
    return f"{CODE_FILM}:{asset_id}"


def _work(db: Session, maker: Maker, lesson_id: str) -> FilmWork:
    _, lesson = lesson_to_change(db, maker, lesson_id)
    work = rows.work_to_change(db, lesson.asset_id) if lesson.asset_id else None
    if work is None:
        raise NotFoundError("这节课没有上传的视频。", remedy="请先上传视频")
    return work
