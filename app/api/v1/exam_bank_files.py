"""Questions as files over the wire: tables and QTI packages, with a trial before anything is in."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.answers import Answer
from app.api.files import TAKES_FILE, XLSX, ZIP, attached, gives, read_up_to
from app.api.problems import READING, WRITING
from app.learning.services import bank_files
from app.learning.services.bank_files import MOST_BYTES, Trial
from app.lobby.deps import Now, PartsDep, ReadDb, School
from app.lobby.paths import RowId
from app.org.rules.duties import Power
from app.org.services import organisations

router = APIRouter(prefix="/exam-banks", tags=["exam banks"])


class CellFlawOut(Answer):
    """What is wrong with one cell; of a package `row` is the question's place, `column` its file.

    Row 0 is only told: nothing is kept out by it.
    """

    row: int
    column: str
    cause: str
    fix: str


class TrialOut(Answer):
    total: int
    added: int
    changed: int
    unchanged: int
    flaws: list[CellFlawOut]
    is_done: bool


async def raw_file(request: Request) -> bytes:
    """What came, as it came; one that is too long is not read to its end."""
    return await read_up_to(request, MOST_BYTES)


RawFile = Annotated[bytes, Depends(raw_file)]


def _file(media_type: str) -> dict[int | str, dict[str, Any]]:
    return gives(media_type) | READING


def _out(trial: Trial) -> TrialOut:
    return TrialOut.model_validate(trial)


@router.get("/templates/questions.xlsx", response_class=Response, responses=_file(XLSX))
def read_template(_actor: School) -> Response:
    """The table to fill in, with an example of each kind of question."""
    return attached(bank_files.template(), XLSX, "题库模板.xlsx")


@router.get("/{bank_id}/items.xlsx", response_class=Response, responses=_file(XLSX))
def read_table(bank_id: RowId, actor: School, db: ReadDb) -> Response:
    """A bank as a table; importing it again changes nothing."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    title, content = bank_files.as_xlsx(db, owner_id, bank_id)
    return attached(content, XLSX, f"{title}.xlsx")


@router.get("/{bank_id}/items.zip", response_class=Response, responses=_file(ZIP))
def read_package(
    bank_id: RowId,
    actor: School,
    db: ReadDb,
    version: Annotated[str, Query(pattern=r"^(2\.1|3\.0)$")] = "2.1",
) -> Response:
    """A bank as a QTI package."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    title, content = bank_files.as_qti(db, owner_id, bank_id, version)
    return attached(content, ZIP, f"{title}-QTI{version}.zip")


@router.post("/{bank_id}/file-trials", responses=WRITING, openapi_extra=TAKES_FILE)
def try_file(bank_id: RowId, content: RawFile, actor: School, parts: PartsDep) -> TrialOut:
    """Tell what importing a table (xlsx) or a QTI package (zip) would do; nothing is written."""
    with parts.database.reading() as db:
        owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS).org_id
        bank_files.bank_title(db, owner_id, bank_id)
    sheet = bank_files.read_file(content)
    with parts.database.reading() as db:
        return _out(bank_files.try_import(db, owner_id, bank_id, sheet))


@router.post("/{bank_id}/file-imports", responses=WRITING, openapi_extra=TAKES_FILE)
def import_file(
    *,
    bank_id: RowId,
    content: RawFile,
    actor: School,
    parts: PartsDep,
    now: Now,
    skips_faulty: bool = False,
) -> TrialOut:
    """Write a file's questions; what it does not hold stays. With flaws nothing is written.

    With `skips_faulty` those without flaws are.
    """
    with parts.database.reading() as db:
        owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS).org_id
        bank_files.bank_title(db, owner_id, bank_id)
    sheet = bank_files.read_file(content)
    with parts.database.transaction() as db:
        done = bank_files.import_items(
            db, owner_id, bank_id, sheet, skips_faulty=skips_faulty, actor_id=actor.learner_id,
            now=now,
        )  # fmt: skip
    return _out(done)
