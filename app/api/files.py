"""Files that routes give out and take in: their media types, and how a route's document says so."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import Request, Response

from app.core.errors import InvalidError

JSON: Final = "application/json"
PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP: Final = "application/zip"
OCTETS: Final = "application/octet-stream"

TAKES_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {OCTETS: {"schema": {"type": "string", "minLength": 1}}},
    }
}
"""`openapi_extra` of a route whose body is a file, as it is and not in a form."""


async def read_up_to(request: Request, most: int) -> bytes:
    """A body as it came; of one longer than `most` bytes some more than those, and no end.

    Who takes it refuses it by its length, in words of its own. Raises InvalidError for a form:
    what stands around the file in it would be taken for damage.
    """
    kind = request.headers.get("content-type", "").lower()
    if kind.startswith(("multipart/", "application/x-www-form-urlencoded")):
        raise InvalidError(
            "文件要直接放在请求正文里，不要放在表单里。", field="/file", code="form",
            remedy="请以 application/octet-stream 发送文件本身，例如 curl --data-binary @文件名"
            ' -H "content-type: application/octet-stream"',
        )  # fmt: skip
    kept = bytearray()
    async for piece in request.stream():
        kept += piece
        if len(kept) > most:
            break
    return bytes(kept)


def gives(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that answers with a file of one of these kinds."""
    return {200: {"content": {each: {} for each in media_types}}}


def disposition(name: str) -> dict[str, str]:
    """The header by which a browser saves a file under this name (RFC 6266)."""
    told = f'filename="{name}"' if name.isascii() else f"filename*=UTF-8''{quote(name)}"
    return {"content-disposition": f"attachment; {told}"}


def attached(content: bytes, media_type: str, name: str) -> Response:
    """A file to save; that nobody keeps a copy on the way is said of every answer (`shell.py`)."""
    return Response(content, media_type=media_type, headers=disposition(name))
