"""An evidence bundle goes out, and the stand-alone verifier accepts it, or says what is wrong."""

import argparse
import copy
import json
from base64 import b64decode, b64encode
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import worker
from app.cli import log as cli_log
from app.core import log_sequencer
from app.core.clock import SettableClock
from app.identity.rules.device_keys import thumbprint
from app.learning.services import calendar, ledger
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import MadeCourse, make_course
from tests.devices import Device, SigningPlayer
from tests.people import ALICE, CAROL, sign_in, verify
from tests.player import choose_questions
from verifier import __main__ as program
from verifier.bundle import check
from verifier.log_proofs import RejectedError, read_key


def _begun(
    client: TestClient, parts: Parts, clock: SettableClock, course: MadeCourse
) -> SigningPlayer:
    """In the video lesson, at a device with a key."""
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    player = SigningPlayer(client, parts, clock, ALICE)
    player.device = Device()
    player.enrol(course.course_id)
    player.begin(course.video_id)
    return player


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock) -> SigningPlayer:
    """Half an hour of study in short: several releases of one closed session, a correction."""
    player = _begun(client, parts, clock, make_course(parts, identity_gap_s=[25, 25]))
    for start in range(0, 60_000, 10_000):
        player.play(start, start + 10_000)
        if player.challenge is not None:
            player.pass_check()
    player.ask_check()
    player.pass_check()
    with parts.database.transaction() as db:
        first = ledger.rows.entries_in(db, player.enrolment_id)[0]
        ledger.correct(
            db, first.id, ms=-1000, reason="核减", author_id=first.learner_id, now=clock.now()
        )
    return player


@pytest.mark.parametrize("is_other_device", [False, True])
def test_one_check_releases_two_sessions_and_each_is_charged_its_own(
    client: TestClient, parts: Parts, clock: SettableClock, *, is_other_device: bool
) -> None:
    """The page was closed and opened again: no check was due, and the next one released both."""
    course = make_course(parts, presence_gap_s=None, identity_gap_s=[900, 900])
    player = _begun(client, parts, clock, course)
    player.play(0, 10_000)
    if is_other_device:
        player.device = Device()
    player.open(course.video_id)
    if player.challenge is not None:
        player.pass_check()
    player.play(10_000, 14_000)
    player.ask_check()
    player.pass_check()
    _close(player)
    with parts.database.reading() as db:
        entries = ledger.rows.entries_in(db, player.enrolment_id)
        assert [entry.ms for entry in entries] == [10_000, 4_000]
        assert len({entry.session_id for entry in entries}) == 2
    cli_log.check_everything(parts)
    sign_in(client, parts, ALICE)
    bundle = client.get(_address(player)).json()
    keys = [read_key(text) for text in client.get("/api/v1/log").json()["verifier_keys"]]
    found = check(bundle, keys)
    assert (found.confirmed_ms, found.sessions) == (14_000, 2)


def _address(player: SigningPlayer) -> str:
    return f"/api/v1/me/enrolments/{player.enrolment_id}/bundle"


def _close(player: SigningPlayer) -> None:
    clock = player.clock
    clock.advance(ms=24 * 3_600_000)
    for schedule in worker.SCHEDULES:
        if schedule.name in ("close_idle", "sequence_log"):
            schedule.run(player.parts)


def test_it_is_the_learners_own_and_complete(player: SigningPlayer) -> None:
    client, parts = player.client, player.parts
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    refused = client.get(_address(player))
    assert (refused.status_code, refused.json()["code"]) == (409, "session_open")
    _close(player)
    sign_in(client, parts, ALICE)
    answer = client.get(_address(player))
    assert answer.status_code == 200, answer.text
    bundle = answer.json()
    keys = [read_key(text) for text in client.get("/api/v1/log").json()["verifier_keys"]]
    found = check(bundle, keys)
    assert found.confirmed_ms == 59_000
    assert (found.enrolment_id, found.sessions, found.undisclosed) == (player.enrolment_id, 1, 0)
    assert (found.entries, found.batches) == (len(bundle["entries"]), 6)
    assert found.signed == found.releases == len(bundle["entries"]) - 1
    assert check(_without_devices(bundle), keys).signed == 0
    with TestClient(create_app(parts)) as other:
        assert other.get(_address(player)).status_code == 401
        sign_in(other, parts, CAROL)
        assert other.get(_address(player)).status_code == 404


def test_what_waits_for_the_log_waits_for_the_bundle(player: SigningPlayer) -> None:
    parts = player.parts
    log_sequencer.sequence(parts.database, parts.log, now=parts.clock.now(), most=1)
    player.clock.advance(ms=24 * 3_600_000)
    calendar.close_idle(parts.database, now=parts.clock.now())
    sign_in(player.client, parts, ALICE)
    refused = player.client.get(_address(player))
    assert (refused.status_code, refused.json()["code"]) == (409, "log_waiting")


def _without_devices(bundle: dict[str, Any]) -> dict[str, Any]:
    """The form before devices had keys."""
    old = copy.deepcopy(bundle) | {"format": "shixue-bundle-2"}
    del old["devices"]
    for session in old["sessions"]:
        del session["answers"]
    for entry in old["entries"]:
        if entry.get("bound"):
            del entry["bound"]["answer"]
    return old


def _altered_signatures(bundle: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The bundle with one thing changed of what devices signed."""
    found = []

    def change(word: str, edit) -> None:
        other = copy.deepcopy(bundle)
        edit(other)
        found.append((word, other))

    def device(b: dict[str, Any]) -> dict[str, Any]:
        return b["devices"][0]

    def answer(b: dict[str, Any]) -> dict[str, Any]:
        return b["sessions"][0]["answers"][0]

    def released(b: dict[str, Any]) -> dict[str, Any]:
        return b["entries"][0]["bound"]

    stranger = Device()
    text = b64encode(stranger.spki).decode()
    name = thumbprint(stranger.spki)
    change("not the hash", lambda b: device(b).update(public_key=text))
    change("its own registration", lambda b: device(b).update(public_key=text, key=name))
    change("its own registration", lambda b: device(b).update(head=b["sessions"][0]["head"]))
    change("another registration", lambda b: device(b).update(device_id="0" * 26))
    change("not in the log", lambda b: device(b).update(position=0))
    change("not in the log", lambda b: device(b).update(
        record=device(b)["record"].replace('"at":"20', '"at":"19')))  # fmt: skip
    change("is not here", lambda b: b["devices"].clear())
    change("not signed", lambda b: answer(b).update(prompt_number=9))
    change("not signed", lambda b: answer(b).update(payload="0" * 64))
    change("not signed", lambda b: answer(b).update(signature="A" * 86))
    change("never had", lambda b: b["sessions"][0]["batches"].clear() or b["sessions"][0].update(
        head=b["sessions"][0]["first_head"]))  # fmt: skip
    change("signed answer given", lambda b: released(b)["answer"].update(judged="0" * 64))
    change("signed answer given", lambda b: released(b).update(answer=answer(b)))
    change("form", lambda b: b.pop("devices"))
    change("form", lambda b: b["sessions"][0].pop("answers"))
    return found


def _altered(bundle: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The bundle with one thing changed, each with a word of what must be said about it."""
    found = []

    def change(word: str, edit) -> None:
        other = copy.deepcopy(bundle)
        edit(other)
        found.append((word, other))

    def flip(text: str) -> str:
        raw = b64decode(text)
        return b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode()

    first = 0

    def entry(b: dict[str, Any]) -> dict[str, Any]:
        return b["entries"][first]

    def session(b: dict[str, Any]) -> dict[str, Any]:
        return b["sessions"][0]

    change("form", lambda b: b.update(format="other"))
    change("sum up", lambda b: b.update(confirmed_ms=b["confirmed_ms"] + 1))
    change("another learner", lambda b: b.update(learner_id="0" * 26))
    change("its hash", lambda b: entry(b).update(record=entry(b)["record"].replace(":", ":1", 1)))
    change("follow", lambda b: b["entries"].pop(first))
    change("follow", lambda b: entry(b).update(prev="1" * 64))
    change("in the log", lambda b: entry(b).update(salt=flip(entry(b)["salt"])))
    change("in the log", lambda b: entry(b).update(position=entry(b)["position"] + 1))
    change("in the log", lambda b: entry(b)["path"].__setitem__(0, flip(entry(b)["path"][0])))
    change("bound to no session", lambda b: entry(b).update(bound=None))
    change("evidence hash", lambda b: entry(b)["bound"].update(evidence="x"))
    change("first head", lambda b: session(b).update(key=flip(session(b)["key"])))
    change("breaks the chain", lambda b: session(b)["batches"][1].update(
        body=flip(session(b)["batches"][1]["body"])))  # fmt: skip
    change("breaks the chain", lambda b: session(b)["batches"].pop(1))
    change("last report", lambda b: session(b)["batches"].pop())
    change("never stood", lambda b: session(b)["batches"][1].update(credited_ms=0))
    change("never stood", lambda b: session(b)["batches"][1].update(
        read=flip(session(b)["batches"][1]["read"])))  # fmt: skip
    change("never stood", lambda b: session(b)["batches"][1].update(
        credited_ms=session(b)["batches"][1]["credited_ms"] + 1))  # fmt: skip
    change("evidence hash", lambda b: entry(b)["bound"].update(account="0" * 64))
    change("is not here", lambda b: b["sessions"].clear())
    change("signature", lambda b: b["log"].update(
        checkpoint=b["log"]["checkpoint"].replace("/log\n", "/lob\n", 1)))  # fmt: skip
    change("log's name", lambda b: b["log"].update(origin="other.example/log"))
    change("of this lesson or number", lambda b: session(b)["batches"][1].update(ack_seq=9))
    change("of this lesson or number", lambda b: session(b)["batches"][1].update(lesson_id="0"))
    change("another policy", lambda b: session(b).update(policy_version="0" * 16))
    change("form", lambda b: b.pop("sessions"))
    change("form", lambda b: b.update(entries=7))
    return found


def test_the_verifier_rejects_every_altered_bundle(player: SigningPlayer, tmp_path, capsys) -> None:
    _close(player)
    parts, path = player.parts, tmp_path / "bundle.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli_log, "build_parts", lambda _settings: parts)
        given = argparse.Namespace(enrolment=player.enrolment_id, output=path)
        assert cli_log.bundle(given) == 0
        assert cli_log.bundle(argparse.Namespace(enrolment="0" * 26, output=path)) == 1
    bundle = json.loads(path.read_text("utf-8"))
    pinned, _ = bundle["log"]["keys"]
    capsys.readouterr()
    assert program.main([str(path), "--key", pinned]) == 0
    said = capsys.readouterr().out
    assert "given on the command line" in said
    assert "releases are signed by the device that studied" in said
    assert "-1000 ms of it are corrections by people" in said
    assert program.main([str(path)]) == 0
    assert "WITH THE BUNDLE" in capsys.readouterr().out
    stranger = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert program.main([str(path), "--key", stranger]) == 1
    assert "no pinned key" in capsys.readouterr().err
    keys = [read_key(pinned)]
    for word, other in _altered(bundle) + _altered_signatures(bundle):
        with pytest.raises(RejectedError, match=word):
            check(other, keys)
    path.write_text("{")
    assert program.main([str(path)]) == 1
    assert "cannot be read" in capsys.readouterr().err
