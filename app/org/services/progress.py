"""The employer's table: every person and every course asked of them, and how it stands."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.identity.rules.actors import Actor
from app.learning.services import catalogue, sessions
from app.learning.services.progress import CompletionFacts, completion_facts
from app.org.repository import assignments as assignment_rows
from app.org.repository.assignments import MemberRow
from app.org.rules.deadlines import PROGRESS_NAMES, Progress, progress_of
from app.org.rules.duties import Power
from app.org.services import rounds
from app.org.services.assignments import local_day
from app.org.services.organisations import acting_for
from app.org.services.paging import Page, cut
from app.org.services.rounds import Round
from app.org.services.staff_views import names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressFilter:
    """Which rows of the table are wanted; None means all."""

    course_id: str | None = None
    staff_id: str | None = None
    state: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRow:
    staff_id: str
    name: str
    unit: str
    course_id: str
    course_title: str
    round: int
    due_on: dt.date | None
    """None for a round that nobody asked for: the person renews by themselves."""
    state: Progress
    state_name: str
    confirmed_ms: int
    pending_ms: int
    required_ms: int | None
    """None before the person has joined: what is asked is set then."""
    idle_days: int
    """Whole days since the round was last studied, or since it was asked, joined and begun."""
    exam_passed: bool
    completed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ProgressTable:
    """One page of rows, and how many rows of the whole table stand in each state."""

    rows: Page[ProgressRow]
    counts: dict[Progress, int]


def progress_table(
    db: Session,
    vault: Vault,
    actor: Actor,
    wanted: ProgressFilter,
    *,
    org_id: str | None = None,
    page: int = 1,
    now: dt.datetime,
) -> ProgressTable:
    """Show how the organisation's assignments stand today, the nearest deadline first."""
    rows = progress_rows(db, vault, actor, wanted, org_id=org_id, now=now)
    counts = Counter(row.state for row in rows)
    shown = [row for row in rows if wanted.state in (None, row.state)]
    return ProgressTable(cut(shown, page), {state: counts[state] for state in Progress})


def progress_rows(
    db: Session,
    vault: Vault,
    actor: Actor,
    wanted: ProgressFilter,
    *,
    org_id: str | None = None,
    now: dt.datetime,
) -> list[ProgressRow]:
    """Every row of some courses and people in whatever state, the nearest deadline first."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS, org_id).org_id
    members = assignment_rows.list_member_rows(
        db, own_id, course_id=wanted.course_id, staff_id=wanted.staff_id
    )
    names = names_of(db, vault, [staff for _, _, staff in members])
    return [_row(db, member, names, now=now) for member in members]


def _row(db: Session, found: MemberRow, names: dict[str, str], *, now: dt.datetime) -> ProgressRow:
    member, assignment, staff = found
    seen = rounds.newest(db, member, staff)
    enrolment_id = seen.enrolment_id if seen else None
    due_on = assignment.due_on if seen is None or seen.is_asked else None
    facts = completion_facts(db, enrolment_id) if enrolment_id else None
    totals = sessions.totals(db, enrolment_id, now=now) if enrolment_id else None
    state = progress_of(
        due_on=due_on, today=local_day(now), is_done=_is_done(facts), has_joined=seen is not None
    )
    return ProgressRow(
        staff_id=staff.id,
        name=names[staff.id],
        unit=staff.unit,
        course_id=assignment.course_id,
        course_title=catalogue.course_title(db, assignment.course_id),
        round=seen.number if seen else member.round,
        due_on=due_on,
        state=state,
        state_name=PROGRESS_NAMES[state],
        confirmed_ms=facts.confirmed_ms if facts else 0,
        pending_ms=totals.pending_ms if totals else 0,
        required_ms=facts.required_ms if facts else None,
        idle_days=(now - _last_step(db, found, seen)).days,
        exam_passed=facts is not None and facts.exam_passed,
        completed_at=facts.completed_at if facts else None,
    )


def _last_step(db: Session, found: MemberRow, seen: Round | None) -> dt.datetime:
    member, _, staff = found
    studied_at = sessions.last_studied(db, seen.enrolment_id) if seen else None
    asked_at = max(member.assigned_at, staff.joined_at or staff.invited_at)
    if seen is not None:
        asked_at = max(asked_at, seen.started_at)
    return studied_at or asked_at


def _is_done(facts: CompletionFacts | None) -> bool:
    return facts is not None and facts.exam_passed and facts.confirmed_ms >= facts.required_ms
