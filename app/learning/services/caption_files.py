"""Captions of a draft's film: read, looked at, and kept as nothing but moments and words."""

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, InvalidError
from app.learning.rules.captions import CaptionsFlawError, read_captions, write_captions
from app.learning.services.draft_lessons import lesson_to_change
from app.learning.services.drafts import Maker


def write(db: Session, maker: Maker, lesson_id: str, text: str) -> None:
    """Give a film its captions; an empty text takes them away.

    Raises NotFoundError, ConflictError before the film is there, InvalidError naming the line.
    """
    lesson = lesson_to_change(db, maker, lesson_id)[1]
    if not text.strip():
        lesson.captions = None
    elif lesson.kind != "video" or lesson.length_ms == 0:
        raise ConflictError(
            "还没有视频，不能放字幕。", code="no_film", field="/text",
            remedy="请先上传视频，等转码完成",
        )  # fmt: skip
    else:
        try:
            lesson.captions = write_captions(read_captions(text, lesson.length_ms))
        except CaptionsFlawError as flaw:
            raise InvalidError(
                f"第 {flaw.line} 行：{flaw.sentence}。", field="/text", code="captions",
                remedy=flaw.remedy,
            ) from None  # fmt: skip
    db.flush()
