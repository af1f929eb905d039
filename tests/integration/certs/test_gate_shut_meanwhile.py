"""The gate shuts while the document is typeset and stamped: nothing is handed out."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from app import worker
from app.certs.models import Certificate
from app.certs.services import artefacts
from app.certs.services.artefacts import Made
from app.core import flags
from app.core.clock import SettableClock
from app.core.flags import Switch
from app.identity.rules.actors import Actor, Role
from app.identity.services import cases
from app.identity.services.cases import CaseKind
from app.learning.models.exams import ExamAttempt
from app.lobby.parts import Parts
from app.oversight.services import withdrawals
from tests import finished
from tests.finished import Finished

HOUR_MS = 3_600_000
STAFF = Actor(
    account_id="0" * 26, learner_id="0" * 26, roles=frozenset({Role.REVIEWER}), org_ids=(),
    region_code=None, device_id="", sign_in_id="", is_verified=True, display_name="",
)  # fmt: skip


def _withdrawn(parts: Parts, person: Finished) -> None:
    with parts.database.transaction() as db:
        withdrawals.carry_out(
            db, person.learner_id, reason="冒名", actor=STAFF, now=parts.clock.now()
        )


def _doubted(parts: Parts, person: Finished) -> None:
    with parts.database.transaction() as db:
        cases.open_case(
            db, kind=CaseKind.RISK, learner_id=person.learner_id, now=parts.clock.now(),
            ref_id=person.learner_id,
        )  # fmt: skip


def _not_passed(parts: Parts, person: Finished) -> None:
    with parts.database.transaction() as db:
        where = ExamAttempt.enrolment_id == person.enrolment_id
        db.execute(update(ExamAttempt).where(where).values(passed=False, state="voided"))


def _switched_off(parts: Parts, _: Finished) -> None:
    with parts.database.transaction() as db:
        now = parts.clock.now()
        flags.throw(db, Switch.NO_ISSUANCE, reason="密钥可疑", now=now, actor_id=None)


@pytest.mark.parametrize("meanwhile", [_withdrawn, _doubted, _not_passed, _switched_off])
def test_what_shuts_the_gate_meanwhile_keeps_the_paper_back(
    parts: Parts,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: Callable[[Parts, Finished], None],
) -> None:
    course = finished.courses(parts, codes=("usual",))[0]
    person = finished.finish(parts, course, "赵码", 90_000)
    made = artefacts.make

    def make(*given: Any, **named: Any) -> Made:
        done = made(*given, **named)
        meanwhile(parts, person)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(artefacts, "make", make)
        worker.drain(parts)
    assert _ready(parts) == [False]
    if meanwhile is not _switched_off:
        return
    # It comes by itself once the gate is open again.
    with parts.database.transaction() as db:
        now = clock.now()
        flags.clear(db, Switch.NO_ISSUANCE, reason="换过了", now=now, actor_id=None)
    clock.advance(ms=HOUR_MS)
    worker.drain(parts)
    assert _ready(parts) == [True]


def _ready(parts: Parts) -> list[bool]:
    with parts.database.reading() as db:
        return [row.ready_at is not None for row in db.scalars(select(Certificate))]
