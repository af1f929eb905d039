"""Forms that a browser without scripts sends to a page (docs/decisions/0002-pages-read-only.md)."""

from urllib.parse import parse_qsl

from fastapi import Request

from app.core.crypto import same
from app.core.errors import AppError


async def fields_of(request: Request) -> dict[str, str]:
    """The fields of a plain form; of a name that stands twice the last."""
    body = (await request.body()).decode("utf-8", "replace")
    return {name: value.strip() for name, value in parse_qsl(body)}


def is_from_our_page(request: Request, token: str) -> bool:
    """Tell whether the form was one of ours: another site cannot read the token in it."""
    given: str = request.state.csrf_token
    return same(token.encode(), given.encode())


def said(error: AppError) -> str:
    """What is said of an error beside what was filled in."""
    return f"{error.message}{error.remedy or '请过一会儿再试'}。"
