"""The only place where errors become status codes: RFC 9457 problem documents."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from app.api.sentences import sentence_of
from app.core import errors
from app.lobby.public_reading import methods_of

_log = logging.getLogger("shixue.problem")

STATUS: dict[type[errors.AppError], int] = {
    errors.InvalidError: 422,
    errors.TooLargeError: 413,
    errors.NotSignedInError: 401,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.EndedError: 410,
    errors.TooManyRequestsError: 429,
    errors.UnavailableError: 503,
}
TITLES = {
    400: "请求无法读取", 401: "未登录", 403: "没有权限", 404: "未找到", 405: "方法不支持",
    409: "状态冲突", 410: "已失效", 413: "内容过大", 415: "类型不支持", 422: "填写有误",
    429: "操作太频繁",
    500: "服务器出错", 503: "暂时不可用",
}  # fmt: skip
# What helps where whoever refused had no better word: an answer without a way on is no answer.
_REMEDIES = {
    400: "请刷新页面后重新填写", 401: "请用手机号登录后再试", 403: "请换用有权限的账号，或刷新页面",
    404: "请回到上一页，刷新后重新进入", 405: "请刷新页面后再试", 409: "请刷新页面，看看现在的状态",
    410: "请向给您链接的人要一个新的", 413: "请减少内容后再试", 415: "请刷新页面后再试",
    422: "请按提示改正后再提交",
    429: "先等一等，不要重复提交", 503: "请过一会儿再试",
}  # fmt: skip
_RETRY_AFTER = {
    "retry-after": {"description": "In so many seconds.", "schema": {"type": "integer"}}
}


class FieldProblem(BaseModel):
    """One wrong field: a JSON pointer into the request, and what to do about it."""

    field: str
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457, with a code for programs and a remedy for people; other members may follow."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    remedy: str | None = None
    errors: list[FieldProblem] = Field(default_factory=list)


# Made once: every route of the description names it.
_CONTENT = {"application/problem+json": {"schema": Problem.model_json_schema()}}


def may_raise(*kinds: type[errors.AppError]) -> dict[int | str, dict[str, Any]]:
    """Document the errors of a route; validation and body size may fail anywhere."""
    found = {status_of(kind) for kind in kinds} | {413, 422}
    return {
        status: {
            "description": TITLES[status],
            "content": _CONTENT,
        }
        | ({"headers": _RETRY_AFTER} if status in (429, 503) else {})
        for status in sorted(found)
    }


def status_of(kind: type[errors.AppError]) -> int:
    """Find the status of an error class, or of the nearest parent that has one."""
    return next(STATUS[parent] for parent in kind.__mro__ if parent in STATUS)


READING = may_raise(
    errors.InvalidError, errors.NotSignedInError, errors.ForbiddenError, errors.NotFoundError
)
"""Of a route that shows one's own, or an organisation's, to whoever has signed in."""
WRITING = READING | may_raise(errors.ConflictError)
"""Of one that changes it."""


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(
        problem.model_dump(exclude_none=True),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


def problem_of(error: errors.AppError) -> Problem:
    """Render a domain error."""
    status = status_of(type(error))
    field_errors = (
        [FieldProblem(field=error.field, code=error.code, message=error.message)]
        if error.field
        else []
    )
    return Problem(
        title=TITLES[status], status=status, detail=error.message, code=error.code,
        remedy=error.remedy or _REMEDIES[status], errors=field_errors, **error.extra,
    )  # fmt: skip


def headers_of(error: errors.AppError) -> dict[str, str]:
    """Tell when to come again, where the error knows."""
    wait = getattr(error, "retry_after_s", None)
    return {} if wait is None else {"retry-after": str(wait)}


def field_problems(raised: Sequence[Any]) -> list[FieldProblem]:
    """Turn pydantic's errors into pointers and sentences."""
    return [
        FieldProblem(field=_pointer(error), code=error["type"], message=sentence_of(error))
        for error in raised
    ]


def _pointer(error: Any) -> str:  # noqa: ANN401 -- pydantic's error
    """A JSON pointer into the request; the empty one is the whole body."""
    if error["type"] == "json_invalid":
        return ""  # pydantic names a place in the bytes, which is no field
    where = [str(part) for part in error["loc"] if part != "body"]
    return "".join(f"/{part}" for part in where)


async def on_app_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.AppError)  # noqa: S101 -- registered for this class only
    return problem_response(problem_of(error), headers_of(error))


async def on_validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return validation_response(error)


def validation_response(error: RequestValidationError) -> Response:
    """Name every wrong field of a request."""
    wrong = field_problems(error.errors())
    said = wrong[0].message if wrong else ""
    return problem_response(
        Problem(
            title=TITLES[422], status=422, code="invalid",
            detail=said if len(wrong) == 1 else f"有 {len(wrong)} 处填写有误。{said}",
            remedy=_REMEDIES[422], errors=wrong,
        )
    )  # fmt: skip


async def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == 405:
        return http_response(HTTPException(405, headers={"allow": _methods_of(request)}))
    return http_response(error, body=_body_of(request))


def _methods_of(request: Request) -> str:
    """Every method of an address; the framework names those of one of its routes only."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return methods_of(getattr(request.app.state, "routes", request.app.routes), path)


def _body_of(request: Request) -> str:
    """The field that a request's body is as a whole: a file by itself has a name, JSON has none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return "" if kind in ("", "application/json") else "/file"


def http_response(error: HTTPException, *, body: str = "") -> Response:
    """Render what the framework itself refuses: no such route, wrong method, too large.

    `body`: the field that is named where the body as a whole is too large.
    """
    status = error.status_code
    if status == 400:  # what the framework says of a body that is no text
        return validation_response(
            RequestValidationError([{"loc": ("body",), "type": "json_invalid"}])
        )
    title = TITLES.get(status, HTTPStatus(status).phrase)
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    own_words = error.detail if status == 413 else f"{title}。"
    remedy = _REMEDIES.get(status, _REMEDIES[400])
    return problem_response(
        Problem(
            title=title,
            status=status,
            detail=own_words,
            code=code,
            remedy=remedy,
            errors=[FieldProblem(field=body, code="too_large", message=own_words)]
            if status == 413
            else [],
        ),
        dict(error.headers or {}),
    )


async def on_crash(request: Request, error: Exception) -> Response:
    """Answer what nobody foresaw, without a word of its inside; the log has the rest."""
    request_id = getattr(request.state, "request_id", "")
    _log.error("unhandled", exc_info=error, extra={"request_id": request_id})
    return problem_response(
        Problem(
            title=TITLES[500], status=500, code="internal",
            detail="服务器出错，操作没有生效。", remedy="请稍后再试；若仍不行，请把编号告诉客服",
            request_id=request_id,
        )
    )  # fmt: skip


def install(app: FastAPI) -> None:
    """Register the handlers on the API application."""
    app.add_exception_handler(errors.AppError, on_app_error)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_crash)
