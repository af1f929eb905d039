"""Pages of plain text: agreement, privacy, help; and the place to complain."""

from dataclasses import dataclass
from pathlib import Path

import mistune
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from app.lobby.deps import PartsDep
from app.oversight.services import complaints
from app.web.rendering import render

router = APIRouter(include_in_schema=False)
_EXAMPLE = "https://shixue.example"
"""Stands in a text for the platform's own address."""
_to_html = mistune.create_markdown(escape=True, plugins=["table"])


@dataclass(frozen=True, slots=True)
class TextPage:
    title: str
    body: Markup


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """`length` says how much may be written."""

    length: str


@dataclass(frozen=True, slots=True)
class AnswerPage:
    shows_outbox: bool


def _read(folder: Path, name: str, *, address: str = _EXAMPLE) -> TextPage:
    """The texts are ours, written in Markdown; HTML inside them is escaped all the same."""
    text = (folder / "texts" / f"{name}.md").read_text(encoding="utf-8")
    text = text.replace(_EXAMPLE, address)
    title, _, rest = text.partition("\n")
    return TextPage(title.removeprefix("# "), Markup(str(_to_html(rest))))  # noqa: S704


@router.get("/terms")
def terms(request: Request, parts: PartsDep) -> HTMLResponse:
    """用户协议."""
    return render(request, "public/text.html", _read(parts.settings.reference_dir, "terms"))


@router.get("/privacy")
def privacy(request: Request, parts: PartsDep) -> HTMLResponse:
    """隐私政策."""
    return render(request, "public/text.html", _read(parts.settings.reference_dir, "privacy"))


@router.get("/help")
def read_help(request: Request, parts: PartsDep) -> HTMLResponse:
    """Answers to what people ask."""
    return render(request, "public/text.html", _read(parts.settings.reference_dir, "help"))


@router.get("/verify/by-hand")
def verify_by_hand(request: Request, parts: PartsDep) -> HTMLResponse:
    """How to check a certificate with ordinary tools: docs/verify-by-hand.md, our address in it."""
    settings = parts.settings
    page = _read(settings.reference_dir, "by_hand", address=settings.public_url)
    return render(request, "public/text.html", page)


@router.get("/complaint")
def complaint(request: Request) -> HTMLResponse:
    """Complain or suggest; the answer has a day."""
    return render(request, "public/complaint.html", ComplaintPage(complaints.TEXT_LENGTH))


@router.get("/complaint/answer")
def complaint_answer(request: Request, parts: PartsDep) -> HTMLResponse:
    """Read the answer to a complaint, with its number and a code of its phone."""
    page = AnswerPage(shows_outbox=parts.settings.sms.kind == "simulated")
    return render(request, "public/complaint_answer.html", page)
