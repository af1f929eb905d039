"""Our signatures against those that the vendors' own libraries make of the same call."""

import datetime as dt
import hashlib
import json
from types import SimpleNamespace

from alibabacloud_openapi_util.client import Client as AlibabaCloud
from alibabacloud_openapi_util.client import get_canonical_query_string
from hypothesis import given
from hypothesis import strategies as st
from tencentcloud.common.abstract_client import AbstractClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.sign import Sign

from app.core.settings import VendorSettings
from app.identity.providers import acs3, aliyun, tc3, tencent
from app.identity.providers.account import Call
from app.identity.providers.aliyun import AliyunWire
from app.identity.providers.tencent import TencentWire

KEYS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1)
# All of Unicode but halves of pairs, which no document and no message holds.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
MOMENTS = st.integers(1_577_836_800, 2_114_380_800).map(
    lambda stamp: dt.datetime.fromtimestamp(stamp, dt.UTC)
)
HOSTS = st.sampled_from(["faceid.tencentcloudapi.com", "127.0.0.1:9100", "Gateway.example.cn"])
# Names of fields are letters alone in both vendors' calls; what Alibaba's library makes of others
# is not what its gateway reads.
FIELDS = st.dictionaries(st.sampled_from(["Name", "IdCard", "PhoneNumbers", "Zzz"]), TEXTS)


class _Tencent(AbstractClient):
    """The vendor's own client, as far as it signs."""

    _apiVersion = "2018-03-01"  # noqa: N815 -- the vendor's name
    _endpoint = "faceid.tencentcloudapi.com"
    _service = "faceid"


def _request(headers: dict[str, str], body: bytes) -> SimpleNamespace:
    return SimpleNamespace(method="POST", uri="/", data=body, header=headers)


@given(KEYS, KEYS, MOMENTS, HOSTS, FIELDS)
def test_tencent_signs_the_same(
    secret_id: str, secret_key: str, at: dt.datetime, host: str, fields: dict[str, str]
) -> None:
    """The vendor's client signs two headers and takes their values as they are."""
    host, day = host.lower(), at.strftime("%Y-%m-%d")
    body = json.dumps(fields).encode()
    stamp = int(at.timestamp())
    headers = {"Content-Type": "application/json", "Host": host, "X-TC-Timestamp": str(stamp)}
    theirs = _Tencent(Credential(secret_id, secret_key), "")._get_tc3_signature(  # noqa: SLF001
        {}, _request(headers, body), day, "faceid", secret_key
    )
    scope = tc3.Scope(secret_id=secret_id, service="faceid", timestamp=stamp, day=day)
    signed = {"content-type": "application/json", "host": host}
    ours = tc3.authorization(scope, secret_key, signed, body)
    assert ours == (
        f"TC3-HMAC-SHA256 Credential={secret_id}/{day}/faceid/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={theirs}"
    )


@given(KEYS, KEYS, MOMENTS, HOSTS, FIELDS)
def test_what_goes_to_tencent_is_signed_with_the_action_too(
    secret_id: str, secret_key: str, at: dt.datetime, host: str, fields: dict[str, str]
) -> None:
    settings = VendorSettings(kind="tencent", secret_id=secret_id, secret_key=secret_key)
    call = Call(action="IdCardVerification", fields=fields, is_question=True)
    letter = TencentWire(settings, tencent.FACEID).letter(call, host, at)
    day = at.strftime("%Y-%m-%d")
    canonical = (
        "POST\n/\n\n"
        f"content-type:{letter.headers['content-type']}\nhost:{host.lower()}\n"
        "x-tc-action:idcardverification\n\ncontent-type;host;x-tc-action\n"
        f"{hashlib.sha256(letter.body).hexdigest()}"
    )
    to_sign = (
        f"TC3-HMAC-SHA256\n{letter.headers['x-tc-timestamp']}\n{day}/faceid/tc3_request\n"
        f"{hashlib.sha256(canonical.encode()).hexdigest()}"
    )
    theirs = Sign.sign_tc3(secret_key, day, "faceid", to_sign)
    assert letter.headers["authorization"].endswith(f"Signature={theirs}")
    assert json.loads(letter.body) == fields
    assert letter.headers["host"] == host


@given(KEYS, KEYS, MOMENTS, HOSTS, FIELDS, st.sampled_from([aliyun.CLOUDAUTH, aliyun.DYSMS]))
def test_alibaba_signs_the_same(
    key_id: str,
    secret: str,
    at: dt.datetime,
    host: str,
    fields: dict[str, str],
    service: aliyun.Service,
) -> None:
    settings = VendorSettings(kind="aliyun", secret_id=key_id, secret_key=secret)
    call = Call(action="SendSms", fields=fields, is_question=False)
    letter = AliyunWire(settings, service).letter(call, host, at)
    signed = {
        name: value
        for name, value in letter.headers.items()
        if name in {"host", "content-type"} or name.startswith("x-acs-")
    }
    request = SimpleNamespace(
        method="POST", pathname="/", query={} if service.is_form else fields, headers=signed
    )
    theirs = AlibabaCloud.get_authorization(
        request, acs3.ALGORITHM, hashlib.sha256(letter.body).hexdigest(), key_id, secret
    )
    assert letter.headers["authorization"] == theirs
    assert letter.headers["x-acs-date"] == at.strftime("%Y-%m-%dT%H:%M:%SZ")


@given(FIELDS)
def test_alibaba_spells_a_query_the_same(fields: dict[str, str]) -> None:
    assert acs3.query_string(fields) == get_canonical_query_string(fields)


def test_no_two_calls_share_a_nonce() -> None:
    wire = AliyunWire(VendorSettings(kind="aliyun"), aliyun.DYSMS)
    call = Call(action="SendSms", fields={}, is_question=False)
    at = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
    nonces = {
        wire.letter(call, "h.example", at).headers["x-acs-signature-nonce"] for _ in range(100)
    }
    assert len(nonces) == 100


def test_tencent_is_told_a_region_for_messages_alone() -> None:
    settings = VendorSettings(kind="tencent", region="ap-nanjing")
    at = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
    call = Call(action="SendSms", fields={}, is_question=False)
    sms = TencentWire(settings, tencent.SMS).letter(call, "h.example", at)
    face = TencentWire(settings, tencent.FACEID).letter(call, "h.example", at)
    assert sms.headers["x-tc-region"] == "ap-nanjing"
    assert "x-tc-region" not in face.headers
