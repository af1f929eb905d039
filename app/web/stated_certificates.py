"""Pages of certificates from elsewhere: as an employer states them, as their person answers."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.lobby.deps import Agent, CurrentActor, Now, PartsDep, ReadDb
from app.lobby.paths import ID_OR_NONE, RowId
from app.org.rules.applications import MOST_LICENCE_BYTES
from app.org.rules.duties import Power, may
from app.org.rules.organisations import StaffState
from app.org.rules.stated_certificates import NOT_HOURS, STATED_BY, StatedState, kinds
from app.org.services import staff_views, stated_certificates, stated_views
from app.org.services.organisations import acting_for, duty_in
from app.org.services.staff_views import StaffView
from app.org.services.stated_views import StatedView
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPage:
    """`before` is the statement that the form puts right; `kinds`: code, name, spelling.

    A suspended organisation may look at the papers, and state nothing.
    """

    line: StaffView
    found: tuple[StatedView, ...]
    before: StatedView | None
    may_look: bool
    may_state: bool
    has_joined: bool
    kinds: tuple[tuple[str, str, str], ...]
    courses: tuple[tuple[str, str], ...]
    most_bytes: int
    not_hours: str = NOT_HOURS
    stated_by: str = STATED_BY
    ended: tuple[StatedState, ...] = (StatedState.WITHDRAWN, StatedState.CORRECTED)


@dataclass(frozen=True, slots=True)
class OwnStatedPage:
    found: tuple[StatedView, ...]
    not_hours: str = NOT_HOURS
    waiting: StatedState = StatedState.WAITING
    confirmed: StatedState = StatedState.CONFIRMED


@router.get("/employer/staff/{staff_id}/certificates")
def list_stated(
    *, request: Request, staff_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep, now: Now,
    corrects: Annotated[str, Query(pattern=ID_OR_NONE)] = "",
) -> HTMLResponse:  # fmt: skip
    """What the employer states of one person; a form for another, or to put one right."""
    line = staff_views.one_staff(db, parts.vault, actor, staff_id)
    found = stated_views.of_staff(db, parts.vault, actor, staff_id, now=now)
    organisation = acting_for(db, actor, Power.SEE_PROGRESS)
    is_keeper = may(duty_in(actor, organisation.org_id), Power.KEEP_STAFF)
    page = StatedPage(
        line=line, found=tuple(found),
        before=next((each for each in found if each.stated_id == corrects), None),
        may_look=is_keeper, may_state=is_keeper and organisation.suspend_reason is None,
        has_joined=line.state is StaffState.JOINED, kinds=tuple(kinds()),
        courses=tuple(stated_certificates.courses_of(db, actor)), most_bytes=MOST_LICENCE_BYTES,
    )  # fmt: skip
    return render(request, "employer/stated_certificates.html", page)


@router.get("/me/stated-certificates")
def list_own(
    request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """What employers state of the caller, to say yes or no to."""
    found = stated_views.list_own(db, parts.vault, actor.learner_id, now=now)
    return render(request, "worker/stated_certificates.html", OwnStatedPage(tuple(found)))
