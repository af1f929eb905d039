"""What authors enter: names that a certificate can print, and refusals that say what to do."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from app.lobby.parts import Parts
from app.org.models.organisations import Organisation
from tests.employers import post
from tests.institutions import AUTHOR, CARD, SCHOOL, Writer, found_school, writer
from tests.integration.org.test_applications import SCHOOL as APPLICATION
from tests.people import ALICE, csrf, sign_in, verify


@pytest.fixture
def author(parts: Parts) -> Iterator[Writer]:
    found_school(parts, SCHOOL, AUTHOR)
    made = writer(parts, AUTHOR)
    yield made
    made.client.__exit__(None, None, None)


def test_a_title_is_looked_at_with_its_card(author: Writer) -> None:
    version_id = author.make("/courses", CARD)
    for title, told in (
        ("Hⱼ 检测", "U+2C7C"),
        ("安全用电😀", "U+1F600"),
        ("安全\ue863", "U+E863"),
    ):
        for method, path in (("POST", "/courses"), ("PUT", f"/versions/{version_id}")):
            refused = author.call(method, path, CARD | {"title": title}, wanted=422)
            assert refused["errors"][0]["field"] == "/title"
            assert told in refused["detail"]
            assert "通行的字" in refused["remedy"]
    assert author.draft(version_id)["title"] == CARD["title"]


def test_an_empty_number_and_an_empty_file_say_what_to_do(author: Writer) -> None:
    refused = author.call("POST", "/courses", CARD | {"required_minutes": None}, wanted=422)
    assert refused["errors"] == [
        {"field": "/required_minutes", "code": "int_type", "message": "请填写。"}
    ]
    version_id = author.make("/courses", CARD)
    chapter_id = author.draft(version_id)["chapters"][0]["chapter_id"]
    lesson = {"kind": "video", "title": "看懂配电箱"}
    lesson_id = author.make(f"/chapters/{chapter_id}/lessons", lesson)
    empty = {"name": "空.mp4", "size": 0}
    refused = author.call("POST", f"/lessons/{lesson_id}/uploads", empty, wanted=422)
    assert refused["errors"][0]["message"] == "文件是空的，请重新选择。"


def test_what_nobody_sees_of_a_title_is_left_out(author: Writer) -> None:
    pasted = "\ufeff车间\u200b用电\u00ad安\u202e全"
    version_id = author.make("/courses", CARD | {"title": pasted})
    assert author.draft(version_id)["title"] == "车间用电安全"
    author.call("POST", "/courses", CARD | {"title": "\u200b\u202e"}, wanted=422)


def test_an_institution_of_before_is_told_before_review(author: Writer, parts: Parts) -> None:
    with parts.database.transaction() as db:
        db.execute(update(Organisation).values(name="培训学校ⱼ"))
    version_id = author.write_course()
    missing = author.draft(version_id)["shortfalls"]
    [about] = [each["sentence"] for each in missing if each["code"] == "certificate"]
    assert "培训机构里有证书字体没有的字：“ⱼ”（U+2C7C）" in about
    assert "联系平台" in about
    author.call("POST", f"/versions/{version_id}/submission", wanted=422)


def test_an_organisations_name_is_looked_at_when_it_applies(
    client: TestClient, parts: Parts
) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    refused = post(client, "/me/organisations", APPLICATION | {"name": "成都电子😀行业协会"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/name")
    assert "U+1F600" in refused.json()["detail"]
    taken = client.post(
        "/api/v1/me/organisations", json=APPLICATION | {"name": "成都\u200b电子行业协会"},
        headers=csrf(client),
    )  # fmt: skip
    assert taken.json()["name"] == "成都电子行业协会"
