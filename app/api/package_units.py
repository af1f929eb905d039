"""What cmi5 units call below their package's address: the fetch address and a little of xAPI."""

from typing import Annotated

from fastapi import Depends, FastAPI, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from app.core.errors import NotFoundError
from app.learning.services import package_addresses, package_xapi
from app.learning.services.package_addresses import Opened
from app.lobby.deps import Now, PartsDep
from app.lobby.parts import Parts

Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,200}$")]
_KINDS = {"activities/state": package_xapi.STATE, "agents/profile": package_xapi.PROFILE}
_PLAIN = {"application/json", "text/plain"}
_VERSION = "1.0.3"


def opened(token: Token, parts: PartsDep, now: Now) -> Opened:
    """What the address leads to. Raises ForbiddenError, NotFoundError."""
    with parts.database.reading() as db:
        return package_addresses.resolve(db, parts.keys, token, now=now)


OpenedDep = Annotated[Opened, Depends(opened)]


def origin_of(request: Request, parts: Parts) -> str:
    """Where packages run, as their pages see it."""
    settings = parts.settings
    if settings.package_origin:
        return settings.package_origin
    scheme = settings.public_url.partition("://")[0]
    return f"{scheme}://{request.headers['host']}"


def fetch(token: Token, found: OpenedDep, parts: PartsDep, now: Now) -> JSONResponse:
    """cmi5's fetch address: the token of this sitting, once."""
    with parts.database.transaction() as db:
        given = package_xapi.fetch_token(db, parts.keys, found, token, now=now)
    return JSONResponse({"auth-token": given})


def authorised(
    token: Token,
    found: OpenedDep,
    parts: PartsDep,
    authorization: Annotated[str, Header(max_length=200)] = "",
) -> Opened:
    """A unit that has fetched its token. Raises ForbiddenError."""
    package_xapi.check_token(parts.keys, token, authorization)
    return found


def named(
    state_id: Annotated[str, Query(alias="stateId", max_length=200)] = "",
    profile_id: Annotated[str, Query(alias="profileId", max_length=200)] = "",
) -> str:
    return state_id or profile_id


async def raw(request: Request) -> bytes:
    return await request.body()


def counted(found: Annotated[Opened, Depends(authorised)], parts: PartsDep, now: Now) -> Opened:
    """A unit that writes: each call is a transaction. Raises TooManyRequestsError."""
    if found.whose is not None:
        whose = ".".join(str(piece) for piece in found.whose)
        parts.limiter.take("package.unit", whose, limit=600, window_s=600, now=now)
    return found


UnitDep = Annotated[Opened, Depends(authorised)]
WriterDep = Annotated[Opened, Depends(counted)]
NameDep = Annotated[str, Depends(named)]
RawDep = Annotated[bytes, Depends(raw)]


def about() -> JSONResponse:
    """Which xAPI this is."""
    return JSONResponse({"version": [_VERSION]}, headers={"x-experience-api-version": _VERSION})


def keep_statements(unit: WriterDep, body: RawDep, parts: PartsDep, now: Now) -> JSONResponse:
    """Keep what the unit says; it is told by the package, and no more."""
    with parts.database.transaction() as db:
        return JSONResponse(package_xapi.keep_statements(db, parts.vault, unit, body, now=now))


def read_statements(unit: UnitDep, parts: PartsDep) -> JSONResponse:
    """What this unit said before."""
    with parts.database.reading() as db:
        return JSONResponse(
            {"statements": package_xapi.statements(db, parts.vault, unit), "more": ""}
        )


def read_document(resource: str, unit: UnitDep, name: NameDep, parts: PartsDep) -> Response:
    """A document of state or profile, or the names of all of them."""
    kind = _kind(resource)
    with parts.database.reading() as db:
        if not name:
            return JSONResponse(package_xapi.documents(db, parts.vault, unit, kind))
        back = f"{parts.settings.public_url}/home"
        text, said = package_xapi.document(db, parts.vault, unit, kind, name, returns_to=back)
    plain = said.partition(";")[0].strip().lower()
    kept = plain if plain in _PLAIN else "application/octet-stream"
    return Response(text, headers={"content-type": kept})


def keep_document(
    *,
    resource: str,
    unit: WriterDep,
    name: NameDep,
    body: RawDep,
    parts: PartsDep,
    now: Now,
    content_type: Annotated[str, Header(max_length=200)] = "application/json",
) -> Response:
    """Keep a document of state or profile."""
    kind = _kind(resource)
    with parts.database.transaction() as db:
        package_xapi.keep_document(
            db, parts.vault, unit, kind, name, body=body, content_type=content_type, now=now
        )
    return Response(status_code=204)


def drop_document(resource: str, unit: WriterDep, name: NameDep, parts: PartsDep) -> Response:
    """Forget a document."""
    kind = _kind(resource)
    with parts.database.transaction() as db:
        package_xapi.drop_document(db, parts.vault, unit, kind, name)
    return Response(status_code=204)


def _kind(resource: str) -> str:
    if resource not in _KINDS:
        raise NotFoundError("这里没有这一项。", remedy="平台只接受 cmi5 需要的 xAPI")
    return _KINDS[resource]


def install(app: FastAPI, own: str) -> None:
    """Put the routes below `own`, the address of what is ours inside a package's."""
    app.add_api_route(f"{own}/fetch", fetch, methods=["POST"])
    app.add_api_route(f"{own}/xapi/about", about, methods=["GET"])
    app.add_api_route(f"{own}/xapi/statements", keep_statements, methods=["PUT", "POST"])
    app.add_api_route(f"{own}/xapi/statements", read_statements, methods=["GET"])
    address = f"{own}/xapi/{{resource:path}}"
    app.add_api_route(address, read_document, methods=["GET"])
    app.add_api_route(address, keep_document, methods=["PUT", "POST"])
    app.add_api_route(address, drop_document, methods=["DELETE"])
