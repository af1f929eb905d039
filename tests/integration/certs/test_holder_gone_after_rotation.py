"""A holder who leaves after a rotation: a record of the first version is signed anew, and good.

It keeps the moment at which it was issued, which is before its new key was drawn (decision 0025).
"""

import datetime as dt
import json
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import delete

from app import worker
from app.certs.models import Certificate
from app.certs.rules.facts import WITHOUT_DIGEST, CertificateFacts, message_of
from app.certs.rules.key_times import KeyFlaw
from app.certs.services import audit, erasure, handed_over, key_times, statuses, verification
from app.certs.services.artefacts import record_file
from app.certs.services.handed_over import Keys
from app.core.clock import SettableClock
from app.core.crypto import b64url
from app.core.translog import LogLeaf
from app.lobby.parts import Parts
from tests import finished
from tests.papers_issued import take
from tests.tampering import tamper
from verifier.issuer import read_issuer
from verifier.periods import read_periods
from verifier.pinned import Pinned
from verifier.recipe import HolderUnknownError, verify_certificate

MONTH_MS = 30 * 86_400_000


@dataclass(frozen=True, slots=True)
class Gone:
    """A record of the first version, issued by `old_id`, signed anew when its holder left."""

    parts: Parts
    public_id: str
    facts: CertificateFacts
    old_id: str
    key_id: str
    record: bytes


@pytest.fixture
def gone(parts: Parts, clock: SettableClock) -> Gone:
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "赵旧", 90_000)
    worker.drain(parts)
    one = take(parts, person.enrolment_id)
    _as_first(parts, one.certificate_id)
    clock.advance(ms=MONTH_MS)
    parts.keys.add("certificates", now=clock.now())
    clock.advance(ms=MONTH_MS)
    with parts.database.transaction() as db:
        erasure.forget_holder(
            db, parts.keys, person.learner_id, address=parts.settings.public_url, now=clock.now()
        )
        row = db.query(Certificate).one()
        facts = CertificateFacts.from_mapping(row.facts)
        assert facts is not None
        record = json.dumps(record_file(row, None)).encode()
        return Gone(parts, row.public_id, facts, one.key_id, row.key_id, record)


def _as_first(parts: Parts, certificate_id: str) -> None:
    """What one of the first version was: the holder signed in clear, itself no leaf of the log."""
    with parts.database.transaction() as db:
        row = db.query(Certificate).one()
        later = ("holder", "holder_salt", "sm2", "portrait")
        stated = {name: value for name, value in row.facts.items() if name not in later}
        facts = CertificateFacts.from_mapping(stated | {"version": WITHOUT_DIGEST})
        assert facts is not None
        row.facts = facts.to_mapping()
        row.signature = b64url(parts.keys.signer("certificates").sign(message_of(facts)))
    tamper(parts.database, delete(LogLeaf).where(LogLeaf.record_id == certificate_id))


def test_its_page_and_its_record_are_good(gone: Gone) -> None:
    parts, now = gone.parts, gone.parts.clock.now()
    assert gone.key_id != gone.old_id
    with parts.database.reading() as db:
        page = verification.by_public_id(db, parts.keys, gone.public_id, now=now)
        found = handed_over.check(
            db, Keys(parts.keys, parts.log), gone.record,
            address=parts.settings.public_url, now=now,
        )  # fmt: skip
    assert (page.verdict, page.key_flaw) == ("valid", None)
    assert (found.finding, found.view.verdict) == ("", "valid")


def test_the_audit_goes_on_behind_it(gone: Gone) -> None:
    with gone.parts.database.reading() as db:
        assert audit.check_certificates(db, gone.parts.keys, lambda *_: None) == 1


def test_a_verifier_with_the_keys_times_at_hand_takes_it(gone: Gone) -> None:
    parts = gone.parts
    listed = [
        {
            "key_id": key_id,
            "used_from": period.since and period.since.isoformat(),
            "used_until": period.until and period.until.isoformat(),
        }
        for key_id, period in parts.keys.periods("certificates").items()
    ]
    issuer = read_issuer(statuses.did_document(parts.keys, parts.settings.public_url))
    pinned = Pinned(replace(issuer, periods=read_periods(listed)))
    with pytest.raises(HolderUnknownError, match="names nobody"):
        verify_certificate(gone.record, pinned, now=parts.clock.now(), say=lambda _: None)


def test_by_a_key_that_had_ended_it_is_none_all_the_same(gone: Gone) -> None:
    """And with its holder, or of a later version, it has to be within as ever."""
    late = gone.parts.clock.now() - dt.timedelta(days=1)
    after = replace(gone.facts, issued_at=late.isoformat(timespec="seconds"))
    held = replace(gone.facts, holder_name="赵*")
    second = replace(gone.facts, version=2, holder="0" * 64)
    for facts, key_id in (
        (after, gone.old_id), (held, gone.key_id), (second, gone.key_id),
        (replace(gone.facts, issued_at="no moment"), gone.key_id),
    ):  # fmt: skip
        assert key_times.flaw_of_facts(gone.parts.keys, facts, key_id) is KeyFlaw.PERIOD
    assert key_times.flaw_of_facts(gone.parts.keys, gone.facts, gone.key_id) is None
