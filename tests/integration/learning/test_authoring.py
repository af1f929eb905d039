"""A course from the first word to the first learner, over HTTP, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.audit import AuditEvent
from app.learning.services import policies
from app.lobby.parts import Parts
from tests.institutions import (
    AUTHOR,
    CARD,
    COLLEAGUE,
    OTHER_SCHOOL,
    SCHOOL,
    TEXT,
    Writer,
    fill_bank,
    found_school,
    writer,
)
from tests.people import ALICE, MALLORY, csrf, sign_in, verify


@dataclass(slots=True)
class School:
    parts: Parts
    author: Writer
    colleague: Writer


@pytest.fixture
def school(parts: Parts) -> Iterator[School]:
    found_school(parts, SCHOOL, AUTHOR, COLLEAGUE)
    made = School(parts, writer(parts, AUTHOR), writer(parts, COLLEAGUE))
    yield made
    for each in (made.author, made.colleague):
        each.client.__exit__(None, None, None)


def _titles(draft: dict) -> list[list[str]]:
    return [[lesson["title"] for lesson in each["lessons"]] for each in draft["chapters"]]


def test_from_the_first_word_to_the_first_learner(school: School, client: TestClient) -> None:
    author, colleague = school.author, school.colleague
    version_id = author.write_course()
    author.call("POST", f"/versions/{version_id}/submission", wanted=422)
    missing = author.draft(version_id)["shortfalls"]
    assert [each["code"] for each in missing] == ["bank"]
    fill_bank(school.parts, version_id)
    author.call("POST", f"/versions/{version_id}/submission")
    review = f"/versions/{version_id}/review"
    author.call("POST", review, {"publishes": True}, wanted=403)
    colleague.call("POST", review, {"publishes": False}, wanted=422)
    lesson_id = author.draft(version_id)["chapters"][0]["lessons"][0]["lesson_id"]
    back = {"publishes": False, "comments": {lesson_id: "第二页太长"}}
    colleague.call("POST", review, back)
    told = author.draft(version_id)
    assert (told["state"], told["reviews"][0]["comments"]) == ("draft", back["comments"])
    notice = author.client.get("/api/v1/me/notices").json()[0]
    assert (notice["title"], CARD["title"] in notice["text"]) == ("课程退回修改", True)
    author.call("PUT", f"/lessons/{lesson_id}/text", {"text": TEXT}, wanted=200)
    author.call("POST", f"/versions/{version_id}/submission")
    colleague.call("POST", review, {"publishes": True, "note": "好"})
    assert author.client.get("/api/v1/me/notices").json()[0]["title"] == "课程已发布"
    author.call("PUT", f"/lessons/{lesson_id}/text", {"text": TEXT}, wanted=409)
    sign_in(client, school.parts, ALICE)
    verify(client, ALICE)
    course_id = told["course_id"]
    answer = client.post("/api/v1/enrolments", json={"course_id": course_id}, headers=csrf(client))
    assert answer.status_code == 201, answer.text
    assert answer.json()["course_title"] == CARD["title"]
    with school.parts.database.reading() as db:
        asked = policies.in_force(db, course_id, now=school.parts.clock.now())
        events = db.scalars(
            select(AuditEvent.event)
            .where(AuditEvent.subject_id == course_id)
            .order_by(AuditEvent.at, AuditEvent.id)
        ).all()
    assert asked.required_s == 60
    assert sorted(events) == sorted(
        ["course.begun", "course.submitted", "course.returned", "course.submitted",
         "course.published"]
    )  # fmt: skip


def test_the_next_version_is_a_copy_and_the_old_one_stays(school: School) -> None:
    author, colleague = school.author, school.colleague
    first = author.write_course()
    fill_bank(school.parts, first)
    author.call("POST", f"/versions/{first}/submission")
    colleague.call("POST", f"/versions/{first}/review", {"publishes": True})
    before = author.draft(first)
    second = author.make(f"/courses/{before['course_id']}/versions", {})
    assert author.make(f"/courses/{before['course_id']}/versions", {}) == second
    copy = author.draft(second)
    assert (copy["number"], _titles(copy)) == (2, _titles(before))
    ids = {
        lesson["lesson_id"] for each in (before, copy) for lesson in each["chapters"][0]["lessons"]
    }
    assert len(ids) == 8
    author.call("PUT", f"/versions/{second}", CARD | {"title": "用电安全（新版）"})
    author.call("POST", f"/versions/{second}/submission")
    colleague.call("POST", f"/versions/{second}/review", {"publishes": True})
    assert [author.draft(each)["state"] for each in (first, second)] == ["retired", "published"]
    assert author.draft(first)["title"] == CARD["title"]
    author.call("POST", f"/versions/{second}/retirement")
    author.call("POST", f"/versions/{second}/retirement", wanted=409)


def test_chapters_and_lessons_change_places(school: School) -> None:
    author = school.author
    version_id = author.make("/courses", CARD)
    one = author.draft(version_id)["chapters"][0]["chapter_id"]
    two = author.make(f"/versions/{version_id}/chapters", {"title": "第二章"})
    a, b, c = (
        author.make(f"/chapters/{chapter}/lessons", {"kind": "document", "title": title})
        for chapter, title in ((one, "甲"), (two, "丙"), (one, "乙"))
    )
    assert _titles(author.draft(version_id)) == [["甲", "乙"], ["丙"]]
    author.call("POST", f"/lessons/{a}/move", {"to": "down"})
    assert _titles(author.draft(version_id)) == [["乙", "甲"], ["丙"]]
    author.call("POST", f"/lessons/{a}/move", {"to": "down"})
    assert _titles(author.draft(version_id)) == [["乙"], ["甲", "丙"]]
    author.call("POST", f"/chapters/{two}/move", {"to": "up"})
    assert _titles(author.draft(version_id)) == [["甲", "丙"], ["乙"]]
    author.call("POST", f"/lessons/{c}/move", {"to": "up"})
    assert _titles(author.draft(version_id)) == [["甲", "丙", "乙"], []]
    author.call("POST", f"/lessons/{c}/move", {"to": "down"})
    author.call("DELETE", f"/chapters/{one}", wanted=409)
    author.call("DELETE", f"/lessons/{c}")
    author.call("DELETE", f"/chapters/{one}")
    shown = author.draft(version_id)
    assert _titles(shown) == [["甲", "丙"]]
    assert [each["position"] for each in shown["chapters"][0]["lessons"]] == [1, 2]
    assert b in {each["lesson_id"] for each in shown["chapters"][0]["lessons"]}
    author.call("DELETE", f"/versions/{version_id}")
    author.call("GET", f"/versions/{version_id}", wanted=404)
    assert author.call("GET", "/courses", wanted=200) == []


def test_another_institution_finds_nothing(school: School) -> None:
    parts = school.parts
    found_school(parts, OTHER_SCHOOL, MALLORY)
    version_id = school.author.write_course()
    draft = school.author.draft(version_id)
    chapter, lesson = draft["chapters"][0], draft["chapters"][0]["lessons"][0]
    stranger = writer(parts, MALLORY)
    chapter_id, lesson_id = chapter["chapter_id"], lesson["lesson_id"]
    for method, path, body in (
        ("GET", f"/versions/{version_id}", None),
        ("PUT", f"/versions/{version_id}", CARD),
        ("DELETE", f"/versions/{version_id}", None),
        ("POST", f"/courses/{draft['course_id']}/versions", {}),
        ("POST", f"/versions/{version_id}/chapters", {"title": "章"}),
        ("POST", f"/versions/{version_id}/submission", None),
        ("POST", f"/versions/{version_id}/review", {"publishes": True}),
        ("PUT", f"/chapters/{chapter_id}", {"title": "章"}),
        ("POST", f"/chapters/{chapter_id}/move", {"to": "up"}),
        ("POST", f"/chapters/{chapter_id}/lessons", {"kind": "document", "title": "课"}),
        ("DELETE", f"/chapters/{chapter_id}", None),
        ("PUT", f"/lessons/{lesson_id}", {"title": "课"}),
        ("PUT", f"/lessons/{lesson_id}/text", {"text": TEXT}),
        ("PUT", f"/lessons/{lesson_id}/questions", {"questions": []}),
        ("PUT", f"/lessons/{lesson_id}/captions", {"text": ""}),
        ("POST", f"/lessons/{lesson_id}/move", {"to": "up"}),
        ("POST", f"/lessons/{lesson_id}/uploads", {"name": "a.mp4", "size": 1}),
        ("POST", f"/lessons/{lesson_id}/coding", None),
        ("DELETE", f"/lessons/{lesson_id}/coding", None),
        ("DELETE", f"/lessons/{lesson_id}", None),
    ):
        stranger.call(method, path, body, wanted=404)
    assert stranger.call("GET", "/courses", wanted=200) == []
    assert school.author.draft(version_id) == draft
    course = stranger.client.get(f"/api/v1/catalogue/courses/{draft['course_id']}")
    assert course.status_code == 404
    stranger.client.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("没有标题", 1),
        ("## 只有标题\n", 1),
        ("## 一\n\n字\n\n## \n\n字", 5),
        ("\n\n前面的字\n## 一\n字", 3),
    ],
)
def test_a_text_that_cannot_be_read_is_named_by_its_line(
    school: School, text: str, line: int
) -> None:
    problem = school.author.call("POST", "/texts", {"text": text}, wanted=422)
    assert problem["errors"][0]["field"] == "/text"
    assert f"第 {line} 行" in problem["detail"]
    assert problem["remedy"]


def test_a_long_text_is_taken_whole(school: School) -> None:
    author = school.author
    version_id = author.make("/courses", CARD)
    chapter_id = author.draft(version_id)["chapters"][0]["chapter_id"]
    path = f"/chapters/{chapter_id}/lessons"
    lesson_id = author.make(path, {"kind": "document", "title": "长文"})
    text = "".join(f"## 第 {page} 页\n\n{'断电' * 700}\n\n" for page in range(1, 121))
    assert len(text.encode()) > 400_000
    author.call("PUT", f"/lessons/{lesson_id}/text", {"text": text}, wanted=200)
    [lesson] = author.draft(version_id)["chapters"][0]["lessons"]
    assert (lesson["pages"], lesson["source"]) == (120, text)


def test_questions_stay_with_their_pages(school: School) -> None:
    author = school.author
    version_id = author.make("/courses", CARD)
    chapter_id = author.draft(version_id)["chapters"][0]["chapter_id"]
    lesson_id = author.make(f"/chapters/{chapter_id}/lessons", {"kind": "document", "title": "一"})
    author.call("PUT", f"/lessons/{lesson_id}/text", {"text": TEXT}, wanted=200)
    question = {
        "page": 2, "stem": "要看清什么？", "choices": ["甲", "乙", "丙", "丁"], "answer": [0],
        "explanation": "见第二页",
    }  # fmt: skip
    path = f"/lessons/{lesson_id}/questions"
    author.call("PUT", path, {"questions": [question | {"page": 3}]}, wanted=422)
    author.call("PUT", path, {"questions": [question | {"answer": [0, 1, 2, 3]}]}, wanted=422)
    author.call("PUT", path, {"questions": [question]})
    [kept] = author.draft(version_id)["chapters"][0]["lessons"][0]["questions"]
    assert (kept["from_ms"], kept["to_ms"]) == (5_000, 5_000 + 35_000)
    author.call(
        "PUT", f"/lessons/{lesson_id}/text", {"text": "## 一页\n\n" + "字" * 50}, wanted=200
    )
    assert author.draft(version_id)["chapters"][0]["lessons"][0]["questions"] == []


def test_of_two_who_write_one_text_the_second_is_told(school: School) -> None:
    version_id = school.author.write_course()
    lesson = school.author.draft(version_id)["chapters"][0]["lessons"][0]
    path, number = f"/lessons/{lesson['lesson_id']}/text", lesson["text_number"]
    theirs = {"text": TEXT + "先看牌。", "number": number}
    assert school.colleague.call("PUT", path, theirs, wanted=200) == {"number": number + 1}
    mine = {"text": TEXT + "先断电。", "number": number}
    told = school.author.call("PUT", path, mine, wanted=409)
    assert (told["code"], told["errors"][0]["field"]) == ("old_text", "/text")
    assert COLLEAGUE.name in told["detail"]
    assert "复制" in told["remedy"]
    found = school.author.draft(version_id)["chapters"][0]["lessons"][0]
    assert (found["text_number"], found["source"].endswith("先看牌。")) == (number + 1, True)
    school.author.call("PUT", path, mine | {"number": number + 1}, wanted=200)
    again = school.author.call("PUT", path, mine, wanted=200)  # the same again changes nothing
    assert again == {"number": number + 2}
