"""A life with everything in it that the product ever stores of a person."""

import base64
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.identity.services import consents, people
from app.learning.services import package_kept
from app.learning.services.package_kept import Kept
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee, faces, pictures
from tests.employers import agent
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, CAROL, MALLORY, sign_in, verify
from tests.player import Player
from tests.reviewers import on_case, only_case, post, reviewer

WORDS = "我的同事李晓梅也听不清楚第三节的讲解"
PURPOSE = "核对联系方式"
EXTERNAL = {
    "kind": "special_operation", "title": "低压电工作业", "number": f"T{ALICE.number}",
    "issuer": "四川省应急管理厅", "issued_on": "2024-05-20", "valid_until": "2030-05-19",
}  # fmt: skip


STATED = EXTERNAL | {
    "title": "高压电工作业",
    "proof": base64.b64encode(b"%PDF-1.7 " + ALICE.name.encode() + b"x" * 2048).decode(),
}


@dataclass(frozen=True, slots=True)
class Life:
    """What was made on the way; `frames` are faces as they were sent, or chosen for the paper."""

    player: Player
    certificate: dict[str, Any]
    pdf: bytes
    png: bytes
    frames: tuple[bytes, ...]


def live(client: TestClient, parts: Parts, clock: SettableClock) -> Life:
    """Alice learns, is examined and complains; Carol gives her face; Mallory employs them both."""
    player = study_through(client, parts, clock)
    with parts.database.reading() as db:
        alice = people.find_by_document(db, parts.vault, ALICE.number)
    assert alice is not None
    _keep_of_a_package(parts, alice, player)
    picture = pictures.keep(parts, alice, 1)
    examinee.sit(client, parts, player.enrolment_id)
    certificate = certificate_of(player)
    base = f"/api/v1/certificates/{certificate['certificate_id']}"
    pdf, png = client.get(f"{base}/file.pdf").content, client.get(f"{base}/preview.png").content
    taken = post(client, "/certificates/external", EXTERNAL)
    assert taken.status_code == 201, taken.text
    _speak_up(client, parts)
    with TestClient(create_app(parts)) as carol:
        shots = enrol_face(carol, parts)
    _employ(parts, clock)
    _go_wrong(client, certificate["number"])
    clock.advance(ms=3_600_000)
    worker.drain(parts)
    for schedule in worker.SCHEDULES:
        schedule.run(parts)
    return Life(player, certificate, pdf, png, (*shots, picture))


def _keep_of_a_package(parts: Parts, learner_id: str, player: Player) -> None:
    """What was typed into it, and a document that it named after her."""
    now, whose = parts.clock.now(), (learner_id, player.enrolment_id, player.lesson_id, 0)
    comments = Kept("", '{"cmi.comments": "' + WORDS + '"}', "application/json")
    with parts.database.transaction() as db:
        for kind, kept in (("cmi", comments), ("state", Kept(ALICE.name, WORDS, ALICE.phone))):
            row, _ = package_kept.held(db, parts.vault, whose, kind, kept.name, now=now)
            package_kept.put(db, parts.vault, row, kept, now=now)


def _speak_up(client: TestClient, parts: Parts) -> None:
    for kind in ("complaint", "privacy_request"):
        taken = post(client, "/complaints", {"kind": kind, "contact": ALICE.phone, "text": WORDS})
        assert taken.status_code == 201, taken.text
    with reviewer(parts) as wu:
        case_id = only_case(wu, "complaint")["id"]
        shown = on_case(wu, case_id, "unmasking", purpose=PURPOSE)
        assert shown.json()["contact"] == ALICE.phone


def enrol_face(client: TestClient, parts: Parts) -> tuple[bytes, ...]:
    """Carol consents and enrols; returns the frames that her camera sent."""
    sign_in(client, parts, CAROL)
    verify(client, CAROL)
    body = {"kind": "face", "version": consents.VERSION, "accepted": True}
    assert post(client, "/me/consents", body).status_code == 201
    opened = post(client, "/me/face-sessions", {"purpose": "enrol"}).json()
    plan = faces.turns_for(opened["actions"])
    shots = tuple(faces.frames("a", [turn for _, turn in plan]))
    captured = {
        "nonce": opened["nonce"],
        "frames": [
            {"step": step, "jpeg": base64.b64encode(shot).decode()}
            for (step, _), shot in zip(plan, shots, strict=True)
        ],
    }
    answer = post(client, f"/me/face-sessions/{opened['id']}/frames", captured)
    assert answer.json()["outcome"] == "passed", answer.text
    return shots


def _employ(parts: Parts, clock: SettableClock) -> None:
    clock.advance(ms=61_000)
    with TestClient(create_app(parts)) as boss:
        agent(boss, parts, MALLORY)
        for who in (ALICE, CAROL):
            new = {"name": who.name, "document_number": who.number, "unit": "一车间"}
            assert post(boss, "/org/staff", new).status_code == 201
        assert boss.get("/employer/staff", params={"q": ALICE.name}).status_code == 200
    with TestClient(create_app(parts)) as alice:
        clock.advance(ms=61_000)
        sign_in(alice, parts, ALICE)
        org_id = alice.get("/me").text.split("/me/employers/")[1][:26]
        joined = post(alice, f"/me/employers/{org_id}/acceptance", {})
        assert joined.status_code == 204, joined.text
        _state_certificate(parts, alice)


def _state_certificate(parts: Parts, alice: TestClient) -> None:
    """Her employer states one from elsewhere, and she says yes to it."""
    with TestClient(create_app(parts)) as boss:
        sign_in(boss, parts, MALLORY)
        staff = boss.get("/api/v1/org/staff", params={"q": ALICE.name}).json()["items"]
        taken = post(boss, "/org/stated-certificates", STATED | {"staff_id": staff[0]["staff_id"]})
        assert taken.status_code == 201, taken.text
    address = f"/me/stated-certificates/{taken.json()['stated_id']}/confirmation"
    assert post(alice, address, {}).status_code == 204


def _go_wrong(client: TestClient, number: str) -> None:
    """Requests with personal data in them that are refused, and one that breaks down."""
    claim = {"document_type": "resident_id", "number": ALICE.number, "name": ALICE.name}
    assert post(client, "/me/identity", claim).status_code == 409
    assert post(client, "/me/identity", claim | {"name": 7}).status_code == 422
    wrong = {"phone": ALICE.phone, "code": "000000"}
    assert post(client, "/auth/sign-in", wrong).status_code == 422
    look_up = {"number": number, "name": ALICE.name}
    assert client.post("/verify", data=look_up).status_code == 303
    assert client.get(f"/{ALICE.number}/{ALICE.phone}").status_code == 404
