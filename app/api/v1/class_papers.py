"""The archive of a class 班级档案 as files."""

import datetime as dt
from typing import Any

from fastapi import APIRouter, Response

from app.api.answers import Answer
from app.api.files import JSON, PDF, XLSX, attached, gives
from app.api.problems import WRITING, may_raise
from app.core.errors import UnavailableError
from app.identity.rules.actors import Actor
from app.lobby.deps import Agent, Now, PartsDep
from app.lobby.parts import Parts
from app.lobby.paths import RowId
from app.org.services import class_papers
from app.org.services.class_papers import Archive

router = APIRouter(tags=["classes"])


class ArchiveOut(Answer):
    """What the archive of a class states, to compare with what is told of it."""

    title: str
    organisation: str
    starts_on: str
    ends_on: str
    people: int
    certificates: int
    made_at: str
    digest: str


def _file(media_type: str) -> dict[int | str, dict[str, Any]]:
    """Document a file and what may keep an organisation from it."""
    return gives(media_type) | WRITING | may_raise(UnavailableError)


def _taken(parts: Parts, actor: Actor, class_id: str, kind: str, now: dt.datetime) -> Archive:
    with parts.database.transaction() as db:
        return class_papers.take(db, parts.vault, actor, class_id, kind=kind, now=now)


def _attached(content: bytes, media_type: str, archive: Archive, kind: str) -> Response:
    return attached(content, media_type, f"class-{archive.digest[:12]}.{kind}")


@router.get(
    "/org/classes/{class_id}/archive.pdf", response_class=Response, responses=_file(PDF)
)  # fmt: skip
def read_archive(class_id: RowId, actor: Agent, parts: PartsDep, now: Now) -> Response:
    """The archive of a class, to print."""
    found = _taken(parts, actor, class_id, "pdf", now)
    return _attached(class_papers.as_pdf(found), PDF, found, "pdf")


@router.get(
    "/org/classes/{class_id}/archive.xlsx", response_class=Response, responses=_file(XLSX)
)  # fmt: skip
def read_archive_tables(class_id: RowId, actor: Agent, parts: PartsDep, now: Now) -> Response:
    """The same as tables."""
    found = _taken(parts, actor, class_id, "xlsx", now)
    return _attached(class_papers.as_xlsx(found), XLSX, found, "xlsx")


@router.get(
    "/org/classes/{class_id}/archive.json", response_class=Response, responses=_file(JSON)
)  # fmt: skip
def read_archive_statement(class_id: RowId, actor: Agent, parts: PartsDep, now: Now) -> Response:
    """The same as a signed file, which /verification/files checks."""
    found = _taken(parts, actor, class_id, "json", now)
    return _attached(class_papers.as_json(found), JSON, found, "json")
