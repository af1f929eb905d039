"""Around a certified vendor's page: where it leads back to, and the frame for its own script."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.core.errors import NotFoundError
from app.lobby.deps import PartsDep
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class MetaPage:
    script: str


@router.get("/face-return")
def come_back(request: Request) -> HTMLResponse:
    """Lead on to the page that was left; nothing that comes along in the address is read.

    A phone that scanned a desk's code is not signed in, so this page is for anybody.
    """
    return render(request, "public/face_return.html", None)


@router.get("/face-meta")
def describe_browser(request: Request, parts: PartsDep) -> HTMLResponse:
    """Run the vendor's script where it has no origin: no cookies, no storage, none of our pages.

    Raises NotFoundError where the vendor has no such script.
    """
    script = parts.face_vendor.meta_script if parts.face_vendor else ""
    if not script:
        raise NotFoundError("没有这个页面。", remedy="请回到首页")
    answer = render(request, "public/face_meta.html", MetaPage(script))
    source = "{0.scheme}://{0.netloc}".format(urlsplit(script))
    answer.headers["content-security-policy"] = (
        f"sandbox allow-scripts; default-src 'none'; script-src {source} "
        f"'nonce-{request.state.nonce}'; frame-ancestors 'self'; base-uri 'none'"
    )
    answer.headers["x-frame-options"] = "SAMEORIGIN"
    return answer
