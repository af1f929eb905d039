"""The build's files: their names hold their hash, and their packed twins lie beside them."""

from pathlib import PurePosixPath

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOR_EVER = "public, max-age=31536000, immutable"
# The build packs what is worth it (`frontend/vite.config.ts`), the better way first.
_TWINS = (("br", ".br"), ("gzip", ".gz"))
_TYPES = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
}  # fmt: skip


class BuiltFiles(StaticFiles):
    """A hashed file never changes; it leaves packed to whoever can unpack it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if not path.startswith("assets"):
            return await super().get_response(path, scope)
        response = await self._packed(path, scope)
        if response.status_code in {200, 304}:
            response.headers["cache-control"] = _FOR_EVER
        return response

    async def _packed(self, path: str, scope: Scope) -> Response:
        media_type = _TYPES.get(PurePosixPath(path).suffix)
        if media_type is None:
            return await super().get_response(path, scope)
        for coding, suffix in _TWINS:
            if coding in accepted(scope) and self.lookup_path(path + suffix)[1] is not None:
                response = await super().get_response(path + suffix, scope)
                response.headers["content-encoding"] = coding
                response.headers["content-type"] = media_type
                break
        else:
            response = await super().get_response(path, scope)
        response.headers["vary"] = "accept-encoding"
        return response


def accepted(scope: Scope) -> set[str]:
    """The codings that the caller takes; one with q=0 they do not."""
    found = set()
    for name, value in scope["headers"]:
        if name != b"accept-encoding":
            continue
        for each in value.decode("latin-1").lower().split(","):
            coding, _, weight = each.partition(";")
            if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
                found.add(coding.strip())
    return found
