"""Questions about rules of assignments, and whom they met."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from app.org.models.assignment_rules import AssignmentRule, AssignmentRuleMember
from app.org.models.assignments import AssignmentMember
from app.org.models.staff import StaffMember
from app.org.repository.tags import with_tag
from app.org.repository.units import ids_within
from app.org.rules.assigning import Aim, Fate
from app.org.rules.organisations import StaffState


def get_rule(db: Session, org_id: str, rule_id: str) -> AssignmentRule | None:
    query = select(AssignmentRule).where(
        AssignmentRule.id == rule_id, AssignmentRule.org_id == org_id
    )
    return db.scalars(query).first()


def rule_under_way(db: Session, rule_id: str) -> AssignmentRule | None:
    """The worker's own way to a rule, locked until the transaction ends.

    The caller holds the organisation's lock: everybody takes that one first.
    """
    return db.get(AssignmentRule, rule_id, with_for_update=True)


def org_of_rule(db: Session, rule_id: str) -> str | None:
    """Whose a rule is; nothing is locked, for that never changes."""
    return db.scalar(select(AssignmentRule.org_id).where(AssignmentRule.id == rule_id))


def read_rule(db: Session, rule_id: str) -> AssignmentRule | None:
    """The worker's own way to a rule, to look at."""
    return db.get(AssignmentRule, rule_id)


def list_rules(db: Session, org_id: str) -> list[AssignmentRule]:
    """The newest first."""
    query = select(AssignmentRule).where(AssignmentRule.org_id == org_id)
    return list(db.scalars(query.order_by(AssignmentRule.made_at.desc(), AssignmentRule.id.desc())))


def standing_rules(db: Session) -> list[str]:
    """The ids of all rules that may meet somebody new."""
    query = select(AssignmentRule.id).where(
        AssignmentRule.stands.is_(True), AssignmentRule.ended_at.is_(None),
        AssignmentRule.withdrawn_at.is_(None),
    )  # fmt: skip
    return list(db.scalars(query.order_by(AssignmentRule.id)))


def half_withdrawn(db: Session, org_id: str) -> list[str]:
    """The ids of rules that were withdrawn and have not taken back all they asked for."""
    is_asked = exists().where(
        AssignmentRuleMember.rule_id == AssignmentRule.id, AssignmentRuleMember.fate == Fate.ASKED
    )
    query = select(AssignmentRule.id).where(
        AssignmentRule.org_id == org_id, AssignmentRule.withdrawn_at.is_not(None), is_asked
    )
    return list(db.scalars(query.order_by(AssignmentRule.id)))


def point_at_unit(db: Session, org_id: str, unit_id: str, into: str) -> None:
    """Let rules of a unit that was merged ask the people of the other."""
    db.execute(
        update(AssignmentRule)
        .where(AssignmentRule.org_id == org_id, AssignmentRule.unit_id == unit_id)
        .values(unit_id=into)
    )


def point_at_position(db: Session, org_id: str, position_id: str, into: str) -> None:
    """Let rules of a position that was merged ask who holds the other."""
    db.execute(
        update(AssignmentRule)
        .where(AssignmentRule.org_id == org_id, AssignmentRule.position_id == position_id)
        .values(position_id=into)
    )


def count_fates(db: Session, rule_ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """How many met what, by rule and fate."""
    query = (
        select(AssignmentRuleMember.rule_id, AssignmentRuleMember.fate, func.count())
        .where(AssignmentRuleMember.rule_id.in_(rule_ids))
        .group_by(AssignmentRuleMember.rule_id, AssignmentRuleMember.fate)
    )
    return {(row[0], row[1]): row[2] for row in db.execute(query)}


def aimed_at(rule: AssignmentRule, path: str | None, since: dt.datetime) -> ColumnElement[bool]:
    """Who on the roster comes under a rule; `path` is its unit's, `since` when new people came."""
    wanted: ColumnElement[bool] = (StaffMember.org_id == rule.org_id) & (
        StaffMember.state != StaffState.LEFT
    )
    if path is not None:
        wanted &= StaffMember.unit_id.in_(ids_within(rule.org_id, path))
    if rule.position_id is not None:
        wanted &= StaffMember.position_id == rule.position_id
    if rule.tag_id is not None:
        wanted &= StaffMember.id.in_(with_tag(rule.tag_id))
    if rule.aim == Aim.NEW_STAFF:
        wanted &= StaffMember.invited_at >= since
    if rule.aim == Aim.EXPIRING:
        wanted &= StaffMember.learner_id.is_not(None)
    return wanted


def not_met(rule_id: str) -> ColumnElement[bool]:
    met = select(AssignmentRuleMember.staff_id).where(AssignmentRuleMember.rule_id == rule_id)
    return StaffMember.id.not_in(met)


def has_course(course_id: str) -> ColumnElement[bool]:
    """Somebody of whom the course was asked already."""
    share = select(AssignmentMember.id).where(
        AssignmentMember.staff_id == StaffMember.id, AssignmentMember.course_id == course_id
    )
    return share.exists()


def list_aimed(
    db: Session, *wanted: ColumnElement[bool], after: str = "", most: int
) -> list[StaffMember]:
    """Some of these, in the order of their ids."""
    query = select(StaffMember).where(*wanted, StaffMember.id > after)
    return list(db.scalars(query.order_by(StaffMember.id).limit(most)))


def count_aimed(db: Session, *wanted: ColumnElement[bool]) -> int:
    return db.scalar(select(func.count()).select_from(StaffMember).where(*wanted)) or 0


def causes_met(db: Session, rule_id: str, staff_ids: Sequence[str]) -> set[tuple[str, str]]:
    """For which causes a rule has met people, by line and cause."""
    query = select(AssignmentRuleMember.staff_id, AssignmentRuleMember.cause).where(
        AssignmentRuleMember.rule_id == rule_id, AssignmentRuleMember.staff_id.in_(staff_ids)
    )
    return {(row[0], row[1]) for row in db.execute(query)}


def shared_enrolments(db: Session, staff_ids: Sequence[str]) -> set[tuple[str, str]]:
    """The enrolments that were asked of people, by line: what an employer may know of them."""
    query = select(AssignmentMember.staff_id, AssignmentMember.enrolment_id).where(
        AssignmentMember.staff_id.in_(staff_ids), AssignmentMember.enrolment_id.is_not(None)
    )
    return {(row[0], row[1]) for row in db.execute(query) if row[1]}


def lines_of(db: Session, org_id: str, staff_ids: Sequence[str]) -> dict[str, StaffMember]:
    query = select(StaffMember).where(StaffMember.org_id == org_id, StaffMember.id.in_(staff_ids))
    return {row.id: row for row in db.scalars(query)}


def members_of(
    db: Session, rule_id: str, *, offset: int, limit: int
) -> tuple[list[AssignmentRuleMember], int]:
    """A page of whom a rule met, the newest first, and how many."""
    wanted = AssignmentRuleMember.rule_id == rule_id
    total = db.scalar(select(func.count()).select_from(AssignmentRuleMember).where(wanted)) or 0
    query = select(AssignmentRuleMember).where(wanted)
    ordered = query.order_by(AssignmentRuleMember.met_at.desc(), AssignmentRuleMember.staff_id)
    return list(db.scalars(ordered.offset(offset).limit(limit))), total


def some_asked(db: Session, rule_id: str, most: int) -> list[AssignmentRuleMember]:
    query = select(AssignmentRuleMember).where(
        AssignmentRuleMember.rule_id == rule_id, AssignmentRuleMember.fate == Fate.ASKED
    )
    return list(db.scalars(query.order_by(AssignmentRuleMember.staff_id).limit(most)))


def asked_by_others(db: Session, rule: AssignmentRule, staff_ids: Sequence[str]) -> set[str]:
    """Whom another rule that was not withdrawn met for the same course."""
    query = (
        select(AssignmentRuleMember.staff_id)
        .join(AssignmentRule, AssignmentRule.id == AssignmentRuleMember.rule_id)
        .where(
            AssignmentRuleMember.staff_id.in_(staff_ids),
            AssignmentRuleMember.fate.in_((Fate.ASKED, Fate.HAD)),
            AssignmentRule.course_id == rule.course_id, AssignmentRule.id != rule.id,
            AssignmentRule.withdrawn_at.is_(None),
        )
    )  # fmt: skip
    return set(db.scalars(query))


def shares_at(
    db: Session, course_id: str, staff_ids: Sequence[str]
) -> dict[tuple[str, str], AssignmentMember]:
    """The shares of a course, by line and assignment."""
    query = select(AssignmentMember).where(
        AssignmentMember.staff_id.in_(staff_ids), AssignmentMember.course_id == course_id
    )
    return {(row.staff_id, row.assignment_id): row for row in db.scalars(query)}
