"""Making courses: an institution's drafts, their chapters and their lessons."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, status
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.api.answers import Answer
from app.api.problems import READING, may_raise
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    UnavailableError,
)
from app.identity.rules.actors import Actor
from app.identity.rules.names import without_unseen
from app.learning.providers.taxonomy import Taxonomy, read_taxonomy
from app.learning.services import draft_order, draft_views, drafts
from app.learning.services.draft_views import CourseLine, DraftView
from app.learning.services.drafts import Card, Maker
from app.lobby.deps import Db, Now, PartsDep, ReadDb, School
from app.lobby.letters import Body
from app.lobby.paths import RowId
from app.org.services import workshop

router = APIRouter(prefix="/authoring", tags=["authoring"])


def _seen(given: object) -> object:
    return without_unseen(given) if isinstance(given, str) else given


# What nobody sees of a title comes along when it is copied, and no certificate can print it.
Title = Annotated[
    str,
    Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$"),
    BeforeValidator(_seen),
]
Code = Annotated[str, Field(max_length=40)]
WRITING = may_raise(
    InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError, UnavailableError
)


class CardIn(Body):
    """`certificate` is a code of the kinds of certificate; hours are asked in minutes."""

    title: Title
    summary: Annotated[str, Field(min_length=1, max_length=2000)]
    cluster_code: Code
    training_kind: Code
    objective: Code
    certificate: Code
    required_minutes: Annotated[int, Field(ge=1, le=600_000)]
    exam_size: Annotated[int, Field(ge=1, le=200)]
    exam_minutes: Annotated[int, Field(ge=1, le=600)]
    validity_months: Annotated[int, Field(ge=1, le=600)] | None = None
    occupation_code: Code = ""
    level: Annotated[int, Field(ge=1, le=5)] | None = None
    tags: Annotated[list[Code], Field(max_length=6, default_factory=list)]
    notes: Annotated[str, Field(max_length=2000)] = ""


class TitleIn(Body):
    title: Title


class MoveIn(Body):
    to: Literal["up", "down"]


class MadeOut(BaseModel):
    id: str


class VersionOut(Answer):
    version_id: str
    number: int
    state: str
    state_name: str
    title: str


class CourseOut(BaseModel):
    course_id: str
    title: str
    versions: list[VersionOut]


class DraftOut(BaseModel):
    """A version with its chapters and lessons, and what it still wants."""

    model_config = ConfigDict(extra="allow")

    version_id: str
    number: int
    state: str


def maker_of(db: Db, actor: Actor) -> Maker:
    return workshop.maker(db, actor)


def looker_of(db: ReadDb, actor: Actor) -> Maker:
    """The same for who looks, and changes nothing."""
    return workshop.maker(db, actor, looks=True)


def taxonomy_of(parts: PartsDep) -> Taxonomy:
    return read_taxonomy(parts.settings.reference_dir)


TaxonomyDep = Annotated[Taxonomy, Depends(taxonomy_of)]


@router.get("/courses", responses=READING)
def list_courses(actor: School, db: ReadDb) -> list[CourseOut]:
    """List the courses of the caller's institution with their versions."""
    return [_course(each) for each in draft_views.list_courses(db, looker_of(db, actor))]


@router.post("/courses", status_code=status.HTTP_201_CREATED, responses=WRITING)
def create_course(
    body: CardIn, actor: School, db: Db, parts: PartsDep, taxonomy: TaxonomyDep, now: Now
) -> MadeOut:
    """Begin a course; the answer is its first version, a draft."""
    card = _card(body, parts)
    return MadeOut(id=drafts.create_course(db, maker_of(db, actor), card, taxonomy, now=now))


@router.post(
    "/courses/{course_id}/versions", status_code=status.HTTP_201_CREATED, responses=WRITING
)
def begin_version(course_id: RowId, actor: School, db: Db, now: Now) -> MadeOut:
    """Begin the next version as a copy of the newest, or go on with the one in the making."""
    return MadeOut(id=drafts.next_version(db, maker_of(db, actor), course_id, now=now))


@router.get("/versions/{version_id}", responses=READING)
def read_version(
    version_id: RowId, actor: School, db: ReadDb, parts: PartsDep, taxonomy: TaxonomyDep
) -> DraftOut:
    """Return a version of the caller's institution with all that it holds."""
    checks = workshop.checks(taxonomy, parts.settings.reference_dir)
    return _draft(draft_views.own_view(db, looker_of(db, actor), version_id, checks))


@router.put("/versions/{version_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def rewrite_card(
    version_id: RowId, body: CardIn, actor: School, db: Db, parts: PartsDep, taxonomy: TaxonomyDep
) -> None:
    """Replace what a draft says of itself."""
    drafts.rewrite_card(db, maker_of(db, actor), version_id, _card(body, parts), taxonomy)


@router.delete("/versions/{version_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def discard(version_id: RowId, actor: School, db: Db, now: Now) -> None:
    """Throw a draft away."""
    drafts.discard(db, maker_of(db, actor), version_id, now=now)


@router.post(
    "/versions/{version_id}/chapters", status_code=status.HTTP_201_CREATED, responses=WRITING
)
def add_chapter(version_id: RowId, body: TitleIn, actor: School, db: Db, now: Now) -> MadeOut:
    """Add a chapter at the end."""
    maker = maker_of(db, actor)
    return MadeOut(id=draft_order.add_chapter(db, maker, version_id, body.title.strip(), now=now))


@router.put("/chapters/{chapter_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def rename_chapter(chapter_id: RowId, body: TitleIn, actor: School, db: Db) -> None:
    """Name a chapter."""
    draft_order.rename_chapter(db, maker_of(db, actor), chapter_id, body.title.strip())


@router.delete("/chapters/{chapter_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def remove_chapter(chapter_id: RowId, actor: School, db: Db) -> None:
    """Remove a chapter without lessons."""
    draft_order.remove_chapter(db, maker_of(db, actor), chapter_id)


@router.post(
    "/chapters/{chapter_id}/move", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def move_chapter(chapter_id: RowId, body: MoveIn, actor: School, db: Db) -> None:
    """Let a chapter change places with its neighbour."""
    draft_order.move_chapter(db, maker_of(db, actor), chapter_id, body.to)


def _card(body: CardIn, parts: PartsDep) -> Card:
    workshop.check_title(body.title)
    name, months = workshop.certificate(
        parts.settings.reference_dir, body.certificate, body.validity_months
    )
    return Card(
        title=body.title.strip(), summary=body.summary.strip(), cluster_code=body.cluster_code,
        training_kind=body.training_kind, objective=body.objective,
        occupation_code=body.occupation_code, level=body.level, tags=tuple(body.tags),
        certificate_type=name, validity_months=months, required_s=body.required_minutes * 60,
        exam_size=body.exam_size, exam_s=body.exam_minutes * 60, notes=body.notes.strip(),
    )  # fmt: skip


def _course(line: CourseLine) -> CourseOut:
    versions = [VersionOut.model_validate(each) for each in line.versions]
    return CourseOut(course_id=line.course_id, title=line.title, versions=versions)


def _draft(view: DraftView) -> DraftOut:
    plain: dict[str, Any] = asdict(view)
    line = plain.pop("line")
    plain.pop("writers")
    return DraftOut.model_validate(line | plain)
