"""Two workers issue one certificate at the same moment: one number, one record, one notice."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.testclient import TestClient

from app.certs.models import Certificate, CertificateSerial
from app.certs.services import issuing, linting
from app.core.clock import SettableClock
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.lobby.parts import Parts
from app.worker import workshop_of
from tests import examinee
from tests.graduates import study_through
from tests.player import Player


@pytest.fixture
def alice(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    found = study_through(client, parts, clock)
    examinee.sit(client, parts, found.enrolment_id)
    return found


def test_of_two_at_once_one_certificate_comes_and_no_number_is_lost(
    parts: Parts, alice: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen that there is none when the first of them writes, where both may be there."""
    meeting = threading.Barrier(2)
    look = linting.refusal_of

    def both_here(*given: Any, **named: Any) -> object:
        # On SQLite one waits at the door while the other is inside: then nobody comes.
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=2)
        return look(*given, **named)

    def issue(_: int) -> str | None:
        try:
            return issuing.issue(
                parts.database, workshop_of(parts), alice.enrolment_id, now=parts.clock.now()
            )
        except (IntegrityError, OperationalError):
            return None  # there is one, or the other takes too long: the job comes again

    monkeypatch.setattr(linting, "refusal_of", both_here)
    with ThreadPoolExecutor(2) as pool:
        made = set(pool.map(issue, range(2))) - {None}
    assert len(made) == 1
    assert issue(2) in made
    with parts.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Certificate)) == 1
        assert db.scalars(select(CertificateSerial.last)).one() == 1
        row = db.scalars(select(Certificate)).one()
        assert row.ready_at is not None
        told = inbox.list_notices(db, row.learner_id)
        assert [each.kind for each in told].count(NoticeKind.CERTIFICATE_READY) == 1
