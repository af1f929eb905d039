"""Errors as pages: the twin of the API's problem documents."""

import logging
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from app.core import errors
from app.lobby.public_reading import methods_of
from app.web.paging import BehindTheLastError
from app.web.rendering import render

_log = logging.getLogger("shixue.page")

_STATUS: dict[type[errors.AppError], int] = {
    errors.InvalidError: 422,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.EndedError: 410,
    errors.TooManyRequestsError: 429,
    errors.UnavailableError: 503,
}
_REMEDY = "请返回上一页，刷新后再试"


@dataclass(frozen=True, slots=True)
class ErrorPage:
    status: int
    title: str
    message: str
    remedy: str


async def on_app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.AppError)  # noqa: S101 -- registered for this class only
    if error.code == "second_factor":
        wanted = quote(request.url.path, safe="/")
        return RedirectResponse(f"/second-factor?next={wanted}", status_code=303)
    if error.code == "choose_organisation":
        return RedirectResponse("/acting", status_code=303)
    if error.code == "not_verified":
        return RedirectResponse("/signup/identity", status_code=303)
    if isinstance(error, errors.NotSignedInError):
        wanted = quote(request.url.path, safe="/")
        return RedirectResponse(f"/sign-in?next={wanted}", status_code=303)
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)
    title = {404: "没有找到", 403: "没有权限", 410: "链接已失效"}.get(status, "现在不行")
    page = ErrorPage(status, title, error.message, error.remedy or _REMEDY)
    return render(request, "error.html", page, status)


async def on_behind_the_last(_request: Request, error: Exception) -> Response:
    """A list that became shorter since its link was made leads to its last page."""
    assert isinstance(error, BehindTheLastError)  # noqa: S101 -- registered for this class only
    return RedirectResponse(error.href, status_code=303)


async def on_wrong_address(request: Request, _error: Exception) -> Response:
    page = ErrorPage(404, "没有找到", "这个地址不存在，或者已经移走。", "请从首页重新进入")
    return render(request, "error.html", page, 404)


async def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == 404:
        return _without_slash(request) or await on_wrong_address(request, error)
    page = ErrorPage(error.status_code, "请求无法处理", "这一步做不了。", _REMEDY)
    if error.status_code == 413:
        page = ErrorPage(413, "内容过大", error.detail, "请返回上一页，减少内容后再提交")
    response = render(request, "error.html", page, error.status_code)
    if error.status_code == 405:
        response.headers["allow"] = methods_of(request.app.state.routes, request.url.path)
    return response


def _without_slash(request: Request) -> Response | None:
    """A page's address with a slash behind it leads to the page, on whatever host this is.

    One slash in front and no more: two would begin another host's name.
    """
    path: str = request.scope["path"]
    if request.method != "GET" or not path.endswith("/") or not path.strip("/"):
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    target = "/" + quote(path.strip("/"), safe="/:@!$&'()*+,;=-._~") + query
    return RedirectResponse(target, status_code=308)


async def on_crash(request: Request, error: Exception) -> Response:
    request_id = getattr(request.state, "request_id", "")
    _log.error("unhandled", exc_info=error, extra={"request_id": request_id})
    page = ErrorPage(500, "服务器出错", "操作没有生效。", f"请稍后再试；编号 {request_id}")
    return render(request, "error.html", page, 500)


def install(app: FastAPI) -> None:
    """Register the handlers on the application of the pages."""
    app.add_exception_handler(errors.AppError, on_app_error)
    app.add_exception_handler(RequestValidationError, on_wrong_address)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(BehindTheLastError, on_behind_the_last)
    app.add_exception_handler(Exception, on_crash)
