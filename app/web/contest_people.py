"""Pages of contests for those who take part, and of published rankings for everybody."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.lobby.deps import CurrentActor, Now, PartsDep, ReadDb
from app.lobby.paths import ID, RowId
from app.org.services import contest_doors
from app.org.services.contest_doors import OwnContest, Ranking
from app.org.services.paging import Page, cut
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(include_in_schema=False)
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class OwnContestsPage:
    found: Page[OwnContest]
    pager: Pager


@dataclass(frozen=True, slots=True)
class OwnContestPage:
    """`code` came with the link; `is_verified`: the caller's name is proven."""

    own: OwnContest
    code: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class RankingPage:
    found: Ranking
    pager: Pager


@router.get("/me/contests")
def own_contests(
    request: Request, actor: CurrentActor, db: ReadDb, now: Now, page: PageNumber = 1
) -> HTMLResponse:
    """The contests that mean the caller, or in which they take part."""
    found = cut(contest_doors.list_own(db, actor, now=now), page)
    links = pager("/me/contests", found.page, found.pages)
    return render(request, "worker/contests.html", OwnContestsPage(found, links))


@router.get("/me/contests/{contest_id}")
def own_contest(
    *,
    request: Request,
    contest_id: RowId,
    actor: CurrentActor,
    db: ReadDb,
    now: Now,
    code: Annotated[str, Query(max_length=40, pattern=r"^[0-9a-f]*$")] = "",
) -> HTMLResponse:
    """One contest: its rules, entering it, its rounds and one's own papers."""
    own = contest_doors.one(db, actor, contest_id, code, now=now)
    page = OwnContestPage(own, code, actor.is_verified)
    return render(request, "worker/contest.html", page)


@router.get("/contests/{contest_id}/ranking")
def ranking(
    *,
    request: Request,
    contest_id: RowId,
    db: ReadDb,
    parts: PartsDep,
    round_id: Annotated[str | None, Query(pattern=ID)] = None,
    page: PageNumber = 1,
) -> HTMLResponse:
    """The published ranking of a round; nobody has to sign in."""
    found = contest_doors.ranking(db, parts.vault, contest_id, round_id, page=page)
    links = pager(
        f"/contests/{contest_id}/ranking", found.lines.page, found.lines.pages,
        round_id=found.round_id,
    )  # fmt: skip
    return render(request, "public/contest_ranking.html", RankingPage(found, links))
