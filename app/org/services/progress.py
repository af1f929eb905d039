"""How shares of assignments stand, one line each: the list, and what an employer has to do today.

Read from what is kept of each share (`standings.py`) and its running totals: never all of them.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.learning.services import catalogue, steps
from app.learning.services.progress import among_doubted
from app.org.models.assignments import AssignmentMember
from app.org.models.staff import StaffMember
from app.org.repository import matrix as matrix_rows
from app.org.repository import shares as rows
from app.org.repository import standings as standing_rows
from app.org.repository.shares import Bucket, ShareRow
from app.org.rules.deadlines import IDLE, PROGRESS_NAMES, SOON, Progress
from app.org.rules.duties import Power
from app.org.rules.standings import Standing, progress_on
from app.org.services.organisations import OrganisationView, acting_for
from app.org.services.paging import SIZE, Page
from app.org.services.staff_views import names_of

MOST_COUNTED = 1000
"""Whoever stands still is counted up to here: how many follows from the day, and is no total."""


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
    learner_id: str | None = None
    """None before the person has joined, as the enrolment is."""
    enrolment_id: str | None = None
    is_held: bool = False
    """Nothing is confirmed at present: a check of who it is was not passed."""


@dataclass(frozen=True, slots=True)
class ProgressTable:
    """One page of rows, and how many rows of the whole table stand in each state."""

    rows: Page[ProgressRow]
    counts: dict[Progress, int]


@dataclass(frozen=True, slots=True)
class PressingRows:
    """The first rows of a list, and how many there are; `is_more` where that is the least."""

    rows: tuple[ProgressRow, ...]
    total: int
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class ToDo:
    """Three lists of an employer's day. `is_fresh`: nothing was ever asked of anybody here."""

    organisation: OrganisationView
    overdue: PressingRows
    soon: PressingRows
    idle: PressingRows
    done: int
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    """What rows are read with: the days of the assignments that they are of."""

    db: Session
    vault: Vault
    now: dt.datetime
    due: dict[str, dt.date]

    @property
    def today(self) -> dt.date:
        return local_day(self.now)


@dataclass(frozen=True, slots=True)
class Desk(_Reading):
    """A whole employer's: every assignment, and how many shares of it stand how."""

    totals: dict[Bucket, int]

    def buckets(self, progress: Progress) -> list[Bucket]:
        """Where shares that stand so are kept, the nearest deadline first."""
        return [
            bucket for bucket in self.totals
            if progress_on(Standing(bucket[1]), self.due[bucket[0]], self.today) is progress
        ]  # fmt: skip

    def count(self, progress: Progress) -> int:
        return sum(self.totals[bucket] for bucket in self.buckets(progress))


def desk_of(db: Session, vault: Vault, org_id: str, now: dt.datetime) -> Desk:
    """Every assignment of an employer, with its running totals."""
    due = {row.id: row.due_on for row in matrix_rows.asked_by(db, org_id)}
    found = {(where, how): n for where, how, n in matrix_rows.totals(db, list(due), None)}
    place = {assignment_id: number for number, assignment_id in enumerate(due)}
    ordered = sorted(found, key=lambda bucket: (place[bucket[0]], bucket[1]))
    return Desk(db, vault, now, due, {bucket: found[bucket] for bucket in ordered})


def progress_table(
    db: Session,
    vault: Vault,
    actor: Actor,
    *,
    org_id: str | None = None,
    page: int = 1,
    now: dt.datetime,
) -> ProgressTable:
    """Show how the organisation's assignments stand today, the nearest deadline first."""
    desk = desk_of(db, vault, acting_for(db, actor, Power.SEE_PROGRESS, org_id).org_id, now)
    total = sum(desk.totals.values())
    shown = _some(desk, desk.totals, skip=(page - 1) * SIZE, most=SIZE)
    counts = {state: desk.count(state) for state in Progress}
    lines = tuple(lines_of(desk, shown))
    return ProgressTable(Page(lines, page, total), counts)


def to_do(db: Session, vault: Vault, actor: Actor, *, most: int, now: dt.datetime) -> ToDo:
    """Who is late, who is soon, and who stands still though no deadline presses."""
    organisation = acting_for(db, actor, Power.SEE_PROGRESS)
    desk = desk_of(db, vault, organisation.org_id, now)

    def pressing(state: Progress) -> PressingRows:
        shown = _some(desk, desk.buckets(state), skip=0, most=most)
        return PressingRows(tuple(lines_of(desk, shown)), desk.count(state))

    return ToDo(
        organisation, pressing(Progress.OVERDUE), pressing(Progress.DUE_SOON), _idle(desk, most),
        desk.count(Progress.DONE), is_fresh=not desk.totals,
    )  # fmt: skip


def open_rows(db: Session, vault: Vault, org_id: str, *, now: dt.datetime) -> list[ProgressRow]:
    """Everybody in every course who is not through, the nearest deadline first."""
    desk = desk_of(db, vault, org_id, now)
    still = [
        bucket for bucket in desk.totals if bucket[1] != Standing.DONE and desk.totals[bucket] > 0
    ]  # fmt: skip
    found = [
        row for bucket in still
        for row in rows.shares_in(db, bucket, skip=0, most=desk.totals[bucket])
    ]  # fmt: skip
    return list(lines_of(desk, found))


def rows_of(
    db: Session, vault: Vault, staff: Sequence[StaffMember], *, now: dt.datetime
) -> list[ProgressRow]:
    """How the shares of some people stand that their employer may see."""
    people = {each.id: each for each in staff}
    counted = [
        (share, people[share.staff_id]) for share in standing_rows.shares_of(db, sorted(people))
        if share.standing != Standing.OUT
    ]  # fmt: skip
    due = standing_rows.due_days(db, sorted({share.assignment_id for share, _ in counted}))
    return list(lines_of(_Reading(db, vault, now, due), counted))


def _some(desk: Desk, buckets: Iterable[Bucket], *, skip: int, most: int) -> list[ShareRow]:
    """Some rows of buckets in their order; those that are skipped are skipped by their totals."""
    found: list[ShareRow] = []
    for bucket in buckets:
        if len(found) == most:
            break
        if skip >= desk.totals[bucket]:
            skip -= desk.totals[bucket]
            continue
        found += rows.shares_in(desk.db, bucket, skip=skip, most=most - len(found))
        skip = 0
    return found


def _idle(desk: Desk, most: int) -> PressingRows:
    """The longest silence first; a few of each assignment are looked at, not all of any."""
    before = desk.now - IDLE
    still = [
        bucket for bucket in desk.buckets(Progress.STUDYING)
        if bucket[1] == Standing.FREE or desk.due[bucket[0]] > desk.today + SOON
    ]  # fmt: skip
    steps_of: list[tuple[dt.datetime, str]] = []
    total = 0
    for bucket in still:
        steps_of += rows.idle_in(desk.db, bucket, before, most)
        if total <= MOST_COUNTED:
            total += rows.count_idle(desk.db, bucket, before, MOST_COUNTED + 1 - total)
    ids = [share_id for _, share_id in sorted(steps_of)[:most]]
    found = rows.shares_by_ids(desk.db, ids)
    shown = tuple(lines_of(desk, found))
    return PressingRows(shown, min(total, MOST_COUNTED), is_more=total > MOST_COUNTED)


def lines_of(
    desk: _Reading,
    found: Sequence[ShareRow | tuple[AssignmentMember, StaffMember]],
    *,
    is_named: bool = True,
) -> Iterable[ProgressRow]:
    """Shares in words, with a few questions for all of them; without names where none is shown."""
    studied = _studied(desk, [share for share, _ in found])
    learners = {staff.learner_id for share, staff in found if share.id in studied}
    doubted = among_doubted(desk.db, sorted(each for each in learners if each is not None))
    people = [staff for _, staff in found] if is_named else []
    names = names_of(desk.db, desk.vault, people)
    titles = catalogue.titles(desk.db, sorted({share.course_id for share, _ in found}))
    for share, staff in found:
        standing, day = Standing(share.standing), desk.due[share.assignment_id]
        enrolment_id, pending_ms = studied.get(share.id, (None, 0))
        state = progress_on(standing, day, desk.today)
        yield ProgressRow(
            staff_id=staff.id,
            name=names.get(staff.id, ""),
            unit=staff.unit,
            course_id=share.course_id,
            course_title=titles[share.course_id],
            round=share.seen_round,
            due_on=None if standing is Standing.FREE else day,
            state=state,
            state_name=PROGRESS_NAMES[state],
            confirmed_ms=share.confirmed_ms,
            pending_ms=pending_ms,
            required_ms=share.required_ms,
            idle_days=(desk.now - (share.stepped_at or desk.now)).days,
            exam_passed=share.exam_passed,
            completed_at=share.completed_at,
            learner_id=staff.learner_id if enrolment_id is not None else None,
            enrolment_id=enrolment_id,
            is_held=enrolment_id is not None and staff.learner_id in doubted,
        )


def _studied(
    desk: _Reading, found: Sequence[AssignmentMember]
) -> dict[str, tuple[str, int]]:  # fmt: skip
    """By share the enrolment of its newest round, and what waits there for a check.

    That changes with every beat, so it is read for the rows that are shown.
    """
    begun = {
        share.id: share.enrolment_id for share in found
        if share.enrolment_id is not None and share.required_ms is not None
    }  # fmt: skip
    newest = steps.newest(desk.db, sorted(set(begun.values())))
    ids = {share_id: newest[enrolment_id].enrolment_id for share_id, enrolment_id in begun.items()}
    pending = steps.pending_ms(desk.db, sorted(set(ids.values())))
    return {
        share_id: (enrolment_id, pending[enrolment_id]) for share_id, enrolment_id in ids.items()
    }
