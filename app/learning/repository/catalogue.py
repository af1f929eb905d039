"""Finding courses and enrolments; lessons and what they hang on: `versions.py`."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.learning.models.catalogue import Cluster, Course, Enrolment
from app.learning.repository.versions import was_published


def course(db: Session, course_id: str) -> Course | None:
    """A course of which a version was published: others are their makers' alone."""
    return db.scalars(select(Course).where(Course.id == course_id, was_published())).first()


def courses(
    db: Session, *, query: str, cluster_code: str | None, skip: int, most: int
) -> tuple[list[Course], int]:
    """Return one page of the open courses, by title, and how many there are in all."""
    wanted: list[ColumnElement[bool]] = [Course.is_open.is_(True), was_published()]
    if cluster_code is not None:
        wanted.append(Course.cluster_code == cluster_code)
    if query:
        wanted.append(Course.title.contains(query, autoescape=True))
    total = db.scalar(select(func.count()).select_from(Course).where(*wanted)) or 0
    found = select(Course).where(*wanted).order_by(Course.title, Course.id)
    return list(db.scalars(found.offset(skip).limit(most))), total


def of_maker(db: Session, org_id: str) -> list[Course]:
    """An institution's courses, drafts too."""
    return list(db.scalars(select(Course).where(Course.org_id == org_id).order_by(Course.id)))


def set_stopped(db: Session, org_id: str, at: dt.datetime | None) -> list[str]:
    """Write it on all of an institution's courses, drafts too; returns their ids."""
    found = of_maker(db, org_id)
    for row in found:
        row.stopped_at = at
    db.flush()
    return [row.id for row in found]


def titles(db: Session, course_ids: Sequence[str]) -> dict[str, str]:
    query = select(Course.id, Course.title).where(Course.id.in_(course_ids))
    return {row.id: row.title for row in db.execute(query)}


def published(db: Session, course_ids: Collection[str]) -> list[Course]:
    """Those of some courses of which a version was published."""
    return list(db.scalars(select(Course).where(Course.id.in_(course_ids), was_published())))


def clusters(db: Session) -> list[Cluster]:
    return list(db.scalars(select(Cluster).order_by(Cluster.position)))


def enrolment(db: Session, enrolment_id: str) -> Enrolment | None:
    return db.get(Enrolment, enrolment_id)


def completed_among(db: Session, enrolment_ids: Sequence[str]) -> set[str]:
    query = select(Enrolment.id).where(
        Enrolment.id.in_(enrolment_ids), Enrolment.completed_at.is_not(None)
    )
    return set(db.scalars(query))


def enrolment_in(db: Session, learner_id: str, course_id: str) -> Enrolment | None:
    """A learner's enrolment in a course, the newest where it is studied again."""
    query = select(Enrolment).where(
        Enrolment.learner_id == learner_id, Enrolment.course_id == course_id
    )
    return db.scalars(query.order_by(Enrolment.round.desc()).limit(1)).first()


def enrolment_of_round(db: Session, learner_id: str, course_id: str, number: int) -> Enrolment:
    query = select(Enrolment).where(
        Enrolment.learner_id == learner_id, Enrolment.course_id == course_id,
        Enrolment.round == number,
    )  # fmt: skip
    return db.scalars(query).one()


def enrolments_of(db: Session, learner_id: str) -> list[Enrolment]:
    query = select(Enrolment).where(Enrolment.learner_id == learner_id)
    return list(db.scalars(query.order_by(Enrolment.started_at.desc(), Enrolment.id)))
