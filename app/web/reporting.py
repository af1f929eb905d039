"""The page on which somebody reports a certificate that they take for a fake."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from app.core.errors import InvalidError, TooManyRequestsError
from app.identity.rules.cases import CaseKind
from app.lobby import complaining
from app.lobby.deps import CallerAddress, DeviceId, MaybeActor, Now, PartsDep
from app.lobby.letters import TEXT_FLAWS, flaw_of, readable
from app.oversight.services import complaints
from app.oversight.services.complaints import Received
from app.web.plain_forms import fields_of, is_from_our_page, said
from app.web.rendering import render, render_spent

router = APIRouter(include_in_schema=False)
_TEMPLATE = "public/report.html"
_MOST_ABOUT, _MOST_CONTACT = 200, 100


@dataclass(frozen=True, slots=True)
class ReportPage:
    """`trouble` is said on top, `troubles` by the field's name; `received` once it was taken."""

    about: str
    text: str = ""
    contact: str = ""
    length: str = complaints.TEXT_LENGTH
    trouble: str = ""
    troubles: Mapping[str, str] = field(default_factory=dict)
    received: Received | None = None


@router.get("/complaint/fake")
def report_fake(
    request: Request, about: Annotated[str, Query(max_length=_MOST_ABOUT)] = ""
) -> HTMLResponse:
    """Report a fake certificate; no account needed."""
    return render(request, _TEMPLATE, ReportPage(about))


@router.post("/complaint/fake")
def take_report(
    *, request: Request, form: Annotated[dict[str, str], Depends(fields_of)], actor: MaybeActor,
    parts: PartsDep, now: Now, device_id: DeviceId, address: CallerAddress,
) -> HTMLResponse:  # fmt: skip
    """The same deed as `POST /api/v1/complaints`, out of a form, where there are no scripts.

    Whoever is handed a fake has the phone that they have, and is asked to do us a favour.
    """
    given = {name: readable(form.get(name, "")) for name in ("about", "text", "contact")}
    given["text"] = given["text"].replace("\r\n", "\n")
    about, text, contact = given.values()
    page = ReportPage(about, text, contact, troubles=dict(_troubles(given)))
    if not is_from_our_page(request, form.get("csrf", "")):
        page = replace(page, trouble="页面已过期，没有提交。填的内容还在，请再点一次“举报”。")
        return render(request, _TEMPLATE, page, 403)
    if page.troubles:
        return render(request, _TEMPLATE, page, 422)
    try:
        received = complaining.complain(
            parts, actor, kind=CaseKind.COMPLAINT, contact=contact, text=text, about=about,
            device_id=device_id, address=address, now=now,
        )  # fmt: skip
    except TooManyRequestsError as spent:
        return render_spent(request, _TEMPLATE, replace(page, trouble=said(spent)), spent)
    except InvalidError as wrong:
        name = (wrong.field or "").removeprefix("/")
        return render(request, _TEMPLATE, replace(page, troubles={name: wrong.message}), 422)
    return render(request, _TEMPLATE, replace(page, received=received))


def _troubles(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """As the route beside it refuses them; the rest is what the deed itself says."""
    for name, label, most in (
        ("about", "证书编号", _MOST_ABOUT), ("text", "哪里不对", complaints.TEXT_MOST),
        ("contact", "手机号", _MOST_CONTACT),
    ):  # fmt: skip
        if not given[name]:
            yield name, f"请填写{label}。"
        elif flaw := flaw_of(given[name]):
            yield name, TEXT_FLAWS[flaw]
        elif len(given[name]) > most:
            yield name, f"太长，最多 {most} 个字。"
        elif name == "text" and len(given[name]) < complaints.TEXT_LEAST:
            yield name, f"太短，至少 {complaints.TEXT_LEAST} 个字。"
