"""The verification page as an app that works without a network: manifest, icons, worker, page."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi import Path as PathParameter
from fastapi.responses import HTMLResponse, JSONResponse, Response

from app.core import typesetting
from app.core.errors import NotFoundError
from app.lobby.deps import PartsDep
from app.web.rendering import Manifest, render_for_nobody
from app.web.verifying import VerifyPage

SCOPE = "/verify"
PAGE = "/verify/off-line"
_ENTRIES = ("src/entries/site.ts", "src/entries/verify.ts")
_WORKER = "src/entries/verify-worker.ts"
_ICON = Path(__file__).with_name("verify_icon.typ")
_ICON_POINTS = 48  # the side of the drawing; a point is a pixel at 72 an inch
_A_DAY = {"cache-control": "public, max-age=86400"}


def must_be_published(parts: PartsDep) -> None:
    """Stand before everything here. Raises NotFoundError where the app is switched off.

    Then the worker on a device, which asks for its own file at each visit, removes itself.
    """
    if not parts.settings.verify_off_line:
        raise NotFoundError("没有这个页面。", remedy="请打开查验证书的页面")


router = APIRouter(include_in_schema=False, dependencies=[Depends(must_be_published)])


class ManifestResponse(JSONResponse):
    media_type = "application/manifest+json"


@router.get("/verify/app.webmanifest")
def read_manifest() -> ManifestResponse:
    """What a device needs to know to put the page beside its apps."""
    icons = [
        {"src": f"/verify/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png",
         "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]  # fmt: skip
    told: dict[str, Any] = {
        "id": SCOPE, "name": "查验证书", "short_name": "查验证书", "lang": "zh-CN",
        "description": "扫证书上的方块码，没有网络也能看出内容有没有被改过。",
        "start_url": SCOPE, "scope": SCOPE, "display": "standalone",
        "background_color": "#f8f4ec", "theme_color": "#f8f4ec", "icons": icons,
    }  # fmt: skip
    return ManifestResponse(told, headers=_A_DAY)


@router.get("/verify/icon-{size}.png")
def read_icon(size: Annotated[Literal["192", "512"], PathParameter()]) -> Response:
    return Response(_icon(int(size)), media_type="image/png", headers=_A_DAY)


@cache
def _icon(size: int) -> bytes:
    return typesetting.to_png(_ICON, {}, ppi=size * 72 // _ICON_POINTS)


@router.get(PAGE)
def read_page(request: Request) -> HTMLResponse:
    """The page that a device keeps: as nobody in particular sees it, whoever fetches it."""
    return HTMLResponse(_page(request))


@router.get("/verify/worker.js")
def read_worker(request: Request, parts: PartsDep) -> Response:
    """The worker: what it keeps, and how. It is another one where anything of that changed."""
    manifest: Manifest = request.app.state.manifest
    built = parts.settings.frontend_dir / "dist" / manifest.entries[_WORKER]["file"]
    code = built.read_text(encoding="utf-8")
    files = [f"/static/{name}" for name in manifest.files(_ENTRIES)]
    told = json.dumps([_page(request), files, code], ensure_ascii=False)
    version = hashlib.sha256(told.encode()).hexdigest()[:16]
    shell = json.dumps({"version": version, "page": PAGE, "files": files})
    # The page's path is no folder of the worker's: that it may have it as its scope is said here.
    headers = {"service-worker-allowed": SCOPE, "cache-control": "no-cache"}
    return Response(
        f"const SHELL = {shell};\n{code}", media_type="text/javascript", headers=headers
    )


def _page(request: Request) -> str:
    page = VerifyPage("", "", None, is_kept=True)
    return render_for_nobody(request, "public/verify.html", page, path=SCOPE)
