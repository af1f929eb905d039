"""Pages of an employer's roster as a whole: importing it, and what an import would do or did."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.core.listing import Piece
from app.lobby.deps import Agent, Now, ReadDb
from app.lobby.lists import AskedList
from app.lobby.paths import PageNumber, RowId
from app.lobby.sought import SearchText
from app.org.providers.roster_files import MOST_BYTES
from app.org.rules.imports import Finding, ImportState
from app.org.rules.rosters import HEADINGS, MOST_LINES
from app.org.services import imports
from app.org.services.imports import FindingView, ImportView
from app.org.services.paging import Page
from app.web.lists import ListLinks, list_links
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)


_SORTS = {"file": "文件", "state": "状态", "-lines": "行数", "-made": "时间"}


@dataclass(frozen=True, slots=True)
class ImportsPage:
    found: Piece[ImportView]
    links: ListLinks
    query: str
    columns: tuple[str, ...]
    most_lines: int
    most_bytes: int


@dataclass(frozen=True, slots=True)
class ImportPage:
    """`kind` is which list is shown; both counts stand in the import itself."""

    view: ImportView
    findings: Page[FindingView]
    kind: Finding
    pager: Pager
    states: type[ImportState] = ImportState
    kinds: type[Finding] = Finding


@router.get("/imports")
def list_imports(
    *, request: Request, actor: Agent, db: ReadDb, now: Now, asked: AskedList,
    q: SearchText = "",
) -> HTMLResponse:  # fmt: skip
    """Bring a roster, and what was brought before."""
    found = imports.list_imports(db, actor, asked, query=q, now=now)
    links = list_links("/employer/imports", found, _SORTS, q=q.strip())
    view = ImportsPage(found, links, q, tuple(HEADINGS.values()), MOST_LINES, MOST_BYTES)
    return render(request, "employer/imports.html", view)


@router.get("/imports/{import_id}")
def one_import(
    *,
    request: Request,
    import_id: RowId,
    actor: Agent,
    db: ReadDb,
    now: Now,
    kind: Finding = Finding.FAULT,
    page: PageNumber = 1,
) -> HTMLResponse:
    """What an import would do, cell by cell; or what it did."""
    view = imports.view(db, actor, import_id, now=now)
    found = imports.findings(db, actor, import_id, kind, page=page)
    pages = pager(f"/employer/imports/{import_id}", found.page, found.pages, kind=kind.value)
    return render(request, "employer/import.html", ImportPage(view, found, kind, pages))
