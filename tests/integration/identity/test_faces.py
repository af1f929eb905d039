"""The real engine on public pictures: enrolling, checking, and somebody else's face."""

import base64

import pytest
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.identity.models.faces import FaceTemplate
from app.identity.providers.face_engine import FaceEngine, Frame, cosine
from app.identity.rules.faces import LIMITS, Purpose
from app.identity.services import consents
from app.identity.services.cases import CaseKind, CaseState, list_cases
from app.lobby.parts import Parts
from app.main import create_app
from tests import captures, faces
from tests.courses import make_course
from tests.people import ALICE, csrf, newest_code, sign_in, verify
from tests.player import Player
from tests.reviewers import post


@pytest.fixture
def alice(client: TestClient, parts: Parts) -> TestClient:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    return client


def _consent(client: TestClient) -> None:
    body = {"kind": "face", "version": consents.VERSION, "accepted": True}
    answer = client.post("/api/v1/me/consents", json=body, headers=csrf(client))
    assert answer.status_code == 201, answer.text


def _open(client: TestClient) -> dict:
    body = {"purpose": "enrol"}
    answer = client.post("/api/v1/me/face-sessions", json=body, headers=csrf(client))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _send(client: TestClient, opened: dict, captured: dict):
    address = f"/api/v1/me/face-sessions/{opened['id']}/frames"
    return client.post(address, json=captured, headers=csrf(client))


def _enrol(client: TestClient, name: str = "a") -> None:
    _consent(client)
    opened = _open(client)
    answer = _send(client, opened, captures.captured(opened, name))
    assert answer.json()["outcome"] == "passed", answer.text


def test_no_face_without_consent(alice: TestClient) -> None:
    answer = alice.post("/api/v1/me/face-sessions", json={"purpose": "enrol"}, headers=csrf(alice))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_consent")
    body = {"kind": "face", "version": consents.VERSION, "accepted": False}
    refused = alice.post("/api/v1/me/consents", json=body, headers=csrf(alice))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/accepted")
    old = alice.post(
        "/api/v1/me/consents", json=body | {"accepted": True, "version": "x"},
        headers=csrf(alice),
    )  # fmt: skip
    assert old.json()["errors"][0]["field"] == "/version"


def test_bad_frames_keep_nothing_and_say_why(alice: TestClient, parts: Parts) -> None:
    _consent(alice)
    opened = _open(alice)
    blank = base64.b64encode(b"no picture").decode()
    told = _send(alice, opened, {"nonce": opened["nonce"], "frames": [{"step": 0, "jpeg": blank}]})
    assert told.json()["outcome"] == "retry"
    assert "打不开" in told.json()["message"]
    opened = _open(alice)
    good = captures.captured(opened, "a")
    still = good | {"frames": [good["frames"][0]] * 15}
    assert "停住不动" in _send(alice, opened, still).json()["message"]
    broken = good | {"frames": [{"step": 0, "jpeg": "***"}]}
    wrong = _send(alice, opened, broken)
    assert wrong.json()["errors"][0]["field"] == "/frames/0/jpeg"
    with parts.database.reading() as db:
        assert db.query(FaceTemplate).count() == 0


def test_a_session_is_for_once(alice: TestClient) -> None:
    _consent(alice)
    opened = _open(alice)
    captured = captures.captured(opened, "a")
    assert _send(alice, opened, captured).json()["outcome"] == "passed"
    again = _send(alice, opened, captured)
    assert (again.status_code, again.json()["code"]) == (409, "challenge_over")


def test_withdrawing_destroys_the_template(alice: TestClient, parts: Parts) -> None:
    _enrol(alice)
    gone = alice.delete("/api/v1/me/consents/face", headers=csrf(alice))
    assert gone.status_code == 204
    with parts.database.reading() as db:
        assert db.query(FaceTemplate).count() == 0
    again = alice.delete("/api/v1/me/consents/face", headers=csrf(alice))
    assert again.status_code == 404
    assert alice.get("/signup/consent").status_code == 200


def test_the_engine_knows_another_picture_of_a_person_and_another_person() -> None:
    looks = [Frame(0, next(faces.frames(name, [0.0]))) for name in ("a", "a2", "b")]
    own, again, other = (seen.embedding for seen in FaceEngine().look(looks))
    limits = LIMITS[Purpose.STUDY]
    assert cosine(own, again) >= limits.passes
    assert max(cosine(own, other), cosine(again, other)) < limits.fails


class FacePlayer(Player):
    """Answers identity checks with a face; `face` says whose."""

    face = "a"

    def right_answer(self) -> dict:
        assert self.challenge is not None
        if self.challenge["kind"] == "presence":
            return super().right_answer()
        return {"face": captures.captured(self.challenge["prompt"], self.face)}


@pytest.fixture
def player(alice: TestClient, parts: Parts, clock: SettableClock) -> FacePlayer:
    course = make_course(parts, presence_gap_s=None)
    _enrol(alice)
    player = FacePlayer(alice, parts, clock, ALICE)
    player.enrol(course.course_id)
    opened = player.open(course.video_id)
    player.fetch(opened)
    return player


def test_the_same_person_passes_again_and_again(player: FacePlayer) -> None:
    assert player.pass_check()["hold"] is False
    for start in range(0, 60_000, 10_000):
        player.play(start, start + 10_000)
        if player.challenge is not None:
            assert player.pass_check()["totals"]["confirmed_ms"] == start + 10_000


def test_somebody_else_forfeits_holds_and_is_a_risk_case(player: FacePlayer) -> None:
    player.pass_check()
    for start in range(0, 50_000, 10_000):
        player.play(start, start + 10_000)
    assert player.challenge is not None
    player.face = "b"
    told = player.answer(player.right_answer()).json()
    assert (told["outcome"], told["hold"]) == ("wrong_face", True)
    assert told["totals"]["pending_ms"] == 0
    held = player.play(50_000, 55_000)
    assert held["verdicts"][0]["cuts"] == [{"code": "held", "ms": 5000}]
    with player.parts.database.reading() as db:
        found, total = list_cases(db, states=[CaseState.OPEN], kinds=[CaseKind.RISK], page=1)
    assert total == 1
    assert found[0].facts["forfeited_ms"] == 50_000
    player.face = "a"
    player.ask_check()
    assert player.pass_check()["hold"] is False


def test_a_head_that_does_not_turn_is_no_pass(player: FacePlayer) -> None:
    assert player.challenge is not None
    prompt = player.challenge["prompt"]
    plan = [(step, 0.0) for step in range(3) for _ in range(5)]
    shots = faces.frames("a", [turn for _, turn in plan])
    captured = {
        "nonce": prompt["nonce"],
        "frames": [
            {"step": step, "jpeg": base64.b64encode(shot).decode()}
            for (step, _), shot in zip(plan, shots, strict=True)
        ],
    }
    told = player.answer({"face": captured}).json()
    assert told["outcome"] == "wrong"
    assert "转头" in told["message"]


def test_frames_of_an_earlier_check_are_a_wrong_try(player: FacePlayer) -> None:
    assert player.challenge is not None
    shown = captures.captured(player.challenge["prompt"], "a")
    assert player.answer({"face": shown}).json()["outcome"] == "passed"
    player.ask_check()
    assert player.challenge is not None
    again = shown | {"nonce": player.challenge["prompt"]["nonce"]}
    told = player.answer({"face": again}).json()
    assert told["outcome"] == "wrong"
    assert "以前用过" in told["message"]
    assert player.pass_check()["hold"] is False


def test_a_glance_says_what_is_wrong_by_the_rules_of_the_check(alice: TestClient) -> None:
    def look(shot: bytes, purpose: str = "enrol"):
        body = {"purpose": purpose, "jpeg": base64.b64encode(shot).decode()}
        return alice.post("/api/v1/me/face-looks", json=body, headers=csrf(alice))

    shot = next(faces.frames("a", [0.0]))
    assert look(shot).json()["code"] == "no_consent"
    _consent(alice)
    assert look(shot).json() == {"problem": ""}
    assert "打不开" in look(b"no picture").json()["problem"]
    assert look(shot, "exam").json()["errors"][0]["field"] == "/purpose"


def test_a_pass_is_not_enough_in_a_session_that_wants_certified_liveness(
    player: FacePlayer, parts: Parts
) -> None:
    """R19: a check asked elsewhere comes along; what it must show is the present session's."""
    strict = make_course(parts, code="strict", check_on_open="none", face_liveness="certified")
    mild_enrolment, mild_lesson = player.enrolment_id, player.lesson_id
    player.enrol(strict.course_id)
    player.open(strict.video_id)
    told = player.answer(player.right_answer()).json()
    assert (told["outcome"], told["challenge"]["tries_left"], told["hold"]) == ("retry", 3, True)
    assert "经认证的核身方" in told["message"]
    player.enrolment_id = mild_enrolment
    player.open(mild_lesson)
    assert player.pass_check()["hold"] is False


def test_a_lost_phone_is_replaced_after_a_day_by_ones_own_face_and_by_no_other(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """As strict as signing up: document, name, the new phone, and the face that was enrolled."""
    _enrol(alice)
    outcomes = []
    with TestClient(create_app(parts)) as stranger:
        for face in ("b", "a"):
            clock.advance(ms=61_000)
            assert post(stranger, "/auth/codes", {"phone": "13900000071"}).status_code == 202
            claim = {
                "document_type": "resident_id", "number": ALICE.number, "name": ALICE.name,
                "phone": "13900000071", "code": newest_code(parts, "13900000071"),
            }  # fmt: skip
            address = f"/phone-changes/{post(stranger, '/recoveries', claim).json()['id']}"
            captured = captures.captured(post(stranger, f"{address}/face", {}).json(), face)
            outcomes.append(post(stranger, f"{address}/frames", captured).json()["outcome"])
            again = post(stranger, f"{address}/frames", captured)
            assert again.status_code == 409, again.text
    assert outcomes == ["proving", "waiting"]
    assert alice.get("/api/v1/me").status_code == 200
    clock.advance(ms=24 * 3_600_000)
    worker.drain(parts)
    assert alice.get("/api/v1/me").status_code == 401
