"""Finding versions of courses: the one an enrolment is on, the one that is offered."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.learning.models.catalogue import Course, Enrolment, Lesson
from app.learning.models.versions import Chapter, CourseVersion, Material
from app.learning.rules.versions import VersionState

VERSION_ID: ColumnElement[str] = func.coalesce(Enrolment.version_id, Enrolment.course_id)
"""The version of an enrolment: a course's first one has the course's own id."""


def version_id(enrolment: Enrolment) -> str:
    """The same of a row in hand."""
    return enrolment.version_id or enrolment.course_id


def of_enrolment(db: Session, enrolment: Enrolment) -> CourseVersion:
    return db.get_one(CourseVersion, version_id(enrolment))


def version(db: Session, wanted: str) -> CourseVersion | None:
    return db.get(CourseVersion, wanted)


def offered(db: Session, course_id: str) -> CourseVersion | None:
    """The published version of a course: what whoever enrols now is on."""
    return db.scalars(
        select(CourseVersion).where(
            CourseVersion.course_id == course_id, CourseVersion.state == VersionState.PUBLISHED
        )
    ).first()


def versions_of(db: Session, course_id: str) -> list[CourseVersion]:
    """All versions of a course, the newest first."""
    query = select(CourseVersion).where(CourseVersion.course_id == course_id)
    return list(db.scalars(query.order_by(CourseVersion.number.desc())))


def numbered(db: Session, course_id: str, number: int) -> CourseVersion | None:
    query = select(CourseVersion).where(
        CourseVersion.course_id == course_id, CourseVersion.number == number
    )
    return db.scalars(query).first()


def newest_number(db: Session, course_id: str) -> int:
    query = select(func.max(CourseVersion.number)).where(CourseVersion.course_id == course_id)
    return db.scalar(query) or 0


def was_published() -> ColumnElement[bool]:
    """Of a course: at least one version was published; what never was is its makers' alone."""
    return exists().where(
        CourseVersion.course_id == Course.id,
        CourseVersion.state.in_((VersionState.PUBLISHED, VersionState.RETIRED)),
    )


def chapters(db: Session, wanted: str) -> list[Chapter]:
    query = select(Chapter).where(Chapter.version_id == wanted)
    return list(db.scalars(query.order_by(Chapter.position)))


def materials(db: Session, wanted: str) -> list[Material]:
    query = select(Material).where(Material.version_id == wanted)
    return list(db.scalars(query.order_by(Material.created_at, Material.id)))


def lessons(db: Session, wanted: str) -> list[Lesson]:
    """The lessons of a version, in order."""
    query = select(Lesson).where(Lesson.version_id == wanted)
    return list(db.scalars(query.order_by(Lesson.position)))


def lessons_of_all(db: Session, version_ids: Collection[str]) -> dict[str, list[Lesson]]:
    """The lessons of many versions, in order."""
    query = select(Lesson).where(Lesson.version_id.in_(version_ids)).order_by(Lesson.position)
    found: dict[str, list[Lesson]] = {each: [] for each in version_ids}
    for row in db.scalars(query):
        found[row.version_id].append(row)
    return found


def offered_lessons(db: Session, course_ids: Sequence[str]) -> list[Lesson]:
    """The lessons of what is offered of these courses, in order."""
    query = (
        select(Lesson)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(
            CourseVersion.course_id.in_(course_ids),
            CourseVersion.state == VersionState.PUBLISHED,
        )
    )
    return list(db.scalars(query.order_by(Lesson.course_id, Lesson.position)))
