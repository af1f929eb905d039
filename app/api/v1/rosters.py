"""An employer's roster as a whole: template, import in two steps, undoing it, export."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response, status

from app.api.answers import Answer
from app.api.files import TAKES_FILE, XLSX, attached, gives, read_up_to
from app.api.lists import ListOut
from app.api.problems import READING, WRITING, may_raise
from app.core.errors import (
    InvalidError,
    TooManyRequestsError,
)
from app.lobby import limits
from app.lobby.deps import Agent, Db, Now, PartsDep, ReadDb
from app.lobby.letters import ONE_LINE, Body
from app.lobby.lists import AskedList
from app.lobby.paths import PageNumber, RowId
from app.lobby.sought import SearchText
from app.org.providers.roster_files import MOST_BYTES
from app.org.rules.imports import Finding
from app.org.services import import_looking, imports, roster_export

router = APIRouter(prefix="/org", tags=["rosters"])
_NOTHING = status.HTTP_204_NO_CONTENT


class ImportOut(Answer):
    """`percent` is None where it is not known how far the worker is."""

    import_id: str
    file_name: str
    made_at: dt.datetime
    state: str
    state_name: str
    is_under_way: bool
    trouble: str | None
    remarks: str
    lines: int
    faulty: int
    fresh: int
    changed: int
    unchanged: int
    new_places: int
    kept: int
    lines_done: int
    percent: int | None
    may_be_undone: bool
    done_at: dt.datetime | None


class ImportsOut(ListOut):
    items: list[ImportOut]


class FindingOut(Answer):
    row: int
    cell: str
    cause: str
    remedy: str


class FindingsOut(Answer):
    items: list[FindingOut]
    page: int
    total: int


class ConfirmIn(Body):
    """`only_good`: leave the lines out that have a fault."""

    only_good: bool


async def raw_file(request: Request) -> bytes:
    """The file as it came; one that is too long is not read to its end."""
    return await read_up_to(request, MOST_BYTES)


@router.get("/roster/template.xlsx", response_class=Response, responses=gives(XLSX) | READING)
def read_template(_actor: Agent) -> Response:
    """An empty roster to fill in."""
    return attached(roster_export.template(), XLSX, "roster-template.xlsx")


@router.get("/roster/export.xlsx", response_class=Response, responses=gives(XLSX) | WRITING)
def export(actor: Agent, parts: PartsDep, now: Now) -> Response:
    """The whole roster with names and numbers; everybody on it can read that it was taken out."""
    with parts.database.transaction() as db:
        org_id = roster_export.note_export(db, actor, now=now)
    content = roster_export.make_export(parts.database, parts.vault, org_id)
    return attached(content, XLSX, "roster.xlsx")


@router.get("/imports", responses=READING)
def list_imports(
    actor: Agent, db: ReadDb, now: Now, asked: AskedList,
    q: SearchText = "",
) -> ImportsOut:  # fmt: skip
    """What was imported, the newest first; `sort` is made, file, state or lines."""
    found = imports.list_imports(db, actor, asked, query=q, now=now)
    return ImportsOut.model_validate(found)


@router.post(
    "/imports", status_code=status.HTTP_201_CREATED,
    responses=WRITING | may_raise(TooManyRequestsError),
    openapi_extra=TAKES_FILE,
)  # fmt: skip
def begin(
    content: Annotated[bytes, Depends(raw_file)],
    actor: Agent,
    parts: PartsDep,
    now: Now,
    name: Annotated[str, Query(max_length=200, pattern=ONE_LINE)] = "",
) -> ImportOut:
    """Hand a roster over (xlsx or CSV). It is looked at; nothing changes before it is confirmed."""
    if not content:
        raise InvalidError("文件是空的。", field="/file", code="missing", remedy="请重新选文件")
    if len(content) > MOST_BYTES:
        raise InvalidError(
            "文件太大。", field="/file", code="too_large",
            remedy=f"最大 {MOST_BYTES // 2**20} MB，请分成几份",
        )  # fmt: skip
    limits.before_import(parts, actor=actor, now=now)
    with parts.database.transaction() as db:
        import_id, is_small = imports.begin(
            db, parts.vault, actor, content=content, file_name=name, now=now
        )
    if is_small:
        import_looking.look(parts.database, parts.vault, import_id, now=now)
    with parts.database.reading() as db:
        return ImportOut.model_validate(imports.view(db, actor, import_id, now=now))


@router.get("/imports/{import_id}", responses=READING)
def read_import(import_id: RowId, actor: Agent, db: ReadDb, now: Now) -> ImportOut:
    """How an import stands."""
    return ImportOut.model_validate(imports.view(db, actor, import_id, now=now))


@router.get("/imports/{import_id}/findings", responses=READING)
def list_findings(
    import_id: RowId, actor: Agent, db: ReadDb, kind: Finding = Finding.FAULT, page: PageNumber = 1
) -> FindingsOut:
    """What is wrong in a file by row and cell, or what it would change."""
    found = imports.findings(db, actor, import_id, kind, page=page)
    return FindingsOut.model_validate(found)


@router.post("/imports/{import_id}/confirmation", status_code=_NOTHING, responses=WRITING)
def confirm(import_id: RowId, body: ConfirmIn, actor: Agent, db: Db, now: Now) -> None:
    """Take an import over: all of it, or the good lines alone."""
    imports.confirm(db, actor, import_id, only_good=body.only_good, now=now)


@router.delete("/imports/{import_id}", status_code=_NOTHING, responses=WRITING)
def drop(import_id: RowId, actor: Agent, db: Db) -> None:
    """Leave it; the file is deleted."""
    imports.drop(db, actor, import_id)


@router.post("/imports/{import_id}/undoing", status_code=_NOTHING, responses=WRITING)
def undo(import_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Take a whole import back within a day; what has happened since stays and is counted."""
    imports.undo(db, actor, import_id, now=now)
