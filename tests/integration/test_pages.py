"""Every public page answers, and every page of somebody's own asks strangers to sign in."""

import pytest
from starlette.testclient import TestClient

from tests.courses import make_course


@pytest.mark.parametrize(
    "path",
    ["/", "/courses", "/courses?q=安全", "/verify", "/verify?number=ZZ51&name=x", "/terms",
     "/privacy", "/help", "/complaint", "/sign-in", "/v/AbCdEfGhIjKlMnOp"],
)  # fmt: skip
def test_public_pages_are_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/home", "/hours", "/inbox", "/me", "/certificates", "/signup/identity",
     "/signup/questions", "/employer", "/desk", "/regulator", "/learn/" + "0" * 26,
     "/exam/" + "0" * 26],
)  # fmt: skip
def test_pages_of_ones_own_lead_to_the_sign_in(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")


def test_a_course_page_offers_the_way_in(client: TestClient, parts) -> None:
    course = make_course(parts)
    page = client.get(f"/courses/{course.course_id}")
    assert "登录后报名" in page.text
    assert client.get("/courses/" + "0" * 26).status_code == 404
