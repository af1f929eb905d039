"""Rules of assignments: looking at whom one would ask, making it, stopping it, withdrawing it."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit, outbox
from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.learning.services import catalogue
from app.org.models.assignment_rules import AssignmentRule
from app.org.repository import assignment_rules as rule_rows
from app.org.repository import organisations as organisation_rows
from app.org.rules import assigning as rules
from app.org.rules.assigning import Aim, Wish
from app.org.rules.duties import Power
from app.org.services import assigning, assignment_targets, positions, tags, units
from app.org.services.assigning import PIECE, Piece
from app.org.services.assignment_targets import Met
from app.org.services.assignments import assign_all, chosen_staff
from app.org.services.organisations import acting_for
from app.org.services.staff_views import StaffView, views


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """A rule as somebody enters it; unit, position and tag by their words."""

    course_id: str
    purpose: str
    aim: Aim
    staff_ids: tuple[str, ...] = ()
    unit: str = ""
    position: str = ""
    tag: str = ""
    days: int | None = None
    certificate_kind: str = ""
    due_on: dt.date | None = None
    due_days: int | None = None
    stands: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Whom a rule would ask, by heads; of those who differ, the first twenty by name."""

    total: int
    begin: int
    waiting: int
    had: int
    waiting_people: tuple[StaffView, ...]
    had_people: tuple[StaffView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What making a rule did at once; `is_more`: the worker goes on with the others."""

    rule_id: str
    begun: int
    waiting: int
    unchanged: int
    is_more: bool


def preview(
    db: Session, vault: Vault, actor: Actor, new: NewRule, *, kinds: frozenset[str],
    purposes: frozenset[str], now: dt.datetime,
) -> Preview:  # fmt: skip
    """Say whom a rule would ask; nothing is written. Raises what making it would raise.

    `kinds` are what certificates are called, `purposes` the codes of training.
    """
    organisation = acting_for(db, actor, Power.ASSIGN)
    rule = _rule(db, organisation.org_id, actor, new, kinds, purposes, now)
    persons = chosen_staff(db, organisation.org_id, new.staff_ids)
    count = assignment_targets.head_count(db, rule, persons, now=now)
    return Preview(
        total=count.begin + count.waiting + count.had, begin=count.begin, waiting=count.waiting,
        had=count.had, waiting_people=tuple(views(db, vault, count.waiting_lines)),
        had_people=tuple(views(db, vault, count.had_lines)),
    )  # fmt: skip


def _rule(  # noqa: PLR0917 -- what a rule is made of
    db: Session, org_id: str, actor: Actor, new: NewRule, kinds: frozenset[str],
    purposes: frozenset[str], now: dt.datetime,
) -> AssignmentRule:  # fmt: skip
    """The rule that somebody wishes for, not added yet.

    Raises InvalidError, NotFoundError, ConflictError for a course that lets nobody new in.
    """
    catalogue.check_entry(db, new.course_id)
    if new.purpose not in purposes:
        raise InvalidError("没有选培训目的。", field="/purpose", code="purpose", remedy="请选一种")
    wish = Wish(
        aim=new.aim, persons=len(new.staff_ids), days=new.days,
        certificate_kind=new.certificate_kind if new.certificate_kind in kinds else "",
        due_on=new.due_on, due_days=new.due_days, stands=new.stands,
    )  # fmt: skip
    if flaw := rules.flaw_of(wish, today=local_day(now)):
        raise InvalidError(flaw.sentence, field=flaw.field, code="rule", remedy=flaw.remedy)
    row = AssignmentRule(
        id=new_id(now), org_id=org_id, course_id=new.course_id, purpose=new.purpose, aim=new.aim,
        target_name="", days=None, certificate_kind="", due_on=new.due_on, due_days=new.due_days,
        stands=rules.does_stand(wish), made_by=actor.learner_id, made_at=now,
    )  # fmt: skip
    _aim(db, row, new)
    return row


def _aim(db: Session, row: AssignmentRule, new: NewRule) -> None:
    """Look up what a rule is aimed at; what does not belong to its aim is left aside."""
    named: list[str] = []
    is_narrowed = new.aim in (Aim.NEW_STAFF, Aim.EXPIRING)
    if new.aim is Aim.UNIT or (is_narrowed and new.unit.strip()):
        unit = units.called(db, row.org_id, new.unit, "/unit")
        row.unit_id = unit.id
        named.append(unit.words)
    if new.aim is Aim.POSITION:
        position = positions.called(db, row.org_id, new.position, "/position")
        row.position_id = position.id
        named.append(position.name)
    if new.aim is Aim.TAG:
        tag = tags.called(db, row.org_id, new.tag, "/tag")
        row.tag_id = tag.id
        named.append(tag.name)
    if is_narrowed:
        row.days = new.days
    if new.aim is Aim.EXPIRING:
        row.certificate_kind = new.certificate_kind
    row.target_name = "".join(named)


def make(
    db: Session, actor: Actor, new: NewRule, *, kinds: frozenset[str], purposes: frozenset[str],
    now: dt.datetime,
) -> Made:  # fmt: skip
    """Make a rule and ask the first people; the worker asks the others.

    Raises InvalidError that names the field, NotFoundError, ConflictError for a closed course.
    """
    organisation = acting_for(db, actor, Power.ASSIGN)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = _rule(db, organisation.org_id, actor, new, kinds, purposes, now)
    db.add(row)
    db.flush()
    audit.record(
        db, "assignment.rule_made", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id, course_id=row.course_id, aim=row.aim, stands=row.stands,
    )  # fmt: skip
    if new.aim is Aim.PERSONS:
        return _ask_chosen(db, row, new, now)
    met = assignment_targets.unmet(db, row, now=now, most=PIECE).people
    piece = assigning.ask_piece(db, row, met, now=now)
    is_more = len(met) == PIECE
    if is_more:
        outbox.enqueue(
            db, assigning.APPLY, now=now, key=f"{assigning.APPLY}:{row.id}", rule_id=row.id
        )
    else:
        row.done_at = now
    return _made(row, piece, is_more=is_more)


def _made(row: AssignmentRule, piece: Piece, *, is_more: bool) -> Made:
    return Made(
        rule_id=row.id, begun=piece.begun, waiting=piece.waiting, unchanged=piece.unchanged,
        is_more=is_more,
    )  # fmt: skip


def _ask_chosen(db: Session, row: AssignmentRule, new: NewRule, now: dt.datetime) -> Made:
    """Who was chosen one by one gets the chosen day, whatever day they had."""
    staff = chosen_staff(db, row.org_id, new.staff_ids)
    assignment_id, asked = assign_all(db, assigning.asking_of(db, row, now), staff, now=now)
    met = [Met(each.id, "") for each in staff]
    asked_ids = {each.id for each in asked}
    assigning.write_down(db, row, met, assignment_id, asked_ids, now=now)
    row.done_at = now
    return _made(row, assigning.piece_of(staff, asked), is_more=False)


def own_rule(db: Session, org_id: str, rule_id: str) -> AssignmentRule:
    """Raises NotFoundError for another organisation's."""
    row = rule_rows.get_rule(db, org_id, rule_id)
    if row is None:
        raise NotFoundError("没有这条指派。", remedy="请从指派列表重新进入")
    return row


def end(db: Session, actor: Actor, rule_id: str, *, now: dt.datetime) -> None:
    """Ask nobody by a rule any more; who was asked keeps what they have.

    Raises NotFoundError, ConflictError where it asks nobody as it is.
    """
    organisation = acting_for(db, actor, Power.ASSIGN)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = own_rule(db, organisation.org_id, rule_id)
    if not assigning.is_open(row, now):
        raise ConflictError(
            "这条指派已经不再指派新的人。", code="rule_over", remedy="已经指派的要收回，请用“撤回”"
        )
    row.ended_at = now
    audit.record(
        db, "assignment.rule_ended", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id,
    )  # fmt: skip


def withdraw(db: Session, actor: Actor, rule_id: str, *, now: dt.datetime) -> None:
    """Stop a rule and take back what it asked for; hours and enrolments stay the persons' own.

    The first people at once, the worker the others. Raises NotFoundError, ConflictError where it
    is withdrawn already.
    """
    organisation = acting_for(db, actor, Power.ASSIGN)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = own_rule(db, organisation.org_id, rule_id)
    if row.withdrawn_at is not None:
        raise ConflictError("这条指派已经撤回。", code="rule_over", remedy="请刷新页面")
    row.withdrawn_at = now
    audit.record(
        db, "assignment.rule_withdrawn", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id, course_id=row.course_id,
    )  # fmt: skip
    if assigning.take_back_piece(db, row, now=now):
        outbox.enqueue(
            db, assigning.TAKE_BACK, now=now, key=f"{assigning.TAKE_BACK}:{row.id}",
            rule_id=row.id,
        )  # fmt: skip
