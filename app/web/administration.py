"""The desks of the three administrators."""

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.audit import Wanted
from app.core.listing import Piece
from app.identity.rules.actors import Role
from app.identity.rules.administrators import (
    GRANTED,
    ROLE_NAMES,
    Change,
    clashing,
    is_watched,
    needs_second,
)
from app.identity.rules.event_names import TOPICS, event_name, fact_name
from app.identity.services import administrators, audit_trail
from app.identity.services.administrators import StaffFile, WaitingChange
from app.identity.services.audit_trail import EventLine
from app.identity.services.company_trips import return_url_of
from app.lobby.days import DAY_OR_NONE, beginning_of
from app.lobby.deps import (
    AuditAdmin,
    Now,
    PartsDep,
    ReadDb,
    SecurityAdmin,
    SystemAdmin,
)
from app.lobby.lists import AskedList
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.services import administration
from app.org.services.administration import OrganisationFile
from app.org.services.organisations import OrganisationView
from app.web.lists import ListLinks, list_links
from app.web.rendering import render

router = APIRouter(include_in_schema=False)
Day = Annotated[str, Query(pattern=DAY_OR_NONE)]


@dataclass(frozen=True, slots=True)
class SecurityPage:
    waiting: tuple[WaitingChange, ...]
    account_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """`held` are the roles that are taken back here, `free` those that can be given.

    `takes_two`: their ways in are shut only once another security administrator confirms.
    `waiting`: what was proposed for them and is not confirmed.
    """

    file: StaffFile
    waiting: tuple[WaitingChange, ...]
    is_own: bool
    takes_two: bool
    names: dict[Role, str]
    held: tuple[tuple[str, str], ...]
    free: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """`facts` are an event's own, as text, by its id; `names` of events by their code."""

    lines: tuple[EventLine, ...]
    event: str
    actor: str
    subject: str
    since: str
    until: str
    facts: dict[str, str]
    names: dict[str, str]
    topics: tuple[tuple[str, str], ...]
    links: ListLinks


_EVENTS_BY = {"-at": "时间"}
_ORGANISATIONS_BY = {"name": "名称", "kind": "类别", "uscc": "统一社会信用代码"}


@dataclass(frozen=True, slots=True)
class OrganisationsPage:
    found: Piece[OrganisationView]
    query: str
    links: ListLinks


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """`return_url` is what the organisation's own sign-in has to lead back to."""

    file: OrganisationFile
    account_id: str
    return_url: str


@router.get("/security")
def security(request: Request, actor: SecurityAdmin, db: ReadDb, parts: PartsDep) -> HTMLResponse:
    """Find a person; what waits for a second security administrator."""
    page = SecurityPage(administrators.waiting(db, parts.vault), actor.account_id)
    return render(request, "administration/security.html", page)


@router.get("/security/people/{person_id}")
def person(
    *, request: Request, person_id: RowId, actor: SecurityAdmin, db: ReadDb, parts: PartsDep,
    now: Now,
) -> HTMLResponse:  # fmt: skip
    """One person: roles, second factor, sign-ins."""
    file = administrators.staff_file(db, parts.vault, person_id, now=now)
    held = {grant.role for grant in file.grants}
    page = PersonPage(
        file=file,
        waiting=tuple(
            each for each in administrators.waiting(db, parts.vault) if each.person_id == person_id
        ),
        is_own=actor.account_id == person_id,
        takes_two=is_watched(held),
        names=ROLE_NAMES,
        held=tuple((each.value, _said(Change.REVOKE, each)) for each in GRANTED if each in held),
        free=tuple(
            (each.value, _said(Change.GRANT, each))
            for each in GRANTED
            if each not in held and clashing(held, each) is None
        ),
    )
    return render(request, "administration/person.html", page)


def _said(change: Change, role: Role) -> str:
    return ROLE_NAMES[role] + ("（要另一人确认）" if needs_second(change, role) else "")


@router.get("/audit")
def audit(
    *,
    request: Request,
    _actor: AuditAdmin,
    db: ReadDb,
    parts: PartsDep,
    asked: AskedList,
    event: SearchText = "",
    actor: Annotated[str, Query(max_length=26)] = "",
    subject: SearchText = "",
    since: Day = "",
    until: Day = "",
) -> HTMLResponse:
    """What everybody did, the newest first."""
    wanted = Wanted(
        event=event, actor_id=actor, subject_id=subject, since=beginning_of(since, "/query/since"),
        until=beginning_of(until, "/query/until", after=1),
    )  # fmt: skip
    found = audit_trail.list_events(db, parts.vault, wanted, asked)
    lines = found.items
    view = AuditPage(
        lines=lines, event=event, actor=actor, subject=subject, since=since,
        until=until, facts={line.event_id: _facts(line) for line in lines},
        names={line.event: event_name(line.event) for line in lines}, topics=_topics(event),
        links=list_links(
            "/audit", found, _EVENTS_BY, event=event, actor=actor, subject=subject, since=since,
            until=until,
        ),
    )  # fmt: skip
    return render(request, "administration/audit.html", view)


@router.get("/system")
def system(
    request: Request,
    _actor: SystemAdmin,
    db: ReadDb,
    asked: AskedList,
    q: SearchText = "",
) -> HTMLResponse:
    """The organisations, and entering another."""
    found = administration.list_organisations(db, q, asked)
    links = list_links("/system", found, _ORGANISATIONS_BY, q=q.strip())
    view = OrganisationsPage(found, q, links)
    return render(request, "administration/system.html", view)


@router.get("/system/organisations/{org_id}")
def organisation(
    request: Request, org_id: RowId, actor: SystemAdmin, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """One organisation and those who act for it."""
    file = administration.organisation_file(db, parts.vault, org_id)
    page = OrganisationPage(
        file, actor.account_id, return_url_of(parts.settings.public_url, org_id)
    )
    return render(request, "administration/organisation.html", page)


def _topics(wanted: str) -> tuple[tuple[str, str], ...]:
    """What the filter offers; one kind of event, where a link led to it."""
    every = (("", "全部"), *TOPICS.items())
    return every if wanted in dict(every) else (*every, (wanted, event_name(wanted)))


def _facts(line: EventLine) -> str:
    return " · ".join(
        f"{fact_name(name)} {_said_of(name, value)}"
        for name, value in sorted(line.facts.items())
        if value is not None
    )


def _said_of(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "role":
        return ROLE_NAMES[Role(str(value))]
    if name == "scope" and value == "*":
        return "全部"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
