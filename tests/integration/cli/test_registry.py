"""The simulated vendors as a server of their own: settings it prints, both wires, its page."""

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import xlsxwriter
from starlette.testclient import TestClient

from app.core.db import Database
from app.core.settings import Settings, VendorSettings
from app.identity.providers.account import Surroundings
from app.identity.providers.outside import registry_through, sms_through
from app.identity.rules.registry import RegistryOutcome
from app.main import build_parts, create_app
from tests.people import Someone, csrf, verify

NAME, NUMBER, PHONE = "李晓梅", "510101198803070028", "13800000001"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SHIXUE_")}


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", "registry", *arguments]


@contextmanager
def _served(*arguments: str, **settings: str) -> Iterator[dict[str, str]]:
    """Start it on a free port; gives the settings that it prints."""
    command = _command("--port", "0", *arguments)
    environment = ENVIRONMENT | settings
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            found: dict[str, str] = {}
            for line in process.stdout:
                if line.startswith("SHIXUE_"):
                    name, _, value = line.strip().partition("=")
                    found.setdefault(name, value)
                if line.startswith("or, "):
                    break
            yield found
        finally:
            process.terminate()


def _settings(printed: dict[str, str], service: str, **changes: str) -> VendorSettings:
    prefix = f"SHIXUE_{service.upper()}__"
    given = {
        name.removeprefix(prefix).lower(): value
        for name, value in printed.items()
        if name.startswith(prefix)
    }
    return VendorSettings(**(given | changes))


def test_both_vendors_are_spoken_to_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 -- the server's own clock refuses another
    with _served("--secret-id", "id-of-the-test") as printed:
        for name, value in printed.items():
            monkeypatch.setenv(name, value)
        settings = Settings()
        assert (settings.registry.kind, settings.registry.secret_id) == (
            "tencent", "id-of-the-test",
        )  # fmt: skip
        assert (settings.registry.endpoint, settings.sms.app_id) == (
            printed["SHIXUE_SMS__ENDPOINT"], "1400000000",
        )  # fmt: skip
        for registry in (
            settings.registry, settings.registry.model_copy(update={"kind": "aliyun"}),
        ):  # fmt: skip
            asked = registry_through(registry, Surroundings())
            assert asked.check(name=NAME, number=NUMBER, now=now).outcome is RegistryOutcome.MATCH
            late = asked.check(name=NAME, number=NUMBER, now=now - dt.timedelta(minutes=20))
            assert late.outcome is RegistryOutcome.UPSTREAM_ERROR
        sms_through(settings.sms, Surroundings()).send_code(phone=PHONE, code="123456", now=now)
        aliyun = settings.sms.model_copy(update={"kind": "aliyun", "answer_template_id": "SMS_2"})
        sms_through(aliyun, Surroundings()).send_answer(
            phone=PHONE, number="A1", answer="<b>好</b>", now=now
        )
        page = httpx.get(settings.sms.endpoint, trust_env=False)
        assert re.search(rf"{PHONE}</b> .*验证码 123456", page.text)
        assert "&lt;b&gt;好&lt;/b&gt;" in page.text
        assert httpx.get(f"{settings.sms.endpoint}/x", trust_env=False).status_code == 404


def test_it_takes_a_roster_of_its_own_and_misbehaves_when_told(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "证件号码"])
        sheet.write_row(1, 0, ["许多多", "11010519491231002X"])
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 -- as above
    with _served("--roster", str(path), "--misbehave", "wrong_body") as printed:
        registry = registry_through(_settings(printed, "registry"), Surroundings())
        found = [
            registry.check(name="许多多", number="11010519491231002X", now=now).outcome
            for _ in range(2)
        ]
        assert found == [RegistryOutcome.UPSTREAM_ERROR, RegistryOutcome.MATCH]
        unknown = registry.check(name=NAME, number=NUMBER, now=now).outcome
        assert unknown is RegistryOutcome.NO_RECORD


@pytest.mark.parametrize(
    ("arguments", "settings", "says"),
    [
        (("--roster", "nowhere.csv"), {}, "nowhere.csv"),
        (("--roster", "people.csv"), {}, "the first row must name"),
        ((), {"SHIXUE_ENVIRONMENT": "production"}, "production refuses it"),
    ],
)
def test_it_says_in_a_sentence_why_it_does_not_start(
    tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str], says: str
) -> None:
    (tmp_path / "people.csv").write_text("a,b\n", "utf-8")
    environment = ENVIRONMENT | {"PYTHONPATH": str(Path(__file__).parents[3])} | settings
    ran = subprocess.run(
        _command(*arguments), cwd=tmp_path, env=environment, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 1
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_product_elsewhere_signs_people_up_through_it(
    settings: Settings, database: Database
) -> None:
    """Both services through the one vendor's wire; codes are read on the server's own page."""
    with _served() as printed:
        both = {
            service: _settings(printed, service, kind="aliyun", template_id="SMS_1")
            for service in ("registry", "sms")
        }
        parts = build_parts(settings.model_copy(update=both), database=database)
        with TestClient(create_app(parts)) as client:
            headers, phone = csrf(client), {"phone": PHONE}
            assert client.post("/api/v1/auth/codes", json=phone, headers=headers).status_code == 202
            page = httpx.get(both["sms"].endpoint, trust_env=False).text
            found = re.search(rf"{PHONE}</b> .*验证码 (\d{{6}})", page)
            assert found is not None
            code = phone | {"code": found[1]}
            signed = client.post("/api/v1/auth/sign-in", json=code, headers=headers)
            assert signed.status_code == 200
            assert verify(client, Someone(PHONE, NAME, NUMBER))["outcome"] == "match"
            assert client.get("/outbox").status_code == 404
