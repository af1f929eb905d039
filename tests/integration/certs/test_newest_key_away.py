"""The key service is away behind a rotation: nothing is signed with the key whose time is over.

Each of what the house signs is refused with a 503 or tried again, and is there once it is back.
"""

import datetime as dt
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from app import worker
from app.certs.models import Certificate
from app.certs.rules import scan
from app.certs.services import audit, erasure
from app.core import key_files
from app.core.clock import SettableClock
from app.core.crypto import b64url
from app.core.errors import UnavailableError
from app.core.key_files import StoredKey
from app.core.outbox import OutboxJob
from app.lobby.parts import Parts
from app.main import create_app
from tests import finished
from tests.classrooms import approved, card
from tests.employers import agent, post
from tests.papers_issued import Asking, take
from tests.people import ALICE, MALLORY, prove, sign_in, verify

HOUR = dt.timedelta(hours=1)
NEW, NEWEST = "0a0b0c0d", "newest"


@dataclass
class Service:
    """A key service that does not open the newest key while it is away."""

    is_away: bool = True

    def wrap(self, plain: str, *, purpose: str) -> str:
        return f"{purpose}:{plain}"

    def unwrap(self, wrapped: str, *, purpose: str) -> str:
        if wrapped != NEWEST:
            return wrapped.removeprefix(f"{purpose}:")
        if self.is_away:
            raise UnavailableError(f"a key of {purpose} is not opened", code="keys")
        return b64url(bytes(range(32)))


@pytest.fixture
def service(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Service:
    service = Service()
    monkeypatch.setattr(parts.keys, "_wrapper", service)
    return service


def _rotate(parts: Parts, purpose: str) -> str:
    """As another process does that reaches the service, an hour ago; returns the old key's id."""
    old = parts.keys.signer(purpose).key_id
    path = parts.settings.resolved_keys_dir / f"{purpose}.json"
    since = (parts.clock.now() - HOUR).isoformat(timespec="seconds")
    fresh = StoredKey(NEW, wrapped=NEWEST, since=since)
    key_files.replace(path, [*key_files.read(path), fresh])
    assert parts.keys.signer(purpose).key_id == old
    return old


@pytest.mark.parametrize("purpose", ["certificates", "sm2", "documents"])
def test_a_certificate_waits_for_the_key(
    parts: Parts, clock: SettableClock, service: Service, purpose: str
) -> None:
    house = finished.with_second_signatures(parts)
    _rotate(parts, purpose)
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "赵等", 90_000)
    worker.drain(house)
    with parts.database.reading() as db:
        waiting = db.query(OutboxJob).filter(OutboxJob.state == "waiting").all()
        assert any("打不开" in (each.last_error or "") for each in waiting)
        assert all(each.ready_at is None for each in db.query(Certificate).all())
    service.is_away = False
    clock.advance(ms=60_000)
    worker.drain(house)
    one = take(parts, person.enrolment_id)
    assert Asking(parts, clock.now()).file(one.pdf) == "valid"
    assert {"certificates": one.key_id, "sm2": one.facts.sm2}.get(purpose, NEW) == NEW


def test_a_list_of_the_revoked_waits(parts: Parts, service: Service) -> None:
    _rotate(parts, "certificates")
    with TestClient(create_app(parts)) as client:
        refused = client.get("/status/1")
        assert (refused.status_code, refused.json()["code"]) == (503, "key_out_of_use")
        assert int(refused.headers["retry-after"]) == 60
        service.is_away = False
        assert client.get("/status/1").status_code == 200


def test_a_proof_of_hours_waits(client: TestClient, parts: Parts, service: Service) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    _rotate(parts, "proofs")
    refused = client.get("/api/v1/me/hours/proof.json")
    assert (refused.status_code, refused.json()["code"]) == (503, "key_out_of_use")
    service.is_away = False
    assert client.get("/api/v1/me/hours/proof.json").json()["key_id"] == NEW


def test_the_archive_of_a_class_waits(
    client: TestClient, parts: Parts, clock: SettableClock, service: Service
) -> None:
    agent(client, parts, MALLORY)
    course = finished.courses(parts, ("usual",))[0]
    class_id = approved(client, parts, card(course.course_id, prove(parts, MALLORY)))
    studied = finished.study(parts, course, "赵红", 2)
    with TestClient(create_app(parts)) as learner:
        sign_in(learner, parts, studied.someone)
        assert post(learner, "/me/classes", {"class_id": class_id}).status_code == 200
    closed = post(client, f"/org/classes/{class_id}/closing", {"reason": "下期补考"})
    assert closed.status_code == 204, closed.text
    _rotate(parts, "archives")
    worker.drain(parts)
    archive = f"/api/v1/org/classes/{class_id}/archive.json"
    assert client.get(archive).status_code == 404
    service.is_away = False
    clock.advance(ms=60_000)
    worker.drain(parts)
    assert client.get(archive).json()["key_id"] == NEW


def test_who_leaves_is_taken_off_by_a_key_of_today(
    parts: Parts, clock: SettableClock, service: Service
) -> None:
    """What was signed anew by a key after its time would be good to nobody."""
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "赵离", 90_000)
    worker.drain(parts)
    one = take(parts, person.enrolment_id)
    clock.advance(ms=2 * 3_600_000)
    _rotate(parts, "certificates")
    with parts.database.reading() as db, pytest.raises(UnavailableError):
        erasure.check_may_go(db, parts.keys, person.learner_id, now=clock.now())

    def leave() -> None:
        with parts.database.transaction() as db:
            erasure.forget_holder(
                db, parts.keys, person.learner_id, address=parts.settings.public_url,
                now=clock.now(),
            )  # fmt: skip

    with pytest.raises(UnavailableError):
        leave()
    with parts.database.reading() as db:
        row = db.query(Certificate).one()
        assert (row.holder_gone_at, row.qr_text) == (None, one.text)
    service.is_away = False
    leave()
    with parts.database.reading() as db:
        scanned = scan.read_text(db.query(Certificate).one().qr_text)
        assert scanned is not None
        assert scanned.seal is not None
        assert scanned.seal.key_id == NEW
        assert audit.check_certificates(db, parts.keys, lambda *_: None) == 1
