"""The matrix: every person of an employer and every course asked of them, read from what is kept.

The page, the table and the file of one address show the same rows, columns and words.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import roster, roster_bulk
from app.learning.services import catalogue
from app.org.repository import matrix as rows
from app.org.repository import staff as staff_rows
from app.org.repository.matrix import CellRow, Found, PersonRow
from app.org.rules.deadlines import PROGRESS_NAMES, Progress
from app.org.rules.duties import Power
from app.org.rules.matrix import ALL, COLUMNS, SIZE, Place, Wanted
from app.org.rules.organisations import StaffState
from app.org.rules.standings import (
    LIGHTS,
    Burden,
    Light,
    Standing,
    cell_words,
    progress_of_person,
    progress_on,
)
from app.org.services.organisations import acting_for

NOT_ASKED = "—"
CHOICES = 300


@dataclass(frozen=True, slots=True)
class Column:
    course_id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One person and one course; `progress` is None where it was not asked."""

    course_id: str
    light: Light
    progress: Progress | None
    says: str
    round: int = 1
    due_on: dt.date | None = None
    confirmed_ms: int = 0
    required_ms: int | None = None
    exam_passed: bool = False
    completed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One person: the most pressing of all that is asked of them, and the cells that are shown."""

    staff_id: str
    name: str
    unit: str
    position: str
    progress: Progress | None
    light: Light
    says: str
    asked: int
    done: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A page. `people` is None where a filter leaves more than can be counted while one waits."""

    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    every_column: tuple[Column, ...]
    counts: dict[Progress, int]
    people: int | None
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What a filter can be set to."""

    units: tuple[str, ...]
    positions: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Whose matrix is read, and what does not change from page to page."""

    org_id: str
    wanted: Wanted
    found: Found
    every_column: tuple[Column, ...]
    columns: tuple[Column, ...]


def sheet_of(db: Session, vault: Vault, actor: Actor, wanted: Wanted, *, now: dt.datetime) -> Sheet:
    """Look up what the address means. Raises as `acting_for`, NotFoundError for a course."""
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    asked = rows.asked_by(db, org_id)
    every = _columns(db, [row.course_id for row in asked])
    known = {column.course_id for column in every}
    named = tuple(each for each in wanted.courses if each != ALL)
    if set(named) - known:
        raise NotFoundError("没有指派过这门课。", field="/courses", remedy="请在“选择课程”里重新选")
    shown = every if ALL in wanted.courses else [each for each in every if each.course_id in named]
    found = Found(asked=asked, today=local_day(now))
    if wanted.text.strip():
        named_entries = roster.search(db, vault, org_id, wanted.text.strip())
        found = replace(
            found, roster_ids=sorted(named_entries),
            # On a long roster texts are gone through only where no index found anybody.
            in_texts=not (named_entries and roster.is_long(db, org_id)),
        )  # fmt: skip
    cleaned = replace(wanted, text=wanted.text.strip(), courses=named)
    if cleaned.is_narrowed:
        found = replace(found, few=rows.few(db, org_id, cleaned, found))
    return Sheet(org_id, cleaned, found, tuple(every), tuple(shown or every[:COLUMNS]))


def _columns(db: Session, course_ids: Sequence[str]) -> list[Column]:
    """Each course once, in the order of the nearest day by which it is asked."""
    titles = catalogue.titles(db, course_ids)
    return [Column(each, titles[each]) for each in dict.fromkeys(course_ids)]


def page(db: Session, vault: Vault, sheet: Sheet, place: Place | None) -> Matrix:
    """One page of the matrix, with how many cells stand how in the chosen unit and courses."""
    found = rows.people(db, sheet.org_id, sheet.wanted, sheet.found, place, SIZE + 1)
    is_back = place is not None and place.is_before
    more = len(found) > SIZE
    shown = (found[-SIZE:] if is_back else found[:SIZE]) if more else found
    return Matrix(
        lines=tuple(lines(db, vault, sheet, shown)), columns=sheet.columns,
        every_column=sheet.every_column, counts=counts(db, sheet),
        people=count(db, sheet),
        has_before=more if is_back else place is not None,
        has_after=is_back or more,
    )  # fmt: skip


def count(db: Session, sheet: Sheet) -> int | None:
    """How many people are meant; None where a filter leaves more than two thousand."""
    if not sheet.wanted.is_narrowed:
        return staff_rows.count_staff(db, sheet.org_id)
    return len(sheet.found.few) if sheet.found.few is not None else None


def counts(db: Session, sheet: Sheet) -> dict[Progress, int]:
    """How many cells stand how, from the running totals: of a unit and courses, not of a search."""
    chosen = set(sheet.wanted.courses)
    due = {
        row.id: row.due_on for row in sheet.found.asked if not chosen or row.course_id in chosen
    }  # fmt: skip
    found = dict.fromkeys(Progress, 0)
    units = rows.within(sheet.org_id, sheet.wanted.unit)
    for assignment_id, standing, shares in rows.totals(db, list(due), units):
        progress = progress_on(Standing(standing), due[assignment_id], sheet.found.today)
        found[progress] += shares
    return found


def lines(db: Session, vault: Vault, sheet: Sheet, people: Sequence[PersonRow]) -> Iterator[Line]:
    """Some people with their cells, in their order."""
    ids = [each.id for each in people]
    names = roster_bulk.names(db, vault, [each.roster_id for each in people])
    courses = [column.course_id for column in sheet.columns]
    due = {row.id: row.due_on for row in sheet.found.asked}
    kept: dict[tuple[str, str], CellRow] = {
        (row.staff_id, row.course_id): row for row in rows.cells(db, ids, courses)
    }
    for each in people:
        progress = progress_of_person(_burden(each), sheet.found.today)
        yield Line(
            staff_id=each.id, name=names[each.roster_id], unit=each.unit, position=each.position,
            progress=progress, light=LIGHTS[progress] if progress else Light.GREY,
            says=PROGRESS_NAMES[progress] if progress else NOT_ASKED,
            asked=each.asked_count, done=each.asked_count - each.left_count,
            cells=tuple(
                _cell(kept.get((each.id, course)), course, due, sheet.found.today)
                for course in courses
            ),
        )  # fmt: skip


def _burden(person: PersonRow) -> Burden:
    return Burden(
        asked=person.asked_count, left=person.left_count, next_due_on=person.next_due_on,
        has_joined=person.state == StaffState.JOINED,
    )  # fmt: skip


def _cell(
    row: CellRow | None, course_id: str, due: dict[str, dt.date], today: dt.date
) -> Cell:  # fmt: skip
    if row is None:
        return Cell(course_id=course_id, light=Light.GREY, progress=None, says=NOT_ASKED)
    standing, day = Standing(row.standing), due[row.assignment_id]
    progress = progress_on(standing, day, today)
    due_on = None if standing is Standing.FREE else day
    return Cell(
        course_id=course_id, light=LIGHTS[progress], progress=progress, round=row.seen_round,
        says=cell_words(
            progress, confirmed_ms=row.confirmed_ms, required_ms=row.required_ms, due_on=due_on,
            today=today,
        ),
        due_on=due_on, confirmed_ms=row.confirmed_ms, required_ms=row.required_ms,
        exam_passed=row.exam_passed, completed_at=row.completed_at,
    )  # fmt: skip


def choices(db: Session, sheet: Sheet) -> Choices:
    """What to choose from; of great rosters up to some hundred of each."""
    units, positions = rows.units_and_positions(db, sheet.org_id, CHOICES)
    tags = rows.tags(db, sheet.org_id, CHOICES)
    return Choices(tuple(units), tuple(positions), tuple(tags))


def one(
    db: Session, staff_id: str, course_id: str, org_id: str, *, now: dt.datetime
) -> tuple[Column, Cell]:
    """One cell, of an organisation's own person."""
    due = {row.id: row.due_on for row in rows.asked_by(db, org_id)}
    kept = rows.cells(db, [staff_id], [course_id])
    column = _columns(db, [course_id])[0]
    return column, _cell(kept[0] if kept else None, course_id, due, local_day(now))
