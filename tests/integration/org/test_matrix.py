"""The matrix: filters, order, pages, columns and counts against what the numbers say; its files."""

import datetime as dt
import io
import itertools
from collections.abc import Sized
from urllib.parse import urlencode

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from app.core.ids import new_id
from app.lobby.parts import Parts
from app.org.models.staff import StaffMember
from app.org.models.units import OrgTag
from app.org.repository import matrix as matrix_rows
from app.org.repository import tags as tag_rows
from app.org.services import organisations, progress
from tests.employers import USCC, agent
from tests.matrix_rows import (
    course_id_of,
    due_in,
    fill,
    is_waiting,
    percent_of,
    staff_id_of,
    stands,
    unit_of,
)
from tests.people import MALLORY
from tests.rosters import name_of

PEOPLE, COURSES = 130, 12
_TAGGED = range(0, PEOPLE, 3)


@pytest.fixture
def boss(client: TestClient, parts: Parts) -> TestClient:
    made = agent(client, parts, MALLORY)
    with parts.database.reading() as db:
        org_id = str(organisations.find_by_uscc(db, USCC))
    fill(parts, org_id, people=PEOPLE, courses=COURSES)
    return made


def _get(boss: TestClient, **asked: object) -> dict:
    answer = boss.get(f"/api/v1/org/matrix?{urlencode(asked, doseq=True)}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _all(boss: TestClient, **asked: object) -> list[dict]:
    """Every line, page by page; and back again, the same pages."""
    pages = [_get(boss, **asked)]
    while pages[-1]["has_after"]:
        pages.append(_get(boss, **asked, after=pages[-1]["lines"][-1]["staff_id"]))
    for earlier, page in itertools.pairwise(pages):
        before = _get(boss, **asked, before=page["lines"][0]["staff_id"])
        assert [each["staff_id"] for each in before["lines"]] == [
            each["staff_id"] for each in earlier["lines"]
        ]
        assert page["has_before"]
    return [line for page in pages for line in page["lines"]]


def _ids(lines: list[dict]) -> list[str]:
    return [line["staff_id"] for line in lines]


def _state(person: int, course: int) -> str:
    """How a cell stands today, from its numbers alone."""
    kept = stands(person, course)
    if kept != "open":
        return kept
    days = due_in(course)
    return "overdue" if days < 0 else "due_soon" if days <= 7 else "studying"


def _worst(person: int) -> str:
    found = {_state(person, course) for course in range(COURSES)}
    order = ("overdue", "due_soon", "studying", "waiting", "done")
    return next(each for each in order if each in found)


def test_the_matrix_says_what_the_numbers_say(boss: TestClient) -> None:
    everybody = _all(boss)
    expected = sorted(range(PEOPLE), key=lambda each: (unit_of(each), staff_id_of(each)))
    assert sorted(_ids(everybody)) == sorted(map(staff_id_of, expected))
    first = _get(boss)
    assert first["people"] == PEOPLE
    assert [column["title"] for column in first["columns"]] == [
        f"课程 {number + 1}" for number in sorted(range(COURSES), key=lambda n: (due_in(n), n))[:8]
    ]
    counted = [_state(person, course) for person in range(PEOPLE) for course in range(COURSES)]
    assert first["counts"] == {state: counted.count(state) for state in first["counts"]}
    for line in everybody[:40]:
        person = int(line["staff_id"][7:])
        assert (line["progress"], line["unit"]) == (_worst(person), unit_of(person))
        assert line["name"] == name_of(person)
        for cell in line["cells"]:
            course = int(cell["course_id"][8:])
            assert cell["progress"] == _state(person, course)
            if cell["progress"] == "studying":
                assert cell["says"] == f"{percent_of(person, course)}%"


@pytest.mark.parametrize("state", ["overdue", "due_soon", "studying", "waiting", "done"])
def test_filters_find_exactly_whom_they_name(boss: TestClient, state: str) -> None:
    found = _ids(_all(boss, state=state))
    assert sorted(found) == [staff_id_of(each) for each in range(PEOPLE) if _worst(each) == state]
    chosen = (2, 6)
    cells = _ids(_all(boss, state=state, c=[course_id_of(each) for each in chosen]))
    assert sorted(cells) == [
        staff_id_of(each) for each in range(PEOPLE)
        if state in {_state(each, course) for course in chosen}
    ]  # fmt: skip


def test_units_with_what_is_below_positions_names_and_orders(boss: TestClient) -> None:
    below = _ids(_all(boss, unit="3 车间"))
    assert sorted(below) == [
        staff_id_of(each) for each in range(PEOPLE) if unit_of(each).startswith("3 车间/")
    ]
    exact = _get(boss, unit=unit_of(27), position="岗位 28")
    assert _ids(exact["lines"]) == [staff_id_of(27)]
    counted = [
        _state(each, 4) for each in range(PEOPLE) if unit_of(each).startswith("3 车间/")
    ]  # fmt: skip
    part = _get(boss, unit="3 车间", c=course_id_of(4))
    assert part["counts"] == {state: counted.count(state) for state in part["counts"]}
    named = _ids(_all(boss, q=name_of(5)))
    assert sorted(named) == [
        staff_id_of(each) for each in range(PEOPLE) if name_of(5) in name_of(each)
    ]
    by_left = [line["asked"] - line["done"] for line in _all(boss, sort="left")]
    assert by_left == sorted(by_left, reverse=True)
    assert len(by_left) == PEOPLE
    order = {"overdue": 0, "due_soon": 1, "studying": 2, "waiting": 3, "done": 3}
    by_due = [order[line["progress"]] for line in _all(boss, sort="due")]
    assert by_due == sorted(by_due)
    assert _get(boss, q="没有这个人")["lines"] == []
    assert _get(boss, state="not_asked")["lines"] == []


def test_a_unit_of_few_is_begun_with_its_own(
    boss: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells are named one by one only where few are meant: not those of the whole employer."""
    monkeypatch.setattr(matrix_rows, "FEW", 40)
    named: list[int] = []

    def note(_c: object, _u: object, _s: str, parameters: Sized, *_rest: object) -> None:
        named.append(len(parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        found = _ids(_all(boss, unit="3 车间", state="done", c=[course_id_of(2), course_id_of(6)]))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sorted(found) == [
        staff_id_of(each) for each in range(PEOPLE)
        if unit_of(each).startswith("3 车间/")
        and "done" in {_state(each, course) for course in (2, 6)}
    ]  # fmt: skip
    assert max(named) < PEOPLE // 2


@pytest.mark.parametrize("few", [matrix_rows.FEW, 3], ids=["begun with", "walked"])
def test_a_tag_finds_who_has_it(
    boss: TestClient, parts: Parts, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(matrix_rows, "FEW", few)
    name, now = f"动火作业 {few}", parts.clock.now()
    with parts.database.transaction() as db:
        org_id = db.get_one(StaffMember, staff_id_of(0)).org_id
        tag = OrgTag(id=new_id(now), org_id=org_id, name=name, made_at=now)
        db.add(tag)
        db.flush()
        tag_rows.tag_all(db, org_id, tag.id, StaffMember.id.in_(map(staff_id_of, _TAGGED)))
    tagged = {staff_id_of(each) for each in _TAGGED}
    for sort in ("unit", "due", "left"):
        assert sorted(_ids(_all(boss, tag=name, sort=sort))) == sorted(tagged)
    late = _ids(_all(boss, tag=name, state="overdue"))
    assert sorted(late) == [staff_id_of(each) for each in _TAGGED if _worst(each) == "overdue"]
    below = _ids(_all(boss, tag=name, unit="3 车间"))
    assert sorted(below) == [
        staff_id_of(each) for each in _TAGGED if unit_of(each).startswith("3 车间/")
    ]
    assert _get(boss, tag="没有这个标签")["lines"] == []
    page = boss.get("/employer/progress", params={"tag": name, "sort": "left"}).text
    assert "tag=%E5%8A%A8" in page, "the way on, other states and files keep it"


@pytest.mark.usefixtures("boss")
def test_one_persons_rows_are_read_without_the_whole_employers(parts: Parts) -> None:
    """Everybody's home asks for them: an employer's running totals are not for that."""
    asked: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with parts.database.reading() as db:
        person = db.get_one(StaffMember, staff_id_of(0))
        connection = db.connection()
        event.listen(connection, "before_cursor_execute", note)
        found = progress.rows_of(db, parts.vault, [person], now=parts.clock.now())
    assert {row.course_id: row.state for row in found} == {
        course_id_of(each): _state(0, each) for each in range(COURSES)
    }
    assert asked
    assert not [each for each in asked if "assignment_count" in each]


def test_strange_courses_and_places(boss: TestClient) -> None:
    answer = boss.get(f"/api/v1/org/matrix?c={'0' * 26}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "/courses")
    assert _ids(_get(boss, after="0" * 26)["lines"]) == _ids(_get(boss)["lines"])
    assert boss.get("/api/v1/org/matrix?state=purple").status_code == 422


def test_the_table_is_the_page_whole(boss: TestClient) -> None:
    """Cell by cell: the same people, order, columns and words, for one address."""
    asked = {"state": "overdue", "sort": "left", "c": [course_id_of(each) for each in (2, 3, 11)]}
    answer = boss.get(f"/api/v1/org/matrix.xlsx?{urlencode(asked, doseq=True)}")
    assert answer.status_code == 200
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    heading, *table = sheet.to_python()
    lines = _all(boss, **asked)
    columns = [column["title"] for column in _get(boss, **asked)["columns"]]
    assert heading == ["姓名", "部门", "岗位", "状态", "完成", "共需", *columns]
    assert table == [
        [
            line["name"], line["unit"], line["position"], line["says"], line["done"],
            line["asked"], *(cell["says"] for cell in line["cells"]),
        ]
        for line in lines
    ]  # fmt: skip


def test_a_pdf_is_for_what_paper_holds(boss: TestClient) -> None:
    answer = boss.get("/api/v1/org/matrix.pdf?unit=3 车间")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    many = [("c", course_id_of(each)) for each in range(COURSES)]
    assert boss.get(f"/api/v1/org/matrix.pdf?{urlencode(many)}").status_code == 200


def test_pages_list_and_home_agree(boss: TestClient, parts: Parts) -> None:
    home = boss.get("/employer").text
    counts = _get(boss)["counts"]
    for code, state in (("overdue", "overdue"), ("due_soon", "due_soon")):
        assert f"/employer/reminders?list={code}" in home
        assert f"看全部 {counts[state]} 人次" in home
    page = boss.get("/employer/progress?sort=due&unit=3 车间")
    assert page.status_code == 200
    assert "3 车间/1 班" in page.text
    rows = boss.get("/api/v1/org/progress").json()
    today = parts.clock.now().astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    assert [row["due_on"] for row in rows] == [
        (today + dt.timedelta(days=min(map(due_in, range(COURSES))))).isoformat()
    ] * 20
    waiting = next(each for each in range(PEOPLE) if is_waiting(each))
    cell = boss.get(f"/employer/progress/{staff_id_of(waiting)}/{course_id_of(1)}")
    assert cell.status_code == 200
    assert "本人还没有确认加入单位" in cell.text
    strange = boss.get(f"/employer/progress/{staff_id_of(waiting)}/{'0' * 26}")
    assert strange.status_code == 404
