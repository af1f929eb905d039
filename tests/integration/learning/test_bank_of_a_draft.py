"""The bank and the blueprint of a course that is not published yet, by the routes of its pages."""

from collections.abc import Iterator

import pytest

from app.lobby.parts import Parts
from tests.contract.calls import ITEM
from tests.employers import delete, post, put
from tests.institutions import AUTHOR, OTHER_SCHOOL, SCHOOL, Writer, found_school, writer
from tests.people import MALLORY

BLUEPRINT = {"minutes": 10, "sections": [{"title": "选择题", "count": 5, "points": 20}]}


@pytest.fixture
def author(parts: Parts) -> Iterator[Writer]:
    found_school(parts, SCHOOL, AUTHOR)
    made = writer(parts, AUTHOR)
    yield made
    made.client.__exit__(None, None, None)


def _bank(author: Writer) -> str:
    bank_id = post(author.client, "/exam-banks", {"title": "用电题库"}).json()["bank_id"]
    for number in range(5):
        asked = ITEM | {"stem": f"第 {number} 题？"}
        assert post(author.client, f"/exam-banks/{bank_id}/items", asked).status_code == 201
    return str(bank_id)


def test_a_draft_gets_its_questions_and_is_submitted(author: Writer) -> None:
    version_id = author.write_course()
    course_id = author.draft(version_id)["course_id"]
    bank_id = _bank(author)
    used = put(author.client, f"/exam-banks/{bank_id}/courses/{course_id}", None)
    assert used.status_code == 200, used.text
    assert [
        (each["version_id"], each["is_used"]) for each in used.json()["courses"]
    ] == [(version_id, True)]  # fmt: skip
    plan = author.client.get(f"/api/v1/exam-blueprints/{course_id}")
    assert (plan.status_code, plan.json()["number"]) == (200, 0)
    saved = put(author.client, f"/exam-blueprints/{course_id}", BLUEPRINT)
    assert (saved.status_code, saved.json()["number"]) == (200, 1), saved.text
    assert author.draft(version_id)["shortfalls"] == []
    author.call("POST", f"/versions/{version_id}/submission")


def test_a_draft_that_had_questions_is_thrown_away_whole(author: Writer) -> None:
    version_id = author.write_course()
    course_id = author.draft(version_id)["course_id"]
    bank_id = _bank(author)
    put(author.client, f"/exam-banks/{bank_id}/courses/{course_id}", None)
    put(author.client, f"/exam-blueprints/{course_id}", BLUEPRINT)
    author.call("DELETE", f"/versions/{version_id}")
    kept = author.client.get("/api/v1/exam-banks").json()
    assert [(each["item_count"], each["courses"]) for each in kept] == [(5, [])]


def test_a_draft_of_others_is_nowhere(author: Writer, parts: Parts) -> None:
    course_id = author.draft(author.write_course())["course_id"]
    found_school(parts, OTHER_SCHOOL, MALLORY)
    rival = writer(parts, MALLORY)
    bank_id = _bank(rival)
    use = f"/exam-banks/{bank_id}/courses/{course_id}"
    assert put(rival.client, use, None).status_code == 404
    assert delete(rival.client, use).status_code == 404
    assert rival.client.get(f"/api/v1/exam-blueprints/{course_id}").status_code == 404
    assert put(rival.client, f"/exam-blueprints/{course_id}", BLUEPRINT).status_code == 404
    rival.client.__exit__(None, None, None)
