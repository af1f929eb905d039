"""The page on which many certificates are checked at once."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from app.certs.rules import form_data
from app.certs.rules.batch import MOST
from app.certs.rules.form_data import FormFlawError
from app.core.crypto import same
from app.core.errors import AppError, InvalidError, TooManyRequestsError
from app.lobby import batch
from app.lobby.batch import Answers, whoever_looks
from app.lobby.deps import Now, PartsDep
from app.lobby.limits import Looking
from app.web.rendering import render

router = APIRouter(include_in_schema=False)
_KINDS = {"valid": "good", "revoked": "bad", "altered": "bad", "suspended": "bad"}


@dataclass(frozen=True, slots=True)
class BatchPage:
    """`lines` as they were pasted; what could not be read at all stands in one of the troubles."""

    lines: str
    most: int
    answers: Answers | None
    trouble: str
    file_trouble: str
    sheet: str
    kinds: dict[str, str]


def _page(
    answers: Answers | None, *, lines: str = "", trouble: str = "", file_trouble: str = ""
) -> BatchPage:
    sheet = b64encode(answers.sheet).decode() if answers else ""
    return BatchPage(lines, MOST, answers, trouble, file_trouble, sheet, _KINDS)


@router.get("/verify/batch")
def verify_many(
    request: Request,
    parts: PartsDep,
    now: Now,
    who: Annotated[Looking, Depends(whoever_looks)],
    lines: Annotated[str, Query(max_length=8000)] = "",
) -> HTMLResponse:
    """Paste numbers and names, or choose files; both are answered without scripts too."""
    found, trouble = None, ""
    if lines.strip():
        try:
            found = batch.check(parts, lines.encode(), who, now=now)
        except (InvalidError, TooManyRequestsError) as error:
            trouble = _said(error)
    return render(request, "public/verify_batch.html", _page(found, lines=lines, trouble=trouble))


async def raw_form(request: Request) -> bytes:
    """The form as it came; the shell has bounded it."""
    return await request.body()


@router.post("/verify/batch")
def verify_files(
    request: Request,
    body: Annotated[bytes, Depends(raw_form)],
    parts: PartsDep,
    now: Now,
    who: Annotated[Looking, Depends(whoever_looks)],
) -> HTMLResponse:
    """The same for files out of a form, where there are no scripts: it reads, and writes nothing.

    The only form that is sent to a page (docs/decisions/0002-pages-read-only.md).
    """
    try:
        content = _chosen(request, body)
        found = batch.check(parts, content, who, now=now)
    except (InvalidError, TooManyRequestsError) as error:
        return render(
            request, "public/verify_batch.html", _page(None, file_trouble=_said(error)), 422
        )
    return render(request, "public/verify_batch.html", _page(found))


def _chosen(request: Request, body: bytes) -> bytes:
    """The chosen files as one; other sites must not use up anybody's share. Raises InvalidError."""
    try:
        boundary = form_data.boundary_of(request.headers.get("content-type", ""))
        fields = form_data.read(body, boundary)
    except FormFlawError:
        raise InvalidError(
            "文件没有传完整。", field="/file", code="unreadable", remedy="请重新选文件再查"
        ) from None
    token = next((each.content for each in fields if each.name == "csrf"), b"")
    if not same(token, request.state.csrf_token.encode()):
        raise InvalidError(
            "页面已过期，没有查。", field="/file", code="csrf", remedy="请重新选文件再查"
        )
    files = [
        (each.filename, each.content)
        for each in fields if each.name == "files" and each.filename
    ]  # fmt: skip
    if not files:
        raise InvalidError("没有选文件。", field="/file", code="missing", remedy="请先选文件")
    return batch.together(files)


def _said(error: AppError) -> str:
    return f"{error.message}{error.remedy or '请过一会儿再试'}。"
