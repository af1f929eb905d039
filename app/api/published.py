"""What verifiers of credentials fetch: who signs (did:web), and which credentials are revoked."""

import functools
from typing import Annotated

from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import Response
from starlette.responses import JSONResponse

from app.api import media_types, problems
from app.api.problems import may_raise
from app.certs.services import statuses
from app.core.errors import NotFoundError
from app.lobby import former
from app.lobby.deps import Now, PartsDep

_FIVE_MINUTES = "public, max-age=300"
_ASKED_AGAIN = "public, no-cache"
"""Of keys: a list that a new key signed reaches who kept the document of the old one."""
# Both are JSON-LD; libraries that ask for JSON by name read nothing that is called otherwise.
_DID_TYPES = (
    "application/did+json", "application/did+ld+json", "application/ld+json", "application/json",
)  # fmt: skip
_VC_TYPES = ("application/vc", "application/ld+json", "application/json")


class VcResponse(Response):
    media_type = _VC_TYPES[0]


class DidResponse(JSONResponse):
    media_type = _DID_TYPES[0]


def read_did(request: Request, parts: PartsDep) -> Response:
    """The DID document: every public key that ever signed a certificate.

    Under an address from before it is the document of the name of that day.
    """
    address = former.meant(parts.settings, request.headers.get("host", ""))
    others = former.others_of(parts.settings, address)
    document = statuses.did_document(parts.keys, address, others)
    named = media_types.chosen(request.headers.get("accept", ""), _DID_TYPES)
    return DidResponse(document, media_type=named, headers=_for_all(_ASKED_AGAIN))


def read_status_list(
    *, number: Annotated[int, Path(ge=1, le=10**6)], request: Request, parts: PartsDep, now: Now,
    host: Annotated[str, Query(max_length=300)] = "",
) -> Response:  # fmt: skip
    """One list of bits, signed; 304 where it is as it was.

    Under the address at which it is asked; or, with `host`, under a former one of that host, for
    whoever checks a certificate from before and reaches that host no more.
    """
    asked = host or request.headers.get("host", "")
    address = former.meant(parts.settings, asked)
    with parts.database.reading() as db:
        found = parts.statuses.read(db, number, address=address, now=now)
    named = media_types.chosen(request.headers.get("accept", ""), _VC_TYPES)
    # The same bytes under another name are another representation, with a tag of its own.
    tag = found.tag if named == _VC_TYPES[0] else f'{found.tag[:-1]}-{named.split("/")[1]}"'
    headers = _for_all(_FIVE_MINUTES) | {"etag": tag}
    if not found.is_last:
        # Whoever keeps all lists asks for none that is not there.
        headers["link"] = f'</status/{number + 1}>; rel="next"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return VcResponse(found.body, media_type=named, headers=headers)


def _for_all(kept: str) -> dict[str, str]:
    """Verifiers are programs in browsers too, of whatever origin."""
    return {
        "cache-control": kept, "access-control-allow-origin": "*", "vary": "Host, Accept",
    }  # fmt: skip


@functools.cache
def create_well_known() -> FastAPI:
    """Mounted at /.well-known."""
    app = _application("Shixue 实学: who signs")
    app.get("/did.json", response_class=DidResponse)(read_did)
    return app


@functools.cache
def create_statuses() -> FastAPI:
    """Mounted at /status."""
    app = _application("Shixue 实学: status lists")
    documented = may_raise(NotFoundError)
    app.get("/{number}", response_class=VcResponse, responses=documented)(read_status_list)
    return app


def _application(title: str) -> FastAPI:
    app = FastAPI(title=title, version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    problems.install(app)
    return app
