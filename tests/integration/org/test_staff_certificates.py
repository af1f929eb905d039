"""Certificates of staff: whose last day comes, who is trained again, and what is not shown."""

import datetime as dt

from sqlalchemy import select
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.assignments import AssignmentMember
from app.org.repository import staff_certificates
from app.org.services import organisations, recounting
from tests import finished
from tests.employers import CHOSEN, USCC, agent, delete, post
from tests.people import MALLORY, sign_in

DAY_MS = 86_400_000
NEAR = 1040  # days of a validity of 36 months; some weeks are left


def _page(boss: TestClient, **asked: str) -> str:
    answer = boss.get("/employer/certificates", params=asked)
    assert answer.status_code == 200
    return answer.text


def test_a_certificate_is_listed_when_its_last_day_comes(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    [course] = finished.courses(parts, ("usual",))
    who = finished.finish(parts, course, "李梅", 1)
    worker.drain(parts)
    boss = agent(client, parts, MALLORY)
    line = {"name": who.name, "document_number": who.number, "unit": "一车间/甲班"}
    staff_id = post(boss, "/org/staff", line).json()["staff_id"]
    with parts.database.reading() as db:
        org_id = str(organisations.find_by_uscc(db, USCC))
    with TestClient(create_app(parts)) as person:
        sign_in(person, parts, who.someone)
        assert post(person, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        [held] = person.get("/api/v1/certificates").json()
        # What nobody asked for is the person's own.
        assert held["number"] not in _page(boss, ending="all")
        due = (clock.now() + dt.timedelta(days=30)).date()
        asked = {"course_id": course.course_id, "staff_ids": [staff_id], "due_on": str(due)}
        assert post(boss, "/org/assignment-rules", asked | CHOSEN).status_code == 201
        assert held["number"] in _page(boss, ending="all")
        assert "没有90 天内到期的证书" in _page(boss)
        with parts.database.reading() as db:
            [share] = db.scalars(select(AssignmentMember))
            place = share.certificate_until, share.id
            assert staff_certificates.place_of(db, org_id, share.id) == place
            assert staff_certificates.place_of(db, "0" * 26, share.id) is None, "of another"
        assert recounting.recount(parts.database, org_id, now=clock.now()).is_clean
        clock.advance(ms=NEAR * DAY_MS)
        sign_in(boss, parts, MALLORY)
        sign_in(person, parts, who.someone)
        near = _page(boss)
        assert held["number"] in near
        assert "正在复训" not in near
        assert held["number"] in _page(boss, unit="一车间", q="李梅")
        assert held["number"] not in _page(boss, unit="二车间")
        assert held["number"] not in _page(boss, ending="over")
        renewal = f"/certificates/{held['certificate_id']}/renewal"
        assert post(person, renewal, {}).status_code == 201
        worker.drain(parts)
        assert "正在复训" in _page(boss)
        clock.advance(ms=80 * DAY_MS)
        sign_in(boss, parts, MALLORY)
        assert held["number"] in _page(boss, ending="over")
        sign_in(person, parts, who.someone)
        assert delete(person, f"/me/employers/{org_id}").status_code == 204
        assert held["number"] not in _page(boss, ending="all")
