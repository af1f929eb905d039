"""Counting over all rooms, read only: the one place that may look into every room's tables."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.certs.models import Certificate
from app.learning.models.catalogue import Cluster, Course, Enrolment
from app.learning.models.ledger import LedgerEntry
from app.learning.repository.versions import was_published

__all__ = [
    "Cluster", "Counts", "Course", "cluster", "clusters", "confirmed_by_course", "counts_by_course",
    "course", "courses",
]  # fmt: skip


# The one certificate that stands for an enrolment, where others were issued before it.
_STANDS_FOR = and_(
    Certificate.enrolment_id == Enrolment.id,
    Certificate.superseded_at.is_(None),
    Certificate.ready_at.is_not(None),
)


class Counts(NamedTuple):
    """Person-trainings: all that were begun, those still under way, those completed.

    `revoked` are those among the completed whose certificate was taken back.
    """

    enrolled: int = 0
    studying: int = 0
    completed: int = 0
    revoked: int = 0


def clusters(db: Session) -> list[Cluster]:
    return list(db.scalars(select(Cluster).order_by(Cluster.position)))


def cluster(db: Session, code: str) -> Cluster | None:
    return db.get(Cluster, code)


def courses(db: Session, cluster_code: str) -> list[Course]:
    query = select(Course).where(Course.cluster_code == cluster_code, was_published())
    return list(db.scalars(query.order_by(Course.title)))


def course(db: Session, course_id: str) -> Course | None:
    return db.scalars(select(Course).where(Course.id == course_id, was_published())).first()


def counts_by_course(db: Session, course_ids: Sequence[str]) -> dict[str, Counts]:
    """The person-trainings of each course that has any."""
    studying, completed = (
        func.sum(case((Enrolment.state == state, 1), else_=0)) for state in ("active", "completed")
    )
    is_revoked = and_(Enrolment.state == "completed", Certificate.revoked_at.is_not(None))
    revoked = func.sum(case((is_revoked, 1), else_=0))
    query = (
        select(Enrolment.course_id, func.count(), studying, completed, revoked)
        .outerjoin(Certificate, _STANDS_FOR)
        .where(Enrolment.course_id.in_(course_ids))
        .group_by(Enrolment.course_id)
    )
    return {row[0]: Counts(*(int(count) for count in row[1:])) for row in db.execute(query)}


def confirmed_by_course(db: Session, course_ids: Sequence[str]) -> dict[str, int]:
    """Confirmed milliseconds of each course, from the ledger."""
    query = (
        select(Enrolment.course_id, func.sum(LedgerEntry.ms))
        .join(Enrolment, Enrolment.id == LedgerEntry.enrolment_id)
        .where(Enrolment.course_id.in_(course_ids))
        .group_by(Enrolment.course_id)
    )
    return {row[0]: int(row[1] or 0) for row in db.execute(query)}
