"""The list of staff's certificates: what is from elsewhere, its file, and what a search reads."""

import datetime as dt
import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, event, select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.ids import new_id
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.assignments import Assignment, AssignmentMember
from app.org.models.stated_certificates import StatedCertificate
from app.org.services import digests, organisations, staff_certificates
from tests.courses import make_course
from tests.employers import USCC, agent, delete, post
from tests.lives import STATED
from tests.people import ALICE, MALLORY, prove, sign_in

ROUNDS = 12
PLAIN = STATED | {"kind": "other_training", "valid_until": None}


@pytest.fixture
def staff_id(client: TestClient, parts: Parts) -> str:
    """Alice, who has joined; twelve assignments, each with a certificate of hers that ends."""
    boss = agent(client, parts, MALLORY)
    prove(parts, ALICE)
    line = {"name": ALICE.name, "document_number": ALICE.number, "unit": "一车间/甲班"}
    found = str(post(boss, "/org/staff", line).json()["staff_id"])
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        assert post(alice, f"/me/employers/{_org_id(parts)}/acceptance", {}).status_code == 204
    course, now = make_course(parts), parts.clock.now()
    with parts.database.transaction() as db:
        for place in range(1, ROUNDS + 1):
            day = now.date() + dt.timedelta(days=place)
            asked = Assignment(
                id=new_id(now), org_id=_org_id(parts), course_id=course.course_id, due_on=day,
                assigned_by="0" * 26, assigned_at=now,
            )  # fmt: skip
            db.add(asked)
            db.flush()
            db.add(
                AssignmentMember(
                    id=new_id(now), assignment_id=asked.id, staff_id=found,
                    course_id=course.course_id, round=place, assigned_at=now, standing="done",
                    counted_in=asked.id, certificate_number=f"ZZ51-{place}", certificate_until=day,
                )
            )  # fmt: skip
    return found


def _org_id(parts: Parts) -> str:
    with parts.database.reading() as db:
        return str(organisations.find_by_uscc(db, USCC))


def _state(boss: TestClient, staff_id: str, number: str, until: dt.date | None) -> str:
    stated = PLAIN | {"staff_id": staff_id, "number": number}
    if until is not None:
        stated |= {"valid_until": until.isoformat()}
    answer = post(boss, "/org/stated-certificates", stated)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["stated_id"])


def _table(boss: TestClient, **asked: str) -> list[list[object]]:
    answer = boss.get("/api/v1/org/certificates.xlsx", params=asked)
    assert answer.status_code == 200, answer.text
    return (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    )


def _numbers(boss: TestClient, **asked: str) -> list[object]:
    return [line[4] for line in _table(boss, **asked)[1:]]


@contextmanager
def _asked() -> Iterator[list[str]]:
    """The questions that are put to the database meanwhile."""
    put: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        put.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield put
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_what_is_from_elsewhere_stands_in_one_order_with_the_rest(
    client: TestClient, clock: SettableClock, staff_id: str
) -> None:
    today = clock.now().date()
    _state(client, staff_id, "甲 1", today + dt.timedelta(days=3))
    _state(client, staff_id, "甲 2", None)
    gone = _state(client, staff_id, "甲 3", today + dt.timedelta(days=4))
    withdrawn = {"reason": "登记错了"}
    post(client, f"/org/stated-certificates/{gone}/withdrawal", withdrawn)
    near = _numbers(client, ending="near")
    assert near[:5] == ["ZZ51-1", "ZZ51-2", "ZZ51-3", "甲 1", "ZZ51-4"]
    assert "甲 3" not in near
    assert _numbers(client, ending="all")[-1] == "甲 2"
    assert _numbers(client, ending="all", source="elsewhere") == ["甲 1", "甲 2"]
    assert "甲 1" not in _numbers(client, ending="all", source="house")
    assert _numbers(client, ending="over") == []
    page = client.get(
        "/employer/certificates", params={"ending": "all", "source": "elsewhere"}
    ).text
    assert "等本人确认" in page
    assert "甲 1" in page


def test_page_and_file_of_an_address_show_the_same(
    client: TestClient, clock: SettableClock, staff_id: str
) -> None:
    for place in range(11):
        _state(client, staff_id, f"乙 {place}", clock.now().date() + dt.timedelta(days=place + 1))
    whole = _numbers(client, ending="all", unit="一车间")
    assert len(whole) == ROUNDS + 11
    shown: list[str] = []
    address = "/employer/certificates?ending=all&unit=%E4%B8%80%E8%BD%A6%E9%97%B4"
    while address:
        page = client.get(address).text
        shown += re.findall(r'data-label="证书编号">([^<]+)<', page)
        following = re.search(r'href="([^"]+)"[^>]*>\s*(?:<span>)?下一页', page)
        address = html.unescape(following[1]) if following else ""
    assert shown == whole
    assert _table(client, ending="all")[0] == list(staff_certificates.HEADING)


def test_a_search_asks_no_assignment(client: TestClient, staff_id: str) -> None:
    _state(client, staff_id, "丙 1", None)
    counts = {}
    for name, asked in {
        "whole": {}, "named": {"q": ALICE.name}, "unit": {"unit": "一车间"},
    }.items():  # fmt: skip
        with _asked() as put:
            page = client.get("/employer/certificates", params={"ending": "all"} | asked)
        assert "ZZ51-1" in page.text
        counts[name] = sum("certificate_until BETWEEN" in each for each in put)
    assert counts == {"whole": ROUNDS, "named": 1, "unit": 1}
    assert "ZZ51-1" not in client.get("/employer/certificates?ending=all&unit=二车间").text


def test_who_leaves_is_in_neither(client: TestClient, parts: Parts, staff_id: str) -> None:
    _state(client, staff_id, "丁 1", None)
    assert delete(client, f"/org/staff/{staff_id}").status_code == 204
    assert _numbers(client, ending="all", source="elsewhere") == []
    with parts.database.reading() as db:
        assert db.scalars(select(StatedCertificate)).first() is None


@pytest.mark.usefixtures("staff_id")
def test_the_weeks_digest_counts_what_ends(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    ahead = (7 - clock.now().weekday()) % 7 or 7
    monday = (clock.now() + dt.timedelta(days=ahead)).replace(hour=4)
    left = sum(day >= ahead for day in range(1, ROUNDS + 1))
    assert digests.tell_week(parts.database, parts.vault, open_ways=[], now=monday) == 1
    texts = [each["text"] for each in client.get("/api/v1/me/notices").json()]
    assert any(f"90 天内到期的证书 {left} 张" in text for text in texts), texts
