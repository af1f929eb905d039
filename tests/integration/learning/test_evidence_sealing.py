"""Evidence of an ended session becomes one value, and shows as much as before."""

import datetime as dt
import json

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.core import log_sequencer
from app.core.audit import events_about
from app.core.clock import SettableClock
from app.core.log_audit import DifferenceError
from app.learning.models.study import StudyBatch, StudyEvidence, StudySession
from app.learning.repository.evidence import list_batches
from app.learning.services import audit_sessions, calendar, evidence, evidence_sealing
from app.lobby.parts import Parts
from tests.courses import make_course
from tests.people import ALICE, sign_in
from tests.player import Player, enrolled
from tests.tampering import alter
from verifier.bundle import check
from verifier.log_proofs import read_key


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    """A minute of study that ended; some of it was released, some of it waits."""
    course = make_course(parts, identity_gap_s=[25, 25])
    player = enrolled(client, parts, clock, course.course_id)
    player.begin(course.video_id)
    for start in range(0, 60_000, 10_000):
        player.play(start, start + 10_000)
        if player.challenge is not None:
            player.pass_check()
    clock.advance(ms=24 * 3_600_000)
    calendar.close_idle(parts.database, now=clock.now())
    return player


def _seal(player: Player) -> int:
    later = player.clock.now() + dt.timedelta(minutes=2)
    return evidence_sealing.seal_ended(player.parts.database, player.parts.vault, now=later)


def _counts(parts: Parts) -> tuple[int, int]:
    with parts.database.reading() as db:
        tables = (StudyBatch, StudyEvidence)
        batches, sealed = (db.scalar(select(func.count()).select_from(each)) for each in tables)
    return batches or 0, sealed or 0


def _audit(player: Player) -> DifferenceError | None:
    with player.parts.database.reading() as db:
        try:
            audit_sessions.check_session(db, player.parts.vault, player.session_id)
        except DifferenceError as found:
            return found
    return None


def _session(player: Player) -> StudySession:
    with player.parts.database.reading() as db:
        row = db.get_one(StudySession, player.session_id)
        db.expunge_all()
    return row


def _bundle(player: Player) -> dict:
    sign_in(player.client, player.parts, ALICE)
    answer = player.client.get(f"/api/v1/me/enrolments/{player.enrolment_id}/bundle")
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content)


def test_nothing_is_sealed_that_just_ended_or_is_open(player: Player) -> None:
    database, vault = player.parts.database, player.parts.vault
    assert evidence_sealing.seal_ended(database, vault, now=player.clock.now()) == 0
    sign_in(player.client, player.parts, ALICE)
    player.open(player.lesson_id)
    assert _seal(player) == 1, "the session that is open now stays as it is"


def test_one_row_takes_the_place_of_all_and_shows_the_same(player: Player) -> None:
    parts = player.parts
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    before, open_bundle = _counts(parts), _bundle(player)
    assert before == (6, 0)
    with parts.database.reading() as db:
        again = evidence.judge_again(db, player.session_id)
    assert _seal(player) == 1
    assert _seal(player) == 0
    assert _counts(parts) == (0, 1)
    assert _audit(player) is None
    with parts.database.reading() as db:
        assert evidence.judge_again(db, player.session_id) == again
        assert evidence.credited_ms(db, player.session_id) == again.credited_ms
    player.clock.advance(ms=120_000)  # the next code to sign in with
    sealed_bundle = _bundle(player)
    assert sealed_bundle["sessions"] == open_bundle["sessions"]
    keys = [read_key(text) for text in player.client.get("/api/v1/log").json()["verifier_keys"]]
    assert check(sealed_bundle, keys).batches == 6


def test_what_waits_is_released_on_sealed_evidence(player: Player) -> None:
    _seal(player)
    sign_in(player.client, player.parts, ALICE)
    sealed_session = player.session_id
    player.open(player.lesson_id)
    player.pass_check()
    with player.parts.database.reading() as db:
        released = evidence.credited_ms(db, sealed_session)
        assert audit_sessions.rows.released_ms(db, sealed_session) == released
    player.session_id = sealed_session
    assert _audit(player) is None


def test_the_last_batch_sent_again_is_answered_after_sealing(player: Player) -> None:
    with player.parts.database.reading() as db:
        body = list_batches(db, _session(player).learner_id, player.session_id)[-1].body
    _seal(player)
    row = _session(player)
    sign_in(player.client, player.parts, ALICE)
    answer = player.send(body, prev=row.last_prev, mac=row.head)
    assert answer.status_code == 200, answer.text
    assert [each["credited_ms"] for each in answer.json()["verdicts"]] == [10_000]


@pytest.mark.parametrize(("of", "field"), [("sealed", "sealed"), ("account", "sealed or account")])
def test_an_altered_seal_is_named(player: Player, of: str, field: str) -> None:
    _seal(player)
    with player.parts.database.reading() as db:
        row = db.scalars(select(StudyEvidence)).one()
        db.expunge_all()
    was = getattr(row, of)
    turned = was[:40] + bytes([was[40] ^ 4]) + was[41:] if of == "sealed" else "0" * 64
    alter(player.parts.database, row, **{of: turned})
    found = _audit(player)
    assert found is not None
    assert (found.table, found.field) == ("study_evidence", field)


def test_a_seal_made_anew_over_other_judgements_is_named(player: Player) -> None:
    """Whoever owns the database can seal again: a release is bound to how it was judged."""
    with player.parts.database.transaction() as db:
        row = db.scalars(select(StudyBatch).order_by(StudyBatch.ack_seq)).first()
        assert row is not None
        row.credited_ms += 1
    _seal(player)
    found = _audit(player)
    assert found is not None
    assert found.table == "study_evidence"


def test_a_broken_chain_is_not_sealed_over(player: Player) -> None:
    parts = player.parts
    with parts.database.transaction() as db:
        row = db.scalars(select(StudyBatch).order_by(StudyBatch.ack_seq)).first()
        assert row is not None
        row.body = row.body.replace(b"10000", b"10001")
    assert _seal(player) == 1
    assert _seal(player) == 0, "it is not tried again each minute"
    assert _counts(parts) == (6, 0)
    with parts.database.reading() as db:
        assert events_about(db, "study.evidence_unsound", player.session_id)
    found = _audit(player)
    assert found is not None
    assert found.table == "study_batch"
