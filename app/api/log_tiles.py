"""The log in tlog-tiles form (c2sp.org/tlog-tiles), mounted at /log: public and cacheable."""

import functools
from typing import Annotated

from fastapi import FastAPI, Path
from fastapi.responses import PlainTextResponse, Response

from app.api import problems
from app.api.problems import may_raise
from app.core import log_reading
from app.core.errors import NotFoundError
from app.core.tiles import parse_tile_path
from app.lobby.deps import PartsDep

_SECONDS = "public, max-age=5"
_FOR_EVER = "public, max-age=31536000, immutable"


def read_checkpoint(parts: PartsDep) -> Response:
    """The newest checkpoint as a signed note, with the lines of its witnesses."""
    with parts.database.reading() as db:
        note = log_reading.note_of(db, log_reading.newest(db))
    return PlainTextResponse(note, headers={"cache-control": _SECONDS})


def read_tile(
    path: Annotated[str, Path(description="<L>/<N>[.p/<W>] or entries/<N>[.p/<W>]")],
    parts: PartsDep,
) -> Response:
    """A tile of hashes, or a bundle of entries behind their lengths in two bytes.

    A full tile never changes. A partial one does not either, but grows under another address.
    """
    address = parse_tile_path(path)
    if address is None:
        raise NotFoundError("没有这样的地址。", remedy="请按 c2sp.org/tlog-tiles 填写")
    with parts.database.reading() as db:
        body = log_reading.read_tile(db, address)
    return Response(
        body, media_type="application/octet-stream", headers={"cache-control": _FOR_EVER}
    )


@functools.cache
def create_log() -> FastAPI:
    """Build the application; described at /log/openapi.json."""
    app = FastAPI(
        title="Shixue 实学: transparency log", version="1", docs_url=None, redoc_url=None,
        redirect_slashes=False,
        description="Read only. Hashes as in RFC 6962, texts and addresses as in C2SP.",
    )  # fmt: skip
    problems.install(app)
    documented = may_raise(NotFoundError)
    app.get("/checkpoint", response_class=PlainTextResponse, responses=documented)(read_checkpoint)
    app.get("/tile/{path:path}", response_class=Response, responses=documented)(read_tile)
    return app
