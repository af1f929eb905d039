"""Finding the revisions of policies."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.core.first_rows import add_first
from app.core.ids import first_id
from app.learning.models.catalogue import Cluster, Course, Enrolment
from app.learning.models.policies import PolicyRevision
from app.learning.models.study import StudySession
from app.learning.repository.versions import was_published

Place = tuple[str, str]
"""A scope and its id."""


def revisions(db: Session, places: Iterable[Place]) -> list[PolicyRevision]:
    """Every revision of these scopes, by number."""
    wanted = tuple_(PolicyRevision.scope, PolicyRevision.scope_id).in_(list(places))
    query = select(PolicyRevision).where(wanted)
    order = (PolicyRevision.scope, PolicyRevision.scope_id, PolicyRevision.number)
    return list(db.scalars(query.order_by(*order)))


def every_revision(db: Session) -> list[PolicyRevision]:
    """Of all scopes, the oldest first."""
    return list(db.scalars(select(PolicyRevision).order_by(PolicyRevision.id)))


def newest_number(db: Session, place: Place) -> int:
    """0 where there is none."""
    newest = func.max(PolicyRevision.number)
    query = select(newest).where(
        PolicyRevision.scope == place[0], PolicyRevision.scope_id == place[1]
    )
    return db.scalar(query) or 0


def add(db: Session, row: PolicyRevision) -> bool:
    """Enter a revision; False where another one took its number meanwhile."""
    return add_first(db, row)


def cluster(db: Session, code: str) -> Cluster | None:
    return db.get(Cluster, code)


def clusters(db: Session) -> Sequence[Cluster]:
    return db.scalars(select(Cluster).order_by(Cluster.position)).all()


def course(db: Session, course_id: str) -> Course | None:
    return db.scalars(select(Course).where(Course.id == course_id, was_published())).first()


def courses_in(db: Session, cluster_code: str | None) -> Sequence[Course]:
    """The courses of a cluster by title, or all of them; drafts are their makers' alone."""
    query = select(Course).where(was_published())
    query = query.order_by(Course.cluster_code, Course.title, Course.id)
    if cluster_code is not None:
        query = query.where(Course.cluster_code == cluster_code)
    return db.scalars(query).all()


def courses(db: Session, course_ids: Sequence[str]) -> Sequence[Course]:
    return db.scalars(select(Course).where(Course.id.in_(course_ids))).all()


def sessions_since(
    db: Session, course_ids: Sequence[str], *, since: dt.datetime, most: int
) -> tuple[list[tuple[StudySession, str]], int]:
    """Sessions of these courses opened since, with the course of each, and how many there are.

    Of more than `most`, every so-manieth in the order of opening.
    """
    # An id begins with its moment: so the key itself is the index.
    of_them = (
        select(StudySession.id, Enrolment.course_id)
        .join(Enrolment, Enrolment.id == StudySession.enrolment_id)
        .where(StudySession.id >= first_id(since), Enrolment.course_id.in_(course_ids))
    )
    total = db.scalar(select(func.count()).select_from(of_them.subquery())) or 0
    step = max(1, -(-total // most))
    numbered = of_them.add_columns(
        func.row_number().over(order_by=StudySession.id).label("place")
    ).subquery()
    query = (
        select(StudySession, numbered.c.course_id)
        .join(numbered, numbered.c.id == StudySession.id)
        .where((numbered.c.place - 1) % step == 0)
        .order_by(StudySession.id)
    )
    return [(row[0], row[1]) for row in db.execute(query)], total
