"""Certificates stand in the log: an insider with the database, or even a key, is named."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from app.certs.models import Certificate
from app.certs.rules.facts import CertificateFacts, holder_digest, message_of, record_bytes
from app.certs.services import audit, wallet
from app.certs.services.statuses import PURPOSE
from app.cli.log import check_everything
from app.core import log_reading, log_sequencer, merkle
from app.core.checkpoints import Checkpoint, parse_note
from app.core.clock import SettableClock
from app.core.crypto import b64url
from app.core.ids import new_id
from app.core.log_audit import DifferenceError
from app.core.translog import Kind, LogLeaf, commit_to
from app.identity.rules.actors import Actor, Role
from app.lobby.parts import Parts
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.tampering import alter, tamper

REVIEWER = Actor(
    account_id="R" * 26, learner_id="R" * 26, roles=frozenset({Role.REVIEWER}), org_ids=(),
    region_code=None, device_id="d", sign_in_id="s", is_verified=True, display_name="",
)  # fmt: skip


@pytest.fixture
def issued(client: TestClient, parts: Parts, clock: SettableClock) -> Certificate:
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id)
    certificate_of(alice)
    log_sequencer.sequence_all(parts.database, parts.log, now=clock.now())
    assert "certificates: 1, each as it was entered" in check_everything(parts)
    return _row(parts)


def _row(parts: Parts) -> Certificate:
    with parts.database.reading() as db:
        row = db.scalars(select(Certificate)).one()
        db.expunge(row)
        return row


def _found(parts: Parts) -> DifferenceError:
    with pytest.raises(DifferenceError) as caught, parts.database.reading() as db:
        audit.check_certificates(db, parts.keys, lambda *_: None)
    return caught.value


def _signed_anew(parts: Parts, row: Certificate, **changes: object) -> dict[str, object]:
    """What somebody with the signing key would put there."""
    facts = CertificateFacts.from_mapping(row.facts)
    assert facts is not None
    stated = replace(facts, **changes)
    signature = b64url(parts.keys.signer(PURPOSE).sign(message_of(stated)))
    return {"facts": stated.to_mapping(), "signature": signature}


def test_its_leaf_is_proved_to_a_signed_checkpoint(parts: Parts, issued: Certificate) -> None:
    with parts.database.reading() as db:
        proof = log_reading.prove_inclusion(db, Kind.CERTIFICATE, issued.id)
    assert proof.root == Checkpoint.parse(parse_note(proof.checkpoint)[0]).root
    leaf = merkle.leaf_hash(proof.commitment)
    assert merkle.is_included(leaf, proof.position, proof.size, proof.path, proof.root)
    facts = CertificateFacts.from_mapping(issued.facts)
    assert facts is not None
    record = record_bytes(facts, issued.key_id, issued.signature)
    assert proof.commitment == commit_to(Kind.CERTIFICATE, record, proof.salt)


@pytest.mark.parametrize("has_key", [False, True])
def test_facts_that_were_changed_are_named(
    parts: Parts, issued: Certificate, *, has_key: bool
) -> None:
    anew = _signed_anew(parts, issued, hours="72")
    alter(parts.database, issued, **(anew if has_key else {"facts": anew["facts"]}))
    assert str(_found(parts)).startswith(f"certificate, record {issued.id}, field facts")


def test_another_holder_under_the_same_signature_is_named(
    parts: Parts, issued: Certificate
) -> None:
    alter(parts.database, issued, facts=issued.facts | {"holder_name": "马*洛"})
    assert "not as it was signed" in str(_found(parts))
    salt = "t" * 22
    digest = holder_digest(salt, "马*洛", issued.facts["holder_number"])
    anew = _signed_anew(parts, issued, holder=digest, holder_salt=salt, holder_name="马*洛")
    alter(parts.database, issued, **anew)
    assert "not the certificate that was entered" in str(_found(parts))


def test_one_that_was_put_there_with_the_key_is_named(parts: Parts, issued: Certificate) -> None:
    """Back-dating: the number, the day and the signature are right, the log has never seen it."""
    anew = _signed_anew(parts, issued, public_id="B" * 16, issued_at="2026-01-01T00:00:00+00:00")
    alter(parts.database, issued, id=new_id(issued.issued_at), public_id="B" * 16, **anew)
    assert "is not in the log" in str(_found(parts))


def test_one_that_was_taken_away_is_named(parts: Parts, issued: Certificate) -> None:
    tamper(parts.database, delete(Certificate))
    assert str(_found(parts)).startswith(f"certificate, record {issued.id}")


def test_one_that_was_given_back_in_silence_is_named(
    parts: Parts, issued: Certificate, clock: SettableClock
) -> None:
    with parts.database.transaction() as db:
        wallet.revoke(db, issued.id, reason="代考", actor=REVIEWER, now=clock.now())
    assert "certificates: 1" in check_everything(parts)
    alter(parts.database, issued, revoked_at=None, revoked_by=None)
    assert "was not taken back as the log says" in str(_found(parts))


def test_a_leaf_that_was_changed_is_named_with_its_certificate(
    parts: Parts, issued: Certificate
) -> None:
    with parts.database.reading() as db:
        leaf = db.scalars(select(LogLeaf).where(LogLeaf.record_id == issued.id)).one()
        db.expunge(leaf)
    alter(parts.database, leaf, commitment=bytes(32))
    with pytest.raises(DifferenceError, match="log_leaf, record position"):
        check_everything(parts)


@pytest.mark.parametrize("change", ["place", "gone"])
def test_another_place_or_a_holder_said_to_be_gone_is_named(
    parts: Parts, issued: Certificate, change: str
) -> None:
    """A revoked credential would stand, or anybody's name pass on a paper."""
    if change == "place":
        alter(parts.database, issued, status_index=(issued.status_index or 0) ^ 1)
    else:
        alter(parts.database, issued, holder_gone_at=issued.issued_at)
    expected = "status_list" if change == "place" else "holder_gone_at"
    assert expected in str(_found(parts))
