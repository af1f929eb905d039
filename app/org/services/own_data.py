"""What a person takes along of employers."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.own_rows import copied, rows_of
from app.learning.services import catalogue
from app.org.models.assignments import Assignment, AssignmentMember
from app.org.models.class_people import ClassMember, ClassStudy
from app.org.models.classes import ClassTeacher, TrainingClass
from app.org.models.proofs import HourProof
from app.org.models.units import OrgTag, StaffTag
from app.org.repository import organisations as organisation_rows
from app.org.repository import staff as staff_rows
from app.org.rules.own_data import (
    OwnAssignment,
    OwnClass,
    OwnMembership,
    OwnProof,
    OwnTag,
    OwnTaught,
    OwnWork,
)
from app.org.services import applications, stated_views


def take_along(db: Session, vault: Vault, learner_id: str, roster_ids: Sequence[str]) -> OwnWork:
    """Return everything; `roster_ids` are the lines that mean the person, accepted or not."""
    lines = staff_rows.list_staff_lines(db, learner_id, roster_ids)
    found = organisation_rows.list_organisations(db, sorted({line.org_id for line in lines}))
    names = {each.id: each.name for each in found}
    ids = [line.id for line in lines]
    return OwnWork(
        memberships=[
            copied(OwnMembership, line, employer=names.get(line.org_id, "")) for line in lines
        ],
        tags=_tags(db, ids),
        assignments=_assignments(db, ids),
        proofs=[
            copied(OwnProof, row, membership_id=row.staff_id)
            for row in rows_of(db, HourProof, HourProof.staff_id.in_(ids))
        ],
        applications=applications.take_along(db, vault, learner_id),
        classes=_classes(db, learner_id),
        taught=_taught(db, learner_id),
        stated=stated_views.take_along(db, vault, learner_id),
    )


def _tags(db: Session, staff_ids: Sequence[str]) -> list[OwnTag]:
    held = rows_of(db, StaffTag, StaffTag.staff_id.in_(staff_ids))
    names = {
        row.id: row.name
        for row in rows_of(db, OrgTag, OrgTag.id.in_({each.tag_id for each in held}))
    }
    return [OwnTag(membership_id=each.staff_id, tag=names[each.tag_id]) for each in held]


def _assignments(db: Session, staff_ids: Sequence[str]) -> list[OwnAssignment]:
    shares = rows_of(db, AssignmentMember, AssignmentMember.staff_id.in_(staff_ids))
    wanted = {share.assignment_id for share in shares}
    due = {row.id: row.due_on for row in rows_of(db, Assignment, Assignment.id.in_(wanted))}
    return [
        copied(
            OwnAssignment, share, membership_id=share.staff_id, due_on=due[share.assignment_id],
            course=catalogue.course_title(db, share.course_id),
        )
        for share in shares
    ]  # fmt: skip


def _classes(db: Session, learner_id: str) -> list[OwnClass]:
    held = rows_of(db, ClassMember, ClassMember.learner_id == learner_id)
    named = _named_classes(db, {each.class_id for each in held})
    studies = rows_of(db, ClassStudy, ClassStudy.member_id.in_([each.id for each in held]))
    titles = catalogue.offered(db, {each.course_id for each in studies})
    return [
        copied(
            OwnClass, each, employer=named[each.class_id][0], title=named[each.class_id][1],
            courses=[
                titles[study.course_id].title for study in studies if study.member_id == each.id
            ],
        )
        for each in held
    ]  # fmt: skip


def _taught(db: Session, person_id: str) -> list[OwnTaught]:
    held = rows_of(db, ClassTeacher, ClassTeacher.person_id == person_id)
    named = _named_classes(db, {each.class_id for each in held})
    return [OwnTaught(employer=name, title=title) for name, title in (
        named[each.class_id] for each in held
    )]  # fmt: skip


def _named_classes(db: Session, class_ids: set[str]) -> dict[str, tuple[str, str]]:
    """The organisation's name and the title of some classes, by id."""
    found = rows_of(db, TrainingClass, TrainingClass.id.in_(class_ids))
    owners = organisation_rows.list_organisations(db, sorted({row.org_id for row in found}))
    names = {each.id: each.name for each in owners}
    return {row.id: (names.get(row.org_id, ""), row.title) for row in found}
