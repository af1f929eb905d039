"""A41, A42, A44: the exam answered by trying, and answers looked for in what the server says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests import examinee
from tests.attacks.bot import Bot
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs, Outcome, keep
from tests.people import csrf

FILM_MS = 60_000
KEYS = ("answer", "is_right", "explanation", "correct", "score", "key", "right")


@pytest.fixture
def examined(lab: Laboratory) -> Iterator[Bot]:
    """Somebody whose hours are confirmed, and who knows nothing."""
    course = lab.make_course(film_ms=FILM_MS, presence_gap_s=None)
    with lab.bot(Needs.NONE, course=course) as bot:
        for _ in bot.minutes(1):
            bot.play_minute()
        bot.ask_check()
        bot.needs = Needs.PATIENT
        bot.respond()
        bot.needs = Needs.NONE
        assert bot.totals()["confirmed_ms"] == FILM_MS
        yield bot


def _names(plain: Any) -> Iterator[str]:
    if isinstance(plain, dict):
        for name, value in plain.items():
            yield name
            yield from _names(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from _names(value)


def test_brute_force_stops_at_the_attempts_a_day(examined: Bot) -> None:
    """Hands in every letter in turn, and begins again as often as it may."""
    papers, refused, passed = set(), "", False
    for letter in "ABCDABCD":
        begun = examined.client.post(
            f"/api/v1/enrolments/{examined.enrolment_id}/attempts", headers=csrf(examined.client)
        )
        if begun.status_code != 201:
            refused = begun.json()["code"]
            break
        attempt = begun.json()
        papers.add(tuple(question["item_id"] for question in attempt["questions"]))
        for question in attempt["questions"]:
            choice = letter if letter in "ABCD"[: len(question["choices"])] else "A"
            more = ["D"] if question["kind"] == "multiple" and choice != "D" else []
            done = examinee.put(
                examined.client, attempt, question["item_id"], sorted([choice, *more])
            )
            assert not set(_names(done.json())) & set(KEYS)
        address = f"/api/v1/attempts/{attempt['attempt_id']}/submission"
        passed = examined.client.post(address, headers=csrf(examined.client)).json()["passed"]
        if passed:
            break
    assert refused == "cooling" or passed
    assert len(papers) <= 3
    keep(
        Outcome(
            name="exam brute force", rows="A41", needs=Needs.NONE, reasons=[refused or "luck"],
            detected_after_ms=0, note="three papers a day, each drawn anew",
        )
    )  # fmt: skip


def test_no_answer_leaves_before_the_paper_is_in(examined: Bot) -> None:
    """Every JSON and page that somebody at an open paper can get is searched for its keys."""
    attempt = examinee.start(examined.client, examined.enrolment_id)
    examinee.put(examined.client, attempt, attempt["questions"][0]["item_id"], ["A"])
    addresses = [
        f"/api/v1/attempts/{attempt['attempt_id']}", f"/api/v1/enrolments/{examined.enrolment_id}",
        "/api/v1/enrolments", f"/api/v1/catalogue/courses/{examined.course.course_id}",
        f"/exam/{examined.enrolment_id}", f"/learn/{examined.enrolment_id}",
        f"/exam/attempts/{attempt['attempt_id']}", "/api/v1/me/wrong-questions",
        "/wrong-questions",
    ]  # fmt: skip
    for address in addresses:
        answer = examined.client.get(address)
        assert answer.status_code == 200, (address, answer.text)
        assert "课文里讲过" not in answer.text, address
        if answer.headers["content-type"].startswith("application/json"):
            assert not {"answer", "is_right", "explanation"} & set(_names(answer.json())), address
    for question in attempt["questions"]:  # nor by trying in the book of wrong answers
        item_id = question["item_id"]
        tried = examined.client.post(
            f"/api/v1/me/wrong-questions/{item_id}/tries", json={"choices": ["A"]},
            headers=csrf(examined.client),
        )  # fmt: skip
        assert (tried.status_code, "answer" in tried.json()) == (404, False)
        assert examined.client.get(f"/wrong-questions/{item_id}").status_code == 404
    over = examined.client.get(f"/api/v1/attempts/{attempt['attempt_id']}/result")
    assert over.status_code in (404, 405, 409)
    again = examinee.start(examined.client, examined.enrolment_id)
    assert json.dumps(again["questions"]) == json.dumps(attempt["questions"])
    keep(
        Outcome(
            name="answers looked for on the wire", rows="A42", needs=Needs.NONE,
            note=f"{len(addresses)} addresses, none holds a key",
        )
    )  # fmt: skip
