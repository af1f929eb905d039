"""Banks and questions over HTTP: papers keep their versions, others' banks are not there."""

import datetime as dt

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.learning.models.exams import ExamItem
from app.learning.repository import banks as rows
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.contract.calls import ITEM
from tests.courses import make_course
from tests.employers import delete, post, put
from tests.graduates import study_through
from tests.people import sign_in
from tests.schools import RIVAL, RIVAL_USCC, SCHOOL, found_school, school_client, stock


@pytest.fixture
def school(client: TestClient, parts: Parts) -> TestClient:
    found_school(parts)
    sign_in(client, parts, SCHOOL)
    return client


def _bank(school: TestClient) -> str:
    made = post(school, "/exam-banks", {"title": "电工题库"})
    assert made.status_code == 201, made.text
    return str(made.json()["bank_id"])


def test_an_edit_is_a_new_version_and_the_old_one_is_closed(
    school: TestClient, parts: Parts
) -> None:
    base = f"/exam-banks/{_bank(school)}"
    first = post(school, f"{base}/items", ITEM).json()
    assert (first["code"], first["version"]) == ("Q0001", 1)
    same = put(school, f"{base}/items/{first['item_id']}", ITEM).json()
    assert same["item_id"] == first["item_id"]
    changed = put(school, f"{base}/items/{first['item_id']}", ITEM | {"stem": "改过？"}).json()
    assert (changed["code"], changed["version"]) == ("Q0001", 2)
    late = put(school, f"{base}/items/{first['item_id']}", ITEM | {"stem": "晚了？"})
    assert (late.status_code, late.json()["code"]) == (409, "old_version")
    history = school.get(f"/api/v1{base}/items/{changed['item_id']}").json()
    assert [(each["version"], each["is_active"]) for each in history] == [(2, True), (1, False)]
    with parts.database.reading() as db:
        old = db.get_one(ExamItem, first["item_id"])
        assert (old.stem, old.retired_at is None) == (ITEM["stem"], False)


def test_what_is_taken_out_of_use_can_come_back_as_a_new_version(school: TestClient) -> None:
    base = f"/exam-banks/{_bank(school)}"
    made = post(school, f"{base}/items", ITEM | {"code": "A-1"}).json()
    twice = post(school, f"{base}/items", ITEM | {"code": "A-1"})
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (409, "/code")
    assert delete(school, f"{base}/items/{made['item_id']}").status_code == 204
    assert delete(school, f"{base}/items/{made['item_id']}").status_code == 204
    assert school.get(f"/api/v1{base}/items").json()["total"] == 0
    assert post(school, f"{base}/items", ITEM | {"code": "A-1"}).json()["version"] == 2
    assert post(school, f"{base}/items", ITEM).json()["code"] == "Q0002"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"letters": []}, "/letters"), ({"letters": ["D"]}, "/letters"), ({"stem": " "}, "/stem"),
        ({"choices": ["甲", "", "乙"]}, "/choices"), ({"explanation": ""}, "/explanation"),
        ({"kind": "fill_in", "answer": "1；2"}, "/answer"), ({"kind": "short"}, "/answer"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_stand_is_refused_at_its_field(
    school: TestClient, change: dict, field: str
) -> None:
    base = f"/exam-banks/{_bank(school)}"
    refused = post(school, f"{base}/items", ITEM | change)
    assert refused.status_code == 422, refused.text
    assert [each["field"] for each in refused.json()["errors"]] == [field]
    assert refused.json()["remedy"]
    assert school.get(f"/api/v1{base}/items").json()["total"] == 0


def test_questions_are_found_by_text_kind_and_chapter(school: TestClient, parts: Parts) -> None:
    bank_id = _bank(school)
    with parts.database.reading() as db:
        org_id = rows.bank(db, bank_id).owner_id
    stocked = stock(parts, org_id)
    address = f"/api/v1/exam-banks/{stocked.bank_id}/items"
    assert school.get(address).json()["total"] == 5
    for query, codes in (
        ({"q": "红色"}, ["Q0001"]), ({"q": "安全电压"}, ["Q0004"]), ({"q": "%"}, []),
        ({"kind": "short"}, ["Q0005"]), ({"chapter": "第二章 用电"}, ["Q0003", "Q0004"]),
        ({"chapter": "第二章 用电", "kind": "fill_in"}, ["Q0004"]),
            ({"sort": "-code"}, ["Q0005", "Q0004", "Q0003", "Q0002", "Q0001"]),
    ):  # fmt: skip
        found = school.get(address, params=query).json()
        assert [item["code"] for item in found["items"]] == codes, query
    assert found["chapters"] == ["第一章 安全标志", "第三章 急救", "第二章 用电"]


def test_another_institution_finds_nothing(school: TestClient, parts: Parts) -> None:
    bank_id = _bank(school)
    item_id = post(school, f"/exam-banks/{bank_id}/items", ITEM).json()["item_id"]
    course = make_course(parts)
    found_school(parts, RIVAL, uscc=RIVAL_USCC)
    with school_client(parts, RIVAL) as rival:
        own_id = post(rival, "/exam-banks", {"title": "电工题库"}).json()["bank_id"]
        tried = [
            put(rival, f"/exam-banks/{bank_id}", {"title": "我的"}),
            put(rival, f"/exam-banks/{bank_id}/courses/{course.course_id}", {}),
            put(rival, f"/exam-banks/{own_id}/courses/{course.course_id}", {}),
            delete(rival, f"/exam-banks/{own_id}/courses/{course.course_id}"),
            post(rival, f"/exam-banks/{bank_id}/items", ITEM),
            put(rival, f"/exam-banks/{own_id}/items/{item_id}", ITEM),
            delete(rival, f"/exam-banks/{own_id}/items/{item_id}"),
            *(rival.get(f"/api/v1/exam-banks/{bank_id}/{what}")
              for what in ("items", "items.xlsx", "items.zip", f"items/{item_id}")),
            *(rival.get(f"/banks/{bank_id}{what}")
              for what in ("", "/import", "/items/new", f"/items/{item_id}")),
        ]  # fmt: skip
        assert {answer.status_code for answer in tried} == {404}
        assert len(rival.get("/api/v1/exam-banks").json()) == 1


def test_names_of_banks_are_told_apart(school: TestClient) -> None:
    bank_id = _bank(school)
    again = post(school, "/exam-banks", {"title": " 电工题库 "})
    assert (again.status_code, again.json()["code"]) == (409, "bank_title_taken")
    other_id = post(school, "/exam-banks", {"title": "焊工题库"}).json()["bank_id"]
    assert put(school, f"/exam-banks/{other_id}", {"title": "电工题库"}).status_code == 409
    assert put(school, f"/exam-banks/{bank_id}", {"title": "电工题库"}).status_code == 200
    assert (
        put(school, f"/exam-banks/{bank_id}", {"title": "低压电工"}).json()["title"] == "低压电工"
    )


def test_a_course_draws_from_all_its_banks_and_papers_keep_their_versions(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """Alice's open paper shows what it was drawn from, whatever the institution does meanwhile."""
    player = study_through(client, parts, clock)
    with parts.database.reading() as db:
        course_id = db.scalars(select(rows.Course.id)).one()
    org_id = found_school(parts)
    school = stock(parts, org_id, course_id)
    with parts.database.reading() as db:
        assert len(rows.pool(db, rows.bank_ids(db, course_id))) == 24 + 5
    attempt = examinee.start(client, player.enrolment_id)
    before = client.get(f"/api/v1/attempts/{attempt['attempt_id']}").json()
    clock.advance(ms=1000)
    with TestClient(create_app(parts)) as author:
        sign_in(author, parts, SCHOOL)
        for kind, item_id in school.items.items():
            if kind == "single":
                edited = put(
                    author, f"/exam-banks/{school.bank_id}/items/{item_id}",
                    ITEM | {"stem": "全新的题干？"},
                )  # fmt: skip
                assert edited.status_code == 200, edited.text
            else:
                assert delete(
                    author, f"/exam-banks/{school.bank_id}/items/{item_id}"
                ).status_code == 204  # fmt: skip
    after = client.get(f"/api/v1/attempts/{attempt['attempt_id']}").json()
    assert after["questions"] == before["questions"]
    with parts.database.reading() as db:
        assert len(rows.pool(db, rows.bank_ids(db, course_id))) == 24 + 1
        before_edits = rows.pool(
            db, rows.bank_ids(db, course_id), clock.now() - dt.timedelta(milliseconds=500)
        )
        assert len(before_edits) == 24 + 5
