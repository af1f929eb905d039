"""Questions about who is in a class, what they study for it, and its archive."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.org.models.class_people import ClassArchive, ClassMember, ClassStudy
from app.org.models.classes import ClassCourse, TrainingClass
from app.org.rules.class_places import MemberState
from app.org.rules.classes import ClassState

PRESENT = (MemberState.ENROLLED, MemberState.WAITING)


def get_member(db: Session, class_id: str, member_id: str) -> ClassMember | None:
    query = select(ClassMember).where(ClassMember.id == member_id, ClassMember.class_id == class_id)
    return db.scalars(query).first()


def member_of(db: Session, class_id: str, learner_id: str) -> ClassMember | None:
    query = select(ClassMember).where(
        ClassMember.class_id == class_id, ClassMember.learner_id == learner_id
    )
    return db.scalars(query).first()


def members_of(
    db: Session, class_id: str, states: Sequence[MemberState] = PRESENT
) -> list[ClassMember]:
    """The people of a class in these states, in the order in which they came."""
    query = select(ClassMember).where(
        ClassMember.class_id == class_id, ClassMember.state.in_(states)
    )
    return list(db.scalars(query.order_by(ClassMember.turn)))


def count_members(db: Session, class_ids: Collection[str]) -> dict[tuple[str, MemberState], int]:
    """How many people of each class are in each state; no entry means none."""
    query = (
        select(ClassMember.class_id, ClassMember.state, func.count())
        .where(ClassMember.class_id.in_(class_ids))
        .group_by(ClassMember.class_id, ClassMember.state)
    )
    return {(class_id, MemberState(state)): found for class_id, state, found in db.execute(query)}


def next_turn(db: Session, class_id: str) -> int:
    """The place behind everybody who ever came; asked under the class's lock."""
    query = select(func.max(ClassMember.turn)).where(ClassMember.class_id == class_id)
    return (db.scalars(query).one() or 0) + 1


def memberships_of(db: Session, learner_id: str) -> list[tuple[ClassMember, TrainingClass]]:
    """The classes of a person, whatever became of it, the newest first."""
    query = (
        select(ClassMember, TrainingClass)
        .join(TrainingClass, TrainingClass.id == ClassMember.class_id)
        .where(ClassMember.learner_id == learner_id)
        .order_by(ClassMember.joined_at.desc(), ClassMember.id.desc())
    )
    return [(member, row) for member, row in db.execute(query)]


def teaching_org_ids(db: Session, learner_id: str) -> set[str]:
    """The organisations of the running classes in which a person has a place."""
    query = (
        select(TrainingClass.org_id)
        .join(ClassMember, ClassMember.class_id == TrainingClass.id)
        .where(
            ClassMember.learner_id == learner_id, ClassMember.state == MemberState.ENROLLED,
            TrainingClass.state == ClassState.RUNNING,
        )
    )  # fmt: skip
    return set(db.scalars(query))


def last_days(db: Session, enrolment_id: str) -> list[dt.date]:
    """The last days of the running classes in which somebody with a place studies an enrolment."""
    query = (
        select(TrainingClass.ends_on)
        .join(ClassMember, ClassMember.class_id == TrainingClass.id)
        .join(ClassStudy, ClassStudy.member_id == ClassMember.id)
        .where(
            ClassStudy.enrolment_id == enrolment_id, ClassMember.state == MemberState.ENROLLED,
            TrainingClass.state == ClassState.RUNNING,
        )
    )  # fmt: skip
    return list(db.scalars(query))


def studies_of(db: Session, member_ids: Collection[str]) -> list[ClassStudy]:
    query = select(ClassStudy).where(ClassStudy.member_id.in_(member_ids))
    return list(db.scalars(query.order_by(ClassStudy.member_id, ClassStudy.id)))


def unbegun(db: Session, class_id: str, *, after: int, most: int) -> list[ClassMember]:
    """Members with a place, from a turn on, who do not study every course of the class yet."""
    begun = (
        select(func.count())
        .select_from(ClassStudy)
        .where(ClassStudy.member_id == ClassMember.id)
        .scalar_subquery()
    )
    asked = (
        select(func.count())
        .select_from(ClassCourse)
        .where(ClassCourse.class_id == class_id)
        .scalar_subquery()
    )
    query = select(ClassMember).where(
        ClassMember.class_id == class_id, ClassMember.state == MemberState.ENROLLED,
        ClassMember.turn > after, begun < asked,
    )  # fmt: skip
    return list(db.scalars(query.order_by(ClassMember.turn).limit(most)))


def get_archive(db: Session, class_id: str) -> ClassArchive | None:
    return db.get(ClassArchive, class_id)


def archive_by_digest(db: Session, digest: str) -> ClassArchive | None:
    return db.scalars(select(ClassArchive).where(ClassArchive.digest == digest)).first()
