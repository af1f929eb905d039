"""Finding an account again by the face: the old phone has a day, and nobody hears who is known."""

import base64
from typing import Any

from sqlalchemy import text
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.main import create_app
from tests import faces
from tests.integration.identity.test_phone_changes import DAY_MS, NEW, _opens, _recover
from tests.lives import enrol_face
from tests.people import CAROL
from tests.reviewers import post


def _sent(prompt: dict[str, Any], picture: str, *, is_held: bool = True) -> dict[str, Any]:
    plan = faces.turns_for(prompt["actions"])
    shots = faces.frames(picture, [turn for _, turn in plan], is_held=is_held)
    return {
        "nonce": prompt["nonce"],
        "frames": [
            {"step": step, "jpeg": base64.b64encode(shot).decode()}
            for (step, _), shot in zip(plan, shots, strict=True)
        ],
    }


def test_a_face_that_fits_waits_a_day_too(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """What the engine here takes for somebody may be a photograph: the old phone can object."""
    enrol_face(client, parts)
    with TestClient(create_app(parts)) as somebody:
        change = _recover(somebody, parts, clock, CAROL).json()["id"]
        prompt = post(somebody, f"/phone-changes/{change}/face", {}).json()
        said = post(somebody, f"/phone-changes/{change}/frames", _sent(prompt, "a2")).json()
    assert said["outcome"] == "waiting", said
    assert "要等一天" in said["message"]
    assert "不是我，停止" in client.get("/me/phone").text
    assert not _holds(parts)
    clock.advance(ms=DAY_MS)
    worker.drain(parts)
    assert _opens(parts, clock, NEW)


def _holds(parts: Parts) -> bool:
    with parts.database.reading() as db:
        done = db.execute(text("SELECT count(*) FROM phone_change WHERE done_at IS NOT NULL"))
        return bool(done.scalar())
