"""Teaching materials: attached to a draft, fixed with its version, taken along by its learners."""

from collections.abc import Iterator

import pytest
from httpx import Response
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError
from starlette.testclient import TestClient

from app.learning.models.versions import Material
from app.lobby.parts import Parts
from tests.institutions import (
    AUTHOR,
    CARD,
    COLLEAGUE,
    OTHER_SCHOOL,
    SCHOOL,
    Writer,
    fill_bank,
    found_school,
    writer,
)
from tests.people import ALICE, CAROL, MALLORY, csrf, sign_in, verify

PDF = b"%PDF-1.7 " + bytes(300_000)


@pytest.fixture
def author(parts: Parts) -> Iterator[Writer]:
    found_school(parts, SCHOOL, AUTHOR, COLLEAGUE)
    made = writer(parts, AUTHOR)
    yield made
    made.client.__exit__(None, None, None)


def _attach(one: Writer, version_id: str, title: str, content: bytes) -> Response:
    return one.client.post(
        f"/api/v1/authoring/versions/{version_id}/materials", params={"title": title},
        content=content, headers=csrf(one.client),
    )  # fmt: skip


def _enrol(client: TestClient, course_id: str) -> str:
    body = {"course_id": course_id}
    made = client.post("/api/v1/enrolments", json=body, headers=csrf(client))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_what_is_no_document_is_refused_with_what_to_do(author: Writer) -> None:
    version_id = author.make("/courses", CARD)
    for title, content in (("手册.pdf", b"<html>"), ("手册.html", b"<html>"), ("a.zip", b"PK")):
        problem = _attach(author, version_id, title, content)
        assert problem.status_code == 422, problem.text
        assert problem.json()["code"] == "material_type"
        assert problem.json()["remedy"]
    large = _attach(author, version_id, "手册.pdf", b"%PDF-" + bytes(20 * 2**20))
    assert large.status_code == 413


def test_a_material_is_fixed_with_its_version_and_its_learners_take_it_along(
    author: Writer, parts: Parts, client: TestClient
) -> None:
    version_id = author.write_course()
    made = _attach(author, version_id, "用电手册.pdf", PDF)
    assert made.status_code == 201, made.text
    gone = _attach(author, version_id, "写错了.pdf", b"%PDF-1.7").json()["id"]
    author.call("DELETE", f"/materials/{gone}")
    own = f"/api/v1/authoring/materials/{made.json()['id']}"
    assert author.client.get(own).content == PDF
    fill_bank(parts, version_id)
    author.call("POST", f"/versions/{version_id}/submission")
    colleague = writer(parts, COLLEAGUE)
    colleague.call("POST", f"/versions/{version_id}/review", {"publishes": True})
    author.call("DELETE", f"/materials/{made.json()['id']}", wanted=409)
    with (
        pytest.raises(DatabaseError, match="never changes"),
        parts.database.transaction() as db,
    ):
        db.execute(update(Material).values(title="换了.pdf"))
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    enrolment_id = _enrol(client, version_id)
    page = client.get(f"/learn/{enrolment_id}").text
    assert "用电手册.pdf" in page
    assert "第一章" in page
    path = f"/api/v1/enrolments/{enrolment_id}/materials/{made.json()['id']}"
    taken = client.get(path)
    assert (taken.content, taken.headers["content-type"]) == (PDF, "application/pdf")
    assert taken.headers["content-disposition"].startswith("attachment")
    found_school(parts, OTHER_SCHOOL, MALLORY)
    stranger = writer(parts, MALLORY)
    assert stranger.client.get(own).status_code == 404
    assert stranger.client.get(path).status_code == 404
    sign_in(client, parts, CAROL)
    assert client.get(path).status_code == 404
    copy = author.make(f"/courses/{version_id}/versions", {})
    assert [each["title"] for each in author.draft(copy)["materials"]] == ["用电手册.pdf"]
    for each in (colleague, stranger):
        each.client.__exit__(None, None, None)
