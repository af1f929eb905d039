"""Somebody who sits an exam over HTTP and knows, or does not know, the answers."""

from typing import Any

from starlette.testclient import TestClient

from app.learning.models.exams import ExamItem
from app.lobby.parts import Parts
from tests.people import csrf


def start(client: TestClient, enrolment_id: str) -> dict[str, Any]:
    answer = client.post(f"/api/v1/enrolments/{enrolment_id}/attempts", headers=csrf(client))
    assert answer.status_code == 201, answer.text
    attempt: dict[str, Any] = answer.json()
    return attempt


def right_letters(parts: Parts, question: dict[str, Any]) -> list[str]:
    """The right letters in the order in which this paper shows the choices."""
    with parts.database.reading() as db:
        item = db.get_one(ExamItem, question["item_id"])
        right = {item.choices["ABCDEFGH".index(letter)] for letter in item.answer}
    return ["ABCDEFGH"[place] for place, text in enumerate(question["choices"]) if text in right]


def put(client: TestClient, attempt: dict[str, Any], item_id: str, choices: list[str]) -> Any:
    address = f"/api/v1/attempts/{attempt['attempt_id']}/answers/{item_id}"
    return client.put(address, json={"choices": choices}, headers=csrf(client))


def sit(client: TestClient, parts: Parts, enrolment_id: str, *, wrong: int = 0) -> dict[str, Any]:
    """Answer everything, the first `wrong` questions wrongly, and hand in."""
    attempt = start(client, enrolment_id)
    for index, question in enumerate(attempt["questions"]):
        right = right_letters(parts, question)
        letters = "ABCDEFGH"[: len(question["choices"])]
        other = next(letter for letter in letters if [letter] != right)
        answer = put(client, attempt, question["item_id"], [other] if index < wrong else right)
        assert answer.status_code == 200, answer.text
        assert answer.json()["answered"] == index + 1
    address = f"/api/v1/attempts/{attempt['attempt_id']}/submission"
    done = client.post(address, headers=csrf(client))
    assert done.status_code == 200, done.text
    result: dict[str, Any] = done.json()
    return result
