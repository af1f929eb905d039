"""A public page leaves packed for whoever comes for the first time, when it is slowest.

For nobody else: a page holds its device's token, and its length, packed, tells about that token to
whoever may choose another part of the page and count bytes (BREACH). Who brings no cookie gets a
token that is made for this one answer, so that there is nothing to learn by asking again.
"""

import gzip

from starlette.requests import Request
from starlette.responses import Response

from app.lobby.built_files import accepted

_LEVEL = 6


def is_first(request: Request) -> bool:
    """Tell whether the caller brings nothing by which they were known before."""
    return not {"cookie", "authorization"}.intersection(request.headers)


def packed(request: Request, response: Response) -> Response:
    """The same answer, packed where it is a first visit and the caller can unpack it."""
    response.headers["vary"] = "accept-encoding, cookie"
    if is_first(request) and "gzip" in accepted(request.scope):
        response.body = gzip.compress(bytes(response.body), _LEVEL, mtime=0)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
    return response
