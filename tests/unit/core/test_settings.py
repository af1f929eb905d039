"""What production refuses, in one list."""

from pathlib import Path

import pytest

from app.core.fitness import refusals
from app.core.settings import (
    CertsSettings,
    Environment,
    FaceSettings,
    LogSettings,
    Settings,
    VendorSettings,
)
from app.main import UnfitForProductionError, build_parts


def fit(**changes: object) -> Settings:
    sound: dict[str, object] = {
        "environment": Environment.PRODUCTION,
        "public_url": "https://shixue.example",
        "keys_dir": Path("/run/keys"),
        "sms": VendorSettings(kind="tencent"),
        "registry": VendorSettings(kind="tencent"),
    }
    return Settings(**(sound | changes))


def test_sound_settings_are_not_refused() -> None:
    assert refusals(fit()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"demo": True},
        {"registry": VendorSettings(kind="simulated")},
        {"sms": VendorSettings(kind="simulated")},
        {"face": FaceSettings(kind="simulated")},
        {"face": FaceSettings(kind="tencent")},
        {"face": FaceSettings(kind="aliyun", rule_id="1")},
        {"face": FaceSettings(kind="tencent", rule_id="1", endpoint="https://faceid.example")},
        {
            "face": FaceSettings(
                kind="aliyun", scene_id="1", endpoint="http://cloudauth.aliyuncs.com"
            )
        },
        {"keys_dir": None},
        {"study_policy": "quick"},
        {"settable_clock": True},
        {"rate_limits": False},
        {"public_url": "http://shixue.example"},
        {"log_level": "DEBUG"},
        {"certs": CertsSettings(timestamps="http://stamps.example")},
        {"log": LogSettings(addresses={"w.example/1": "http://w.example"})},
    ],
)
def test_production_refuses(change: dict[str, object]) -> None:
    settings = fit(**change)
    assert len(refusals(settings)) == 1
    with pytest.raises(UnfitForProductionError):
        build_parts(settings)


@pytest.mark.parametrize(
    "face",
    [
        FaceSettings(), FaceSettings(kind="tencent", rule_id="1"),
        FaceSettings(kind="aliyun", scene_id="1", endpoint="https://cloudauth.aliyuncs.com"),
        FaceSettings(
            kind="tencent", rule_id="1", endpoint="https://gate.example", gateway="gate.example"
        ),
    ],
)  # fmt: skip
def test_a_face_vendor_with_its_flow_at_its_own_address_is_taken(face: FaceSettings) -> None:
    assert refusals(fit(face=face)) == []


def test_a_face_vendor_is_set_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIXUE_FACE__KIND", "tencent")
    monkeypatch.setenv("SHIXUE_FACE__RULE_ID", "7")
    face = Settings().face
    assert (face.kind, face.rule_id, face.vendor) == ("tencent", "7", "tencent")


def test_the_embedded_default_needs_no_setting() -> None:
    assert refusals(Settings()) == []
    assert Settings().resolved_database_url == "sqlite:///var/shixue.db"


def test_postgresql_addresses_use_the_driver_we_ship() -> None:
    url = Settings(database_url="postgresql://u@h/d").resolved_database_url
    assert url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://shixue.example/", "https://shixue.example"),
        (" https://shixue.example:8443 ", "https://shixue.example:8443"),
        ("https://XN--48sxe.example", "https://xn--48sxe.example"),
    ],
)
def test_a_public_address_is_an_origin(given: str, kept: str) -> None:
    assert Settings(public_url=given).public_url == kept


@pytest.mark.parametrize(
    "given",
    [
        "shixue.example", "ftp://shixue.example", "https://", "https://shixue.example/learn",
        "https://shixue.example/?a=1", "https://shixue.example#a", "https://me@shixue.example",
        # Standards differ over what these are called in the net, and browsers send xn--….
        "https://实学.example", "https://straße.example",
    ],
)  # fmt: skip
def test_codes_are_never_printed_with_an_address_that_leads_nowhere(given: str) -> None:
    with pytest.raises(ValueError, match="SHIXUE_PUBLIC_URL"):
        Settings(public_url=given)


def test_addresses_from_before_are_origins_and_stand_once() -> None:
    found = Settings(
        public_url="https://new.example", former_urls=("https://old.example/", "http://a:8000")
    ).former_urls
    assert found == ("https://old.example", "http://a:8000")
    for wrong in (("https://old.example/x",), ("https://NEW.example",), ("http://a", "https://A")):
        with pytest.raises(ValueError, match="SHIXUE_FORMER_URLS"):
            Settings(public_url="https://new.example", former_urls=wrong)
