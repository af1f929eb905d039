"""Every refusal says what to do, in words for people."""

import re

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from app.api import problems
from app.core import errors
from app.identity.rules.actors import Role
from app.identity.rules.cases import CASE_NAMES, CaseKind
from app.identity.services import roles
from app.lobby.parts import Parts
from tests.people import ALICE, csrf, prove, sign_in
from tests.reviewers import with_role


@pytest.mark.parametrize("kind", problems.STATUS)
def test_an_error_without_a_remedy_gets_one(kind: type[errors.AppError]) -> None:
    rest = {"retry_after_s": 5} if kind is errors.TooManyRequestsError else {}
    assert problems.problem_of(kind("不行。", **rest)).remedy


@pytest.mark.parametrize("status", [400, 404, 405, 413, 415, 418])
def test_what_the_framework_refuses_has_a_remedy(status: int) -> None:
    answer = problems.http_response(HTTPException(status))
    assert b'"remedy"' in answer.body


def test_a_file_that_is_too_large_is_named_as_the_file(client: TestClient) -> None:
    for kind, field in (("application/octet-stream", "/file"), ("application/json", "")):
        headers = csrf(client) | {"content-type": kind}
        answer = client.post(
            "/api/v1/verification/files", content=bytes(5 * 2**20), headers=headers
        )
        assert answer.status_code == 413
        [told] = answer.json()["errors"]
        assert (told["field"], told["code"]) == (field, "too_large")
        assert "4 MB" in told["message"]


def test_a_page_that_is_sent_too_much_says_how_much_it_takes(client: TestClient) -> None:
    answer = client.post("/verify", content=bytes(2**19))
    assert answer.status_code == 413
    assert "256 KB" in answer.text


@pytest.mark.parametrize(
    "content", [b"[" * 5000 + b"]" * 5000, b'{"phone": ' + b"9" * 5000 + b"}", b"{", b"\xff"]
)
def test_broken_bodies_are_problems_with_a_remedy(client: TestClient, content: bytes) -> None:
    headers = csrf(client) | {"content-type": "application/json"}
    answer = client.post("/api/v1/auth/codes", content=content, headers=headers)
    assert answer.status_code in {400, 422}
    problem = answer.json()
    assert problem["remedy"]
    assert all(error["field"] in {"", "/phone"} for error in problem["errors"])


@pytest.mark.parametrize(
    ("path", "body", "field", "message"),
    [
        ("/auth/sign-in", {"phone": "", "code": "1"}, "/phone", "请填写。"),
        ("/auth/sign-in", {"phone": "1", "code": ""}, "/code", "请填写。"),
        ("/auth/sign-in", {"phone": "1", "code": "12"}, "/code", "应为 6 位数字。"),
        (
            "/me/consents", {"kind": "face", "version": "1", "accepted": False}, "/accepted",
            "请先勾选同意。",
        ),
        (
            "/org/assignment-rules",
            {"course_id": "0" * 26, "purpose": "safety", "aim": "persons", "due_on": ""},
            "/due_on", "请选择日期。",
        ),
        (
            f"/org/classes/{'0' * 26}/members", {"staff_ids": []}, "/staff_ids", "请至少选一人。",
        ),
        (
            "/me/identity",
            {"document_type": "resident_id", "number": "1" * 41, "name": "李"},
            "/number", "太长，最多 40 个字。",
        ),
        (
            "/complaints", {"contact": "13800000001", "text": "慢" * 2001}, "/text",
            "太长，最多 2000 个字。",
        ),
    ],
)  # fmt: skip
def test_wrong_fields_are_said_in_words(
    client: TestClient, parts: Parts, path: str, body: dict, field: str, message: str
) -> None:
    sign_in(client, parts, ALICE)
    account = prove(parts, ALICE)
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=account, role=Role.EMPLOYER, org_id=None, region_code=None,
            now=parts.clock.now(),
        )  # fmt: skip
    problem = client.post(f"/api/v1{path}", json=body, headers=csrf(client)).json()
    said = {error["field"]: error["message"] for error in problem["errors"]}
    assert said[field] == message
    assert problem["remedy"]
    assert not re.search(r"[A-Za-z_]{3,}", problem["detail"])


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (
            "/me/identity", {"document_type": "x", "number": "1", "name": "1"},
            (
                "请从这些里选：居民身份证（resident_id）、港澳台居民居住证（residence_permit）、"
                "外国人永久居留身份证（foreign_permanent）。"
            ),
        ),
        (
            "/appeals", {"subject": "x", "ref_id": "0" * 26, "text": "我一直在学"},
            "请从这些里选：没有计入的一段（cut）、学习暂停（hold）。",
        ),
        (
            "/complaints", {"kind": "投诉", "contact": "13800000001", "text": "页面打开很慢"},
            "请从这些里选：投诉（complaint）、个人信息权利请求（privacy_request）。",
        ),
    ],
)  # fmt: skip
def test_a_closed_list_names_what_it_accepts(
    client: TestClient, parts: Parts, path: str, body: dict, message: str
) -> None:
    sign_in(client, parts, ALICE)
    answer = client.post(f"/api/v1{path}", json=body, headers=csrf(client))
    assert answer.json()["detail"] == message


def test_every_kind_of_case_is_named_with_its_code(client: TestClient, parts: Parts) -> None:
    with_role(client, parts, Role.REVIEWER)
    said = client.get("/api/v1/desk/cases?kind=x").json()["detail"]
    assert all(f"{CASE_NAMES[kind]}（{kind.value}）" in said for kind in CaseKind)
    assert "待处理（open）" in client.get("/api/v1/desk/cases?state=x").json()["detail"]


def test_validation_without_errors_is_still_a_problem() -> None:
    answer = problems.validation_response(RequestValidationError([]))
    assert answer.status_code == 422
