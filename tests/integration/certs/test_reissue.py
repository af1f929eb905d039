"""A corrected name on a new paper: one certificate in another's place, never two, never none."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.testclient import TestClient

from app import worker
from app.certs.models import Certificate
from app.certs.services import artefacts, audit, issuing
from app.cli.log import check_everything
from app.core.clock import SettableClock
from app.core.log_audit import DifferenceError
from app.identity.rules.documents import DocumentType
from app.identity.services import disputes, verification
from app.learning.models.catalogue import Course
from app.lobby.parts import Parts
from app.worker import workshop_of
from tests import examinee, finished, status_reading
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, MALLORY, by_name, csrf
from tests.player import Player
from tests.reviewers import on_case, only_case, post, reviewer
from tests.tampering import alter

CORRECTED = "李小梅"
WHY = {"text": "身份证上是“小”，登记时写成了“晓”。"}


@pytest.fixture
def alice(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    player = study_through(client, parts, clock)
    examinee.sit(client, parts, player.enrolment_id)
    return player


def correct_name(parts: Parts, learner_id: str, name: str = CORRECTED) -> None:
    """The desk takes the wrong name back, and the right one is proven."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        disputes.withdraw_identity(db, learner_id, reason="写错", actor_id=None, now=now)
        claim = verification.read_claim(DocumentType.RESIDENT_ID, ALICE.number, name, now=now)
        verification.approve(db, parts.vault, learner_id, claim, now=now)


def _grant(parts: Parts) -> None:
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        case_id = only_case(wu, "certificate_reissue")["id"]
        page = wu.get(f"/desk/cases/{case_id}").text
        assert "登记时写成了" in page
        assert "李*梅" in page
        proposed = on_case(wu, case_id, "decision", decision="approve", reason="身份证核对无误")
        assert proposed.json()["state"] == "open", proposed.text
        assert on_case(wu, case_id, "confirmation", confirms=True).json()["code"] == "same_person"
        done = on_case(second, case_id, "confirmation", confirms=True)
        assert done.status_code == 200, done.text


def _asked_and_granted(client: TestClient, parts: Parts, certificate: dict[str, Any]) -> None:
    correct_name(parts, client.get("/api/v1/me").json()["account_id"])
    asked = post(client, f"/certificates/{certificate['certificate_id']}/reissue", WHY)
    assert asked.status_code == 201, asked.text
    _grant(parts)


def _row(parts: Parts, **where: object) -> Certificate:
    with parts.database.reading() as db:
        row = db.scalars(select(Certificate).filter_by(**where)).one()
        db.expunge(row)
        return row


def test_the_new_one_says_the_new_name_and_nothing_else_than_the_old(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    old = certificate_of(alice)
    _asked_and_granted(client, parts, old)
    base, text = "/api/v1/verification", {"text": old["qr_text"]}
    headers = csrf(client)
    assert client.get(f"{base}/{old['public_id']}").json()["verdict"] == "valid"
    pdf = client.get(f"/api/v1/certificates/{old['certificate_id']}/file.pdf").content
    before = client.get(f"{base}/{old['public_id']}/proof").json()
    worker.drain(parts)
    new, known = client.get("/api/v1/certificates").json()
    assert known["successor_id"] == new["certificate_id"]
    differing = {name for name in new if new[name] != known[name]}
    assert differing == {
        "certificate_id", "public_id", "number", "qr_text", "superseded_at", "successor_id",
        "successor_number", "issued_at", "verdict",
    } - ({"issued_at"} if new["issued_at"] == known["issued_at"] else set())  # fmt: skip
    facts, stale = (client.get(f"{base}/{each['public_id']}").json() for each in (new, known))
    assert facts["verdict"] == "valid"
    for name in ("hours", "score", "started_on", "completed_on", "expires_on", "evidence"):
        assert facts["facts"][name] == stale["facts"][name]
    assert facts["facts"]["commitment"] != stale["facts"]["commitment"]
    look_up = {"number": new["number"], "name": CORRECTED}
    assert by_name(client, look_up)["verdict"] == "valid"
    # The old one says so by every way; the new number only to whoever holds the old paper.
    assert (stale["verdict"], stale["successor_number"]) == ("superseded", None)
    assert new["number"] not in client.get(f"/v/{old['public_id']}").text
    held = client.post(base, json=text, headers=headers).json()
    handed = client.post(f"{base}/files", content=pdf, headers=headers).json()
    assert [held["verdict"], handed["verdict"]] == ["superseded"] * 2
    assert held["successor_number"] == handed["successor_number"] == new["number"]
    after = client.get(f"{base}/{old['public_id']}/proof").json()
    assert {**after, "log": 0} == {**before, "log": 0}
    still = client.get(f"/api/v1/certificates/{old['certificate_id']}/file.pdf").content
    assert still == pdf
    assert "certificates: 2" in check_everything(parts)
    titles = {each["title"] for each in client.get("/api/v1/me/notices").json()}
    assert "证书已换发" in titles


def test_other_software_reads_the_old_one_as_revoked_and_the_new_one_as_not(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    old = certificate_of(alice)
    _asked_and_granted(client, parts, old)
    worker.drain(parts)
    encoded = client.get("/status/1").json()["credentialSubject"]["encodedList"]
    places = [_row(parts, number=each["number"]).status_index
              for each in client.get("/api/v1/certificates").json()]  # fmt: skip
    told = [status_reading.is_set(status_reading.decode(encoded), place or 0) for place in places]
    assert told == [False, True]


def test_nothing_to_correct_is_no_reason_and_nobody_asks_twice(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    path = f"/certificates/{certificate_of(alice)['certificate_id']}/reissue"
    assert post(client, path, WHY).json()["code"] == "nothing_to_correct"
    correct_name(parts, client.get("/api/v1/me").json()["account_id"])
    assert post(client, path, WHY).status_code == 201
    assert post(client, path, WHY).json()["code"] == "asked"
    _grant(parts)
    assert post(client, path, WHY).json()["code"] == "granted"


def test_a_doubt_holds_the_new_one_up_and_a_revocation_ends_it(
    client: TestClient, parts: Parts, clock: SettableClock, alice: Player
) -> None:
    old = certificate_of(alice)
    path = f"/certificates/{old['certificate_id']}"
    _asked_and_granted(client, parts, old)
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        post(wu, f"{path}/suspension", {"reason": "核实中"})
        worker.drain(parts)
        assert len(client.get("/api/v1/certificates").json()) == 1
        assert post(client, f"{path}/reissue", WHY).status_code == 409
        case_id = post(wu, f"{path}/revocation", {"reason": "代考查实"}).json()["case_id"]
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
    clock.advance(ms=2 * 3_600_000)
    worker.drain(parts)
    [only] = client.get("/api/v1/certificates").json()
    assert only["revoke_reason"] == "代考查实"


def test_the_holder_does_not_learn_of_an_inquiry_and_the_desk_ends_it_first(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    path = f"/certificates/{certificate_of(alice)['certificate_id']}"
    correct_name(parts, client.get("/api/v1/me").json()["account_id"])
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        inquiry = post(wu, f"{path}/revocation", {"reason": "代考"}).json()["case_id"]
        assert post(client, f"{path}/reissue", WHY).status_code == 201
        wish = only_case(wu, "certificate_reissue")["id"]
        on_case(wu, wish, "decision", decision="approve", reason="身份证核对无误")
        refused = on_case(second, wish, "confirmation", confirms=True)
        assert (refused.status_code, refused.json()["code"]) == (409, "in_doubt")
        on_case(second, inquiry, "confirmation", confirms=False, reason="证据不足")
        on_case(second, inquiry, "decision", decision="dismiss", reason="证据不足")
        done = on_case(second, wish, "confirmation", confirms=True)
        assert done.status_code == 200, done.text
    worker.drain(parts)
    assert len(client.get("/api/v1/certificates").json()) == 2


def test_a_crash_before_the_new_one_is_ready_leaves_the_old_one_in_force(
    client: TestClient, parts: Parts, clock: SettableClock, alice: Player,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    old = certificate_of(alice)
    _asked_and_granted(client, parts, old)

    def fail(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(artefacts, "make", fail)
        worker.drain(parts)
    [only] = client.get("/api/v1/certificates").json()
    assert only["superseded_at"] is None
    assert client.get(f"/api/v1/verification/{old['public_id']}").json()["verdict"] == "valid"
    prepared = _row(parts, replaces_id=old["certificate_id"]).number
    clock.advance(ms=3_600_000)
    worker.drain(parts)
    worker.drain(parts)
    new, known = client.get("/api/v1/certificates").json()
    assert (new["number"], known["superseded_at"] is None) == (prepared, False)


@pytest.mark.parametrize("change", ["superseded_at", "reissue_granted_at", "reissue_bound"])
def test_one_that_is_said_to_be_replaced_or_not_in_silence_is_named(
    parts: Parts, alice: Player, change: str
) -> None:
    certificate_of(alice)
    row = _row(parts)
    value = "0" * 64 if change == "reissue_bound" else row.issued_at
    alter(parts.database, row, **{change: value})
    with pytest.raises(DifferenceError, match="replaced"), parts.database.reading() as db:
        audit.check_certificates(db, parts.keys, lambda *_: None)


def test_one_that_stands_in_anothers_place_than_it_was_prepared_for_is_named(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    """With somebody else's certificate in its place the old one would seem never replaced."""
    old = certificate_of(alice)
    [course] = finished.courses(parts, ("usual",))
    person = finished.finish(parts, course, "王五", 2)
    _asked_and_granted(client, parts, old)
    worker.drain(parts)
    new = _row(parts, replaces_id=old["certificate_id"])
    other = _row(parts, learner_id=person.learner_id)
    for row, replaced in ((new, other), (other, new)):
        alter(parts.database, row, replaces_id=replaced.id)
        with pytest.raises(DifferenceError) as told, parts.database.reading() as db:
            audit.check_certificates(db, parts.keys, lambda *_: None)
        assert told.value.field == "replaces_id"
        alter(parts.database, row, replaces_id=row.replaces_id)
    assert "certificates: 3" in check_everything(parts, evidence=False)


def test_a_grant_is_for_the_name_that_was_asked_for_and_for_no_other(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    old = certificate_of(alice)
    _asked_and_granted(client, parts, old)
    correct_name(parts, _row(parts).learner_id, "李筱梅")
    worker.drain(parts)
    [only] = client.get("/api/v1/certificates").json()
    assert (only["verdict"], only["superseded_at"]) == ("valid", None)
    told = {each["title"]: each["text"] for each in client.get("/api/v1/me/notices").json()}
    assert old["number"] in told["证书没有换发"]
    assert "certificates: 1" in check_everything(parts)
    assert post(client, f"/certificates/{old['certificate_id']}/reissue", WHY).status_code == 201
    _grant(parts)
    worker.drain(parts)
    new, known = client.get("/api/v1/certificates").json()
    assert (new["verdict"], known["verdict"]) == ("valid", "superseded")
    assert "certificates: 2" in check_everything(parts)


def test_a_new_one_whose_number_is_given_up_is_not_made_for_the_next_name(
    client: TestClient, parts: Parts, alice: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = certificate_of(alice)
    _asked_and_granted(client, parts, old)

    def fail(*_: object, **__: object) -> None:
        raise artefacts.FaultyArtefactError("排版出错")

    with monkeypatch.context() as patched:
        patched.setattr(artefacts, "make", fail)
        worker.drain(parts)
    learner_id = _row(parts, replaces_id=old["certificate_id"]).learner_id
    correct_name(parts, learner_id, "李筱梅")
    now = parts.clock.now()
    issuing.issue(parts.database, workshop_of(parts), alice.enrolment_id, now=now)
    with reviewer(parts) as wu:
        case_id = only_case(wu, "certificate_void")["id"]
        on_case(wu, case_id, "decision", decision="void", reason="没有出过证")
    worker.drain(parts)
    [only] = client.get("/api/v1/certificates").json()
    assert (only["number"], only["verdict"]) == (old["number"], "valid")
    assert "certificates: 2" in check_everything(parts)


def test_two_workers_at_once_make_one_successor(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    old = certificate_of(alice)
    _asked_and_granted(client, parts, old)
    now, shop = parts.clock.now(), workshop_of(parts)

    def issue(_: int) -> str:
        try:
            issuing.issue(parts.database, shop, alice.enrolment_id, now=now)
        except SQLAlchemyError:  # the other one was first: the job comes again
            return "again"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(issue, range(4)))
    assert "done" in told
    issuing.issue(parts.database, shop, alice.enrolment_id, now=now)
    with parts.database.reading() as db:
        found = db.scalars(select(Certificate).order_by(Certificate.issued_at)).all()
        assert [(row.replaces_id, row.ready_at is None) for row in found] == [
            (None, False), (old["certificate_id"], False),
        ]  # fmt: skip
    assert "certificates: 2" in check_everything(parts)


def test_a_course_that_changed_its_kind_holds_up_no_correction(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    old = certificate_of(alice)
    with parts.database.transaction() as db:
        course = db.scalars(select(Course)).one()
        course.certificate_type, course.validity_months = "在线培训证书", None
    _asked_and_granted(client, parts, old)
    worker.drain(parts)
    new, known = client.get("/api/v1/certificates").json()
    assert new["type"] == known["type"] == "培训合格证书"
    assert new["expires_on"] == known["expires_on"] != ""


def test_what_is_out_of_use_is_neither_suspended_nor_revoked(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    old = certificate_of(alice)
    _asked_and_granted(client, parts, old)
    worker.drain(parts)
    with reviewer(parts) as wu:
        for deed in ("suspension", "revocation"):
            path = f"/certificates/{old['certificate_id']}/{deed}"
            refused = post(wu, path, {"reason": "代考查实"})
            assert (refused.status_code, refused.json()["code"]) == (409, "superseded"), deed
        page = wu.get(f"/desk/certificates?number={old['number']}").text
        assert "已换发" in page
        assert "马上暂停" not in page


def test_no_code_is_made_for_another_name_than_the_certificates(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    old = certificate_of(alice)
    correct_name(parts, client.get("/api/v1/me").json()["account_id"])
    refused = post(client, f"/certificates/{old['certificate_id']}/holder-code", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "other_name")
    assert "换发" in refused.json()["remedy"]
