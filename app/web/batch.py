"""The page on which many certificates are checked at once."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from app.certs.rules.batch import MOST
from app.core.errors import InvalidError, TooManyRequestsError
from app.lobby import batch
from app.lobby.batch import Answers, whoever_looks
from app.lobby.deps import Now, PartsDep
from app.lobby.limits import Looking
from app.web.rendering import render

router = APIRouter(include_in_schema=False)
_KINDS = {"valid": "good", "revoked": "bad", "altered": "bad", "suspended": "bad"}


@dataclass(frozen=True, slots=True)
class BatchPage:
    """`lines` as they were pasted; `trouble` where they could not be read at all."""

    lines: str
    most: int
    answers: Answers | None
    trouble: str
    sheet: str
    kinds: dict[str, str]


@router.get("/verify/batch")
def verify_many(
    request: Request,
    parts: PartsDep,
    now: Now,
    who: Annotated[Looking, Depends(whoever_looks)],
    lines: Annotated[str, Query(max_length=8000)] = "",
) -> HTMLResponse:
    """Paste numbers and names, or choose files; pasted lines are answered without scripts too."""
    found, trouble = None, ""
    if lines.strip():
        try:
            found = batch.check(parts, lines.encode(), who, now=now)
        except (InvalidError, TooManyRequestsError) as error:
            trouble = f"{error.message}{error.remedy}。"
    sheet = b64encode(found.sheet).decode() if found else ""
    page = BatchPage(lines, MOST, found, trouble, sheet, _KINDS)
    return render(request, "public/verify_batch.html", page)
