"""Doing what a rule of assignments says: asking people, again and again where it stands.

A piece of people is a transaction. Whom a rule has met is written down with it, so that nobody is
asked twice, however often it is done and whoever is killed in between.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.db import Database
from app.core.errors import AppError
from app.identity.rules.local_days import local_day
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.services import catalogue, enrolments
from app.learning.services.progress import completion_facts
from app.org.models.assignment_rules import AssignmentRule, AssignmentRuleMember
from app.org.models.assignments import AssignmentMember
from app.org.models.organisations import Organisation
from app.org.models.staff import StaffMember
from app.org.repository import assignment_rules as rule_rows
from app.org.repository import assignments as assignment_rows
from app.org.repository import class_people as class_rows
from app.org.repository import organisations as organisation_rows
from app.org.rules import assigning as rules
from app.org.rules.assigning import Fate
from app.org.rules.organisations import StaffState
from app.org.services import assignments, standings
from app.org.services.assignment_targets import Met, unmet
from app.org.services.assignments import Asking

APPLY = "apply_assignment_rule"
TAKE_BACK = "take_assignment_rule_back"
PIECE = 100
"""People of one transaction."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What asking some people did: begun at once, waiting for them to join, there before."""

    begun: int
    waiting: int
    unchanged: int


def apply_standing(database: Database, *, now: dt.datetime) -> None:
    """Ask whoever has come under a rule since it was last looked at."""
    with database.reading() as db:
        found = rule_rows.standing_rules(db)
    for rule_id in found:
        apply(database, rule_id, now=now)


def apply(database: Database, rule_id: str, *, now: dt.datetime) -> None:
    """Ask everybody who comes under a rule and was not met by it yet."""
    after = ""
    while True:
        with database.reading() as db:
            rule = rule_rows.read_rule(db, rule_id)
            if rule is None or not is_open(rule, now):
                return
            found = unmet(db, rule, now=now, most=PIECE, after=after)
        try:
            with database.transaction() as db:
                is_more = _apply_piece(db, rule_id, found.people, now)
        except AppError as error:
            # A course that is closed: nothing of the piece happened; it is tried again later.
            _note_trouble(database, rule_id, error)
            return
        if not is_more:
            return
        after = found.after


def is_open(rule: AssignmentRule, now: dt.datetime) -> bool:
    """Tell whether a rule may ask somebody still."""
    is_stopped = rule.ended_at is not None or rule.withdrawn_at is not None
    is_finished = rule.done_at is not None and not rule.stands
    return not (
        is_stopped or is_finished or rules.is_over(due_on=rule.due_on, today=local_day(now))
    )


def _note_trouble(database: Database, rule_id: str, error: AppError) -> None:
    with database.transaction() as db:
        rule, _ = _under_way(db, rule_id)
        if rule is not None:
            rule.trouble = f"{error.message}{error.remedy or ''}"[:300]


def _under_way(db: Session, rule_id: str) -> tuple[AssignmentRule | None, Organisation | None]:
    """A rule and its organisation, locked: the organisation first, as whoever stops a rule does."""
    org_id = rule_rows.org_of_rule(db, rule_id)
    if org_id is None:
        return None, None
    organisation = organisation_rows.lock_organisation(db, org_id)
    return rule_rows.rule_under_way(db, rule_id), organisation


def _apply_piece(db: Session, rule_id: str, met: Sequence[Met], now: dt.datetime) -> bool:
    """Ask a piece, and tell whether there is more to do."""
    rule, organisation = _under_way(db, rule_id)
    if rule is None or not is_open(rule, now):
        return False
    if organisation is None or organisation.suspended_at is not None:
        return False
    if not met:
        rule.done_at, rule.trouble = rule.done_at or now, None
        return False
    piece = ask_piece(db, rule, met, now=now)
    audit.record(
        db, "assignment.rule_applied", now=now, actor_id=rule.made_by, subject_id=rule.id,
        org_id=rule.org_id, course_id=rule.course_id, staff=piece.begun + piece.waiting,
    )  # fmt: skip
    return True


def ask_piece(db: Session, rule: AssignmentRule, met: Sequence[Met], *, now: dt.datetime) -> Piece:
    """Ask some people, and write down that the rule has met them.

    Who has the course already keeps the day they have. The caller holds the organisation's lock.
    """
    known = rule_rows.causes_met(db, rule.id, [each.staff_id for each in met])
    fresh = [each for each in met if (each.staff_id, each.cause) not in known]
    lines = rule_rows.lines_of(db, rule.org_id, [each.staff_id for each in fresh])
    people = [row for row in lines.values() if row.state != StaffState.LEFT]
    row_id, asked = assignments.ask_others(db, asking_of(db, rule, now), people, now=now)
    write_down(db, rule, fresh, row_id, {each.id for each in asked}, now=now)
    rule.trouble = None
    return piece_of(people, asked)


def piece_of(people: Sequence[StaffMember], asked: Sequence[StaffMember]) -> Piece:
    begun = sum(each.state == StaffState.JOINED for each in asked)
    return Piece(begun, len(asked) - begun, len(people) - len(asked))


def write_down(
    db: Session, rule: AssignmentRule, met: Sequence[Met], assignment_id: str | None,
    asked: set[str], *, now: dt.datetime,
) -> None:  # fmt: skip
    """Remember whom a rule has met, and what came of it."""
    for each in met:
        is_asked = each.staff_id in asked
        db.add(
            AssignmentRuleMember(
                rule_id=rule.id, staff_id=each.staff_id, cause=each.cause, met_at=now,
                fate=Fate.ASKED if is_asked else Fate.HAD,
                assignment_id=assignment_id if is_asked else None,
            )
        )  # fmt: skip
    db.flush()


def asking_of(db: Session, rule: AssignmentRule, now: dt.datetime) -> Asking:
    """What a rule asks of whoever it meets today."""
    organisation = organisation_rows.get_organisation(db, rule.org_id)
    return Asking(
        org_id=rule.org_id, employer=organisation.name if organisation else "",
        course_id=rule.course_id, title=catalogue.course_title(db, rule.course_id),
        due_on=rules.due_day(due_on=rule.due_on, due_days=rule.due_days, today=local_day(now)),
        by=rule.made_by,
    )  # fmt: skip


def take_back(database: Database, rule_id: str, *, now: dt.datetime) -> None:
    """Take back what a withdrawn rule asked for, piece by piece.

    Nothing while the organisation is suspended; its restoring asks for this again.
    """
    is_more = True
    while is_more:
        with database.transaction() as db:
            rule, organisation = _under_way(db, rule_id)
            if rule is None or rule.withdrawn_at is None:
                return
            if organisation is None or organisation.suspended_at is not None:
                return
            is_more = take_back_piece(db, rule, now=now)


def take_back_piece(db: Session, rule: AssignmentRule, *, now: dt.datetime) -> bool:
    """Take back some shares, and tell whether there were any.

    Who is through keeps the share, and so does whoever is asked by another rule, or was given
    another day since. The caller holds the organisation's lock.
    """
    members = rule_rows.some_asked(db, rule.id, PIECE)
    staff_ids = [each.staff_id for each in members]
    others = rule_rows.asked_by_others(db, rule, staff_ids)
    shares = rule_rows.shares_at(db, rule.course_id, staff_ids)
    lines = rule_rows.lines_of(db, rule.org_id, staff_ids)
    asking = asking_of(db, rule, now)
    for member in members:
        share = shares.get((member.staff_id, member.assignment_id or ""))
        if share is None or member.staff_id in others or _is_through(db, share):
            member.fate = Fate.KEPT
            continue
        member.fate = Fate.WITHDRAWN
        _withdraw(db, share, lines[member.staff_id], asking, now)
    standings.refresh(db, list(lines.values()))
    return bool(members)


def _is_through(db: Session, share: AssignmentMember) -> bool:
    if share.enrolment_id is None:
        return False
    return completion_facts(db, share.enrolment_id).completed_at is not None


def _withdraw(
    db: Session, share: AssignmentMember, person: StaffMember, asking: Asking, now: dt.datetime
) -> None:
    """Let go of a share: the enrolment and its hours stay the person's.

    Its day is the nearest of whoever else asks for the same round, and of classes; else none.
    """
    if share.enrolment_id is not None:
        days = assignment_rows.days_asked(db, share.enrolment_id, but=share.id)
        days += class_rows.last_days(db, share.enrolment_id)
        enrolments.put_deadline(db, share.enrolment_id, min(days, default=None))
    standings.leave_out(db, share)
    db.delete(share)
    if person.learner_id is not None:
        inbox.notify(
            db, person.learner_id, NoticeKind.ASSIGNMENT_WITHDRAWN, now=now,
            employer=asking.employer, course=asking.title,
        )  # fmt: skip
