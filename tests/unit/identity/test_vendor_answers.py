"""Whatever a vendor, or somebody in its place, answers: only the documented success is a pass."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.settings import VendorSettings
from app.identity.providers import aliyun, tencent
from app.identity.providers.account import Answer
from app.identity.providers.aliyun import AliyunWire
from app.identity.providers.registry import read_aliyun, read_tencent
from app.identity.providers.tencent import TencentWire
from app.identity.providers.wire import RawAnswer, VendorError
from app.identity.rules.documents import DocumentType
from app.identity.rules.registry import RegistryOutcome
from app.identity.rules.vendor_calls import Failure

# Values that stand somewhere in a success, in every place where they may stand wrongly.
LEAVES = st.sampled_from(
    [
        "0",
        "1",
        "200",
        "OK",
        "Ok",
        "success",
        "",
        0,
        1,
        200,
        0.0,
        True,
        False,
        None,
        "-1",
        "01",
        "0 ",
    ]
)
NAMES = st.sampled_from(
    ["Response", "Result", "RequestId", "Error", "Code", "Message", "ResultObject", "BizCode"]
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
STATUSES = st.sampled_from([200, 201, 204, 301, 400, 403, 429, 500, 503])
BODIES = JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60)


def _tencent(raw: RawAnswer) -> Answer:
    return TencentWire(VendorSettings(kind="tencent"), tencent.FACEID).read(raw)


def _aliyun(raw: RawAnswer) -> Answer:
    return AliyunWire(VendorSettings(kind="aliyun"), aliyun.CLOUDAUTH).read(raw)


def _outcome(kind: str, status: int, body: bytes) -> RegistryOutcome | None:
    read = _tencent if kind == "tencent" else _aliyun
    try:
        answer = read(RawAnswer(status, body))
    except VendorError:
        return None
    assert answer.transaction_id
    understand = read_tencent if kind == "tencent" else read_aliyun
    return understand(answer.content, DocumentType.RESIDENT_ID)


def _is_success(kind: str, status: int, value: Any) -> bool:
    """The documented success, said as plainly as can be."""
    inside = value.get("Response") if kind == "tencent" and isinstance(value, dict) else value
    if status != 200 or not isinstance(inside, dict):
        return False
    if not (isinstance(inside.get("RequestId"), str) and inside["RequestId"]):
        return False
    if kind == "tencent":
        return "Error" not in inside and inside.get("Result") == "0"
    found = inside.get("ResultObject")
    return inside.get("Code") == "200" and isinstance(found, dict) and found.get("BizCode") == "1"


@given(st.sampled_from(["tencent", "aliyun"]), STATUSES, JSON)
def test_only_the_documented_success_is_a_match(kind: str, status: int, value: Any) -> None:
    found = _outcome(kind, status, json.dumps(value).encode())
    assert (found is RegistryOutcome.MATCH) == _is_success(kind, status, value)


@given(st.sampled_from(["tencent", "aliyun"]), STATUSES, BODIES)
def test_whatever_comes_is_read_or_refused(kind: str, status: int, body: bytes) -> None:
    _outcome(kind, status, body)


SUCCESS = {
    "tencent": {"Response": {"Result": "0", "Description": "", "RequestId": "r"}},
    "aliyun": {
        "Code": "200", "Message": "success", "RequestId": "r", "ResultObject": {"BizCode": "1"},
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", SUCCESS)
def test_a_success_is_a_match_and_every_cut_of_it_is_not(kind: str) -> None:
    whole = json.dumps(SUCCESS[kind]).encode()
    assert _outcome(kind, 200, whole) is RegistryOutcome.MATCH
    for length in range(len(whole)):
        assert _outcome(kind, 200, whole[:length]) is not RegistryOutcome.MATCH
    for status in (201, 202, 204, 302, 400, 401, 403, 404, 429, 500, 502, 503):
        assert _outcome(kind, status, whole) is not RegistryOutcome.MATCH


@pytest.mark.parametrize(
    ("kind", "status", "code", "failure"),
    [
        ("tencent", 200, "RequestLimitExceeded", Failure.THROTTLED),
        ("tencent", 200, "RequestLimitExceeded.UinLimitExceeded", Failure.THROTTLED),
        ("tencent", 200, "LimitExceeded", Failure.THROTTLED),
        ("tencent", 200, "InternalError.Timeout", Failure.BROKEN),
        ("tencent", 200, "AuthFailure.SignatureExpire", Failure.REFUSED),
        ("tencent", 200, "UnauthorizedOperation.Arrears", Failure.REFUSED),
        ("aliyun", 400, "Throttling.User", Failure.THROTTLED),
        ("aliyun", 503, "Throttling", Failure.THROTTLED),
        ("aliyun", 503, "ServiceUnavailable", Failure.BROKEN),
        ("aliyun", 400, "SignatureDoesNotMatch", Failure.REFUSED),
        ("aliyun", 404, "InvalidAccessKeyId.NotFound", Failure.REFUSED),
    ],
)
def test_errors_are_told_apart(kind: str, status: int, code: str, failure: Failure) -> None:
    error = {"Code": code, "Message": "…"}
    content = {"Response": {"Error": error, "RequestId": "r"}}
    value = content if kind == "tencent" else error | {"RequestId": "r"}
    read = _tencent if kind == "tencent" else _aliyun
    with pytest.raises(VendorError) as refused:
        read(RawAnswer(status, json.dumps(value).encode()))
    assert (refused.value.failure, refused.value.ids, refused.value.detail) == (
        failure, ("r",), code,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ("0", RegistryOutcome.MATCH),
        ("-1", RegistryOutcome.MISMATCH),
        ("-2", RegistryOutcome.BAD_ID),
        ("-3", RegistryOutcome.BAD_NAME),
        ("-4", RegistryOutcome.UPSTREAM_ERROR),
        ("-5", RegistryOutcome.NO_RECORD),
        ("-6", RegistryOutcome.UPSTREAM_ERROR),
        ("-7", RegistryOutcome.RATE_LIMITED),
        ("-8", RegistryOutcome.UPSTREAM_ERROR),
        (0, RegistryOutcome.UPSTREAM_ERROR),
    ],
)
def test_results_of_tencent(result: object, outcome: RegistryOutcome) -> None:
    assert read_tencent({"Result": result}, DocumentType.RESIDENT_ID) is outcome


@pytest.mark.parametrize(
    ("code", "biz_code", "outcome"),
    [
        ("200", "1", RegistryOutcome.MATCH),
        ("200", "2", RegistryOutcome.MISMATCH),
        ("200", "3", RegistryOutcome.NO_RECORD),
        ("200", "4", RegistryOutcome.UPSTREAM_ERROR),
        ("400", "1", RegistryOutcome.UPSTREAM_ERROR),
        ("401", "1", RegistryOutcome.BAD_NAME),
        ("402", "1", RegistryOutcome.UPSTREAM_ERROR),
        ("403", "1", RegistryOutcome.RATE_LIMITED),
        ("410", "1", RegistryOutcome.UPSTREAM_ERROR),
        ("411", "1", RegistryOutcome.UPSTREAM_ERROR),
        ("412", "1", RegistryOutcome.UPSTREAM_ERROR),
        ("500", "1", RegistryOutcome.UPSTREAM_ERROR),
    ],
)
def test_results_of_alibaba(code: str, biz_code: str, outcome: RegistryOutcome) -> None:
    content = {"Code": code, "ResultObject": {"BizCode": biz_code}}
    assert read_aliyun(content, DocumentType.RESIDENT_ID) is outcome


def test_what_alibaba_calls_wrong_about_another_document_is_its_number() -> None:
    content = {"Code": "401"}
    assert read_aliyun(content, DocumentType.RESIDENCE_PERMIT) is RegistryOutcome.BAD_ID


@pytest.mark.parametrize("read", [_tencent, _aliyun])
@pytest.mark.parametrize(
    "body", [b"[" * 50_000, b'{"Response":' * 50_000, b'{"a":' * 50_000, b"9" * 60_000]
)
def test_no_body_is_too_deep_to_be_refused(read, body: bytes) -> None:
    with pytest.raises(VendorError) as lost:
        read(RawAnswer(200, body))
    assert lost.value.failure is Failure.MALFORMED


@pytest.mark.parametrize("read", [_tencent, _aliyun])
@pytest.mark.parametrize("given", ["a\0b", "\ud800", "张三", "a" * 129, " ", "", 7, None])
def test_an_id_that_could_not_be_kept_is_none(read, given: object) -> None:
    body = {"Response": {"RequestId": given, "Result": "0"}, "RequestId": given, "Code": "200"}
    with pytest.raises(VendorError) as lost:
        read(RawAnswer(200, json.dumps(body).encode()))
    assert lost.value.ids == ()
