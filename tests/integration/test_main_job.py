"""The main job end to end: sign up, study, pass, and a stranger verifies the certificate."""

import datetime as dt
import io
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from starlette.testclient import TestClient

from app import worker
from app.certs.models import Certificate
from app.certs.providers import artwork
from app.certs.rules.numbers import make_number
from app.certs.rules.scan import read_digits, to_digits
from app.certs.services import verification
from app.certs.services.records import holder_index
from app.core.clock import SettableClock
from app.core.crypto import Vault
from app.learning.models.catalogue import Enrolment
from app.learning.services import course_progress
from app.learning.services.course_progress import CourseProgress
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, CAROL, MALLORY, by_name, csrf, sign_in
from tests.player import Player
from tests.reviewers import on_case, only_case, post, reviewer


@pytest.fixture
def alice(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    """Signed up, verified, and through with all her hours."""
    return study_through(client, parts, clock)


def _progress(player: Player) -> CourseProgress:
    with player.parts.database.reading() as db:
        row = db.get_one(Enrolment, player.enrolment_id)
        return course_progress.course_progress(
            db, row.id, learner_id=row.learner_id, now=player.parts.clock.now()
        )


def _ask(client: TestClient, text: str) -> dict:
    answer = client.post("/api/v1/verification", json={"text": text}, headers=csrf(client))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_from_sign_up_to_a_strangers_verdict(alice: Player) -> None:
    parts, client = alice.parts, alice.client
    result = examinee.sit(client, parts, alice.enrolment_id, wrong=2)
    assert (result["score"], result["passed"]) == (80, True)
    certificate = certificate_of(alice)
    assert certificate["hours"] == "0.06"
    base = f"/api/v1/certificates/{certificate['certificate_id']}"
    pdf, png = client.get(f"{base}/file.pdf"), client.get(f"{base}/preview.png")
    assert pdf.content.startswith(b"%PDF-")
    assert artwork.read_codes(png.content) == [certificate["qr_text"]]
    with TestClient(create_app(parts)) as stranger:
        told = _ask(stranger, certificate["qr_text"])
        assert told["verdict"] == "valid"
        assert told["facts"]["holder_name"] == "李*梅"
        assert ALICE.number not in str(told)
        by_id = stranger.get(f"/api/v1/verification/{certificate['public_id']}").json()
        assert by_id["facts"] == told["facts"]
        wide = "".join(chr(ord(char) + 0xFEE0) for char in certificate["number"])
        page = stranger.post("/verify", data={"number": wide, "name": "李晓梅"}).text
        assert 'data-verdict="valid"' in page
        assert "请与纸面逐项核对" in page
        assert "<dt>发证日期</dt><dd>2026-11-24</dd>" in page
        assert f"学时规则 {told['facts']['policy']}" in page
        assert told["facts"]["evidence"][:16] in page
        look_up = {"number": certificate["number"].lower(), "name": "李 晓梅"}
        assert by_name(stranger, look_up)["verdict"] == "valid"
        wrong = look_up | {"name": "李晓明"}
        absent = look_up | {"number": make_number(2026, 99_999)}
        answers = [by_name(stranger, asked) for asked in (wrong, absent)]
        assert answers[0] == answers[1]
        assert by_name(stranger, wrong)["verdict"] == "unknown"
        assert stranger.get(f"{base}/file.pdf").status_code == 401
        sign_in(stranger, parts, CAROL)
        assert stranger.get(f"{base}/file.pdf").status_code == 404


def test_a_passed_course_is_looked_at_again_and_hours_do_not_grow(alice: Player) -> None:
    client, parts = alice.client, alice.parts
    film, book = (step.lesson_id for step in _progress(alice).lessons)
    again = f"/api/v1/media/again/{alice.enrolment_id}/{film}"
    assert client.get(again).json()["code"] == "not_completed"
    examinee.sit(client, parts, alice.enrolment_id)
    worker.drain(parts)
    before = _progress(alice).totals.confirmed_ms
    page = client.get(f"/learn/{alice.enrolment_id}/{film}")
    assert (page.status_code, again in page.text) == (200, True)
    assert "不增加学时" in page.text
    part = client.get(again, headers={"range": "bytes=0-99"})
    assert (part.status_code, len(part.content)) == (206, 100)
    assert "<p>第 1 页</p>" in client.get(f"/learn/{alice.enrolment_id}/{book}").text
    course = client.get(f"/learn/{alice.enrolment_id}").text
    assert f"/learn/{alice.enrolment_id}/{book}" in course
    assert _progress(alice).totals.confirmed_ms == before == 180_000
    with TestClient(create_app(parts)) as other:
        assert other.get(again).status_code == 401
        sign_in(other, parts, CAROL)
        assert other.get(again).status_code == 404
        assert other.get(f"/learn/{alice.enrolment_id}/{film}").status_code == 404


@pytest.mark.parametrize("dot", "•・.．")
def test_a_look_up_takes_the_name_as_sign_up_does(parts: Parts, dot: str) -> None:
    number = make_number(2026, 1)
    index = holder_index(parts.vault, number, CAROL.name)
    typed = "\u3000" + CAROL.name.replace("·", f" {dot} ")
    assert holder_index(parts.vault, number, typed) == index
    assert holder_index(parts.vault, number, CAROL.name.replace("·", "")) != index


def test_an_unknown_number_takes_the_steps_of_a_wrong_name(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time of an answer tells nothing: the name is hashed whether or not there is a number."""
    hashed: list[str] = []

    def counted(_vault: Vault, number: str, _name: str) -> str:
        hashed.append(number)
        return "1" * 64

    monkeypatch.setattr(verification, "holder_index", counted)
    absent = make_number(2026, 99_999)
    with parts.database.reading() as db:
        told = verification.by_number(
            db, parts.vault, parts.keys, absent, "李晓梅", now=parts.clock.now()
        )
    assert (told.verdict, hashed) == ("unknown", [absent])


def test_a_slip_in_the_number_is_named_and_tells_nothing(client: TestClient) -> None:
    right = make_number(2026, 1)
    slip = right[:-1] + ("0" if right[-1] != "0" else "1")
    said = {}
    for number in (right, slip):
        query = {"number": number, "name": "李晓梅"}
        answer = by_name(client, query)
        assert (answer["verdict"], answer["facts"]) == ("unknown", None)
        said[number] = answer["sentence"]
    assert "抄错" in said[slip]
    assert "抄错" not in said[right]


def test_a_code_read_from_a_small_grey_picture(alice: Player) -> None:
    examinee.sit(alice.client, alice.parts, alice.enrolment_id)
    certificate = certificate_of(alice)
    png = alice.client.get(
        f"/api/v1/certificates/{certificate['certificate_id']}/preview.png"
    ).content
    with Image.open(io.BytesIO(png)) as picture:
        small = picture.convert("L").resize((picture.width * 3 // 4, picture.height * 3 // 4))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=70)
    assert artwork.read_codes(out.getvalue()) == [certificate["qr_text"]]


def test_every_altered_digit_and_every_altered_fact_shows(alice: Player) -> None:
    examinee.sit(alice.client, alice.parts, alice.enrolment_id)
    certificate = certificate_of(alice)
    text = certificate["qr_text"]
    head, _, digits = text.partition("#")
    for place in range(0, len(digits), 29):
        other = str((int(digits[place]) + 1) % 10)
        altered = f"{head}#{digits[:place]}{other}{digits[place + 1 :]}"
        assert _ask(alice.client, altered)["verdict"] == "altered", place
    for length in (1, len(digits) // 2, len(digits) - 1):
        cut = _ask(alice.client, f"{head}#{digits[:length]}")
        assert (cut["verdict"], cut["facts"]) == ("incomplete", None), length
    elsewhere = read_digits(digits)
    assert elsewhere is not None
    stranger = to_digits(replace(elsewhere, key_id="00000000"))
    assert _ask(alice.client, f"{head}#{stranger}")["verdict"] == "altered"
    other = f"https://elsewhere.example/v/{'A' * 16}#{stranger}"
    assert _ask(alice.client, other)["verdict"] == "unknown"
    told = _ask(alice.client, text)
    signed = {"key_id": told["key_id"], "signature": told["signature"]}
    address = "/api/v1/verification/facts"
    for name, value in told["facts"].items():
        changed = value + 1 if isinstance(value, int) else f"{value}x"
        body = signed | {"facts": told["facts"] | {name: changed}}
        answer = alice.client.post(address, json=body, headers=csrf(alice.client))
        assert answer.json()["verdict"] == "altered", name
    body = signed | {"facts": told["facts"]}
    answer = alice.client.post(address, json=body, headers=csrf(alice.client))
    assert answer.json()["verdict"] == "valid"


def test_a_record_changed_in_the_database_shows(alice: Player) -> None:
    examinee.sit(alice.client, alice.parts, alice.enrolment_id)
    certificate = certificate_of(alice)
    with alice.parts.database.transaction() as db:
        row = db.get_one(Certificate, certificate["certificate_id"])
        row.facts = row.facts | {"hours": "99"}
    told = alice.client.get(f"/api/v1/verification/{certificate['public_id']}").json()
    assert told["verdict"] == "altered"


def test_revocation_by_two_of_the_staff_with_a_reason(alice: Player) -> None:
    parts = alice.parts
    examinee.sit(alice.client, parts, alice.enrolment_id)
    certificate = certificate_of(alice)
    path = f"/certificates/{certificate['certificate_id']}/revocation"
    body = {"reason": "代考查实"}
    assert post(alice.client, path, body).status_code == 403
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        asked = post(wu, path, body)
        assert (asked.status_code, asked.json()["revoked_at"]) == (200, None)
        assert post(second, path, body).json()["code"] == "proposed"
        assert _ask(alice.client, certificate["qr_text"])["verdict"] == "valid"
        case_id = asked.json()["case_id"]
        assert only_case(second, "certificate_revocation")["id"] == case_id
        address = f"/desk/certificates?number={certificate['number']}"
        assert "已有人提出撤销" in second.get(address).text
        assert on_case(wu, case_id, "confirmation", confirms=True).status_code == 403
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
        again = post(wu, path, body)
        assert (again.status_code, again.json()["code"]) == (409, "revoked")
    told = _ask(alice.client, certificate["qr_text"])
    assert (told["verdict"], told["revoke_reason"]) == ("revoked", "代考查实")
    page = alice.client.get(f"/v/{certificate['public_id']}").text
    revoked_on = dt.datetime.fromisoformat(told["revoked_at"]).astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"撤销日期：{revoked_on:%Y-%m-%d}" in page
    assert "请与纸面逐项核对" not in page


def test_a_name_that_is_taken_back_brings_its_certificates_before_the_desk(alice: Player) -> None:
    parts = alice.parts
    examinee.sit(alice.client, parts, alice.enrolment_id)
    certificate = certificate_of(alice)
    claim = {"document_type": "resident_id", "number": ALICE.number, "name": ALICE.name}
    with TestClient(create_app(parts)) as owner:
        sign_in(owner, parts, CAROL)
        assert post(owner, "/me/identity/dispute", claim).status_code == 200
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        case_id = only_case(wu, "number_held")["id"]
        for each in (wu, second):
            on_case(each, case_id, "unmasking", purpose="核对号码归谁")
        on_case(wu, case_id, "decision", decision="approve", reason="本人到场核对")
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
        flagged = only_case(wu, "certificate_revocation")
        assert certificate["number"] in wu.get(f"/desk/cases/{flagged['id']}").text
        assert _ask(alice.client, certificate["qr_text"])["verdict"] == "valid"
        kept = on_case(wu, flagged["id"], "decision", decision="dismiss", reason="另案处理")
        assert kept.json()["decision_name"] == "不撤销"
    assert alice.client.get("/api/v1/me").json()["is_verified"] is False


def test_hours_without_an_exam_and_a_failed_exam_give_nothing(
    alice: Player, clock: SettableClock
) -> None:
    client, parts = alice.client, alice.parts
    worker.drain(parts)
    assert client.get("/api/v1/certificates").json() == []
    for _ in range(3):
        assert examinee.sit(client, parts, alice.enrolment_id, wrong=5)["passed"] is False
    address = f"/api/v1/enrolments/{alice.enrolment_id}/attempts"
    refused = client.post(address, headers=csrf(client))
    assert (refused.status_code, refused.json()["code"]) == (409, "cooling")
    worker.drain(parts)
    assert client.get("/api/v1/certificates").json() == []
    clock.advance(ms=86_400_000)
    assert examinee.sit(client, parts, alice.enrolment_id)["score"] == 100
    certificate_of(alice)
    passed = client.post(address, headers=csrf(client))
    assert (passed.status_code, passed.json()["code"]) == (409, "exam_passed")


def test_an_answer_counts_by_its_arrival(alice: Player, clock: SettableClock) -> None:
    client, parts = alice.client, alice.parts
    attempt = examinee.start(client, alice.enrolment_id)
    first, second = attempt["questions"][:2]
    clock.advance(ms=600_000 + 119_000)
    right = examinee.right_letters(parts, first)
    taken = examinee.put(client, attempt, first["item_id"], right)
    assert (taken.status_code, taken.json()["remaining_ms"]) == (200, 0)
    clock.advance(ms=2_000)
    late = examinee.put(client, attempt, second["item_id"], ["A"])
    assert (late.status_code, late.json()["code"]) == (409, "exam_over")
    worker.SCHEDULES[[s.name for s in worker.SCHEDULES].index("close_exams")].run(parts)
    told = client.get(f"/api/v1/attempts/{attempt['attempt_id']}").json()
    assert (told["state"], told["answers"]) == ("graded", {first["item_id"]: right})


def test_strangers_and_strange_questions_are_not_found(alice: Player) -> None:
    attempt = examinee.start(alice.client, alice.enrolment_id)
    question = attempt["questions"][0]
    assert examinee.put(alice.client, attempt, "0" * 26, ["A"]).status_code == 404
    wrong = examinee.put(alice.client, attempt, question["item_id"], ["H"])
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/choices")
    with TestClient(create_app(alice.parts)) as other:
        sign_in(other, alice.parts, CAROL)
        assert examinee.put(other, attempt, question["item_id"], ["A"]).status_code == 404
        assert other.get(f"/api/v1/attempts/{attempt['attempt_id']}").status_code == 404
        address = f"/api/v1/enrolments/{alice.enrolment_id}/attempts"
        assert other.post(address, headers=csrf(other)).status_code == 404
