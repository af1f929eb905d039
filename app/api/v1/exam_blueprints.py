"""What papers of an institution's course draw, over the wire."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import READING, WRITING
from app.learning.rules.blueprints import MOST_QUESTIONS, MOST_SECTIONS, Section
from app.learning.services import exam_blueprints
from app.learning.services.exam_blueprints import BlueprintView
from app.lobby.deps import Db, Now, ReadDb, School
from app.lobby.letters import Body
from app.lobby.paths import RowId
from app.org.rules.duties import Power
from app.org.services import organisations

router = APIRouter(prefix="/exam-blueprints", tags=["exam banks"])
_Level = Annotated[int, Field(ge=1, le=5)]


class SectionIn(Body):
    """A part of the paper; an empty chapter or kind takes any.

    One without title and count is a form's empty line, and no section.
    """

    title: Annotated[str, Field(max_length=60)]
    count: Annotated[int, Field(ge=0, le=MOST_QUESTIONS)]
    points: Annotated[int, Field(ge=1, le=100)] = 1
    chapter: Annotated[str, Field(max_length=80)] = ""
    kind: Annotated[str, Field(pattern=r"^(single|multiple|true_false|fill_in|short|)$")] = ""
    low: _Level = 1
    high: _Level = 5

    def section(self) -> Section:
        return Section(
            title=self.title.strip(), count=self.count, points=self.points, chapter=self.chapter,
            kinds=(self.kind,) if self.kind else (), low=self.low, high=self.high,
        )  # fmt: skip


class BlueprintIn(Body):
    minutes: Annotated[int, Field(ge=1, le=240)]
    sections: Annotated[list[SectionIn], Field(min_length=1, max_length=MOST_SECTIONS)]


class SectionOut(Answer):
    title: str
    count: int
    points: int
    chapter: str
    kinds: list[str]
    low: int
    high: int


class PoolLineOut(Answer):
    chapter: str
    kind: str
    count: int


class ParallelOut(Answer):
    """Twenty papers beside one another: mean difficulties in hundredths, questions in common."""

    papers: int
    easiest: int
    mean: int
    hardest: int
    shared_percent: int
    used: int


class BlueprintOut(Answer):
    course_id: str
    course_title: str
    sections: list[SectionOut]
    seconds: int
    number: int
    pool: list[PoolLineOut]
    parallel: ParallelOut | None


def _out(view: BlueprintView) -> BlueprintOut:
    return BlueprintOut.model_validate(view)


@router.get("/{course_id}", responses=READING)
def read_blueprint(course_id: RowId, actor: School, db: ReadDb) -> BlueprintOut:
    """Return what papers of an own course draw, and how equal they are."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    return _out(exam_blueprints.view(db, owner_id, course_id))


@router.put("/{course_id}", responses=WRITING)
def save_blueprint(
    course_id: RowId, body: BlueprintIn, actor: School, db: Db, now: Now
) -> BlueprintOut:
    """Draw papers so from now on; refused where the banks do not have the questions."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS).org_id
    sections = [each.section() for each in body.sections if each.title.strip() or each.count]
    view = exam_blueprints.save(
        db, owner_id, course_id, sections, body.minutes * 60, actor_id=actor.learner_id, now=now
    )
    return _out(view)
