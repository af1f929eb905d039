"""The list of an employer's people's certificates as a streamed table."""

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from app.api.files import XLSX, disposition, gives
from app.api.problems import READING
from app.lobby.deps import Agent, Now, PartsDep
from app.lobby.held_query import AskedHeld
from app.org.services import staff_certificates

router = APIRouter(prefix="/org", tags=["employers"])


@router.get(
    "/certificates.xlsx", response_class=Response,
    responses=READING
    | gives(XLSX),
)  # fmt: skip
def export_table(actor: Agent, asked: AskedHeld, parts: PartsDep, now: Now) -> StreamingResponse:
    """All of what the page of the same address lists; it is written down who took it."""
    with parts.database.transaction() as db:
        sheet = staff_certificates.sheet_of(db, parts.vault, actor, asked, now=now)
        staff_certificates.note_export(db, sheet, actor, now=now)
    content = staff_certificates.as_xlsx(parts.database, parts.vault, sheet, now=now)
    return StreamingResponse(content, media_type=XLSX, headers=disposition("certificates.xlsx"))
