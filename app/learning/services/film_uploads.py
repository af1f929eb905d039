"""A film, or a package, on its way: announced, sent piece by piece, complete, or dropped.

A piece counts when its hash is right and it is stored; sending it again changes nothing. So an
upload goes on after a reload, on another line, on another device.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.core.settings import AuthoringSettings
from app.core.storage import Storage
from app.learning.models.authoring import FilmPiece, FilmUpload, FilmWork
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.repository import authoring as rows
from app.learning.rules.probing import is_container
from app.learning.services import film_queue
from app.learning.services.draft_lessons import lesson_to_change
from app.learning.services.drafts import Maker, own_version
from app.learning.services.package_making import PACKAGE_TYPE

_KINDS = ("video", "package")
_ZIP = (b"PK\3\4", b"PK\5\6")
_NO_FILM = "这个文件不是视频。"
_SEND_FILM = "请选择视频文件（MP4、MOV、MKV、WebM、AVI 等），改名不起作用"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadView:
    """`received` are the numbers of the pieces that are here, from 0."""

    upload_id: str
    lesson_id: str
    name: str
    size: int
    piece_size: int
    pieces: int
    received: tuple[int, ...]
    state: str


@dataclass(frozen=True, slots=True)
class NewPiece:
    """A piece as it came: its number, its bytes, and the hash that was sent with it (hex)."""

    number: int
    content: bytes
    hash: str


def begin(
    db: Session, maker: Maker, lesson_id: str, *, name: str, size: int,
    limits: AuthoringSettings, now: dt.datetime,
) -> UploadView:  # fmt: skip
    """Announce a film; the same file for the same lesson goes on where it was.

    Raises NotFoundError, ConflictError, InvalidError.
    """
    _, lesson = lesson_to_change(db, maker, lesson_id)
    if lesson.kind not in _KINDS:
        raise InvalidError("这节课是图文，不能放视频。", field="/name", remedy="请另建一节视频课")
    is_film = lesson.kind == "video"
    most = limits.film_bytes if is_film else limits.package_bytes
    if size > most:
        raise InvalidError(
            f"{'视频' if is_film else '课件包'}超过 {most // 2**20} MB。", field="/size",
            code="film_too_large", remedy="请压缩后再上传，或分成几节课",
        )  # fmt: skip
    known = rows.open_upload_of(db, lesson_id)
    if known is not None and (known.name, known.size) == (name, size):
        return _view(db, known)
    if known is not None:
        known.state = "dropped"
    if rows.size_on_the_way(db, maker.org_id) + size > limits.waiting_bytes:
        raise ConflictError(
            "本单位等待转码的视频太多了。", code="quota", field="/size",
            remedy="请等前面的视频转码完成，或取消不要的上传",
        )  # fmt: skip
    row = FilmUpload(
        id=new_id(now), org_id=maker.org_id, lesson_id=lesson_id, author_id=maker.account_id,
        name=name, size=size, piece_size=limits.piece_bytes, state="open", created_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return _view(db, row)


def upload_view(db: Session, maker: Maker, upload_id: str) -> UploadView:
    """Raises NotFoundError."""
    return _view(db, _own(db, maker, upload_id))


def open_upload(db: Session, lesson_id: str) -> UploadView | None:
    """The film that is on its way for a lesson; the caller has looked whose lesson it is."""
    row = rows.open_upload_of(db, lesson_id)
    return _view(db, row) if row is not None else None


def check_piece(db: Session, maker: Maker, upload_id: str, piece: NewPiece) -> None:
    """Look at a piece before it is stored. Raises NotFoundError, ConflictError, InvalidError."""
    upload = _own(db, maker, upload_id)
    _refuse_ended(upload)
    count = _count(upload)
    if not 0 <= piece.number < count:
        raise InvalidError("没有这一片。", field="/path/number", remedy="请刷新页面后继续上传")
    last = upload.size - (count - 1) * upload.piece_size
    wanted = last if piece.number == count - 1 else upload.piece_size
    if len(piece.content) != wanted:
        raise InvalidError(
            "这一片没有传完整。", field="/body", code="piece_size", remedy="请重新发送这一片"
        )
    if hashlib.sha256(piece.content).hexdigest() != piece.hash:
        raise InvalidError(
            "这一片在路上变了样。", field="/body", code="piece_hash", remedy="请重新发送这一片"
        )
    if piece.number == 0:
        _refuse_another_kind(db, upload, piece.content[:512])


def _refuse_another_kind(db: Session, upload: FilmUpload, beginning: bytes) -> None:
    lesson = rows.lesson(db, upload.lesson_id)
    if lesson is not None and lesson.kind == "package":
        if not beginning.startswith(_ZIP):
            raise InvalidError(
                "这个文件不是课件包。", field="/name", code="not_a_package",
                remedy="请选择从制作软件导出的 zip 文件（SCORM 1.2、SCORM 2004 或 cmi5）",
            )  # fmt: skip
    elif not is_container(beginning):
        raise InvalidError(_NO_FILM, field="/name", code="not_a_film", remedy=_SEND_FILM)


def store_piece(storage: Storage, upload_id: str, piece: NewPiece) -> None:
    """Before the transaction that notes it: what is noted is there."""
    storage.put(piece_key(upload_id, piece.number), piece.content)


def note_piece(db: Session, maker: Maker, upload_id: str, piece: NewPiece) -> UploadView:
    """Whoever sends a piece has written in the draft. Raises NotFoundError, ConflictError."""
    lesson_to_change(db, maker, _own(db, maker, upload_id).lesson_id)
    upload = rows.upload_to_change(db, upload_id)
    if upload is None:
        raise _missing()
    _refuse_ended(upload)
    row = db.get(FilmPiece, (upload_id, piece.number))
    if row is None:
        db.add(
            FilmPiece(
                upload_id=upload_id, number=piece.number, size=len(piece.content), hash=piece.hash
            )
        )  # fmt: skip
    else:
        row.size, row.hash = len(piece.content), piece.hash
    db.flush()
    return _view(db, upload)


def complete(db: Session, maker: Maker, upload_id: str, *, now: dt.datetime) -> str:
    """All pieces are here: the film is coded next. Returns its asset's id; twice it is one.

    Raises NotFoundError, ConflictError.
    """
    upload = _own(db, maker, upload_id)
    _, lesson = lesson_to_change(db, maker, upload.lesson_id)
    held = rows.upload_to_change(db, upload_id)
    if held is not None and held.state in ("complete", "coded") and lesson.asset_id is not None:
        return lesson.asset_id
    _refuse_ended(upload)
    view = _view(db, upload)
    if len(view.received) != view.pieces:
        raise ConflictError(
            f"还差 {view.pieces - len(view.received)} 片没有到。", code="pieces_missing",
            remedy="请继续上传",
        )  # fmt: skip
    _give_up_old(db, lesson, now)
    is_film = lesson.kind == "video"
    asset = MediaAsset(
        id=new_id(now), content_type="video/mp4" if is_film else PACKAGE_TYPE,
        storage_key=f"films/{upload_id}/film.mp4" if is_film else f"packages/{upload_id}",
        size=0, length_ms=0, time_index=[], state="waiting",
    )  # fmt: skip
    db.add(asset)
    db.flush()
    db.add(
        FilmWork(
            asset_id=asset.id, upload_id=upload_id, state="waiting", percent=0, problem="",
            updated_at=now,
        )
    )  # fmt: skip
    upload.state = "complete"
    lesson.asset_id, lesson.length_ms, lesson.captions, lesson.questions = asset.id, 0, None, []
    db.flush()
    film_queue.enqueue(db, asset.id, now=now)
    return asset.id


def _give_up_old(db: Session, lesson: Lesson, now: dt.datetime) -> None:
    """Another film takes its place: one that is not coded yet need not be."""
    if lesson.asset_id is None or len(rows.lessons_with(db, lesson.asset_id)) > 1:
        return
    work = rows.work_to_change(db, lesson.asset_id)
    upload = rows.upload_to_change(db, work.upload_id) if work is not None else None
    if work is not None and upload is not None and work.state != "ready":
        work.state, work.updated_at, upload.state = "cancelled", now, "dropped"


def drop(db: Session, maker: Maker, upload_id: str) -> None:
    """Give an upload up; its pieces go with the next sweep. Raises NotFoundError, ConflictError."""
    _own(db, maker, upload_id)
    upload = rows.upload_to_change(db, upload_id)
    if upload is None:
        raise _missing()
    _refuse_ended(upload)
    upload.state = "dropped"
    db.flush()


def piece_key(upload_id: str, number: int) -> str:
    return f"uploads/{upload_id}/{number}"


def forget_pieces(db: Session, upload_id: str) -> None:
    """The film is coded: what was sent is not needed any more."""
    db.execute(delete(FilmPiece).where(FilmPiece.upload_id == upload_id))


def _own(db: Session, maker: Maker, upload_id: str) -> FilmUpload:
    upload = rows.upload(db, upload_id)
    if upload is None or upload.org_id != maker.org_id:
        raise _missing()
    lesson = rows.lesson(db, upload.lesson_id)
    if lesson is None:
        raise _missing()
    own_version(db, maker, lesson.version_id)
    return upload


def _missing() -> NotFoundError:
    return NotFoundError("没有这次上传。", remedy="请回到课时页重新选择视频")


def _refuse_ended(upload: FilmUpload) -> None:
    if upload.state != "open":
        raise ConflictError(
            "这次上传已经结束。", code="upload_ended", remedy="请回到课时页重新上传"
        )


def _count(upload: FilmUpload) -> int:
    return -(-upload.size // upload.piece_size)


def _view(db: Session, row: FilmUpload) -> UploadView:
    received = tuple(piece.number for piece in rows.pieces(db, row.id))
    return UploadView(
        upload_id=row.id, lesson_id=row.lesson_id, name=row.name, size=row.size,
        piece_size=row.piece_size, pieces=_count(row), received=received, state=row.state,
    )  # fmt: skip
