"""What a person takes along of employers."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.own_rows import copied, rows_of
from app.learning.services import catalogue
from app.org.models.assignments import Assignment, AssignmentMember
from app.org.models.proofs import HourProof
from app.org.models.units import OrgTag, StaffTag
from app.org.repository import organisations as organisation_rows
from app.org.repository import staff as staff_rows
from app.org.rules.own_data import OwnAssignment, OwnMembership, OwnProof, OwnTag, OwnWork
from app.org.services import applications


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
