"""An organisation's tags, and who has them."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import READING, WRITING
from app.lobby.deps import Agent, Db, Now, ReadDb
from app.lobby.letters import ONE_LINE, Body
from app.lobby.paths import Id, PageNumber, RowId
from app.lobby.sought import SearchText
from app.org.rules.units import MOST_TAGS
from app.org.services import tags

router = APIRouter(prefix="/org", tags=["employers"])
_Name = Annotated[str, Field(min_length=1, max_length=80, pattern=ONE_LINE)]
_Words = Annotated[str, Field(max_length=250, pattern=ONE_LINE)]
_NOTHING = status.HTTP_204_NO_CONTENT


class TagIn(Body):
    name: _Name


class TagOut(Answer):
    tag_id: str
    name: str
    people: int


class TagsOut(Answer):
    items: list[TagOut]
    page: int
    total: int


class TagPeopleIn(Body):
    """Everybody of a unit with what is below it, of a position, or of both at once."""

    unit: _Words
    position: _Words = ""


class TaggedOut(Answer):
    tagged: int


class StaffTagsIn(Body):
    """All tags that the person is to have."""

    tag_ids: Annotated[list[Id], Field(max_length=MOST_TAGS)]


@router.get("/tags", responses=READING)
def list_tags(
    *,
    actor: Agent,
    db: ReadDb,
    q: SearchText = "",
    by_people: bool = False,
    page: PageNumber = 1,
) -> TagsOut:
    """The tags by name, or the largest first."""
    found = tags.list_tags(db, actor, query=q, by_people=by_people, page=page)
    return TagsOut.model_validate(found)


@router.post("/tags", status_code=status.HTTP_201_CREATED, responses=WRITING)
def make_tag(body: TagIn, actor: Agent, db: Db, now: Now) -> TagOut:
    """Make a tag."""
    return TagOut.model_validate(tags.make(db, actor, body.name, now=now))


@router.put("/tags/{tag_id}", status_code=_NOTHING, responses=WRITING)
def rename_tag(tag_id: RowId, body: TagIn, actor: Agent, db: Db, now: Now) -> None:
    """Call a tag otherwise."""
    tags.rename(db, actor, tag_id, body.name, now=now)


@router.delete("/tags/{tag_id}", status_code=_NOTHING, responses=WRITING)
def drop_tag(tag_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Take a tag off everybody, and let it go."""
    tags.drop(db, actor, tag_id, now=now)


@router.post("/tags/{tag_id}/people", responses=WRITING)
def tag_many(tag_id: RowId, body: TagPeopleIn, actor: Agent, db: Db, now: Now) -> TaggedOut:
    """Give a tag to everybody of a unit, of a position, or of both."""
    number = tags.tag_many(db, actor, tag_id, unit=body.unit, position=body.position, now=now)
    return TaggedOut(tagged=number)


@router.put("/staff/{staff_id}/tags", status_code=_NOTHING, responses=WRITING)
def put_tags(staff_id: RowId, body: StaffTagsIn, actor: Agent, db: Db, now: Now) -> None:
    """Say which tags a person has, and no others."""
    tags.put_tags(db, actor, staff_id, body.tag_ids, now=now)
