"""Before a certificate has a number: its kind and its words hold, or a person looks."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from app import worker
from app.certs.models import Certificate, CertificateSerial
from app.certs.providers import type_table
from app.certs.rules.types import TypeFlawError, TypeTable
from app.core import glyphs
from app.core.clock import SettableClock
from app.identity.services import cases
from app.identity.services.cases import CaseKind, CaseView
from app.learning.models.versions import CourseVersion
from app.lobby.parts import Parts
from app.worker import jobs
from tests import examinee
from tests.graduates import study_through
from tests.people import MALLORY
from tests.player import Player
from tests.reviewers import WU, on_case, reviewer
from tests.tampering import tamper

KIND = CaseKind.CERTIFICATE_GLYPH


@pytest.fixture
def alice(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    return study_through(client, parts, clock)


def _course(parts: Parts, **changes: object) -> None:
    tamper(parts.database, update(CourseVersion).values(**changes))


def _graduate(client: TestClient, parts: Parts, alice: Player) -> list[CaseView]:
    examinee.sit(client, parts, alice.enrolment_id)
    worker.drain(parts)
    return _cases(parts, alice)


def _cases(parts: Parts, alice: Player) -> list[CaseView]:
    with parts.database.reading() as db:
        return cases.cases_about(db, [alice.enrolment_id], KIND)


def _given_out(parts: Parts) -> tuple[int, int]:
    """Certificates, and serials that were spent on them."""
    with parts.database.reading() as db:
        spent = db.scalars(select(CertificateSerial.last)).first() or 0
        return len(db.scalars(select(Certificate)).all()), spent


@contextmanager
def _without(letter: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fonts as if they lacked a letter."""
    fonts = tuple(font - {ord(letter)} for font in glyphs.covered())
    with monkeypatch.context() as patched:
        patched.setattr(glyphs, "covered", lambda: fonts)
        yield


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"certificate_type": "特种作业操作证书"}, "不归本平台签发"),
        ({"certificate_type": "安全生产培训合格证书"}, "线下学时不少于 30 %"),
        ({"certificate_type": "学位证书"}, "没有“学位证书”这种证书"),
        ({"certificate_type": "在线培训证书"}, "没有有效期"),
        ({"certificate_type": "行业安全技能培训合格证书", "validity_months": None}, "必须有有效期"),
        ({"institution": ""}, "培训机构没有填"),
        ({"title": "安全\ue863生产"}, "自造字"),
        ({"title": "安" * 80}, "手机扫不出来"),
    ],
)
def test_what_cannot_be_issued_costs_no_number_and_goes_to_a_person(
    client: TestClient, parts: Parts, alice: Player, changes: dict[str, object], told: str
) -> None:
    _course(parts, **changes)
    [case] = _graduate(client, parts, alice)
    assert told in case.facts["fault"]
    assert _given_out(parts) == (0, 0)
    worker.drain(parts)
    assert len(_cases(parts, alice)) == 1


def test_once_it_is_mended_and_decided_it_is_issued_with_the_first_number(
    client: TestClient, parts: Parts, alice: Player
) -> None:
    _course(parts, certificate_type="职业资格证书")
    [case] = _graduate(client, parts, alice)
    with reviewer(parts, WU) as desk:
        first = on_case(desk, case.case_id, "decision", decision="answer", reason="再试一次")
        assert first.status_code == 200, first.text
        worker.drain(parts)
        assert _given_out(parts) == (0, 0)
        decided, again = _cases(parts, alice)
        assert (decided.state.value, again.state.value) == ("decided", "open")
        _course(parts, certificate_type="培训合格证书")
        on_case(desk, again.case_id, "decision", decision="answer", reason="课程的证书种类改好了")
    worker.drain(parts)
    assert _given_out(parts) == (1, 1)
    [certificate] = client.get("/api/v1/certificates").json()
    assert certificate["number"][14:22] == "00000001"


def test_a_letter_of_the_name_is_told_to_the_desk_and_sealed_until_then(
    client: TestClient, parts: Parts, alice: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _without("晓", monkeypatch):
        [case] = _graduate(client, parts, alice)
    assert "姓名里有证书字体没有的字" in case.facts["fault"]
    assert "晓" not in str(case.facts)
    assert _given_out(parts) == (0, 0)
    with reviewer(parts, MALLORY) as desk:
        page = desk.get(f"/desk/cases/{case.case_id}")
        assert "“晓”（U+6653）" in page.text
        assert "请核对当事人证件上的写法" in page.text
        on_case(desk, case.case_id, "decision", decision="answer", reason="字体补好了")
    worker.drain(parts)
    assert _given_out(parts) == (1, 1)


def test_kinds_that_cannot_be_read_hold_up_certificates_and_nobodys_page(
    client: TestClient, parts: Parts, clock: SettableClock, alice: Player,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def broken(_folder: object) -> TypeTable:
        raise TypeFlawError(type_table.FILE, "cannot be read")

    with monkeypatch.context() as patched:
        patched.setattr(type_table, "read_types", broken)
        patched.setattr(jobs, "read_types", broken)
        assert _graduate(client, parts, alice) == []
        assert client.get("/certificates").status_code == 200
    assert _given_out(parts) == (0, 0)
    clock.advance(ms=600_000)
    worker.drain(parts)
    assert _given_out(parts) == (1, 1)
