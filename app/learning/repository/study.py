"""Rows of study: the learner's lease, sessions, coverage, evidence, cuts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.learning.models.catalogue import Enrolment, Lesson, MediaAsset
from app.learning.models.study import (
    FrozenPolicy,
    LessonCoverage,
    MediaDelivery,
    PendingPiece,
    StudyCut,
    StudyLearner,
    StudySession,
)
from app.learning.models.versions import CourseVersion
from app.learning.repository.versions import VERSION_ID
from app.learning.rules.moments import epoch_ms


def lock_learner(db: Session, learner_id: str) -> StudyLearner:
    """Take the learner's row for this transaction; the first time it is made.

    On SQLite the write transaction itself is the lock.
    """
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    db.execute(
        insert(StudyLearner).values(learner_id=learner_id, version=1).on_conflict_do_nothing()
    )
    query = select(StudyLearner).where(StudyLearner.learner_id == learner_id)
    return db.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def get_learner(db: Session, learner_id: str) -> StudyLearner | None:
    return db.get(StudyLearner, learner_id)


def keep_policy(db: Session, version: str, fields: Mapping[str, Any]) -> None:
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    kept = insert(FrozenPolicy).values(version=version, fields=dict(fields))
    db.execute(kept.on_conflict_do_nothing())


def get_policy(db: Session, version: str) -> dict[str, Any] | None:
    return db.scalar(select(FrozenPolicy.fields).where(FrozenPolicy.version == version))


def get_session(db: Session, session_id: str) -> StudySession | None:
    """Return a session as it stands now, not as this transaction may have seen it before."""
    return db.get(StudySession, session_id, populate_existing=True)


def list_sessions(db: Session, learner_id: str, enrolment_id: str) -> list[StudySession]:
    query = select(StudySession).where(
        StudySession.learner_id == learner_id, StudySession.enrolment_id == enrolment_id
    )
    return list(db.scalars(query.order_by(StudySession.opened_at, StudySession.id)))


def sessions_between(
    db: Session, learner_id: str, begin: dt.datetime, end: dt.datetime
) -> list[StudySession]:
    """Return a learner's sessions that were open at any moment between these, in order."""
    query = select(StudySession).where(
        StudySession.learner_id == learner_id, StudySession.opened_at < end,
        StudySession.heard_at_ms >= epoch_ms(begin),
    )  # fmt: skip
    return list(db.scalars(query.order_by(StudySession.opened_at, StudySession.id)))


def last_heard_ms(db: Session, enrolment_id: str) -> int | None:
    """When any session of an enrolment was last heard of."""
    newest = func.max(StudySession.heard_at_ms)
    return db.scalar(select(newest).where(StudySession.enrolment_id == enrolment_id))


def silent_sessions(db: Session, before_ms: int, most: int) -> list[StudySession]:
    """Return open sessions that were last heard of before this moment."""
    query = select(StudySession).where(
        StudySession.phase == "open", StudySession.heard_at_ms < before_ms
    )
    return list(db.scalars(query.order_by(StudySession.heard_at_ms).limit(most)))


def learners_with_expiry(db: Session, until_ms: int, most: int) -> list[StudyLearner]:
    """Return learners who have pending time that expires before this moment, soonest first."""
    query = select(StudyLearner).where(StudyLearner.next_expiry_ms <= until_ms)
    return list(db.scalars(query.order_by(StudyLearner.next_expiry_ms).limit(most)))


def get_enrolment(db: Session, enrolment_id: str) -> Enrolment | None:
    return db.get(Enrolment, enrolment_id)


def get_lesson(db: Session, lesson_id: str) -> Lesson | None:
    return db.get(Lesson, lesson_id)


def get_asset(db: Session, asset_id: str) -> MediaAsset | None:
    return db.get(MediaAsset, asset_id)


def get_coverage(
    db: Session, learner_id: str, enrolment_id: str, lesson_id: str
) -> LessonCoverage | None:
    return db.get(LessonCoverage, (learner_id, enrolment_id, lesson_id))


def list_coverage(db: Session, learner_id: str, enrolment_id: str) -> list[LessonCoverage]:
    query = select(LessonCoverage).where(
        LessonCoverage.learner_id == learner_id, LessonCoverage.enrolment_id == enrolment_id
    )
    return list(db.scalars(query))


def list_pending(db: Session, learner_id: str) -> list[PendingPiece]:
    query = select(PendingPiece).where(PendingPiece.learner_id == learner_id)
    return list(db.scalars(in_order(query)))


def in_order(query: Select[PendingPiece]) -> Select[PendingPiece]:
    """Pending time as it came to be."""
    return query.order_by(
        PendingPiece.first_at_ms, PendingPiece.session_id, PendingPiece.pass_number,
        PendingPiece.lesson_id,
    )  # fmt: skip


def newest_cuts(db: Session, session_id: str, most: int) -> list[StudyCut]:
    """Return a session's newest lines of what was not counted, the newest first."""
    query = select(StudyCut).where(StudyCut.session_id == session_id)
    return list(db.scalars(query.order_by(StudyCut.last_at.desc(), StudyCut.id).limit(most)))


def list_cuts(
    db: Session, learner_id: str, *, first_day: dt.date, last_day: dt.date
) -> list[StudyCut]:
    query = select(StudyCut).where(
        StudyCut.learner_id == learner_id, StudyCut.day.between(first_day, last_day)
    )
    return list(db.scalars(query.order_by(StudyCut.first_at, StudyCut.id)))


def get_delivery(
    db: Session, learner_id: str, enrolment_id: str, lesson_id: str
) -> MediaDelivery | None:
    return db.get(MediaDelivery, (learner_id, enrolment_id, lesson_id))


def lesson_titles(db: Session, lesson_ids: Sequence[str]) -> dict[str, str]:
    query = select(Lesson.id, Lesson.title).where(Lesson.id.in_(lesson_ids))
    return {row.id: row.title for row in db.execute(query)}


def lessons_by_id(db: Session, lesson_ids: Sequence[str]) -> dict[str, Lesson]:
    return {row.id: row for row in db.scalars(select(Lesson).where(Lesson.id.in_(lesson_ids)))}


def course_titles(db: Session, enrolment_ids: Sequence[str]) -> dict[str, str]:
    """Return the title of each enrolment's course, as its version has it."""
    query = select(Enrolment.id, CourseVersion.title).join(
        CourseVersion, CourseVersion.id == VERSION_ID
    )
    return {row.id: row.title for row in db.execute(query.where(Enrolment.id.in_(enrolment_ids)))}
