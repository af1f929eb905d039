"""Many certificates at once: a table of numbers and names, or an archive of documents."""

import datetime as dt
from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from app.api.answers import Answer
from app.api.files import TAKES_FILE, read_up_to
from app.api.problems import may_raise
from app.certs.providers.batch_files import MOST_BYTES
from app.core.errors import ForbiddenError, InvalidError, TooManyRequestsError
from app.lobby import batch
from app.lobby.batch import whoever_looks
from app.lobby.deps import Now, OwnHosts, PartsDep
from app.lobby.limits import Looking

router = APIRouter(prefix="/verification", tags=["verification"])


class RowOut(Answer):
    """What is said of one line or file; where no facts may be told, those fields are empty."""

    row: int
    label: str
    name: str
    verdict: str
    title: str
    sentence: str
    number: str
    holder: str
    course: str
    institution: str
    hours: str
    completed_on: str
    issued_on: str
    expires_on: str


class CountOut(BaseModel):
    title: str
    count: int


class BatchOut(BaseModel):
    """`sheet` is the same table as an xlsx file, in base64."""

    rows: list[RowOut]
    counts: list[CountOut]
    sheet: str
    checked_at: dt.datetime


async def raw_batch(request: Request) -> bytes:
    """What came, as it came; one that is too long is not read to its end."""
    return await read_up_to(request, MOST_BYTES)


@router.post(
    "/batch", responses=may_raise(InvalidError, ForbiddenError, TooManyRequestsError),
    openapi_extra=TAKES_FILE,
)  # fmt: skip
def check_batch(
    content: Annotated[bytes, Depends(raw_batch)],
    who: Annotated[Looking, Depends(whoever_looks)],
    parts: PartsDep,
    hosts: OwnHosts,
    now: Now,
) -> BatchOut:
    """Check up to 200 lines (xlsx, CSV or text) or files (a PDF, or a zip of them) at once.

    Each counts as a look-up of its own; those beyond the limit say so, and the others are answered.
    """
    found = batch.check(parts, content, who, hosts=hosts, now=now)
    return BatchOut(
        rows=[RowOut.model_validate(row) for row in found.rows],
        counts=[CountOut(title=title, count=count) for title, count in found.counts],
        sheet=b64encode(found.sheet).decode(), checked_at=found.checked_at,
    )  # fmt: skip
