"""An employer's matrix: people and courses with their lights, and what lies behind one cell."""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.lobby.deps import Agent, Now, PartsDep, ReadDb
from app.lobby.matrix_query import ALL, Asked, AtPlace, query_of
from app.lobby.paths import RowId
from app.org.rules.deadlines import Progress
from app.org.rules.matrix import SORT_NAMES, STATE_NAMES, State, Wanted
from app.org.services import drilldown, matrix
from app.org.services.drilldown import CellView
from app.org.services.matrix import Choices, Matrix
from app.web.rendering import render

router = APIRouter(prefix="/employer/progress", include_in_schema=False)
_HERE = "/employer/progress"


@dataclass(frozen=True, slots=True)
class Pill:
    """A state to be chosen, with how many cells stand so; None where that is no running total."""

    text: str
    href: str
    shares: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class MatrixPage:
    matrix: Matrix
    wanted: Wanted
    choices: Choices
    pills: tuple[Pill, ...]
    sorts: tuple[tuple[str, str], ...]
    previous_href: str
    next_href: str
    every_href: str
    files_query: str


@router.get("")
def show_matrix(
    *, request: Request, actor: Agent, asked: Asked, place: AtPlace, db: ReadDb, parts: PartsDep,
    now: Now,
) -> HTMLResponse:  # fmt: skip
    """How everybody stands in every course; filters, columns and order are in the address."""
    sheet = matrix.sheet_of(db, parts.vault, actor, asked, now=now)
    found = matrix.page(db, parts.vault, sheet, place)
    view = MatrixPage(
        found, asked, matrix.choices(db, sheet), _pills(asked, found),
        tuple((each.value, name) for each, name in SORT_NAMES.items()),
        _href(asked, before=found.lines[0].staff_id) if found.has_before and found.lines else "",
        _href(asked, after=found.lines[-1].staff_id) if found.has_after and found.lines else "",
        _href(replace(asked, courses=(ALL,))), query_of(asked),
    )  # fmt: skip
    return render(request, "employer/matrix.html", view)


def _href(asked: Wanted, **more: str) -> str:
    query = query_of(asked, **more)
    return f"{_HERE}?{query}" if query else _HERE


def _pills(asked: Wanted, found: Matrix) -> tuple[Pill, ...]:
    """All, and each state; a count only where the running totals know it."""
    is_total = not (asked.position or asked.tag or asked.text)
    pills = [Pill("全部", _href(replace(asked, state=None)), None, asked.state is None)]
    for state, name in STATE_NAMES.items():
        counted = is_total and state is not State.NOT_ASKED
        shares = found.counts[Progress(state.value)] if counted else None
        href = _href(replace(asked, state=state))
        pills.append(Pill(name, href, shares, asked.state is state))
    return tuple(pills)


@router.get("/{staff_id}/{course_id}")
def show_cell(
    *, request: Request, staff_id: RowId, course_id: RowId, actor: Agent, db: ReadDb,
    parts: PartsDep, now: Now,
) -> HTMLResponse:  # fmt: skip
    """What lies behind one cell: recognised hours by day, and why others were not."""
    view: CellView = drilldown.cell(db, parts.vault, actor, staff_id, course_id, now=now)
    return render(request, "employer/cell.html", view)
