"""What a device is called: by kind, never so finely that it could be recognised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.device_labels import label_of

_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        (f"{_IPHONE} MicroMessenger/8.0.49(0x1800312d) NetType/WIFI", "苹果手机 · 微信"),
        (f"{_IPHONE} Version/17.4 Mobile/15E148 Safari/604.1", "苹果手机 · Safari 浏览器"),
        (
            "Mozilla/5.0 (Linux; Android 10; LIO-AN00) Chrome/92.0 Mobile HuaweiBrowser/13.0",
            "安卓设备 · 华为浏览器",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36 Edg/131.0",
            "Windows 电脑 · Edge 浏览器",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
         "Linux 电脑 · 火狐浏览器"),
        ("", "一台设备"),
        ("curl/8.5.0", "一台设备"),
    ],
)  # fmt: skip
def test_a_device_is_named_by_its_kind(user_agent: str, label: str) -> None:
    assert label_of(user_agent) == label


@given(st.text(max_size=300))
def test_whatever_is_sent_fits_and_brings_nothing_of_its_own(user_agent: str) -> None:
    assert len(label_of(user_agent)) <= 40
    assert label_of(user_agent) == label_of(user_agent + " build/8841-serial-1F9C")
