"""The proof of hours as a table: whose it is stands in it, whatever there is to count."""

import io
import re
import zipfile

from starlette.testclient import TestClient

from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import make_course
from tests.employers import CHOSEN, agent, post
from tests.people import ALICE, MALLORY, sign_in, verify


def _joined(boss: TestClient, parts: Parts) -> str:
    """Put Alice on the roster and let her agree; returns the id of the entry."""
    new = {"name": ALICE.name, "document_number": ALICE.number}
    staff_id = str(post(boss, "/org/staff", new).json()["staff_id"])
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        org_id = alice.get("/me").text.split("/me/employers/")[1][:26]
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
    return staff_id


def _rows(boss: TestClient, staff_id: str) -> list[list[str]]:
    answer = boss.get(f"/api/v1/org/staff/{staff_id}/proof.xlsx")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    return [
        [text or number for text, number in re.findall(r"<t>(.*?)</t>|<v>(.*?)</v>", row)]
        for row in re.findall(r"<row .*?</row>", sheet)
    ]


def test_who_has_no_hours_yet_is_named_all_the_same(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    staff_id = _joined(boss, parts)
    heading, *rows = _rows(boss, staff_id)
    assert heading == ["编号", "姓名", "证件号码", "课程", "日期", "已确认（秒）"]
    [[number, name, masked, *rest]] = rows
    assert (number[:2], name, rest) == ("XS", ALICE.name, ["—", "—", "0"])
    assert ALICE.number not in masked
    course = make_course(parts)
    asked = {"course_id": course.course_id, "staff_ids": [staff_id], "due_on": "2026-12-31"}
    assert post(boss, "/org/assignment-rules", asked | CHOSEN).status_code == 201
    [[_, name, _, title, *rest]] = _rows(boss, staff_id)[1:]
    assert (name, rest) == (ALICE.name, ["—", "0"])
    assert title in client.get(f"/api/v1/catalogue/courses/{course.course_id}").text
