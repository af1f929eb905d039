"""A file that is refused: a page for who clicked, a problem document for a program."""

import pytest
from starlette.testclient import TestClient

from app.lobby.parts import Parts
from tests.employers import agent
from tests.people import ALICE, MALLORY, sign_in

CLICK = {"sec-fetch-mode": "navigate", "accept": "text/html,application/xhtml+xml"}
FILE = "/api/v1/org/matrix.xlsx"


@pytest.mark.parametrize(
    "click", [CLICK, {"accept": "text/html,*/*;q=0.8"}], ids=["says so", "old"]
)
def test_who_clicks_gets_a_page(client: TestClient, parts: Parts, click: dict[str, str]) -> None:
    agent(client, parts, MALLORY)
    answer = client.get("/api/v1/org/matrix.xlsx?state=nonsense", headers=click)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1" in answer.text
    assert "按提示改正" in answer.text


def test_a_program_gets_the_problem_document(client: TestClient, parts: Parts) -> None:
    agent(client, parts, MALLORY)
    for headers in (
        {},
        {"sec-fetch-mode": "cors", "accept": "*/*"},
        {"accept": "application/json"},
    ):
        answer = client.get("/api/v1/org/matrix.xlsx?state=nonsense", headers=headers)
        assert answer.headers["content-type"].startswith("application/problem+json")


def test_who_is_not_signed_in_any_more_comes_back_to_the_page(client: TestClient) -> None:
    came_from = {"referer": f"{client.base_url}/employer/progress?state=overdue"}
    answer = client.get(FILE, headers=CLICK | came_from)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/employer/progress"
    assert client.get(FILE, headers=CLICK).headers["location"] == "/sign-in?next=/home"


@pytest.mark.parametrize(
    "referer", ["http://[x", "https://elsewhere.example/employer/progress", "/employer", ""]
)
def test_who_came_from_no_page_of_ours_comes_home(client: TestClient, referer: str) -> None:
    answer = client.get(FILE, headers=CLICK | {"referer": referer})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/home")


def test_what_is_not_refused_leaves_as_it_is(client: TestClient, parts: Parts) -> None:
    agent(client, parts, MALLORY)
    plain, clicked = client.get(FILE), client.get(FILE, headers=CLICK)
    assert plain.status_code == clicked.status_code == 200
    assert clicked.headers["content-type"] == plain.headers["content-type"]
    assert clicked.content[:2] == b"PK"


def test_a_form_of_somebody_elses_is_not_the_case(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    answer = client.post("/api/v1/org/reminders", headers=CLICK, json={})
    assert answer.headers["content-type"].startswith("application/problem+json")
