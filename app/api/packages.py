"""The doorway of learning packages, mounted at /packages: files, the run-time, and cmi5's records.

No cookie is read here: the signed address says whose sitting it is (`package_addresses.py`), and
every answer wears the sandbox (`app/lobby/sandbox.py`).
"""

import functools
import html
import json
import pathlib
import re
from urllib.parse import quote

from anyio import to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from app.api import package_units, problems
from app.api.package_units import OpenedDep, Token, origin_of
from app.api.v1.media import Again, AskedDep, answer
from app.learning.rules.package_files import PAGE_TYPES, RUN_TIME
from app.learning.rules.package_manifests import CMI5
from app.learning.services import package_addresses, package_records, package_xapi
from app.learning.services.media_notes import Note
from app.learning.services.package_addresses import ROOT, Opened
from app.lobby.deps import NotesDep, Now, PartsDep
from app.lobby.letters import refuse_nul
from app.lobby.parts import Parts
from app.lobby.sandbox import SandboxMiddleware

_ENTRY = "src/entries/package-run-time.ts"
_BEGIN = re.compile(rb"<head\b[^>]*>|<html\b[^>]*>|<!doctype[^>]*>", re.IGNORECASE)
_LOOKED_AT = 64 * 1024


def start(request: Request, token: Token, found: OpenedDep, parts: PartsDep) -> Response:
    """Lead to the part's start page, with what its standard puts behind the address.

    On a host of their own packages share a browser's storage: what the last one left is cleared.
    Without one this must not be said, since the host's storage is the platform's.
    """
    query, _, mark = found.part.query.partition("#")
    if found.standard == CMI5:
        told = package_xapi.launch_query(found, f"{origin_of(request, parts)}{ROOT}/{token}")
        query = f"{query}&{told}" if query else f"?{told}"
    address = f"{ROOT}/{token}/{quote(found.part.file)}{query}" + (f"#{mark}" if mark else "")
    cleared = {"clear-site-data": '"storage"'} if parts.settings.package_origin else None
    return RedirectResponse(address, status_code=303, headers=cleared)


@functools.cache
def _script(folder: str) -> bytes:
    """The run-time's script: one file without imports, closed in, for its names are no package's.

    Raises RuntimeError where the build made something else of it.
    """
    dist = pathlib.Path(folder) / "dist"
    built = json.loads((dist / ".vite" / "manifest.json").read_bytes())[_ENTRY]
    if built.get("imports") or built.get("css"):
        msg = "the run-time's script must stand alone"
        raise RuntimeError(msg)
    code: bytes = (dist / built["file"]).read_bytes()
    return b"(()=>{" + code + b"\n})();"


def run_time(found: OpenedDep, parts: PartsDep) -> Response:
    """The script that offers the run-time's API inside a page of the package."""
    del found
    code = _script(str(parts.settings.frontend_dir))
    return Response(code, media_type="text/javascript; charset=utf-8")


async def read_file(
    *,
    request: Request,
    token: Token,
    name: str,
    found: OpenedDep,
    parts: PartsDep,
    notes: NotesDep,
    now: Now,
    asked: AskedDep,
) -> Response:
    """A file of the package; a page gets the run-time's script first."""
    held = await to_thread.run_sync(_held, parts, found, name)
    if held.content_type not in PAGE_TYPES:
        return await to_thread.run_sync(
            answer, parts, notes, Again(held.storage_key, held.content_type), asked
        )
    body = await to_thread.run_sync(parts.storage.read, held.storage_key)
    boot = await to_thread.run_sync(_boot, parts, found, token, origin_of(request, parts))
    if found.medium is not None and name == found.part.file and request.method == "GET":
        await notes.keep(Note(found.medium, 0, len(body), now))
    return Response(_with_script(body, boot), media_type=held.content_type)


def _held(parts: Parts, found: Opened, name: str) -> package_addresses.Held:
    with parts.database.reading() as db:
        return package_addresses.file_of(db, found, name)


def _boot(parts: Parts, found: Opened, token: str, origin: str) -> bytes:
    """The tag of the run-time's script with what it begins with."""
    values: dict[str, str] = {}
    if found.whose is not None:
        with parts.database.reading() as db:
            values = package_records.values_of(db, parts.vault, found.whose)
    settings = parts.settings
    told = {
        "standard": found.standard, "part": found.place.part, "values": values,
        "to": settings.public_url if settings.package_origin else origin,
        "launch_data": found.part.launch_data, "mastery": found.part.mastery,
        "learner": package_xapi.actor_of(found.whose)["account"]["name"] if found.whose else "",
    }  # fmt: skip
    text = html.escape(json.dumps(told, ensure_ascii=True), quote=True)
    address = f"{ROOT}/{token}/{RUN_TIME}/run-time.js"
    return f'<script src="{address}" data-boot="{text}"></script>'.encode()


def _with_script(body: bytes, tag: bytes) -> bytes:
    """Put the script before every other; a page in UTF-16 is written anew."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body.decode("utf-16", "replace").encode()
    places = list(_BEGIN.finditer(body, 0, _LOOKED_AT))
    heads = [place for place in places if place[0][:5].lower() == b"<head"]
    chosen = next(iter(heads or places[-1:]), None)
    end = chosen.end() if chosen else 0
    return body[:end] + tag + body[end:]


_CORS = {
    "access-control-allow-methods": "GET, PUT, POST, DELETE, OPTIONS",
    "access-control-allow-headers": (
        "authorization, content-type, x-experience-api-version, if-match, if-none-match"
    ),
    "access-control-max-age": "600",
}


def preflight(token: Token, name: str) -> Response:
    """Pages of no origin ask before they call."""
    del token, name
    return Response(status_code=204, headers=_CORS)


@functools.cache
def create_packages() -> FastAPI:
    """Build the application; a request brings the parts, so one serves every house."""
    app = FastAPI(
        title="Shixue 实学: learning packages", docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False, dependencies=[Depends(refuse_nul)],
    )  # fmt: skip
    problems.install(app)
    app.add_middleware(SandboxMiddleware)
    own = f"/{{token}}/{RUN_TIME}"
    app.add_api_route(f"{own}/start", start, methods=["GET"])
    app.add_api_route(f"{own}/run-time.js", run_time, methods=["GET"])
    package_units.install(app, own)
    app.add_api_route("/{token}/{name:path}", preflight, methods=["OPTIONS"])
    app.add_api_route("/{token}/{name:path}", read_file, methods=["GET", "HEAD"])
    return app
