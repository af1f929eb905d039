"""Teaching materials (教材): attached to a draft, taken along by who is enrolled."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response, status

from app.api.files import OCTETS, TAKES_FILE, gives, read_up_to
from app.api.problems import READING, may_raise
from app.api.v1.authoring import WRITING, MadeOut
from app.core.errors import NotFoundError, NotSignedInError, TooLargeError, UnavailableError
from app.learning.rules.materials import MOST_BYTES
from app.learning.services import materials
from app.learning.services.materials import MaterialView
from app.lobby.deps import CurrentActor, Db, Now, PartsDep, School
from app.lobby.parts import Parts
from app.lobby.paths import RowId
from app.org.services import workshop

router = APIRouter(tags=["authoring"])
_FILE = gives(OCTETS)


async def raw_material(request: Request) -> bytes:
    """A document as it came; what is too long is not read to its end. Raises TooLargeError."""
    content = await read_up_to(request, MOST_BYTES)
    if len(content) > MOST_BYTES:
        raise TooLargeError(
            f"教材超过 {MOST_BYTES // 2**20} MB。", code="material_size", field="/file",
            remedy="请压缩图片后再添加，或分成几份",
        )  # fmt: skip
    return content


@router.post(
    "/authoring/versions/{version_id}/materials", status_code=status.HTTP_201_CREATED,
    responses=WRITING | may_raise(TooLargeError), openapi_extra=TAKES_FILE,
)  # fmt: skip
def attach(
    *,
    actor: School,  # first: nobody's bytes are read before it is known whose they are
    version_id: RowId,
    title: Annotated[str, Query(min_length=5, max_length=120, pattern=r"^[^\x00-\x1f\x7f/\\]+$")],
    content: Annotated[bytes, Depends(raw_material)],
    parts: PartsDep,
    now: Now,
) -> MadeOut:
    """Attach a document to a draft; it is stored before it is named."""
    with parts.database.transaction() as db:
        maker = workshop.maker(db, actor)
        kind = materials.check(db, maker, version_id, title, content)
    view = MaterialView(
        material_id="", title=title, content_type=kind, size=len(content),
        storage_key=materials.store(parts.storage, maker, content),
    )  # fmt: skip
    with parts.database.transaction() as db:
        return MadeOut(id=materials.attach(db, maker, version_id, view, now=now))


@router.delete(
    "/authoring/materials/{material_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def remove(material_id: RowId, actor: School, db: Db) -> None:
    """Take a document off a draft."""
    materials.remove(db, workshop.maker(db, actor), material_id)


@router.get(
    "/authoring/materials/{material_id}", response_class=Response,
    responses=_FILE | READING | may_raise(UnavailableError),
)  # fmt: skip
def read_own(material_id: RowId, actor: School, parts: PartsDep) -> Response:
    """A material of the caller's institution."""
    with parts.database.reading() as db:
        found = materials.for_maker(db, workshop.maker(db, actor, looks=True), material_id)
    return _attached(parts, found)


@router.get(
    "/enrolments/{enrolment_id}/materials/{material_id}", response_class=Response,
    responses=_FILE | may_raise(NotSignedInError, NotFoundError, UnavailableError),
)  # fmt: skip
def read_material(
    enrolment_id: RowId, material_id: RowId, actor: CurrentActor, parts: PartsDep
) -> Response:
    """A material of a course in which the caller is enrolled."""
    with parts.database.reading() as db:
        found = materials.for_learner(db, enrolment_id, material_id, learner_id=actor.learner_id)
    return _attached(parts, found)


def _attached(parts: Parts, found: MaterialView) -> Response:
    """To be kept, never shown in a page of ours."""
    name = f"attachment; filename*=UTF-8''{quote(found.title)}"
    return Response(
        parts.storage.read(found.storage_key),
        media_type=found.content_type,
        headers={"content-disposition": name},
    )
