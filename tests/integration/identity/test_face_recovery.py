"""Finding an account again by the face: the old phone has a day, and nobody hears who is known."""

import base64
from typing import Any

from sqlalchemy import text
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.core.settings import Settings
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests import faces
from tests.another_phone import DAY_MS, NEW, opens, recover
from tests.captures import captured
from tests.lives import enrol_face
from tests.people import ALICE, CAROL, Someone, sign_in, verify
from tests.player import choose_questions
from tests.reviewers import post


def test_a_face_that_fits_waits_a_day_too(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """What the engine here takes for somebody may be a photograph: the old phone can object."""
    enrol_face(client, parts)
    with TestClient(create_app(parts)) as somebody:
        change = recover(somebody, parts, clock, CAROL).json()["id"]
        prompt = post(somebody, f"/phone-changes/{change}/face", {}).json()
        said = post(somebody, f"/phone-changes/{change}/frames", captured(prompt, "a")).json()
    assert said["outcome"] == "waiting", said
    assert "要等一天" in said["message"]
    assert "不是我，停止" in client.get("/me/phone").text
    assert not _holds(parts)
    clock.advance(ms=DAY_MS)
    worker.drain(parts)
    assert opens(parts, clock, NEW)


def _holds(parts: Parts) -> bool:
    with parts.database.reading() as db:
        done = db.execute(text("SELECT count(*) FROM phone_change WHERE done_at IS NOT NULL"))
        return bool(done.scalar())


def _unusable(nonce: str) -> dict[str, Any]:
    shots = [base64.b64encode(shot).decode() for shot in faces.frames("b", [0.0] * 3)]
    return {"nonce": nonce, "frames": [{"step": 0, "jpeg": shot} for shot in shots]}


def test_the_same_frames_twice_tell_nobody_who_is_known(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """Known, unknown, and a known number under another name: the same words, nothing kept."""
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    heard = []
    for who in (ALICE, CAROL, Someone("", CAROL.name, ALICE.number)):
        with TestClient(create_app(parts)) as stranger:
            change = recover(stranger, parts, clock, who).json()["id"]
            said = []
            for _ in range(2):
                prompt = post(stranger, f"/phone-changes/{change}/face", {}).json()
                sent = _unusable(prompt["nonce"])
                told = post(stranger, f"/phone-changes/{change}/frames", sent).json()
                said.append((told["outcome"], told["message"]))
            before = _rows(parts)
            told = post(stranger, f"/phone-changes/{change}/people", {}).json()
            written = {name: count - before[name] for name, count in _rows(parts).items()}
            heard.append((said, told["outcome"], told["message"], written))
            with parts.database.transaction() as db:
                db.execute(text("UPDATE phone_change SET state = 'refused'"))
    assert heard[0] == heard[1] == heard[2]
    assert _rows(parts)["face_frame"] == 0


def _rows(parts: Parts) -> dict[str, int]:
    names = ("face_frame", "review_case", "notice", "outbox_job", "phone_change")
    with parts.database.reading() as db:
        return {
            name: db.execute(text(f"SELECT count(*) FROM {name}")).scalar() or 0  # noqa: S608
            for name in names
        }


def test_looks_at_a_face_are_bounded(settings: Settings, clock: SettableClock) -> None:
    parts = build_parts(settings.model_copy(update={"rate_limits": True}), clock)
    with TestClient(create_app(parts)) as stranger:
        change = recover(stranger, parts, clock, CAROL).json()["id"]
        answers = []
        for _ in range(13):
            prompt = post(stranger, f"/phone-changes/{change}/face", {}).json()
            sent = {"nonce": prompt["nonce"], "frames": [{"step": 0, "jpeg": "AA=="}]}
            answers.append(post(stranger, f"/phone-changes/{change}/frames", sent))
    parts.database.close()
    assert [each.status_code for each in answers] == [200] * 12 + [429]
    assert "保密问题" in answers[-1].json()["remedy"]
