"""The matrix of people and courses: as a list, as a streamed table, as a PDF."""

import datetime as dt
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from app.api.answers import Answer
from app.api.files import PDF, XLSX, attached, disposition, gives
from app.api.problems import READING, may_raise
from app.core.errors import (
    ConflictError,
    UnavailableError,
)
from app.lobby.deps import Agent, Now, PartsDep, ReadDb
from app.lobby.matrix_query import Asked, AtPlace
from app.org.rules.duties import Power
from app.org.services import matrix, matrix_export, organisations

router = APIRouter(prefix="/org", tags=["employers"])
_FILES = READING | may_raise(ConflictError, UnavailableError)


class ColumnOut(Answer):
    course_id: str
    title: str


class CellOut(Answer):
    """`light` is green, amber, red, blue or grey; `progress` is None where it was not asked."""

    course_id: str
    light: str
    progress: str | None
    says: str
    round: int
    due_on: dt.date | None
    confirmed_ms: int
    required_ms: int | None
    exam_passed: bool
    completed_at: dt.datetime | None


class LineOut(Answer):
    staff_id: str
    name: str
    unit: str
    position: str
    progress: str | None
    light: str
    says: str
    asked: int
    done: int
    cells: list[CellOut]


class MatrixOut(Answer):
    """`counts` are cells by state; `people` is None where filters leave more than 2,000.

    The next page begins `after` the last line, the one before it `before` the first.
    """

    columns: list[ColumnOut]
    lines: list[LineOut]
    counts: dict[str, int]
    people: int | None
    has_before: bool
    has_after: bool


@router.get("/matrix", responses=READING)
def read_matrix(
    actor: Agent, asked: Asked, place: AtPlace, db: ReadDb, parts: PartsDep, now: Now
) -> MatrixOut:
    """How everybody stands in the chosen courses, twenty people a page."""
    sheet = matrix.sheet_of(db, parts.vault, actor, asked, now=now)
    return MatrixOut.model_validate(matrix.page(db, parts.vault, sheet, place))


def _file(media_type: str) -> dict[int | str, dict[str, Any]]:
    return gives(media_type) | _FILES


@router.get("/matrix.xlsx", response_class=Response, responses=_file(XLSX))
def export_table(actor: Agent, asked: Asked, parts: PartsDep, now: Now) -> StreamingResponse:
    """All of it as a table; it is written down who took it."""
    with parts.database.transaction() as db:
        sheet = matrix.sheet_of(db, parts.vault, actor, asked, now=now)
        matrix_export.note_export(db, sheet, actor, form="xlsx", now=now)
    content = matrix_export.as_xlsx(parts.database, parts.vault, sheet)
    return StreamingResponse(content, media_type=XLSX, headers=disposition("matrix.xlsx"))


@router.get("/matrix.pdf", response_class=Response, responses=_file(PDF))
def export_pdf(actor: Agent, asked: Asked, parts: PartsDep, now: Now) -> Response:
    """The same to print, up to some hundred people and a dozen courses."""
    with parts.database.transaction() as db:
        sheet = matrix.sheet_of(db, parts.vault, actor, asked, now=now)
        matrix_export.check_printable(db, sheet)
        employer = organisations.acting_for(db, actor, Power.SEE_PROGRESS).name
        matrix_export.note_export(db, sheet, actor, form="pdf", now=now)
    content = matrix_export.as_pdf(
        parts.database, parts.vault, sheet, employer=employer,
        operator=parts.settings.filing.operator, now=now,
    )  # fmt: skip
    return attached(content, PDF, "matrix.pdf")
