"""Films that institutions send: piece by piece, coded, with captions; and looking at them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, status
from pydantic import BaseModel, Field

from app.api.answers import Answer
from app.api.files import TAKES_FILE, read_up_to
from app.api.problems import READING, may_raise
from app.api.v1.authoring import WRITING
from app.core.errors import TooLargeError
from app.learning.services import caption_files, film_queue, film_uploads
from app.learning.services.film_uploads import NewPiece, UploadView
from app.lobby.deps import Db, Now, PartsDep, ReadDb, School
from app.lobby.letters import Body
from app.lobby.paths import RowId
from app.org.services import workshop

router = APIRouter(prefix="/authoring", tags=["authoring"])


class UploadIn(Body):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    size: Annotated[int, Field(ge=1, le=2**40)]


class CaptionsIn(Body):
    """WebVTT; empty takes the captions away."""

    text: Annotated[str, Field(max_length=500_000)]


class UploadOut(Answer):
    """`received`: the numbers of the pieces that are here, from 0; each is `piece_size` long."""

    upload_id: str
    lesson_id: str
    name: str
    size: int
    piece_size: int
    pieces: int
    received: list[int]
    state: str


class CodingOut(BaseModel):
    asset_id: str


async def raw_piece(request: Request, parts: PartsDep) -> bytes:
    """One piece as it came; what is too long is not read to its end. Raises TooLargeError."""
    most = parts.settings.authoring.piece_bytes
    piece = await read_up_to(request, most)
    if len(piece) > most:
        raise TooLargeError(
            "这一片太大了。", code="piece_size", field="/file", remedy="请刷新页面后继续上传"
        )
    return piece


@router.post("/lessons/{lesson_id}/uploads", status_code=status.HTTP_201_CREATED, responses=WRITING)
def begin_upload(
    lesson_id: RowId, body: UploadIn, actor: School, db: Db, parts: PartsDep, now: Now
) -> UploadOut:
    """Announce a film for a lesson, or go on with the same one."""
    view = film_uploads.begin(
        db, workshop.maker(db, actor), lesson_id, name=body.name, size=body.size,
        limits=parts.settings.authoring, now=now,
    )  # fmt: skip
    return _upload(view)


@router.get("/uploads/{upload_id}", responses=READING)
def read_upload(upload_id: RowId, actor: School, db: ReadDb) -> UploadOut:
    """Tell which pieces are here."""
    return _upload(film_uploads.upload_view(db, workshop.maker(db, actor, looks=True), upload_id))


@router.put(
    "/uploads/{upload_id}/pieces/{number}",
    responses=WRITING | may_raise(TooLargeError), openapi_extra=TAKES_FILE,
)  # fmt: skip
def put_piece(
    *,
    actor: School,  # first: nobody's bytes are read before it is known whose they are
    upload_id: RowId,
    number: Annotated[int, Path(ge=0, le=100_000)],
    content: Annotated[bytes, Depends(raw_piece)],
    x_piece_hash: Annotated[str, Header(pattern=r"^[0-9a-f]{64}$")],
    parts: PartsDep,
) -> UploadOut:
    """Take one piece with its SHA-256 (hex); it is stored before it is noted."""
    piece = NewPiece(number, content, x_piece_hash)
    with parts.database.reading() as db:
        maker = workshop.maker(db, actor)
        film_uploads.check_piece(db, maker, upload_id, piece)
    film_uploads.store_piece(parts.storage, upload_id, piece)
    with parts.database.transaction() as db:
        return _upload(film_uploads.note_piece(db, maker, upload_id, piece))


@router.post("/uploads/{upload_id}/completion", responses=WRITING)
def complete(upload_id: RowId, actor: School, db: Db, now: Now) -> CodingOut:
    """All pieces are here: the film is coded next."""
    maker = workshop.maker(db, actor)
    return CodingOut(asset_id=film_uploads.complete(db, maker, upload_id, now=now))


@router.delete("/uploads/{upload_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def drop(upload_id: RowId, actor: School, db: Db) -> None:
    """Give an upload up."""
    film_uploads.drop(db, workshop.maker(db, actor), upload_id)


@router.post(
    "/lessons/{lesson_id}/coding", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def code_again(lesson_id: RowId, actor: School, db: Db, now: Now) -> None:
    """Code the film of a lesson again, after it failed or was cancelled."""
    film_queue.retry(db, workshop.maker(db, actor), lesson_id, now=now)


@router.delete(
    "/lessons/{lesson_id}/coding", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def cancel_coding(lesson_id: RowId, actor: School, db: Db, now: Now) -> None:
    """Stop coding the film of a lesson."""
    film_queue.cancel(db, workshop.maker(db, actor), lesson_id, now=now)


@router.put(
    "/lessons/{lesson_id}/captions", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def write_captions(lesson_id: RowId, body: CaptionsIn, actor: School, db: Db) -> None:
    """Give a film its captions (WebVTT), or take them away."""
    caption_files.write(db, workshop.maker(db, actor), lesson_id, body.text)


def _upload(view: UploadView) -> UploadOut:
    return UploadOut.model_validate(view)
