"""Who answers decides whose name is proven: addresses production takes, and those it refuses."""

import pytest

from app.core.fitness import refusals
from app.core.settings import VendorSettings
from app.core.vendor_settings import is_answered_by_vendor, source_of
from tests.unit.core.test_settings import fit

OWN = [
    ("tencent", "registry", "https://faceid.tencentcloudapi.com"),
    ("tencent", "registry", "https://faceid.ap-shanghai-fsi.tencentcloudapi.com/"),
    ("tencent", "sms", "https://sms.ap-guangzhou.tencentcloudapi.com"),
    ("aliyun", "registry", "https://cloudauth.aliyuncs.com"),
    ("aliyun", "registry", "https://cloudauth-dualstack.aliyuncs.com"),
    ("aliyun", "registry", "https://cloudauth.cn-shanghai.aliyuncs.com:443"),
    ("aliyun", "sms", "https://dysmsapi.aliyuncs.com"),
    ("aliyun", "sms", "https://dysmsapi-proxy.cn-beijing.aliyuncs.com"),
]
ANYBODYS = [
    ("tencent", "registry", "http://faceid.tencentcloudapi.com"),
    ("tencent", "registry", "https://sms.tencentcloudapi.com"),
    ("tencent", "registry", "https://faceid.tencentcloudapi.com.example.cn"),
    ("tencent", "registry", "https://faceid.tencentcloudapi.com@example.cn"),
    ("tencent", "registry", "https://xfaceid.tencentcloudapi.com"),
    ("tencent", "registry", "https://cloudauth.aliyuncs.com"),
    ("tencent", "sms", "http://127.0.0.1:9100"),
    ("aliyun", "registry", "https://cloudauth.oss-cn-beijing.aliyuncs.com"),
    ("aliyun", "registry", "https://1234.cn-hangzhou.fc.aliyuncs.com"),
    ("aliyun", "registry", "https://gateway.example.cn"),
    ("aliyun", "registry", "https://[::1"),
    ("aliyun", "sms", "dysmsapi.aliyuncs.com"),
]


@pytest.mark.parametrize(("kind", "service", "endpoint"), OWN)
def test_the_vendors_own_addresses_are_taken(kind: str, service: str, endpoint: str) -> None:
    settings = VendorSettings(kind=kind, endpoint=endpoint)
    assert is_answered_by_vendor(settings, service)
    assert source_of(settings, service) == kind
    assert refusals(fit(**{service: settings})) == []


@pytest.mark.parametrize(("kind", "service", "endpoint"), ANYBODYS)
def test_anybodys_addresses_are_refused(kind: str, service: str, endpoint: str) -> None:
    settings = VendorSettings(kind=kind, endpoint=endpoint)
    assert not is_answered_by_vendor(settings, service)
    [refusal] = refusals(fit(**{service: settings}))
    assert f"SHIXUE_{service.upper()}__GATEWAY" in refusal


def test_a_gateway_is_named_twice_and_speaks_https() -> None:
    base = {"kind": "aliyun", "endpoint": "https://gw.example.cn:8443/"}
    named = VendorSettings(**base, gateway="GW.example.cn")
    assert refusals(fit(registry=named)) == []
    assert source_of(named, "registry") == "aliyun@gw.example.cn"
    for wrong in (
        VendorSettings(**base, gateway="other.example.cn"),
        named.model_copy(update={"endpoint": "http://gw.example.cn"}),
        VendorSettings(kind="aliyun", endpoint="https:///", gateway=""),
    ):
        assert len(refusals(fit(registry=wrong))) == 1


def test_the_usual_address_is_the_vendors() -> None:
    for kind in ("tencent", "aliyun"):
        settings = VendorSettings(kind=kind)
        assert refusals(fit(sms=settings, registry=settings)) == []
        assert source_of(settings, "sms") == kind


def test_a_forgotten_gateway_is_no_gateway() -> None:
    """An address of the simulation, however the kind is called."""
    pointed = VendorSettings(kind="tencent", endpoint="http://127.0.0.1:9100", gateway="127.0.0.1")
    assert len(refusals(fit(registry=pointed))) == 1
