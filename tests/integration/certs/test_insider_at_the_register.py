"""Somebody with the database and no key: what they write is neither printed nor overlooked."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pypdfium2
import pytest
from sqlalchemy import insert, select

from app import worker
from app.certs.models import Certificate
from app.certs.services import audit, issuing
from app.core.ids import new_id
from app.core.log_audit import DifferenceError
from app.identity.rules.local_days import SHANGHAI
from app.identity.services import cases
from app.identity.services.cases import CaseKind
from app.learning.models.exams import ExamAttempt
from app.lobby.parts import Parts
from app.worker import workshop_of
from tests import finished
from tests.courses import MadeCourse
from tests.finished import Finished
from tests.papers_issued import take
from tests.tampering import alter, tamper


@dataclass(frozen=True, slots=True)
class House:
    """Two who have a certificate, and one who is through with all but the exam."""

    parts: Parts
    one: Finished
    other: Finished
    left: Finished


@pytest.fixture(scope="module")
def house(shared_parts: Parts) -> House:
    course = finished.courses(shared_parts, codes=("usual",))[0]
    one, other = (
        finished.finish(shared_parts, course, name, place)
        for name, place in (("李小梅", 1), ("王大力", 42))  # the same score
    )
    worker.drain(shared_parts)
    left = finished.study(shared_parts, course, "赵三", 3)
    assert _found(shared_parts) is None
    return House(shared_parts, one, other, left)


def _row(parts: Parts, person: Finished) -> Certificate:
    with parts.database.reading() as db:
        query = select(Certificate).where(Certificate.enrolment_id == person.enrolment_id)
        row = db.scalars(query).one()
        db.expunge(row)
        return row


def _found(parts: Parts) -> str | None:
    """What the auditor says first; None for nothing."""
    addresses = (parts.settings.public_url, *parts.settings.former_urls)
    with parts.database.reading() as db:
        try:
            audit.check_certificates(db, parts.keys, lambda *_: None, addresses=addresses)
        except DifferenceError as difference:
            return str(difference)
    return None


@pytest.fixture
def put_back(house: House) -> Iterator[Certificate]:
    """The row of the first, which is as it was again afterwards."""
    row = _row(house.parts, house.one)
    yield row
    columns = {column.key: getattr(row, column.key) for column in Certificate.__table__.columns}
    alter(house.parts.database, row, **columns)
    assert _found(house.parts) is None


@pytest.mark.parametrize(
    "name",
    [
        "qr_text", "issued_at", "ready_at", "expires_on", "holder_index", "learner_id",
        "enrolment_id",
    ],
)  # fmt: skip
def test_a_column_that_was_written_over_is_named(
    house: House, put_back: Certificate, name: str
) -> None:
    row = put_back
    values: dict[str, object] = {
        "qr_text": row.qr_text.replace(row.qr_text.split("/v/")[0], "https://else.example"),
        "issued_at": row.issued_at - dt.timedelta(days=400), "ready_at": None, "expires_on": None,
        "holder_index": _row(house.parts, house.other).holder_index,
        "learner_id": house.other.learner_id, "enrolment_id": house.left.enrolment_id,
    }  # fmt: skip
    alter(house.parts.database, row, **{name: values[name]})
    assert f"record {row.id}, field {name}" in (_found(house.parts) or "")


@pytest.mark.parametrize(
    "part", ["host", "public_id", "message", "signature", "shape", "shape of another spelling"]
)
def test_every_part_of_a_code_is_looked_at(house: House, put_back: Certificate, part: str) -> None:
    row, other = put_back, _row(house.parts, house.other)
    page, digits = row.qr_text.split("#")
    texts = {
        "host": row.qr_text.replace(page.split("/v/")[0], "https://else.example"),
        "public_id": f"{page.split('/v/')[0]}/v/{other.public_id}#{digits}",
        "message": f"{page}#{other.qr_text.split('#')[1]}",
        "signature": f"{page}#{_misspelt(digits)}", "shape": page,
        # A reader takes it; we print none like it.
        "shape of another spelling": f"{page}?from=wechat#{digits}",
    }  # fmt: skip
    alter(house.parts.database, row, qr_text=texts[part])
    assert f"a code that is not its own ({part.split(' ', maxsplit=1)[0]})" in (
        _found(house.parts) or ""
    )


def _misspelt(digits: str) -> str:
    """The same message under another signature: byte 6 belongs to it."""
    number = int(digits)
    raw = bytearray(number.to_bytes((number.bit_length() + 7) // 8))
    raw[6] ^= 1
    return str(int.from_bytes(raw))


def _one(parts: Parts) -> Finished:
    return _one_in(parts, finished.courses(parts, codes=("usual",))[0])


def _one_in(parts: Parts, course: MadeCourse) -> Finished:
    person = finished.finish(parts, course, "李小梅", 1)
    worker.drain(parts)
    return person


def test_nothing_is_typeset_with_a_code_or_a_date_of_an_insiders(parts: Parts) -> None:
    """One UPDATE, and the job, which an INSERT into the outbox orders."""
    person = _one(parts)
    row, shop, now = _row(parts, person), workshop_of(parts), parts.clock.now()
    back = row.issued_at - dt.timedelta(days=400)
    evil = row.qr_text.replace(row.qr_text.split("/v/")[0], "https://else.example")
    alter(parts.database, row, qr_text=evil, issued_at=back, ready_at=None)
    issuing.issue(parts.database, shop, person.enrolment_id, now=now)
    assert _row(parts, person).ready_at is None
    with parts.database.reading() as db:
        (case,) = cases.cases_about(db, [row.id], CaseKind.CERTIFICATE_GLYPH)
    assert "host" in str(case.facts)
    # With the code as it was, the day that is printed is the signed one.
    alter(parts.database, row, qr_text=row.qr_text)
    issuing.issue(parts.database, shop, person.enrolment_id, now=now)
    page = pypdfium2.PdfDocument(take(parts, person.enrolment_id).pdf)[0]
    text = "".join(page.get_textpage().get_text_range().split())
    days = [f"{day:%Y年%m月%d日}" for day in (row.issued_at.astimezone(SHANGHAI), back)]
    assert [day in text for day in days] == [True, False], text
    assert "field issued_at" in (_found(parts) or "")


def test_a_number_given_out_before_a_move_still_gets_its_paper(parts: Parts) -> None:
    """And one that was handed out twice is named."""
    person = _one(parts)
    row = _row(parts, person)
    former, moved = row.qr_text.split("/v/")[0], "https://new.example"
    alter(parts.database, row, ready_at=None)
    shop = replace(workshop_of(parts), address=moved, former=(former,))
    issuing.issue(parts.database, shop, person.enrolment_id, now=parts.clock.now())
    assert _row(parts, person).ready_at is not None
    assert "or more than once" in (_found(parts) or "")


def test_an_exam_that_nobody_sat_is_named(parts: Parts) -> None:
    course = finished.courses(parts, codes=("usual",))[0]
    person, now = finished.study(parts, course, "赵三", 3), parts.clock.now()
    tamper(
        parts.database,
        insert(ExamAttempt).values(
            id=new_id(now), enrolment_id=person.enrolment_id, learner_id=person.learner_id,
            number=1, paper=[], started_at=now, deadline_at=now, closes_at=now, state="graded",
            ended_at=now, score=100, passed=True,
        ),
    )  # fmt: skip
    issuing.issue(parts.database, workshop_of(parts), person.enrolment_id, now=now)
    worker.drain(parts)
    row = _row(parts, person)
    assert f"record {row.id}, field enrolment_id, facts: rests on no exam" in (_found(parts) or "")


def test_two_papers_for_one_study_are_named(parts: Parts) -> None:
    """The first was moved out of the unique index; its exam and what the trail has moved along."""
    course = finished.courses(parts, codes=("usual",))[0]
    person, other = _one_in(parts, course), finished.study(parts, course, "赵三", 3)
    row = _row(parts, person)
    alter(parts.database, row, enrolment_id=other.enrolment_id)
    issuing.issue(parts.database, workshop_of(parts), person.enrolment_id, now=parts.clock.now())
    worker.drain(parts)
    assert _row(parts, person).id != row.id
    assert f"record {row.id}, field enrolment_id" in (_found(parts) or "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "check_columns", lambda *_: None)
        patch.setattr(audit, "check_exam", lambda *_: None)
        assert f"rests on the same study as {row.id}" in (_found(parts) or "")
