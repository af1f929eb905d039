"""Figures of a bank over the papers of its course: from thirty on, by version, of no person."""

import datetime as dt

import pytest
from starlette.testclient import TestClient

from app.core.ids import new_id
from app.learning.models.exams import ExamAnswer, ExamAttempt
from app.lobby.parts import Parts
from tests.contract.calls import ITEM
from tests.courses import make_course
from tests.employers import post, put
from tests.people import ALICE, sign_in, verify
from tests.schools import School, found_school, school_client, stock


def _sat(parts: Parts, school: School, enrolment_id: str, learner_id: str, count: int) -> None:
    """Papers of one question with shown choices turned about; every third is right."""
    item_id, now = school.items["single"], parts.clock.now()
    with parts.database.transaction() as db:
        for number in range(2, count + 2):
            is_right = number % 3 == 0
            attempt = ExamAttempt(
                id=new_id(now), enrolment_id=enrolment_id, learner_id=learner_id, number=number,
                paper=[[item_id, [3, 2, 1, 0]]], started_at=now, deadline_at=now, closes_at=now,
                state="graded", ended_at=now + dt.timedelta(seconds=number),
                score=100 if is_right else 0, passed=is_right,
            )  # fmt: skip
            db.add(attempt)
            db.flush()
            if number % 3 == 2:
                continue  # not answered is not right
            db.add(
                ExamAnswer(
                    id=new_id(now), attempt_id=attempt.id, item_id=item_id, number=1,
                    choices=["D"] if is_right else ["C"], received_at=now,
                )
            )  # fmt: skip


@pytest.mark.parametrize("count", [29, 30])
def test_figures_come_with_the_thirtieth_answer(
    client: TestClient, parts: Parts, count: int
) -> None:
    course_id = make_course(parts).course_id
    learner_id = str(sign_in(client, parts, ALICE)["account_id"])
    verify(client, ALICE)
    enrolment_id = post(client, "/enrolments", {"course_id": course_id}).json()["id"]
    school = stock(parts, found_school(parts), course_id)
    _sat(parts, school, enrolment_id, learner_id, count)
    with school_client(parts) as author:
        _look(author, school, count, (learner_id, enrolment_id, ALICE.name, "李*梅"))


def _look(client: TestClient, school: School, count: int, secrets: tuple[str, ...]) -> None:
    base = f"/api/v1/exam-banks/{school.bank_id}"
    told = client.get(f"{base}/statistics").json()
    assert told["papers"] == count
    items = {item["code"]: item for item in told["items"]}
    assert set(items) == {"Q0001", "Q0002", "Q0003", "Q0004"}  # people judge the fifth
    assert items["Q0001"]["asked"] == count
    figures = items["Q0001"]["statistics"]
    page = client.get(f"/banks/{school.bank_id}/statistics").text
    if count < 30:
        assert figures is None
        return
    assert (figures["answers"], figures["right_percent"], figures["discrimination"]) == (
        30,
        33,
        100,
    )
    used = {each["letter"]: each["percent"] for each in figures["choices"]}
    assert used == {"A": 33, "B": 33, "C": 0, "D": 0}
    assert figures["flags"] == ["选项 C、D 几乎没有人选，可以换掉。"]
    assert "0.33" in page
    for secret in secrets:
        assert secret not in str(told) + page
    edited = put(
        client, f"/exam-banks/{school.bank_id}/items/{school.items['single']}",
        ITEM | {"stem": "改过？"},
    )  # fmt: skip
    assert edited.status_code == 200
    again = client.get(f"{base}/statistics").json()["items"]
    assert [item["asked"] for item in again] == [0] * 4
