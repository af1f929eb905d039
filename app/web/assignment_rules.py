"""Pages of assignments: to chosen people, by rule with a look at whom, the list, one rule."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.certs.providers.type_table import read_types
from app.core.listing import Piece
from app.identity.rules.local_days import local_day
from app.learning.rules.entry import Entry
from app.learning.services import catalogue
from app.learning.services.catalogue import CourseView
from app.lobby.deps import Agent, Now, PartsDep, ReadDb
from app.lobby.lists import AskedList
from app.lobby.paths import Id, RowId
from app.lobby.sought import SearchText
from app.org.providers.reference import Purpose, read_purposes
from app.org.rules.assigning import (
    AIM_NAMES,
    MOST_EXPIRING_DAYS,
    MOST_NEW_DAYS,
    STATE_NAMES,
    Aim,
    RuleState,
)
from app.org.services import positions, rule_views, staff_views, tags, units
from app.org.services.paging import Page
from app.org.services.rule_views import MetView, RuleView
from app.org.services.staff_views import StaffView
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)
MOST_CHOSEN = 200
"""At once, person by person: an address holds no more. Whole units are asked by a rule."""
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class AssignPage:
    """Some of the roster to choose from, beside who is chosen already, and what was filled in."""

    found: Piece[StaffView]
    chosen: tuple[StaffView, ...]
    query: str
    course_id: str
    purpose: str
    due_on: str
    courses: tuple[CourseView, ...]
    purposes: tuple[Purpose, ...]
    today: str

    @property
    def others(self) -> list[StaffView]:
        """Who was found and is not chosen yet."""
        chosen = {each.staff_id for each in self.chosen}
        return [each for each in self.found.items if each.staff_id not in chosen]


@dataclass(frozen=True, slots=True)
class RulePage:
    """What a rule can be made of; `kinds` are certificates by the name that is printed."""

    courses: tuple[CourseView, ...]
    purposes: tuple[Purpose, ...]
    aims: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    units: tuple[str, ...]
    positions: tuple[str, ...]
    tags: tuple[str, ...]
    today: str
    most_new_days: int
    most_expiring_days: int


@dataclass(frozen=True, slots=True)
class RulesPage:
    found: Page[RuleView]
    query: str
    state: str
    by_course: bool
    states: tuple[tuple[str, str], ...]
    pager: Pager

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query.strip() or self.state)


@dataclass(frozen=True, slots=True)
class OneRulePage:
    rule: RuleView
    purpose: str
    met: Page[MetView]
    pager: Pager


def every_course(db: ReadDb, now: dt.datetime) -> list[CourseView]:
    """Every course that is open, to choose from."""
    found, total = catalogue.list_courses(db, query="", cluster_code=None, page=1, now=now)
    courses = list(found)
    while found and len(courses) < total:
        page = len(courses) // len(found) + 1
        more, _ = catalogue.list_courses(db, query="", cluster_code=None, page=page, now=now)
        if not more:
            break
        courses += more
    return courses


def _to_ask_for(db: ReadDb, now: dt.datetime) -> tuple[CourseView, ...]:
    """Those that let somebody new in."""
    return tuple(each for each in every_course(db, now) if each.entry is Entry.OPEN)


@router.get("/assign")
def assign(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    asked: AskedList,
    q: SearchText = "",
    staff_ids: Annotated[list[Id] | None, Query(max_length=MOST_CHOSEN)] = None,
    course_id: Annotated[str, Query(max_length=26)] = "",
    purpose: Annotated[str, Query(max_length=20)] = "",
    due_on: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """Ask chosen people to study a course by a day, and say what for.

    They are looked for as on the roster; the address keeps who is chosen and what was filled in.
    """
    view = AssignPage(
        found=staff_views.list_staff(db, parts.vault, actor, asked, query=q),
        chosen=tuple(staff_views.chosen_staff(db, parts.vault, actor, staff_ids or [])),
        query=q, course_id=course_id, purpose=purpose, due_on=due_on,
        courses=_to_ask_for(db, now),
        purposes=read_purposes(parts.settings.reference_dir),
        today=local_day(now).isoformat(),
    )  # fmt: skip
    return render(request, "employer/assign.html", view)


@router.get("/assign/rule")
def new_rule(request: Request, actor: Agent, db: ReadDb, parts: PartsDep, now: Now) -> HTMLResponse:
    """Ask a unit, a position, a tag, new people, or holders of certificates that end."""
    folder = parts.settings.reference_dir
    courses = _to_ask_for(db, now)
    kinds = tuple((k.name, k.name) for k in read_types(folder).kinds if k.issued_here)
    view = RulePage(
        courses=tuple(courses), purposes=read_purposes(folder),
        aims=tuple((aim.value, AIM_NAMES[aim]) for aim in Aim if aim is not Aim.PERSONS),
        kinds=kinds, units=tuple(units.words_of_all(db, actor)),
        positions=tuple(positions.names_of_all(db, actor)),
        tags=tuple(each.name for each in tags.every_tag(db, actor)),
        today=local_day(now).isoformat(), most_new_days=MOST_NEW_DAYS,
        most_expiring_days=MOST_EXPIRING_DAYS,
    )  # fmt: skip
    return render(request, "employer/assign_rule.html", view)


@router.get("/assignment-rules")
def list_rules(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    now: Now,
    q: SearchText = "",
    state: Annotated[str, Query(max_length=20)] = "",
    by_course: bool = False,
    page: PageNumber = 1,
) -> HTMLResponse:
    """What was asked by rule."""
    wanted = RuleState(state) if state in STATE_NAMES else None
    found = rule_views.list_rules(
        db, actor, query=q, state=wanted, by_course=by_course, page=page, now=now
    )
    links = pager(
        "/employer/assignment-rules", found.page, found.pages, q=q, state=wanted or "",
        by_course="true" if by_course else "",
    )  # fmt: skip
    states = (("", "全部"), *((each.value, name) for each, name in STATE_NAMES.items()))
    view = RulesPage(found, q, wanted or "", by_course, states, links)
    return render(request, "employer/assignment_rules.html", view)


@router.get("/assignment-rules/{rule_id}")
def one_rule(
    *,
    request: Request,
    rule_id: RowId,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    page: PageNumber = 1,
) -> HTMLResponse:
    """One rule: whom it met, stopping it, withdrawing it."""
    rule = rule_views.one_rule(db, actor, rule_id, now=now)
    met = rule_views.met_by(db, parts.vault, actor, rule_id, page=page)
    names = {each.code: each.name for each in read_purposes(parts.settings.reference_dir)}
    links = pager(f"/employer/assignment-rules/{rule_id}", met.page, met.pages)
    view = OneRulePage(rule, names.get(rule.purpose, rule.purpose), met, links)
    return render(request, "employer/assignment_rule.html", view)
