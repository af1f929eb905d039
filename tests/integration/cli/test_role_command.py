"""The operator's command for the first administrators, and for a lost second factor of one."""

import argparse

import pytest
from sqlalchemy import text

from app.cli import roles
from app.core.settings import Settings
from app.lobby.parts import Parts
from tests.people import ALICE, CAROL, MALLORY, Someone, prove

_WHY = "当面核对了身份证"


@pytest.fixture(autouse=True)
def house(parts: Parts, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds the same database and keys, by its environment."""
    monkeypatch.setenv("SHIXUE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SHIXUE_DATABASE_URL", str(settings.database_url))
    for who in (ALICE, CAROL, MALLORY):
        prove(parts, who)


def _run(who: Someone, *arguments: str) -> None:
    parser = argparse.ArgumentParser()
    roles.add_arguments(parser)
    roles.run(parser.parse_args(["--phone", who.phone, *arguments]))


def _resets(parts: Parts) -> list[tuple[str | None, str]]:
    with parts.database.reading() as db:
        query = "SELECT actor_id, subject_id FROM audit_event WHERE event = 'second_factor.reset'"
        return [(row.actor_id, row.subject_id) for row in db.execute(text(query))]


def test_operator_resets_a_second_factor_until_two_others_can(
    parts: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    for who in (ALICE, CAROL):
        _run(who, "--role", "security_admin")
        assert "现在是安全管理员" in capsys.readouterr().out
    _run(ALICE, "--reset-second-factor", _WHY)
    assert capsys.readouterr().out == "138****0001 的二次验证已重置，下次登录时重新设置\n"
    assert _resets(parts) == [(None, prove(parts, ALICE))]
    with pytest.raises(SystemExit, match="另有两位安全管理员，请由他们重置。"):
        _run(MALLORY, "--reset-second-factor", _WHY)
    assert len(_resets(parts)) == 1


def test_reset_needs_a_reason_and_somebody(parts: Parts) -> None:
    with pytest.raises(SystemExit, match="还没有账号"):
        _run(Someone("13899999999", "", ""), "--reset-second-factor", _WHY)
    with pytest.raises(SystemExit, match="2"):
        _run(ALICE, "--role", "admin", "--reset-second-factor", _WHY)
    with pytest.raises(SystemExit, match="理由"):
        _run(ALICE, "--reset-second-factor", "  ")
    assert _resets(parts) == []
