"""The page on which many certificates are checked at once."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from app.certs.providers.batch_files import MOST_BYTES
from app.certs.rules import form_data
from app.certs.rules.batch import MOST
from app.certs.rules.form_data import FormFlawError, FormPart, TooManyPartsError
from app.core.errors import InvalidError, TooManyRequestsError
from app.lobby import batch
from app.lobby.batch import Answers, whoever_looks
from app.lobby.deps import Now, OwnHosts, PartsDep
from app.lobby.letters import NUL
from app.lobby.limits import Looking
from app.lobby.shell import BodyTooLargeError
from app.web.plain_forms import is_from_our_page, said
from app.web.rendering import render, render_spent

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
def verify_many(request: Request) -> HTMLResponse:
    """Paste numbers and names, or choose files; both are answered without scripts too."""
    return render(request, "public/verify_batch.html", _page(None))


async def raw_form(request: Request) -> bytes | None:
    """The form as it came; None for one that is longer than the shell lets in."""
    try:
        return await request.body()
    except BodyTooLargeError:
        return None


@router.post("/verify/batch")
def verify_given(
    request: Request,
    body: Annotated[bytes | None, Depends(raw_form)],
    parts: PartsDep,
    hosts: OwnHosts,
    now: Now,
    who: Annotated[Looking, Depends(whoever_looks)],
) -> HTMLResponse:
    """The same out of a form, where there are no scripts: it reads, and writes nothing.

    Lines hold full names, which no address should, and an address holds no files
    (docs/decisions/0002-pages-read-only.md).
    """
    lines = ""
    try:
        fields = _fields(request, body)
        lines = _lines(fields)
        _refuse_foreign(request, fields)
        given = lines.encode() or _chosen(fields)
        found = batch.check(parts, given, who, hosts=hosts, now=now)
    except (InvalidError, TooManyRequestsError) as error:
        is_at_lines = bool(lines) or getattr(error, "field", "") == "/lines"
        place = "trouble" if is_at_lines else "file_trouble"
        page = _page(None, lines=lines.replace(NUL, ""), **{place: said(error)})
        if isinstance(error, TooManyRequestsError):
            return render_spent(request, "public/verify_batch.html", page, error)
        return render(request, "public/verify_batch.html", page, 413 if body is None else 422)
    return render(request, "public/verify_batch.html", _page(found, lines=lines))


def _fields(request: Request, body: bytes | None) -> list[FormPart]:
    if body is None:
        message = f"选的文件合计超过 {MOST_BYTES // 2**20} MB，没有查。"
        raise InvalidError(
            message, field="/file", code="too_large", remedy="请分成几次选，每次少选几个"
        )
    try:
        boundary = form_data.boundary_of(request.headers.get("content-type", ""))
        return form_data.read(body, boundary)
    except TooManyPartsError:
        raise _too_many() from None
    except FormFlawError:
        raise InvalidError(
            "文件没有传完整。", field="/file", code="unreadable", remedy="请重新选文件再查"
        ) from None


def _too_many() -> InvalidError:
    message = f"一次最多查 {MOST} 个文件，这次选的不止 {MOST} 个，没有查。"
    remedy = f"请先选 {MOST} 个查，其余的再查一次；也可以先把它们装进几个 zip 压缩包"
    return InvalidError(message, field="/file", code="too_many", remedy=remedy)


def _lines(fields: list[FormPart]) -> str:
    """What was pasted; empty where it was the other form."""
    given = next((each.content for each in fields if each.name == "lines"), b"")
    return given.decode("utf-8", "replace").strip()


def _refuse_foreign(request: Request, fields: list[FormPart]) -> None:
    """Other sites must not use up anybody's share. Raises InvalidError."""
    token = next((each.content for each in fields if each.name == "csrf"), b"")
    if not is_from_our_page(request, token.decode("utf-8", "replace")):
        raise InvalidError("页面已过期，没有查。", field="/file", code="csrf", remedy="请再查一次")


def _chosen(fields: list[FormPart]) -> bytes:
    """The chosen files as one. Raises InvalidError."""
    files = [
        (each.filename, each.content)
        for each in fields if each.name == "files" and each.filename
    ]  # fmt: skip
    is_pasted = any(each.name == "lines" for each in fields)
    if not files and is_pasted:
        raise InvalidError(
            "没有填证书编号和姓名。", field="/lines", code="missing", remedy="请先粘贴，每行一张"
        )
    if not files:
        raise InvalidError("没有选文件。", field="/file", code="missing", remedy="请先选文件")
    if len(files) > MOST:
        raise _too_many()
    return batch.together(files)
