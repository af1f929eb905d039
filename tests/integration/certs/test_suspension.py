"""Suspending a certificate: at once, by one reviewer, and never for long."""

from typing import Any

import pytest
from sqlalchemy import delete
from starlette.testclient import TestClient

from app.certs.models import CertificateSuspension
from app.certs.services import audit
from app.cli.log import check_everything
from app.core.clock import SettableClock
from app.core.log_audit import DifferenceError
from app.lobby.parts import Parts
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, MALLORY, csrf
from tests.player import Player
from tests.reviewers import on_case, post, reviewer
from tests.tampering import tamper

DAY_MS = 86_400_000


@pytest.fixture
def alice(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    player = study_through(client, parts, clock)
    examinee.sit(client, parts, player.enrolment_id)
    return player


def _told(client: TestClient, certificate: dict[str, Any]) -> set[str]:
    """The verdict by every way that a stranger has."""
    headers = csrf(client)
    base, public_id = "/api/v1/verification", certificate["public_id"]
    pdf = client.get(f"/api/v1/certificates/{certificate['certificate_id']}/file.pdf").content
    record = client.get(f"{base}/{public_id}/proof").json()
    facts = {name: record[name] for name in ("facts", "key_id", "signature")}
    answers = [
        client.get(f"{base}/{public_id}"),
        client.post(
            f"{base}/numbers",
            json={"number": certificate["number"], "name": ALICE.name},
            headers=headers,
        ),
        client.post(base, json={"text": certificate["qr_text"]}, headers=headers),
        client.post(f"{base}/facts", json=facts, headers=headers),
        client.post(f"{base}/files", content=pdf, headers=headers),
    ]
    assert [each.status_code for each in answers] == [200] * 5
    return {each.json()["verdict"] for each in answers}


def test_one_reviewer_suspends_at_once_and_lifts_it_again(
    client: TestClient, parts: Parts, clock: SettableClock, alice: Player
) -> None:
    certificate = certificate_of(alice)
    path = f"/certificates/{certificate['certificate_id']}/suspension"
    bits = client.get("/status/1").json()
    assert _told(client, certificate) == {"valid"}
    assert "您是持证人" not in client.get(f"/v/{certificate['public_id']}").text
    with reviewer(parts) as wu:
        done = post(wu, path, {"reason": "有人举报，正在核实"}).json()
        assert done["suspended_until"] == "2026-12-08"
        assert post(wu, path, {"reason": "再来"}).json()["code"] == "suspended"
        assert _told(client, certificate) == {"suspended"}
        page = client.get(f"/v/{certificate['public_id']}").text
        assert "已暂停" in page
        assert "有人举报，正在核实" in page
        assert "2026-12-08 过后没有撤销，自动恢复" in page
        assert "急着用的，请向证书上写的培训机构核实" in page
        assert "您是持证人，对暂停有疑问" in page
        assert (
            "这张证书暂停使用" in client.get(f"/certificates/{certificate['certificate_id']}").text
        )
        assert "已暂停" in client.get("/certificates").text
        desk = wu.get(f"/desk/certificates?number={certificate['number']}").text
        assert "解除暂停" in desk
        assert "马上暂停" not in desk
        clock.advance(ms=1000)
        assert post(wu, f"{path}/end", {"reason": "举报不实"}).json()["suspended_until"] is None
        assert post(wu, f"{path}/end", {"reason": "举报不实"}).json()["code"] == "not_suspended"
    assert _told(client, certificate) == {"valid"}
    assert client.get("/status/1").json()["credentialSubject"] == bits["credentialSubject"]
    titles = [each["title"] for each in client.get("/api/v1/me/notices").json()]
    assert titles[:2] == ["证书恢复使用", "证书暂停使用"]


def test_it_falls_away_by_itself_and_the_same_reviewer_cannot_make_it_longer(
    client: TestClient, parts: Parts, clock: SettableClock, alice: Player
) -> None:
    certificate = certificate_of(alice)
    path = f"/certificates/{certificate['certificate_id']}/suspension"
    address = f"/api/v1/verification/{certificate['public_id']}"
    with reviewer(parts) as wu:
        post(wu, path, {"reason": "核实中"})
    clock.advance(ms=14 * DAY_MS)
    assert client.get(address).json()["verdict"] == "suspended"
    clock.advance(ms=DAY_MS)
    assert client.get(address).json()["verdict"] == "valid"
    with reviewer(parts) as wu:
        assert post(wu, path, {"reason": "核实中"}).json()["code"] == "same_person"
    with reviewer(parts, MALLORY) as second:
        assert post(second, path, {"reason": "又有举报"}).status_code == 200
    assert client.get(address).json()["verdict"] == "suspended"


def test_a_revocation_that_is_confirmed_says_more_than_a_suspension(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    certificate = certificate_of(alice)
    path = f"/certificates/{certificate['certificate_id']}"
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        post(wu, f"{path}/suspension", {"reason": "核实中"})
        case_id = post(wu, f"{path}/revocation", {"reason": "代考查实"}).json()["case_id"]
        assert _told(client, certificate) == {"suspended"}
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
        assert post(wu, f"{path}/suspension", {"reason": "核实中"}).json()["code"] == "revoked"
    assert _told(client, certificate) == {"revoked"}


def test_one_that_was_lifted_or_taken_away_in_silence_is_named(parts: Parts, alice: Player) -> None:
    certificate = certificate_of(alice)
    with reviewer(parts) as wu:
        post(wu, f"/certificates/{certificate['certificate_id']}/suspension", {"reason": "核实中"})
    assert "certificates: 1" in check_everything(parts)
    row = CertificateSuspension.__table__
    for change in (
        row.update().values(lifted_at=parts.clock.now(), lifted_by="X" * 26),
        row.update().values(lifted_at=None, lifted_by=None, ends_on=parts.clock.now().date()),
        delete(CertificateSuspension),
    ):
        tamper(parts.database, change)
        with (
            pytest.raises(DifferenceError, match="certificate_suspension"),
            parts.database.reading() as db,
        ):
            audit.check_certificates(db, parts.keys, lambda *_: None)
