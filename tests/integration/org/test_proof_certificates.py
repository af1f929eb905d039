"""A proof of hours names the certificate that is in force for a course, and where it is checked."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from app import worker
from app.certs.models import Certificate
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.org.providers import typesetting
from app.org.rules.proof import ProofFacts
from app.org.services import proofs
from app.org.services.proof_courses import courses_of
from app.org.services.proofs import ProofSheet
from tests import finished


def test_the_certificate_in_force_is_named_and_no_other(
    parts: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    [course] = finished.courses(parts, ("usual",))
    done = finished.finish(parts, course, "李晓梅", 1)

    def named(at: dt.datetime) -> str:
        with parts.database.reading() as db:
            [found] = courses_of(db, (done.enrolment_id,), now=at)
        return found.certificate_number

    assert named(clock.now()) == ""
    worker.drain(parts)
    with parts.database.reading() as db:
        number = db.scalars(select(Certificate.number)).one()
    assert named(clock.now()) == number
    printed = _printed(parts, done.enrolment_id, clock.now(), monkeypatch)
    assert ["证书编号", number] in printed["courses"][0]["head"]
    for words in ("https://shixue.example/verify", "向出具单位索取同一份 .json 文件核对"):
        assert words in printed["check"]
    today = clock.now().date()
    for changes in ({"expires_on": today - dt.timedelta(days=2)}, {"revoked_at": clock.now()}):
        with parts.database.transaction() as db:
            row = db.scalars(select(Certificate)).one()
            row.expires_on = None
            for name, value in changes.items():
                setattr(row, name, value)
        assert named(clock.now()) == ""


def _printed(
    parts: Parts, enrolment_id: str, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """What is typeset; that it can be is tests/unit/org/test_proof_typesetting.py."""
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(typesetting, "typeset_proof", lambda content: given.append(content) or b"")
    with parts.database.reading() as db:
        facts = ProofFacts(
            organisation_name="甲", organisation_code="", masked_name="", masked_number="",
            unit="", position="", courses=courses_of(db, (enrolment_id,), now=now),
        )  # fmt: skip
    sheet = ProofSheet(
        number="XS1", made_on=now.date(), digest="", key_id="", signature="", holder_name="李",
        operator="", facts=facts, enrolments=(enrolment_id,),
    )  # fmt: skip
    proofs.as_pdf(sheet, address="https://shixue.example")
    assert proofs.as_xlsx(sheet).startswith(b"PK")
    return given[0]
