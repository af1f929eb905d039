"""The regulator's view: seven clusters with target and live counts, down to a course."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.oversight import repository as rows
from app.oversight.repository import Cluster, Counts, Course


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCount:
    course_id: str
    title: str
    institution: str
    enrolled: int
    studying: int
    completed: int
    revoked: int
    confirmed_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterCount:
    """A cluster of the founding document; counts are person-trainings 人次.

    A revoked certificate does not undo a completion; `revoked` says of how many that is so.
    """

    code: str
    name: str
    target: int
    enrolled: int
    studying: int
    completed: int
    revoked: int
    courses: tuple[CourseCount, ...]

    @property
    def percent(self) -> int:
        """Completed of the target, rounded down: nothing is stated that is not there."""
        return min(100, self.completed * 100 // max(1, self.target))


def all_clusters(db: Session) -> tuple[ClusterCount, ...]:
    """Return the clusters in the document's order."""
    return tuple(_count(db, row) for row in rows.clusters(db))


def one_cluster(db: Session, code: str) -> ClusterCount:
    """Return one cluster with its courses. Raises NotFoundError."""
    row = rows.cluster(db, code)
    if row is None:
        raise NotFoundError("没有这个产业集群。", remedy="请从总览进入")
    return _count(db, row)


def one_course(db: Session, course_id: str) -> tuple[ClusterCount, CourseCount]:
    """Return a course and its cluster. Raises NotFoundError."""
    row = rows.course(db, course_id)
    if row is None:
        raise NotFoundError("没有这门课程。", remedy="请从产业集群进入")
    found = one_cluster(db, row.cluster_code)
    return found, next(each for each in found.courses if each.course_id == course_id)


def _count(db: Session, row: Cluster) -> ClusterCount:
    courses = rows.courses(db, row.code)
    ids = [course.id for course in courses]
    counts, hours = rows.counts_by_course(db, ids), rows.confirmed_by_course(db, ids)
    found = tuple(_course(course, counts.get(course.id, Counts()), hours) for course in courses)
    return ClusterCount(
        code=row.code, name=row.name, target=row.target,
        enrolled=sum(each.enrolled for each in found),
        studying=sum(each.studying for each in found),
        completed=sum(each.completed for each in found),
        revoked=sum(each.revoked for each in found), courses=found,
    )  # fmt: skip


def _course(course: Course, counts: Counts, hours: dict[str, int]) -> CourseCount:
    return CourseCount(
        course_id=course.id, title=course.title, institution=course.institution,
        enrolled=counts.enrolled, studying=counts.studying, completed=counts.completed,
        revoked=counts.revoked, confirmed_ms=hours.get(course.id, 0),
    )  # fmt: skip
