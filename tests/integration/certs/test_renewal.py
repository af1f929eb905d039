"""Renewing a certificate: reminded in time, the course once more, both papers side by side."""

import pytest
from starlette.testclient import TestClient

from app import worker
from app.certs.services import renewals
from app.core.clock import SettableClock
from app.learning.models.catalogue import Course
from app.lobby.parts import Parts
from tests import examinee
from tests.graduates import certificate_of, play_through, study_through
from tests.people import ALICE, sign_in
from tests.player import Player
from tests.reviewers import post

DAY_MS = 86_400_000


@pytest.fixture
def alice(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    player = study_through(client, parts, clock)
    examinee.sit(client, parts, player.enrolment_id)
    return player


def _wait_until(client: TestClient, parts: Parts, clock: SettableClock, left: int) -> None:
    """So many days before the last one, signed in again."""
    with parts.database.reading() as db:
        [last] = {row.expires_on for row in renewals.rows.list_of(db, _account(client))}
    assert last is not None
    clock.advance(ms=((last - clock.now().date()).days - left) * DAY_MS)
    sign_in(client, parts, ALICE)


def _account(client: TestClient) -> str:
    return str(client.get("/api/v1/me").json()["account_id"])


def _told(client: TestClient) -> list[str]:
    found = client.get("/api/v1/me/notices").json()
    return [each["text"] for each in found if each["title"] == "证书快到期"]


def test_who_renews_has_both_until_the_old_one_ends(
    client: TestClient, parts: Parts, clock: SettableClock, alice: Player
) -> None:
    old = certificate_of(alice)
    path = f"/certificates/{old['certificate_id']}/renewal"
    assert post(client, path, {}).json()["code"] == "too_early"
    _wait_until(client, parts, clock, 60)
    assert "报名复训" in client.get(f"/certificates/{old['certificate_id']}").text
    begun = post(client, path, {}).json()
    assert (begun["state"], begun["id"] == alice.enrolment_id) == ("active", False)
    assert post(client, path, {}).json()["id"] == begun["id"]
    assert "继续复训" in client.get(f"/certificates/{old['certificate_id']}").text
    course = client.get(f"/api/v1/catalogue/courses/{begun['course_id']}").json()
    again = Player(client, parts, clock, ALICE)
    again.enrolment_id = begun["id"]
    play_through(again, [lesson["id"] for lesson in course["lessons"]])
    examinee.sit(client, parts, begun["id"])
    worker.drain(parts)
    new, known = client.get("/api/v1/certificates").json()
    assert known["number"] == old["number"]
    assert known["superseded_at"] is None
    assert [each["verdict"] for each in (new, known)] == ["valid"] * 2
    assert new["expires_on"] > known["expires_on"]
    clock.advance(ms=61 * DAY_MS)
    told = [
        client.get(f"/api/v1/verification/{each['public_id']}").json()["verdict"]
        for each in (new, known)
    ]
    assert told == ["valid", "expired"]
    seen = client.get(f"/v/{known['public_id']}").text
    assert "请问持证人有没有复训后新发的证书" in seen
    assert 'href="/certificates">在“我的证书”里看怎样复训' in seen


def test_the_holder_is_reminded_once_a_stage(
    client: TestClient, parts: Parts, clock: SettableClock, alice: Player
) -> None:
    certificate_of(alice)
    counts = []
    for left in (91, 90, 60, 29):
        _wait_until(client, parts, clock, left)
        for _ in range(2):
            renewals.remind_of_expiry(parts.database, now=clock.now())
        counts.append(len(_told(client)))
    assert counts == [0, 1, 1, 2]
    assert "还有 29 天。请在“我的证书”里打开它，报名复训。" in _told(client)[0]
    _wait_until(client, parts, clock, -1)
    assert renewals.remind_of_expiry(parts.database, now=clock.now()) == 0
    assert "已过有效期" in client.get("/certificates").text


def test_who_renews_already_is_left_alone(
    client: TestClient, parts: Parts, clock: SettableClock, alice: Player
) -> None:
    path = f"/certificates/{certificate_of(alice)['certificate_id']}/renewal"
    _wait_until(client, parts, clock, 80)
    renewals.remind_of_expiry(parts.database, now=clock.now())
    assert post(client, path, {}).status_code == 201
    _wait_until(client, parts, clock, 20)
    assert renewals.remind_of_expiry(parts.database, now=clock.now()) == 0
    assert len(_told(client)) == 1


def test_a_closed_course_says_where_to_turn(
    client: TestClient, parts: Parts, clock: SettableClock, alice: Player
) -> None:
    certificate_id = certificate_of(alice)["certificate_id"]
    _wait_until(client, parts, clock, 80)
    with parts.database.transaction() as db:
        for course in db.query(Course).all():
            course.is_open = False
    assert post(client, f"/certificates/{certificate_id}/renewal", {}).json()["code"] == "closed"
    assert "这门课已停止报名" in client.get(f"/certificates/{certificate_id}").text
    renewals.remind_of_expiry(parts.database, now=clock.now())
    assert "请联系原培训机构" in _told(client)[0]
