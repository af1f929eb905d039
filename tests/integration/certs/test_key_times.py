"""A key that was taken out of use and leaked: what it signs is told from what it signed before.

On line by every way in: what is dated after its time by the date, what is dated back by the log.
"""

import datetime as dt
import json
from dataclasses import dataclass, replace

import pytest
from starlette.testclient import TestClient

from app import worker
from app.certs.models import Certificate
from app.certs.providers import proofs
from app.certs.rules import scan, strict_json
from app.certs.rules.did_web import did_of
from app.certs.rules.facts import CertificateFacts, message_of
from app.certs.rules.key_times import LATEST, KeyFlaw, flaw_of_code
from app.certs.services import handed_over, own_signatures, verification
from app.certs.services.handed_over import FileView, Keys
from app.certs.services.verdict_view import VerdictView
from app.core import log_sequencer
from app.core.clock import SettableClock
from app.core.crypto import b64url
from app.core.key_periods import AROUND
from app.core.log_audit import DifferenceError
from app.core.signatures import SigningKey
from app.lobby import former
from app.lobby.parts import Parts
from app.main import create_app
from tests import finished
from tests.papers_issued import Asking, Issued, take

MONTH = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class House:
    """A house whose first keys were taken out of use at `rotated`; `old` is who signed before."""

    parts: Parts
    one: Issued
    old: SigningKey
    rotated: dt.datetime

    def file(self, content: bytes) -> FileView:
        with self.parts.database.reading() as db:
            keys, address = Keys(self.parts.keys, self.parts.log), self.parts.settings.public_url
            now = self.parts.clock.now()
            return handed_over.check(db, keys, content, address=address, now=now)

    def code(self, facts: CertificateFacts) -> VerdictView:
        minimum = scan.minimum_of(facts)
        signature = self.old.sign(scan.SIGNED_AS[scan.FORM] + minimum)
        digits = scan.to_digits(scan.Seal(self.old.key_id, signature, minimum))
        text = scan.text_of(self.parts.settings.public_url, facts.public_id, digits)
        with self.parts.database.reading() as db:
            hosts = former.hosts(self.parts.settings)
            now = self.parts.clock.now()
            return verification.by_text(db, self.parts.keys, text, hosts=hosts, now=now)

    def record(self, facts: CertificateFacts) -> bytes:
        """What whoever has the old key makes of other facts."""
        signature = b64url(self.old.sign(message_of(facts)))
        given = json.loads(self.one.record)
        changed = {"facts": facts.to_mapping(), "key_id": self.old.key_id, "signature": signature}
        return json.dumps(given | changed).encode()


@pytest.fixture(scope="module")
def house(shared_parts: Parts) -> House:
    parts, clock = shared_parts, shared_parts.clock
    assert isinstance(clock, SettableClock)
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "赵新", 90_000)
    worker.drain(parts)
    one, old = take(parts, person.enrolment_id), parts.keys.signer("certificates")
    assert old.key_id == one.key_id
    clock.advance(ms=MONTH // dt.timedelta(milliseconds=1))
    rotated = clock.now()
    for purpose in ("certificates", "documents"):
        parts.keys.add(purpose, now=rotated)
    clock.advance(ms=MONTH // dt.timedelta(milliseconds=1))
    return House(parts, one, old, rotated)


def test_what_the_old_key_signed_in_its_time_is_good_by_every_artefact(house: House) -> None:
    ask = Asking(house.parts, house.parts.clock.now())
    assert set(ask.all_of(house.one).values()) == {"valid"}


def test_a_record_that_is_dated_after_its_keys_time(house: House) -> None:
    late = house.parts.clock.now() - dt.timedelta(days=1)
    facts = replace(house.one.facts, issued_at=late.isoformat(timespec="seconds"))
    found = house.file(house.record(facts))
    assert (found.finding, found.view.verdict) == ("key_period", "altered")
    assert "使用期" in found.view.sentence
    # Within the minutes around a change both keys may sign.
    edge = replace(facts, issued_at=(house.rotated + AROUND).isoformat(timespec="seconds"))
    assert house.file(house.record(edge)).finding == "differs"  # the register has another
    assert house.file(house.record(edge)).view.verdict == "altered"


def test_a_record_without_a_zone_is_of_no_time(house: House) -> None:
    facts = replace(house.one.facts, issued_at="2026-11-24T02:00:00")
    assert house.file(house.record(facts)).finding == "key_period"


def test_a_credential_that_is_dated_after_its_keys_time(house: House) -> None:
    body = strict_json.read(house.one.credential)
    del body["proof"]
    did = did_of(house.parts.settings.public_url)
    signed = proofs.sign(body, did=did, key=house.old, now=house.parts.clock.now())
    found = house.file(json.dumps(signed).encode())
    assert (found.finding, found.view.verdict) == ("key_period", "altered")
    # Its proof dated back, its issue not.
    body["validFrom"] = house.parts.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    back = proofs.sign(body, did=did, key=house.old, now=house.rotated - MONTH)
    assert house.file(json.dumps(back).encode()).finding == "key_period"


def test_a_code_that_states_what_was_achieved_after_its_keys_time(house: House) -> None:
    day = house.parts.clock.now().date().isoformat()
    told = house.code(replace(house.one.facts, completed_on=day))
    assert (told.verdict, told.key_flaw) == ("altered", KeyFlaw.PERIOD)
    assert house.code(house.one.facts).verdict == "valid"


def test_a_page_around_a_true_record_that_an_old_key_of_documents_signed(house: House) -> None:
    """The record is of after that key's time, so nobody signed its page with it in its time."""
    parts = house.parts
    course = finished.courses(parts, codes=("later",))[0]
    person = finished.finish(parts, course, "钱后", 90_001)
    worker.drain(parts)
    fresh = take(parts, person.enrolment_id)
    found = house.file(fresh.pdf)
    assert (found.finding, found.view.verdict) == ("", "valid")
    with pytest.MonkeyPatch.context() as patch:
        # As if the newest key, by which it is, had been taken out of use before that.
        periods = parts.keys.periods("documents")
        newest = list(periods)[-1]
        ended = replace(periods[newest], until=house.rotated)
        told = parts.keys.periods
        patch.setattr(
            type(parts.keys), "periods",
            lambda _, purpose: periods | {newest: ended}
            if purpose == "documents" else told(purpose),
        )  # fmt: skip
        assert house.file(fresh.pdf).finding == "key_period"


def test_the_log_tells_what_was_dated_back(parts: Parts, clock: SettableClock) -> None:
    """By somebody with database and old key: signature and date fit, the log has it too late."""
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "孙旧", 90_000)
    worker.drain(parts)
    one = take(parts, person.enrolment_id)
    parts.keys.add("certificates", now=clock.now() - LATEST - AROUND - dt.timedelta(hours=1))
    with parts.database.transaction() as db:
        row = db.query(Certificate).filter_by(id=one.certificate_id).one()
        back = clock.now() - dt.timedelta(days=60)
        facts = replace(one.facts, issued_at=back.isoformat(timespec="seconds"))
        told = verification.by_public_id(db, parts.keys, row.public_id, now=clock.now())
    assert (told.verdict, told.key_flaw) == ("altered", KeyFlaw.PERIOD)
    with pytest.MonkeyPatch.context() as patch:
        # The very same, stating a moment within its key's time.
        patch.setattr(CertificateFacts, "from_mapping", classmethod(lambda _, __: facts))
        patch.setattr(own_signatures, "is_signed", lambda *_: True)
        patch.setattr(verification.log_entries, "flaw_kept", lambda *_: None)
        with parts.database.reading() as db:
            told = verification.by_public_id(db, parts.keys, one.public_id, now=clock.now())
    assert (told.verdict, told.key_flaw) == ("altered", KeyFlaw.LATE)
    assert "倒填" in told.sentence


def test_a_log_that_stood_still_for_days_makes_nothing_late(
    parts: Parts, clock: SettableClock
) -> None:
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "李等", 90_000)
    worker.drain(parts)
    one = take(parts, person.enrolment_id)
    parts.keys.add("certificates", now=clock.now() - AROUND)
    assert Asking(parts, clock.now()).address(one.public_id) == "valid"


def test_audit_names_a_certificate_that_is_dated_outside(
    parts: Parts, clock: SettableClock
) -> None:
    from app.certs.services import audit  # noqa: PLC0415

    course = finished.courses(parts, codes=("usual",))[0]
    finished.finish(parts, course, "周查", 90_000)
    worker.drain(parts)
    log_sequencer.sequence_all(parts.database, parts.log, now=clock.now())
    with parts.database.reading() as db:
        assert audit.check_certificates(db, parts.keys, lambda *_: None) == 1
    parts.keys.add("certificates", now=clock.now() - MONTH)
    with parts.database.reading() as db, pytest.raises(DifferenceError, match="not in use"):
        audit.check_certificates(db, parts.keys, lambda *_: None)


def test_every_list_of_keys_tells_when_each_was_in_use(house: House) -> None:
    with TestClient(create_app(house.parts)) as client:
        for path in ("keys", "documents/keys"):
            old, new = client.get(f"/api/v1/verification/{path}").json()
            assert (old["used_from"], new["used_until"]) == (None, None)
            until = dt.datetime.fromisoformat(old["used_until"])
            assert until - AROUND == house.rotated.replace(microsecond=0)
            assert dt.datetime.fromisoformat(new["used_from"]) + 2 * AROUND == until
        [only] = client.get("/api/v1/verification/proofs/keys").json()
        assert (only["used_from"], only["used_until"]) == (None, None)
        # Others may take a bound in here for one on what was signed before it (decision 0025).
        methods = client.get("/.well-known/did.json").json()["verificationMethod"]
        assert {"expires", "revoked"}.isdisjoint({name for each in methods for name in each})


NUMBER = "ZZ51510100202600000012"
UTC8 = dt.timezone(dt.timedelta(hours=8))


@pytest.mark.parametrize(
    ("done", "since", "until", "flaw"),
    [
        ("2026-03-01", None, None, None),
        ("2026-03-01", None, dt.datetime(2026, 3, 1, 0, 0, tzinfo=UTC8), None),
        ("2026-03-02", None, dt.datetime(2026, 3, 1, 23, 59, tzinfo=UTC8), KeyFlaw.PERIOD),
        ("2025-03-02", None, dt.datetime(2025, 12, 31, 23, 59, tzinfo=UTC8), KeyFlaw.PERIOD),
        ("2025-03-02", dt.datetime(2026, 12, 31, 23, 59, tzinfo=UTC8), None, None),
        ("2026-03-02", dt.datetime(2027, 1, 1, tzinfo=UTC8), None, KeyFlaw.PERIOD),
        ("no day", None, None, KeyFlaw.PERIOD),
    ],
)
def test_when_a_code_can_have_been_issued(
    done: str, since: dt.datetime | None, until: dt.datetime | None, flaw: KeyFlaw | None
) -> None:
    assert flaw_of_code(NUMBER, done, since, until) is flaw
