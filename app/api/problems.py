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

from app.core import errors

_log = logging.getLogger("shixue.problem")

STATUS: dict[type[errors.AppError], int] = {
    errors.InvalidError: 422,
    errors.TooLargeError: 413,
    errors.NotSignedInError: 401,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.TooManyRequestsError: 429,
    errors.UnavailableError: 503,
}
TITLES = {
    400: "请求无法读取", 401: "未登录", 403: "没有权限", 404: "未找到", 405: "方法不支持",
    409: "状态冲突", 413: "内容过大", 415: "类型不支持", 422: "填写有误", 429: "操作太频繁",
    500: "服务器出错", 503: "暂时不可用",
}  # fmt: skip
# What to do, where an error does not know better.
_REMEDIES = {
    401: "请先登录", 403: "请换用有权限的账号登录", 404: "请检查地址，或从上一页重新进入",
    405: "请按接口说明换用别的方法", 409: "请刷新后再看", 413: "请减少内容后再提交",
    422: "请按每一处的提示改正后再提交", 429: "请稍候再试", 503: "请稍后再试",
}  # fmt: skip
_RETRY_AFTER = {
    "retry-after": {"description": "In so many seconds.", "schema": {"type": "integer"}}
}
# pydantic's error types, said for people; what is not listed falls back to the last line.
_SENTENCES = {
    "missing": "缺少必填项。",
    "extra_forbidden": "不认识的字段，请去掉。",
    "string_type": "应为文字。",
    "string_too_short": "太短，至少 {min_length} 个字符。",
    "string_too_long": "太长，最多 {max_length} 个字符。",
    "string_pattern_mismatch": "格式不对。",
    "string_unicode": "含有不完整的字符，请删去后再试。",
    "text_control": "含有看不见的控制字符，请删去后再试。",
    "text_blank": "请写明内容。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "bool_type": "应为 true 或 false。",
    "list_type": "应为列表。",
    "too_short": "至少要有 {min_length} 项。",
    "too_long": "最多 {max_length} 项。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than_equal": "不能大于 {le}。",
    "greater_than": "应大于 {gt}。",
    "literal_error": "只能是 {expected} 之一。",
    "enum": "只能是 {expected} 之一。",
    "json_invalid": "不是合法的 JSON。",
    "model_attributes_type": "应为 JSON 对象。",
    "value_error": "含有无法识别的字符。",
    "dict_type": "应为 JSON 对象。",
    "date_from_datetime_parsing": "应为日期，例如 2026-12-31。",
    "date_parsing": "应为日期，例如 2026-12-31。",
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


def may_raise(*kinds: type[errors.AppError]) -> dict[int | str, dict[str, Any]]:
    """Document the errors of a route; validation and body size may fail anywhere."""
    found = {status_of(kind) for kind in kinds} | {413, 422}
    return {
        status: {
            "description": TITLES[status],
            "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
        }
        | ({"headers": _RETRY_AFTER} if status in (429, 503) else {})
        for status in sorted(found)
    }


def status_of(kind: type[errors.AppError]) -> int:
    """Find the status of an error class, or of the nearest parent that has one."""
    return next(STATUS[parent] for parent in kind.__mro__ if parent in STATUS)


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
    found = []
    for error in raised:
        where = [str(part) for part in error["loc"] if part != "body"]
        sentence = _SENTENCES.get(error["type"], "内容不符合要求。")
        context = {k: str(v) for k, v in (error.get("ctx") or {}).items()}
        try:
            message = sentence.format(**context)
        except KeyError:
            message = "内容不符合要求。"
        found.append(FieldProblem(field="/" + "/".join(where), code=error["type"], message=message))
    return found


async def on_app_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.AppError)  # noqa: S101 -- registered for this class only
    return problem_response(problem_of(error), headers_of(error))


async def on_validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return validation_response(error)


def validation_response(error: RequestValidationError) -> Response:
    """Name every wrong field of a request."""
    wrong = field_problems(error.errors())
    named = "、".join(w.field for w in wrong[:5])
    return problem_response(
        Problem(
            title=TITLES[422], status=422, code="invalid",
            detail="有 " + str(len(wrong)) + " 处填写有误：" + named,
            remedy=_REMEDIES[422], errors=wrong,
        )
    )  # fmt: skip


async def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == 405:
        return http_response(HTTPException(405, headers={"allow": _methods_of(request)}))
    return http_response(error)


def _methods_of(request: Request) -> str:
    """Every method of an address; the framework names those of one of its routes only."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    found = {
        method
        for route in getattr(request.app.state, "routes", ())
        if route.path_regex.match(path)
        for method in route.methods
    }
    return ", ".join(sorted(found))


def http_response(error: HTTPException) -> Response:
    """Render what the framework itself refuses: no such route, wrong method, too large."""
    status = error.status_code
    if status == 400:  # what the framework says of a body that is no text
        return validation_response(
            RequestValidationError([{"loc": ("body",), "type": "json_invalid"}])
        )
    title = TITLES.get(status, HTTPStatus(status).phrase)
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    own_words = error.detail if status == 413 else title
    return problem_response(
        Problem(
            title=title, status=status, detail=own_words, code=code, remedy=_REMEDIES.get(status)
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
