"""Pages for whoever holds a certificate in hand: scan, look up, read the verdict."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.certs.rules import scan, typed
from app.certs.rules.verdicts import Verdict
from app.certs.services import published_keys, verification
from app.certs.services.verdict_view import VerdictView
from app.core.crypto import b64url
from app.core.errors import TooManyRequestsError
from app.lobby import first_visits, guesses
from app.lobby.batch import whoever_looks
from app.lobby.deps import Now, OwnHosts, PartsDep, ReadDb
from app.lobby.letters import NUL
from app.lobby.limits import Looking
from app.web.plain_forms import fields_of, said
from app.web.rendering import render, render_spent

router = APIRouter(include_in_schema=False)
# What stands above the facts: a comparison is worth asking for only where the paper may count.
_ROWS_TITLES = {
    Verdict.SUSPENDED: "暂停使用的证书原来写的内容",
    Verdict.SUPERSEDED: "换发以前的证书写的内容",
    Verdict.REVOKED: "被撤销的证书原来写的内容",
    Verdict.ALTERED: "平台登记的内容，只供对照",
}
_COMPARE = "请与纸面逐项核对"
_NOT_IN_TIME = "签名时间不对"
_LOOKS = {
    Verdict.VALID: ("good", "check", "证书有效"),
    Verdict.SUSPENDED: ("bad", "pause", "已暂停"),
    Verdict.SUPERSEDED: ("wait", "file", "已换发"),
    Verdict.EXPIRED: ("wait", "clock", "已过有效期"),
    Verdict.REVOKED: ("bad", "cross", "已撤销"),
    Verdict.ALTERED: ("bad", "warn", "内容被改过"),
    Verdict.INCOMPLETE: ("wait", "scan", "码没有读全"),
    Verdict.UNKNOWN: ("unknown", "search", "查不到"),
}


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """`is_kept`: the page that devices keep for when there is no network.

    `troubles`: by the field's name, what is wrong with what was typed.

    `leads`: the address where what stands in the number's place belongs, and its words.
    """

    number: str
    name: str
    verdict: "VerdictPage | None"
    is_kept: bool = False
    is_installable: bool = True
    troubles: Mapping[str, str] = field(default_factory=dict)
    leads: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """`keys`: public keys by id, in base64url, with which the page checks what is in a code.

    `code`: SHA-256 of the certificate's own code, in base64url: which one the page speaks of.

    `is_first`: for somebody who has nothing of ours yet, so that the page brings its own look.
    """

    view: VerdictView
    kind: str
    picture: str
    title: str
    rows_title: str
    rows: tuple[tuple[str, str], ...]
    checked_at: dt.datetime
    keys: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    is_first: bool = False


def verdict_page(view: VerdictView) -> VerdictPage:
    kind, picture, title = _LOOKS[view.verdict]
    title = _NOT_IN_TIME if view.key_flaw else title
    rows_title = _ROWS_TITLES.get(view.verdict, _COMPARE)
    return VerdictPage(view, kind, picture, title, rows_title, _rows(view), view.checked_at)


def _rows(view: VerdictView) -> tuple[tuple[str, str], ...]:
    """All signed facts that a person can compare with the paper.

    Policy, basis and evidence stand with the signature: they are compared by nobody's eye.
    """
    facts = view.facts
    if facts is None:
        return ()
    return (
        ("证书编号", facts.number),
        ("证书名称", facts.type),
        ("持证人", facts.holder_name),
        ("证件号码", facts.holder_number),
        ("课程", facts.course),
        ("培训项目", facts.programme or "—"),
        ("产业集群", facts.cluster),
        ("培训机构", facts.institution),
        ("认定学时", f"{facts.hours} 学时（每学时 {facts.hour_s // 60} 分钟）"),
        ("考试成绩", f"{facts.score} 分"),
        ("学习时间", f"{facts.started_on} 至 {facts.completed_on}"),
        ("发证日期", facts.issued_on),
        ("有效期至", facts.expires_on or "长期"),
    )


@router.get("/verify")
def verify(
    request: Request,
    parts: PartsDep,
    number: Annotated[str, Query(max_length=typed.MOST_NUMBER)] = "",
) -> HTMLResponse:
    """Scan with the camera, read a picture, or look up by number and name: that form is posted."""
    page = VerifyPage(number, "", None, is_installable=parts.settings.verify_off_line)
    return render(request, "public/verify.html", page)


@router.post("/verify", response_class=HTMLResponse)
def look_up(
    request: Request,
    form: Annotated[dict[str, str], Depends(fields_of)],
    parts: PartsDep,
    hosts: OwnHosts,
    now: Now,
    who: Annotated[Looking, Depends(whoever_looks)],
) -> Response:
    """By number and name, which an address would leave in histories and in proxies' logs.

    It reads alone, so to send it again is harmless; what is found has an address without a name,
    to which the answer leads. No token: cookies of other sites' forms stay away (SameSite=Lax).
    """
    number, name = form.get("number", ""), form.get("name", "")
    page = VerifyPage(
        number, name, None, is_installable=parts.settings.verify_off_line,
        troubles=dict(_troubles(number, name, hosts)), leads=_way_on(number, hosts),
    )  # fmt: skip
    if page.troubles:
        return render(request, "public/verify.html", page, 422)
    try:
        view = guesses.look_up(parts, who, number, name, hosts=hosts, now=now)
    except TooManyRequestsError as spent:
        troubles = {"number": said(spent)}
        return render_spent(request, "public/verify.html", replace(page, troubles=troubles), spent)
    if view.facts is not None:
        return RedirectResponse(f"/v/{view.facts.public_id}", status_code=303)
    return render(request, "public/verify.html", replace(page, verdict=verdict_page(view)))


def _troubles(number: str, name: str, hosts: Collection[str]) -> Iterator[tuple[str, str]]:
    if slip := typed.slip_of(number, name, hosts=hosts):
        yield slip.field, slip.sentence
    for field_name, label, typed_in in (
        ("number", "证书编号", number), ("name", "持证人姓名", name)
    ):  # fmt: skip
        if not typed_in:
            yield field_name, f"请填写{label}。"
        elif NUL in typed_in:
            yield field_name, f"{label}里有无法识别的字符，请照证书重新填。"


def _way_on(typed_in: str, hosts: Collection[str]) -> tuple[str, str] | None:
    """To the page of ours whose address was typed, with its code; with a code alone to scanning."""
    if typed.is_code(typed_in):
        return "#scan-title", "去扫码"
    scanned = scan.read_text(typed_in)
    if scanned is None or scanned.host not in hosts:
        return None
    code = f"#{scanned.digits}" if scanned.digits else ""
    return f"/v/{scanned.public_id}{code}", "打开这个网址查验"


@router.get("/v/{public_id}", response_class=HTMLResponse)
def read_verdict(
    request: Request,
    public_id: str,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
) -> Response:
    """The address in the code. What stands behind its # stays in the page, which checks it.

    Where the # came as another sign, what was behind it came here: it is led back to its place.
    """
    if opened := scan.read_opened(public_id):
        return RedirectResponse("/v/{}#{}".format(*opened), status_code=303)
    view = verification.by_public_id(db, parts.keys, public_id, now=now)
    found = published_keys.certificate_keys(parts.keys)
    keys = {key_id: b64url(raw) for key_id, raw in found.items()}
    is_first = first_visits.is_first(request)
    code = b64url(view.code_digest)
    page = replace(verdict_page(view), keys=keys, code=code, is_first=is_first)
    return first_visits.packed(request, render(request, "public/verdict.html", page))
