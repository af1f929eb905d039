"""A51: an insider with the database and every key of the server makes up a learner's study.

The insider runs a server of their own, altered as they like, over the real database: it writes
whole sessions with true chains, sound judgements, releases bound to them, and leaves in the log.
Only what the learner's browser would have signed is not theirs to make.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from app.cli import log as cli_log
from app.core import audit, log_sequencer
from app.core.clock import SettableClock
from app.core.log_audit import DifferenceError
from app.identity.models.devices import DeviceKey
from app.identity.services import device_keys, inbox
from app.learning.models.study_checks import StudyAnswer
from app.learning.rules.signed_answers import answer_text
from app.learning.services import calendar, device_signatures, ledger
from app.learning.services.device_signatures import Signature, SignedAnswer
from app.lobby.parts import Parts
from tests.courses import make_course
from tests.devices import Device, SigningPlayer
from tests.people import ALICE, sign_in, verify
from tests.player import Player, choose_questions
from tests.tampering import tamper

Look = Callable[..., SignedAnswer | None]


@dataclass
class Office:
    """A learner who studied honestly on a device with a key; and whoever has the server."""

    parts: Parts
    learner: SigningPlayer
    learner_id: str
    video_id: str
    patch: pytest.MonkeyPatch

    def named_by_audit(self) -> DifferenceError | None:
        parts = self.parts
        calendar.close_idle(parts.database, now=parts.clock.now())
        log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
        try:
            self.said = cli_log.check_everything(parts)
        except DifferenceError as found:
            return found
        return None

    def make_up_a_session(self, look: Look, device: Device | None = None) -> None:
        """Ten seconds that nobody studied: opened, checked, reported, released, in the log."""
        self.patch.setattr(device_signatures, "look_at", look)
        kind = Player if device is None else SigningPlayer
        ghost = kind(self.learner.client, self.parts, self.learner.clock, ALICE)
        if isinstance(ghost, SigningPlayer) and device is not None:
            ghost.device = device
        sign_in(ghost.client, self.parts, ALICE)
        ghost.enrolment_id = self.learner.enrolment_id
        ghost.open(self.video_id)
        ghost.pass_check()
        ghost.play(10_000, 20_000)
        ghost.ask_check()
        ghost.pass_check()
        ghost.clock.advance(ms=3_600_000)
        with self.parts.database.reading() as db:
            assert ledger.confirmed_ms(db, self.learner.enrolment_id) == 20_000


@pytest.fixture
def office(
    client: TestClient, parts: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> Office:
    course = make_course(parts, presence_gap_s=None)
    learner_id = str(sign_in(client, parts, ALICE)["account_id"])
    verify(client, ALICE)
    choose_questions(client)
    learner = SigningPlayer(client, parts, clock, ALICE)
    learner.device = Device()
    learner.enrol(course.course_id)
    learner.fetch(learner.open(course.video_id))
    learner.pass_check()
    learner.play(0, 10_000)
    learner.ask_check()
    learner.pass_check()
    clock.advance(ms=3_600_000)
    office = Office(parts, learner, learner_id, course.video_id, monkeypatch)
    assert office.named_by_audit() is None
    assert "signed by the device that studied: 1 of 1 " in office.said
    return office


def unsigned(*_: object) -> None:
    """The altered server asks for no signature."""


def test_a_made_up_session_has_no_signature(office: Office) -> None:
    office.make_up_a_session(unsigned)
    found = office.named_by_audit()
    assert found is not None
    assert (found.table, found.field) == ("study_answer", "signature")


def test_a_signature_of_another_key_is_not_the_devices(office: Office) -> None:
    with office.parts.database.reading() as db:
        [key] = device_keys.keys_of(db, office.learner_id)
    own = Device()

    def forged(_books, _row, asked, given) -> SignedAnswer:
        payload = "0" * 64
        text = answer_text(
            head=given.head, challenge_id=asked.id, prompt_number=asked.prompt_number,
            payload=payload,
        )  # fmt: skip
        signature = Signature(own.sign(text), payload)
        return SignedAnswer(signature, asked.prompt_number, text, key.thumbprint, key.key_id)

    office.make_up_a_session(forged)
    found = office.named_by_audit()
    assert found is not None
    assert found.table == "study_answer"
    assert "is not what its device signed" in str(found)
    # Then the key's row is made to fit: it is not the one that was entered into the log.
    change = update(DeviceKey).where(DeviceKey.id == key.key_id)
    tamper(office.parts.database, change.values(public_key=own.spki))
    found = office.named_by_audit()
    assert found is not None


def test_a_true_signature_does_not_fit_another_session(office: Office) -> None:
    with office.parts.database.reading() as db:
        [key] = device_keys.keys_of(db, office.learner_id)
        query = select(StudyAnswer).order_by(StudyAnswer.arrived_at)
        old = db.scalars(query).all()[-1]
        signature = Signature(old.signature, old.payload_hash or "")
        number = old.prompt_number or 0

    def replayed(_books, _row, asked, given) -> SignedAnswer:
        text = answer_text(
            head=given.head, challenge_id=asked.id, prompt_number=number, payload=signature.payload
        )
        return SignedAnswer(signature, number, text, key.thumbprint, key.key_id)

    office.make_up_a_session(replayed)
    found = office.named_by_audit()
    assert found is not None
    assert "is not what its device signed" in str(found)


@pytest.mark.parametrize("values", [{"public_key": Device().spki}, {"device_id": "0" * 26}, {}])
def test_a_key_cannot_be_altered_unseen(office: Office, values: dict[str, object]) -> None:
    statement = update(DeviceKey).values(values) if values else delete(DeviceKey)
    tamper(office.parts.database, statement)
    found = office.named_by_audit()
    assert found is not None


def test_a_key_of_the_insiders_own_is_public_and_told(office: Office) -> None:
    """It passes the audit, as a new browser of the learner would: but not in silence."""
    real = device_signatures.look_at

    def as_if_offered(books, row, asked, given):
        return real(books, row, asked, replace(given, device_id=row.device_id))

    office.make_up_a_session(as_if_offered, Device())
    assert office.named_by_audit() is None
    with office.parts.database.reading() as db:
        assert len(audit.events_about(db, device_keys.REGISTERED, office.learner_id)) == 2
        told = [notice.kind.value for notice in inbox.list_notices(db, office.learner_id)]
    assert "device_key" in told


def test_study_without_any_key_is_told_apart(office: Office) -> None:
    """A device that never had a key leaves nothing to miss: the audit counts it as unsigned."""
    with TestClient(office.learner.client.app) as fresh:
        fresh.get("/")
        office.learner.client = fresh
        office.make_up_a_session(unsigned)
    assert office.named_by_audit() is None
    assert "signed by the device that studied: 1 of 2 " in office.said
