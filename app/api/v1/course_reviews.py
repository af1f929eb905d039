"""From draft to published: submitting, a second person's look, taking a course off."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from app.api.problems import READING
from app.api.v1.authoring import WRITING, TaxonomyDep
from app.learning.services import draft_views, reviews
from app.learning.services.draft_views import VersionLine
from app.learning.services.reviews import Decision
from app.lobby.deps import Db, Now, PartsDep, ReadDb, Reviewer, School
from app.lobby.letters import Body
from app.lobby.paths import Id, RowId
from app.org.services import workshop

router = APIRouter(tags=["authoring"])
_Said = Annotated[str, Field(max_length=2000)]


class DecisionIn(Body):
    """`comments` by lesson id; sending back wants a note or a comment."""

    publishes: bool
    note: _Said = ""
    comments: Annotated[dict[Id, _Said], Field(default_factory=dict)]


class WaitingOut(BaseModel):
    version_id: str
    title: str
    number: int


@router.post(
    "/authoring/versions/{version_id}/submission", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def submit(
    version_id: RowId, actor: School, db: Db, parts: PartsDep, taxonomy: TaxonomyDep, now: Now
) -> None:
    """Ask for a second person's look; what is missing is named."""
    checks = workshop.checks(taxonomy, parts.settings.reference_dir)
    reviews.submit(db, workshop.maker(db, actor), version_id, checks, now=now)


@router.delete(
    "/authoring/versions/{version_id}/submission", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def withdraw(version_id: RowId, actor: School, db: Db, now: Now) -> None:
    """Take it back to go on writing."""
    reviews.withdraw(db, workshop.maker(db, actor), version_id, now=now)


@router.post(
    "/authoring/versions/{version_id}/review", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def decide(
    *,
    version_id: RowId,
    body: DecisionIn,
    actor: School,
    db: Db,
    parts: PartsDep,
    taxonomy: TaxonomyDep,
    now: Now,
) -> None:
    """Publish a colleague's version, or send it back with what is to be mended."""
    checks = workshop.checks(taxonomy, parts.settings.reference_dir)
    decision = Decision(publishes=body.publishes, note=body.note, comments=body.comments)
    maker = workshop.maker(db, actor)
    reviews.decide(db, version_id, decision, reviewer=maker, checks=checks, now=now)


@router.post(
    "/authoring/versions/{version_id}/retirement", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def retire(version_id: RowId, actor: School, db: Db, now: Now) -> None:
    """Take nobody new into a course; who is enrolled goes on."""
    reviews.retire(db, workshop.maker(db, actor), version_id, now=now)


@router.get("/desk/course-reviews", responses=READING)
def list_waiting(_actor: Reviewer, db: ReadDb) -> list[WaitingOut]:
    """List what institutions have submitted, the oldest first."""
    return [_waiting(each) for each in draft_views.to_review(db)]


@router.post(
    "/desk/course-reviews/{version_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def decide_at_desk(
    *,
    version_id: RowId,
    body: DecisionIn,
    actor: Reviewer,
    db: Db,
    parts: PartsDep,
    taxonomy: TaxonomyDep,
    now: Now,
) -> None:
    """The platform's look, where an institution has no second person."""
    checks = workshop.checks(taxonomy, parts.settings.reference_dir)
    decision = Decision(publishes=body.publishes, note=body.note, comments=body.comments)
    reviews.decide(db, version_id, decision, reviewer=actor.account_id, checks=checks, now=now)


def _waiting(line: VersionLine) -> WaitingOut:
    return WaitingOut(version_id=line.version_id, title=line.title, number=line.number)
