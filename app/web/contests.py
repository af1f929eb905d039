"""Pages of an organisation's contests: the list, one contest, entering it, its rounds, results."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.errors import NotFoundError
from app.identity.rules.actors import Actor
from app.learning.rules.blueprints import MOST_SECTIONS, Section
from app.learning.rules.contests import (
    AUDIENCE_NAMES,
    KIND_NAMES,
    STATE_NAMES,
    Audience,
    ContestKind,
    ContestState,
)
from app.learning.rules.exam_items import KIND_NAMES as ITEM_NAMES
from app.learning.services.contest_ranking import Results
from app.learning.services.contest_views import BankChoice, ContestView, RoundView
from app.lobby.deps import Agent, Now, PartsDep, ReadDb
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.rules.duties import Power, may
from app.org.services import contest_audience, contest_desk, organisations
from app.org.services.contest_audience import Choices
from app.org.services.contest_desk import PersonResult
from app.org.services.organisations import duty_in
from app.org.services.paging import Page, cut
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
_STATES = [("", "全部"), *((state.value, STATE_NAMES[state]) for state in ContestState)]
_KINDS = [(kind.value, KIND_NAMES[kind]) for kind in ContestKind]
_AUDIENCES = [(each.value, AUDIENCE_NAMES[each]) for each in Audience]
_SPARE = 2
_EMPTY = Section(title="", count=0, points=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestsPage:
    found: Page[ContestView]
    pager: Pager
    query: str
    state: str
    states: list[tuple[str, str]]
    may_hold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """`view` is None for a new one."""

    view: ContestView | None
    kinds: list[tuple[str, str]]
    audiences: list[tuple[str, str]]
    choices: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestPage:
    """`is_own_work`: the caller wrote on it, so another person publishes it where it is a race."""

    view: ContestView
    meant: list[str]
    may_hold: bool
    is_own_work: bool
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPage:
    """`held` is None for a new round; `rows` are its sections and empty ones to fill."""

    view: ContestView
    held: RoundView | None
    rows: tuple[Section, ...]
    banks: tuple[BankChoice, ...]
    names: dict[str, str]
    chapters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage:
    view: ContestView
    held: RoundView
    found: Results
    people: Page[PersonResult]
    pager: Pager
    query: str
    may_hold: bool


def _may_hold(db: ReadDb, actor: Actor) -> bool:
    organisation = organisations.acting_for(db, actor, Power.SEE_PROGRESS)
    is_active = organisation.suspend_reason is None
    return is_active and may(duty_in(actor, organisation.org_id), Power.HOLD_CONTESTS)


@router.get("/contests")
def list_contests(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    q: SearchText = "",
    state: Annotated[str, Query(pattern=r"^[a-z]{0,10}$")] = "",
    page: PageNumber = 1,
) -> HTMLResponse:
    """The contests of the organisation, the newest first."""
    text = q.strip()
    found = cut(
        [
            each for each in contest_desk.list_own(db, actor)
            if text in each.title and state in {"", each.state.value}
        ],
        page,
    )  # fmt: skip
    view = ContestsPage(
        found=found, query=q, state=state, states=_STATES, may_hold=_may_hold(db, actor),
        pager=pager("/employer/contests", found.page, found.pages, q=q, state=state),
    )  # fmt: skip
    return render(request, "employer/contests.html", view)


@router.get("/new-contest")
def new_contest(request: Request, actor: Agent, db: ReadDb) -> HTMLResponse:
    """Enter a contest."""
    org_id = organisations.acting_for(db, actor, Power.HOLD_CONTESTS).org_id
    return render(request, "employer/contest_form.html", _card(db, org_id, None))


def _card(db: ReadDb, org_id: str, view: ContestView | None) -> CardPage:
    return CardPage(
        view=view, kinds=_KINDS, audiences=_AUDIENCES,
        choices=contest_audience.choices(db, org_id),
    )  # fmt: skip


@router.get("/contests/{contest_id}/card")
def change_contest(request: Request, contest_id: RowId, actor: Agent, db: ReadDb) -> HTMLResponse:
    """Write a draft anew."""
    org_id = organisations.acting_for(db, actor, Power.HOLD_CONTESTS).org_id
    view = contest_desk.one(db, actor, contest_id)
    return render(request, "employer/contest_form.html", _card(db, org_id, view))


@router.get("/contests/{contest_id}")
def one_contest(
    request: Request, contest_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """What a contest says, its rounds, and what can be done."""
    view = contest_desk.one(db, actor, contest_id)
    known = contest_audience.choices(db, view.org_id)
    code = f"?code={view.link_code}" if view.audience is Audience.LINK else ""
    page = ContestPage(
        view=view, meant=known.names(view.audience_ids), may_hold=_may_hold(db, actor),
        is_own_work=actor.learner_id in view.writers,
        address=f"{parts.settings.public_url}/me/contests/{contest_id}{code}",
    )  # fmt: skip
    return render(request, "employer/contest.html", page)


@router.get("/contests/{contest_id}/new-round")
def new_round(request: Request, contest_id: RowId, actor: Agent, db: ReadDb) -> HTMLResponse:
    """Add a round."""
    return render(request, "employer/contest_round.html", _round_page(db, actor, contest_id, None))


@router.get("/contests/{contest_id}/rounds/{round_id}")
def one_round(
    request: Request, contest_id: RowId, round_id: RowId, actor: Agent, db: ReadDb
) -> HTMLResponse:
    """Write a round of a draft anew."""
    return render(
        request, "employer/contest_round.html", _round_page(db, actor, contest_id, round_id)
    )


def _round_page(db: ReadDb, actor: Actor, contest_id: str, round_id: str | None) -> RoundPage:
    view = contest_desk.one(db, actor, contest_id)
    banks = contest_desk.bank_choices(db, actor)
    held = _held(view, round_id) if round_id is not None else None
    rows = (*(held.sections if held else ()), *(_EMPTY,) * _SPARE)[:MOST_SECTIONS]
    return RoundPage(
        view=view, held=held, rows=rows, banks=banks,
        names={kind.value: name for kind, name in ITEM_NAMES.items()},
        chapters=tuple(sorted({one for each in banks for one in each.chapters})),
    )  # fmt: skip


def _held(view: ContestView, round_id: str) -> RoundView:
    found = next((each for each in view.rounds if each.round_id == round_id), None)
    if found is None:
        raise NotFoundError("没有这一场。", remedy="请刷新页面")
    return found


@router.get("/contests/{contest_id}/rounds/{round_id}/results")
def results(
    *,
    request: Request,
    contest_id: RowId,
    round_id: RowId,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    q: SearchText = "",
    page: PageNumber = 1,
) -> HTMLResponse:
    """How a round stands: who has answered, what a ranking waits for, the ranking."""
    view = contest_desk.one(db, actor, contest_id)
    held = _held(view, round_id)
    told = contest_desk.results(db, parts.vault, actor, contest_id, round_id, now=now)
    people = cut([each for each in told.people if q.strip() in each.name], page)
    address = f"/employer/contests/{contest_id}/rounds/{round_id}/results"
    shown = ResultsPage(
        view=view, held=held, found=told.found, people=people, query=q,
        pager=pager(address, people.page, people.pages, q=q), may_hold=_may_hold(db, actor),
    )  # fmt: skip
    return render(request, "employer/contest_results.html", shown)
