"""The catalogue, open to everybody; enrolling, for the signed-in."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import BaseModel

from app.api.problems import WRITING, may_raise
from app.core.errors import ForbiddenError, NotFoundError, NotSignedInError
from app.learning.rules.entry import Entry
from app.learning.services import catalogue, enrolments
from app.learning.services.catalogue import CourseView
from app.learning.services.enrolments import EnrolmentView
from app.lobby.deps import CurrentActor, Db, Now, ReadDb
from app.lobby.letters import Body
from app.lobby.paths import Id, RowId
from app.lobby.sought import SearchText

router = APIRouter(tags=["catalogue"])


class LessonOut(BaseModel):
    id: str
    kind: str
    title: str
    length_ms: int


class CourseOut(BaseModel):
    id: str
    title: str
    summary: str
    cluster_code: str
    required_ms: int
    hour_s: int
    pass_mark: int
    entry: Entry
    lessons: list[LessonOut]


class CoursesOut(BaseModel):
    courses: list[CourseOut]
    total: int
    page: int


class EnrolmentIn(Body):
    course_id: Id


class EnrolmentOut(BaseModel):
    id: str
    course_id: str
    course_title: str
    required_ms: int
    state: str
    deadline_on: dt.date | None
    started_at: dt.datetime
    completed_at: dt.datetime | None


def _course(view: CourseView) -> CourseOut:
    return CourseOut(
        id=view.course_id, title=view.title, summary=view.summary,
        cluster_code=view.cluster_code, required_ms=view.required_ms, hour_s=view.hour_s,
        pass_mark=view.pass_mark, entry=view.entry,
        lessons=[
            LessonOut(
                id=lesson.lesson_id, kind=lesson.kind, title=lesson.title,
                length_ms=lesson.length_ms,
            )
            for lesson in view.lessons
        ],
    )  # fmt: skip


def enrolment_out(view: EnrolmentView) -> EnrolmentOut:
    return EnrolmentOut(
        id=view.enrolment_id, course_id=view.course_id, course_title=view.course_title,
        required_ms=view.required_ms, state=view.state, deadline_on=view.deadline_on,
        started_at=view.started_at, completed_at=view.completed_at,
    )  # fmt: skip


@router.get("/catalogue/courses", responses=may_raise())
def list_courses(
    *,
    db: ReadDb,
    now: Now,
    q: SearchText = "",
    cluster: Annotated[str | None, Query(max_length=20)] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> CoursesOut:
    """List the open courses."""
    found, total = catalogue.list_courses(db, query=q, cluster_code=cluster, page=page, now=now)
    return CoursesOut(courses=[_course(view) for view in found], total=total, page=page)


@router.get("/catalogue/courses/{course_id}", responses=may_raise(NotFoundError))
def read_course(course_id: RowId, db: ReadDb, now: Now) -> CourseOut:
    """Read one course."""
    return _course(catalogue.course_view(db, course_id, now=now))


@router.post(
    "/enrolments", status_code=status.HTTP_201_CREATED,
    responses=WRITING,
)  # fmt: skip
def enrol(body: EnrolmentIn, actor: CurrentActor, db: Db, now: Now) -> EnrolmentOut:
    """Enrol the caller; doing it again gives the same enrolment. Needs a proven name."""
    if not actor.is_verified:
        raise ForbiddenError("报名前请先完成实名核验。", remedy="到“我的”里完成实名核验")
    view = enrolments.enrol(db, learner_id=actor.learner_id, course_id=body.course_id, now=now)
    return enrolment_out(view)


@router.get("/enrolments", responses=may_raise(NotSignedInError))
def list_enrolments(actor: CurrentActor, db: ReadDb) -> list[EnrolmentOut]:
    """List the caller's enrolments."""
    return [enrolment_out(view) for view in enrolments.list_for_learner(db, actor.learner_id)]


@router.get("/enrolments/{enrolment_id}", responses=may_raise(NotSignedInError, NotFoundError))
def read_enrolment(enrolment_id: RowId, actor: CurrentActor, db: ReadDb) -> EnrolmentOut:
    """Read one of the caller's enrolments."""
    view = enrolments.enrolment_view(db, enrolment_id, learner_id=actor.learner_id)
    return enrolment_out(view)
