"""A suspended institution looks at everything, takes its papers out, marks, and changes nothing."""

import datetime as dt
from collections.abc import Iterator

import pytest

from app.core import audit
from app.lobby.parts import Parts
from app.org.models.organisations import Organisation
from tests.employers import post, put
from tests.institutions import AUTHOR, CARD, SCHOOL, TEXT, Writer, found_school, writer
from tests.people import csrf


class Suspended:
    """An institution with a draft, a bank and a blueprint; suspended since then."""

    def __init__(self, parts: Parts, now: dt.datetime) -> None:
        self.org_id = found_school(parts, SCHOOL, AUTHOR)
        self.desk: Writer = writer(parts, AUTHOR)
        self.client = self.desk.client
        self.version_id = self.desk.make("/courses", CARD)
        chapter_id = self.desk.draft(self.version_id)["chapters"][0]["chapter_id"]
        self.lesson_id = self.desk.make(
            f"/chapters/{chapter_id}/lessons", {"kind": "document", "title": "第一课 断电"}
        )
        [course] = self.client.get("/api/v1/authoring/courses").json()
        self.course_id = str(course["course_id"])
        bank = {"title": "电工题库"}
        made = post(self.client, "/exam-banks", bank)
        assert made.status_code == 201, made.text
        self.bank_id = str(made.json()["bank_id"])
        with parts.database.transaction() as db:
            row = db.get_one(Organisation, self.org_id)
            row.suspended_at, row.suspend_reason = now, "证照过期未年检"


@pytest.fixture
def suspended(parts: Parts, now: dt.datetime) -> Iterator[Suspended]:
    made = Suspended(parts, now)
    yield made
    made.client.__exit__(None, None, None)


def test_it_looks_at_courses_banks_and_marking_and_changes_none(suspended: Suspended) -> None:
    client, bank = suspended.client, f"/exam-banks/{suspended.bank_id}"
    seen = [
        "/authoring/courses", f"/authoring/versions/{suspended.version_id}",
        f"/authoring/lessons/{suspended.lesson_id}", "/exam-banks", f"{bank}/items.xlsx",
        f"{bank}/items.zip", "/marking", f"/exam-blueprints/{suspended.course_id}",
    ]  # fmt: skip
    for address in seen:
        answer = client.get(f"/api/v1{address}")
        assert (address, answer.status_code) == (address, 200)
    pages = ["/authoring", f"/authoring/{suspended.version_id}", "/banks", "/marking", "/employer"]
    for address in pages:
        assert (address, client.get(address).status_code) == (address, 200)
    page = client.get("/employer").text
    assert "本单位已暂停使用" in page
    assert "证照过期未年检" in page
    refused = [
        post(client, "/authoring/courses", CARD),
        put(client, f"/authoring/lessons/{suspended.lesson_id}/text", {"text": TEXT}),
        post(client, "/exam-banks", {"title": "另一个"}),
        client.post(
            f"/api/v1{bank}/file-imports", content=b"PK", headers=csrf(client)
            | {"content-type": "application/octet-stream"},
        ),
    ]  # fmt: skip
    assert [(each.status_code, each.json()["code"]) for each in refused] == [
        (409, "org_suspended")
    ] * len(refused)


def test_it_takes_its_roster_out(suspended: Suspended, parts: Parts) -> None:
    taken = suspended.client.get("/api/v1/org/roster/export.xlsx")
    assert (taken.status_code, taken.content[:2]) == (200, b"PK")
    with parts.database.reading() as db:
        assert audit.events_about(db, "staff.exported", suspended.org_id)
