"""What was issued stays, whatever becomes of what it was made from: its bytes and its page."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from app import worker
from app.certs.providers import artwork
from app.certs.services import issuing
from app.core import typesetting
from app.core.clock import SettableClock
from app.identity.rules.documents import DocumentType
from app.identity.services import disputes, people, verification
from app.learning.models.catalogue import Cluster, Course, Enrolment, Lesson
from app.learning.models.exams import ExamItem
from app.lobby.parts import Parts
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE
from tests.player import Player

FILES = ("file.pdf", "preview.png", "credential.json")


class House:
    """A holder with a certificate, and everything of it that leaves the house."""

    def __init__(self, client: TestClient, parts: Parts, clock: SettableClock) -> None:
        self.client, self.parts = client, parts
        self.alice: Player = study_through(client, parts, clock)
        examinee.sit(client, parts, self.alice.enrolment_id)
        self.certificate = certificate_of(self.alice)

    def seen(self) -> dict[str, Any]:
        """Bytes of the files, and what every way of looking at it answers."""
        own, public = self.certificate["certificate_id"], self.certificate["public_id"]
        found: dict[str, Any] = {}
        for path in (
            *(f"/api/v1/certificates/{own}/{name}" for name in FILES),
            f"/api/v1/verification/{public}", f"/api/v1/verification/{public}/proof",
        ):  # fmt: skip
            answer = self.client.get(path)
            assert answer.status_code == 200, (path, answer.text)
            found[path] = answer.content
        found["list"] = self.client.get("/api/v1/certificates").json()
        for path in (f"/v/{public}", f"/certificates/{own}"):
            page = self.client.get(path)
            assert page.status_code == 200, path
            found[path] = re.sub(' nonce="[^"]+"', "", page.text)  # another for each answer
        return found


@pytest.fixture
def house(client: TestClient, parts: Parts, clock: SettableClock) -> House:
    return House(client, parts, clock)


def _edit_course(house: House) -> None:
    """Its name, its institution, its plan, its kind, its validity, its cluster, its questions."""
    with house.parts.database.transaction() as db:
        course = db.scalars(select(Course)).one()
        course.title, course.summary = "完全不同的课程", "换了"
        course.programme, course.institution = "另一个计划", "改了名的培训中心"
        course.certificate_type, course.validity_months = "在线培训证书", None
        course.is_open = False
        db.execute(update(Cluster).values(name="改了名的集群"))
        db.execute(update(ExamItem).values(stem="换了的题目？"))


def _delete_course(house: House) -> None:
    """What hours and results rest on is not taken away; what can go goes."""
    with pytest.raises(IntegrityError), house.parts.database.transaction() as db:
        db.execute(delete(Course))
    with pytest.raises(IntegrityError), house.parts.database.transaction() as db:
        db.execute(delete(Enrolment))
    with pytest.raises(IntegrityError), house.parts.database.transaction() as db:
        db.execute(delete(Lesson))
    for name in ("video.mp4", "book/1", "book/2", "book/3"):
        house.parts.storage.delete(f"test/safety/{name}")


def _rename_person(house: House) -> None:
    """The name was corrected: taken back, and the same document proven with another spelling."""
    parts, now = house.parts, house.parts.clock.now()
    with parts.database.transaction() as db:
        account, _ = people.find_or_create(db, parts.vault, ALICE.phone, now=now)
        disputes.withdraw_identity(db, account, reason="写错了", actor_id=account, now=now)
        claim = verification.read_claim(DocumentType.RESIDENT_ID, ALICE.number, "李小梅", now=now)
        verification.approve(db, parts.vault, account, claim, now=now)
        assert people.views(db, parts.vault, [account])[account].masked_name == "李*梅"
        full = people.full(
            db, parts.vault, account, purpose="certificate_document", actor_id=None, now=now
        )
        assert full.name == "李小梅"


def _change_table(house: House, tmp_path: Path) -> None:
    """Every kind is called something else, is drawn otherwise, ends earlier, or is gone."""
    folder = tmp_path / "reference"
    shutil.copytree(house.parts.settings.reference_dir, folder)
    path = folder / "certificate_types.toml"
    text = path.read_text(encoding="utf-8").replace('name = "培训合格证书"', 'name = "别的证书"')
    path.write_text(text.replace('layout = "lines"', 'layout = "statement"'), encoding="utf-8")
    house.parts.settings.reference_dir = folder


@pytest.mark.parametrize("change", [_edit_course, _delete_course, _rename_person])
def test_bytes_and_pages_stay_whatever_it_was_made_from(
    house: House, change: Callable[[House], None]
) -> None:
    before = house.seen()
    change(house)
    worker.drain(house.parts)
    again = issuing.issue(
        house.parts.database, worker.workshop_of(house.parts), house.alice.enrolment_id,
        now=house.parts.clock.now(),
    )  # fmt: skip
    assert again in (None, house.certificate["certificate_id"])
    assert house.seen() == before


def test_bytes_and_pages_stay_when_the_kinds_and_the_template_change(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = house.seen()
    _change_table(house, tmp_path)
    other = tmp_path / "other.typ"
    other.write_text('#set text(font: "Noto Sans SC")\n换了的样子', encoding="utf-8")
    monkeypatch.setattr(artwork, "_TEMPLATE", other)
    assert typesetting.to_pdf(other, {}) != before
    issuing.issue(
        house.parts.database, worker.workshop_of(house.parts), house.alice.enrolment_id,
        now=house.parts.clock.now(),
    )  # fmt: skip
    assert house.seen() == before
