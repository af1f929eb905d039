"""The platform's switches: one stops a thing, another lets it go on, and nothing is lost by it."""

import argparse
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app import worker
from app.cli import flags as command
from app.core import flags
from app.core.clock import SettableClock
from app.core.flags import Switch
from app.core.settings import Settings
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.employers import agent, post, put
from tests.graduates import study_through
from tests.people import ALICE, CAROL, MALLORY, sign_in
from tests.reviewers import WU, with_role

STOP = {"reason": "签名密钥可能泄露"}
GO_ON = {"reason": "换了新密钥"}
_PLACE = "/system/switches/no_issuance"


@pytest.fixture
def system(parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(parts)) as client:
        with_role(client, parts, Role.ADMIN, CAROL)
        yield client


@pytest.fixture
def other(parts: Parts) -> Iterator[TestClient]:
    """Another system administrator."""
    with TestClient(create_app(parts)) as client:
        with_role(client, parts, Role.ADMIN, WU)
        yield client


def _turn(parts: Parts, switch: Switch, *, to: bool) -> None:
    turn = flags.throw if to else flags.clear
    with parts.database.transaction() as db:
        turn(db, switch, reason="演练", now=parts.clock.now(), actor_id=None)


def test_one_stops_and_another_lets_it_go_on(
    system: TestClient, other: TestClient, parts: Parts
) -> None:
    assert put(system, _PLACE, STOP).status_code == 204
    again = put(other, _PLACE, STOP)
    assert (again.status_code, again.json()["code"]) == (409, "already_thrown")
    own = post(system, f"{_PLACE}/clearing", GO_ON)
    assert (own.status_code, own.json()["code"]) == (403, "own_switch")
    assert "另一位系统管理员" in own.json()["remedy"]
    [stopped, _] = sorted(
        system.get("/api/v1/system/switches").json(), key=lambda each: str(each["switch"])
    )
    assert (stopped["is_on"], stopped["reason"]) == (True, STOP["reason"])
    assert stopped["by"]
    assert CAROL.name not in str(stopped)
    assert "是您打开的" in system.get("/system/switches").text
    assert "恢复的理由" in other.get("/system/switches").text
    assert post(other, f"{_PLACE}/clearing", GO_ON).status_code == 204
    twice = post(other, f"{_PLACE}/clearing", GO_ON)
    assert (twice.status_code, twice.json()["code"]) == (409, "not_thrown")
    with parts.database.reading() as db:
        query = "SELECT subject_id FROM audit_event WHERE event = 'switch.thrown'"
        assert [row.subject_id for row in db.execute(text(query))] == ["no_issuance"] * 2


@pytest.mark.parametrize("reason", ["", "　 \t", "x"])
def test_a_reason_is_wanted(system: TestClient, reason: str) -> None:
    refused = put(system, _PLACE, {"reason": reason})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "/reason"


def test_nobody_new_comes_in_and_who_is_known_does(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    _turn(parts, Switch.NO_NEW_SIGNUPS, to=True)
    assert isinstance(parts.clock, SettableClock)
    parts.clock.advance(ms=61_000)
    with TestClient(create_app(parts)) as new:
        assert "暂停新用户注册" in new.get("/sign-in").text
        with pytest.raises(AssertionError, match="no_new_signups"):
            sign_in(new, parts, MALLORY)
        sign_in(new, parts, ALICE)
        _turn(parts, Switch.NO_NEW_SIGNUPS, to=False)
        parts.clock.advance(ms=61_000)
        assert "暂停新用户注册" not in new.get("/sign-in").text
        sign_in(new, parts, MALLORY)


def test_a_certificate_that_was_stopped_comes_by_itself(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    alice = study_through(client, parts, clock)
    _turn(parts, Switch.NO_ISSUANCE, to=True)
    examinee.sit(client, parts, alice.enrolment_id)
    worker.drain(parts)
    assert client.get("/api/v1/certificates").json() == []
    for address in (f"/learn/{alice.enrolment_id}", "/certificates"):
        told = client.get(address).text
        assert "平台暂停出证" in told, address
        assert "自动补发" in told, address
    clock.advance(ms=3_600_000)
    worker.drain(parts)
    assert client.get("/api/v1/certificates").json() == []
    _turn(parts, Switch.NO_ISSUANCE, to=False)
    clock.advance(ms=3_600_000)
    worker.drain(parts)
    assert len(client.get("/api/v1/certificates").json()) == 1
    assert "平台暂停出证" not in client.get(f"/learn/{alice.enrolment_id}").text


def test_an_employer_reads_that_certificates_are_stopped(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    assert "平台暂停出证" not in boss.get("/employer/certificates").text
    _turn(parts, Switch.NO_ISSUANCE, to=True)
    assert "平台暂停出证" in boss.get("/employer/certificates").text


def test_the_operator_turns_them_by_command(
    settings: Settings, system: TestClient, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("SHIXUE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SHIXUE_DATABASE_URL", str(settings.database_url))

    def run(*given: str) -> str:
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        command.run(parser.parse_args(given))
        return capsys.readouterr().out

    assert "off no_issuance 暂停出证\n" in run()
    told = run("throw", "no_issuance", "--reason", "签名密钥可能泄露")
    assert "on  no_issuance 暂停出证" in told
    assert "运维人员（命令行）：签名密钥可能泄露" in told
    with pytest.raises(SystemExit, match="已经打开了"):
        run("throw", "no_issuance", "--reason", "再来一次")
    with pytest.raises(SystemExit, match="请写明理由"):
        run("clear", "no_issuance", "--reason", " ")
    assert "off no_issuance" in run("clear", "no_issuance", "--reason", "查清了")
    # Who is alone in the office stops, and the operator lets it go on.
    assert put(system, _PLACE, STOP).status_code == 204
    assert "off no_issuance" in run("clear", "no_issuance", "--reason", "查清了")
