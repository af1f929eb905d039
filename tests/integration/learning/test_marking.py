"""The marking desk: blind, by as many as the policy wants, each result once."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.learning.models.catalogue import Enrolment
from app.learning.models.exams import ExamAttempt
from app.learning.repository import banks as bank_rows
from app.lobby.parts import Parts
from app.org.services import organisations
from tests import examinee
from tests.employers import post
from tests.graduates import study_through
from tests.people import ALICE
from tests.player import Player
from tests.reviewers import on_case, only_case, reviewer
from tests.schools import (
    RIVAL,
    RIVAL_USCC,
    SCHOOL,
    SECOND,
    THIRD,
    School,
    found_school,
    join_school,
    school_client,
    stock,
)

TEXT = "先把电断掉，再打急救电话"


class Desk:
    """An institution of three markers, and Alice, whose paper has one short answer."""

    def __init__(self, player: Player, parts: Parts, school: School, markers: list) -> None:
        self.player, self.parts, self.school = player, parts, school
        self.first, self.second, self.third = markers

    def set_policy(self, **values: object) -> None:
        with self.parts.database.transaction() as db:
            row = db.get_one(Enrolment, self.player.enrolment_id)
            row.policy = row.policy | values

    def hand_in(self, text: str = TEXT) -> dict:
        """Everything right, and the short answer as it is given."""
        attempt = examinee.start(self.player.client, self.player.enrolment_id)
        for question in attempt["questions"]:
            told = [text]
            if question["kind"] == "fill_in":
                told = ["12.3 ", "切断 电源。"]
            elif question["kind"] != "short":
                told = examinee.right_letters(self.parts, question)
            answer = examinee.put(self.player.client, attempt, question["item_id"], told)
            assert answer.status_code == 200, answer.text
        done = post(self.player.client, f"/attempts/{attempt['attempt_id']}/submission", {})
        return dict(done.json())

    def state(self) -> tuple[str, int | None, bool | None]:
        with self.parts.database.reading() as db:
            row = db.scalars(select(ExamAttempt).order_by(ExamAttempt.number.desc())).first()
            assert row is not None
            return row.state, row.score, row.passed


@pytest.fixture
def desk(client: TestClient, parts: Parts, clock: SettableClock) -> Iterator[Desk]:
    player = study_through(client, parts, clock)
    org_id = found_school(parts)
    with parts.database.reading() as db:
        course_id = db.scalars(select(bank_rows.Course.id)).one()
    school = stock(parts, org_id, course_id)
    with parts.database.transaction() as db:
        # The platform's own questions out of the way: the paper is the institution's five.
        db.query(bank_rows.ExamBankCourse).filter_by(course_id=course_id).filter(
            bank_rows.ExamBankCourse.bank_id != school.bank_id
        ).delete()
    for who in (SECOND, THIRD):
        join_school(parts, org_id, who)
    with ExitStack() as stack:
        markers = [
            stack.enter_context(school_client(parts, who)) for who in (SCHOOL, SECOND, THIRD)
        ]
        yield Desk(player, parts, school, markers)


def _waiting(marker: TestClient) -> list[dict]:
    return list(marker.get("/api/v1/marking").json()["questions"])


def _mark(marker: TestClient, answer_id: str, points: list[int]):
    return post(marker, f"/marking/{answer_id}/marks", {"points": points})


def test_one_marker_settles_the_result_and_it_is_told(desk: Desk) -> None:
    handed = desk.hand_in()
    assert (handed["is_marked"], handed["items"], handed["score"]) == (False, [], 0)
    again = post(desk.player.client, f"/enrolments/{desk.player.enrolment_id}/attempts", {})
    assert (again.status_code, again.json()["code"]) == (409, "marking")
    assert "等人工评阅" in desk.player.client.get(
        f"/exam/attempts/{handed['attempt_id']}/result"
    ).text  # fmt: skip
    [question] = _waiting(desk.first)
    assert question["count"] == 1
    assert "有 1 份简答等着评分" in desk.first.get("/employer").text
    done = _mark(desk.first, question["next_id"], [3, 1, 0])
    assert done.json() == {"next_id": None, "next": "/marking"}
    assert "等着评分" not in desk.first.get("/employer").text
    # Four questions right, and four of five points of the fifth: 96 of 100.
    assert desk.state() == ("graded", 96, True)
    result = post(desk.player.client, f"/attempts/{handed['attempt_id']}/submission", {}).json()
    short = next(item for item in result["items"] if item["kind"] == "short")
    assert (short["earned"], short["is_right"], short["given"]) == ("4/5", False, [TEXT])
    assert "96" in desk.player.client.get("/api/v1/me/notices").text
    assert _waiting(desk.second) == []


def test_a_result_of_who_acts_for_the_school_waits_for_the_desk(desk: Desk, parts: Parts) -> None:
    """They may have read the keys of its bank: a person looks before it counts."""
    with parts.database.transaction() as db:
        row = db.get_one(Enrolment, desk.player.enrolment_id)
        organisations.add_member(
            db, org_id=desk.school.org_id, learner_id=row.learner_id, role=Role.INSTITUTION,
            now=parts.clock.now(),
        )  # fmt: skip
    handed = desk.hand_in()
    [question] = _waiting(desk.first)
    _mark(desk.first, question["next_id"], [3, 1, 0])
    assert desk.state() == ("held", 96, None)
    page = desk.player.client.get(f"/exam/attempts/{handed['attempt_id']}/result").text
    assert "等人工复核" in page
    with reviewer(parts) as own:
        case = only_case(own, "exam_review")
        assert "出题机构的工作人员" in own.get(f"/desk/cases/{case['id']}").text
        done = on_case(own, case["id"], "decision", decision="release", reason="没有管过这个题库")
        assert done.status_code == 200, done.text
    assert desk.state() == ("graded", 96, True)


def test_a_blank_answer_needs_nobody(desk: Desk) -> None:
    handed = desk.hand_in(" ")
    assert (handed["is_marked"], handed["score"]) == (True, 80)
    assert _waiting(desk.first) == []


def test_two_mark_blind_and_a_third_where_they_are_apart(desk: Desk) -> None:
    desk.set_policy(exam_markers=2, exam_marks_apart=20)
    desk.hand_in()
    answer_id = _waiting(desk.first)[0]["next_id"]
    assert _mark(desk.first, answer_id, [3, 1, 1]).status_code == 200
    assert desk.state()[0] == "marking"
    assert _waiting(desk.first) == []
    twice = _mark(desk.first, answer_id, [0, 0, 0])
    assert (twice.status_code, twice.json()["code"]) == (409, "marked_already")
    seen = desk.second.get(f"/api/v1/marking/{answer_id}")
    assert set(seen.json()) == {"answer_id", "item_id", "stem", "explanation", "text", "rubric"}
    page = desk.second.get(f"/marking/{answer_id}").text
    for secret in (ALICE.name, ALICE.phone, desk.player.enrolment_id, "李*梅"):
        assert secret not in seen.text + page
    assert _mark(desk.second, answer_id, [1, 0, 0]).status_code == 200
    assert desk.state()[0] == "marking"
    assert _waiting(desk.second) == []
    assert _mark(desk.third, answer_id, [2, 0, 0]).status_code == 200
    # 5 and 1 are apart; the third's 2 is nearer to 1: a share of 3/10 of the fifth question.
    assert desk.state() == ("graded", 86, True)


def test_two_who_agree_want_no_third(desk: Desk) -> None:
    desk.set_policy(exam_markers=2, exam_marks_apart=20)
    desk.hand_in()
    answer_id = _waiting(desk.first)[0]["next_id"]
    _mark(desk.first, answer_id, [3, 1, 1])
    _mark(desk.second, answer_id, [3, 1, 0])
    assert desk.state() == ("graded", 98, True)
    late = _mark(desk.third, answer_id, [0, 0, 0])
    assert late.status_code in (404, 409)
    assert desk.state() == ("graded", 98, True)


@pytest.mark.parametrize("points", [[4, 0, 0], [1], [3, 1, 1, 0], [-1, 0, 0]])
def test_points_beyond_the_rubric_are_refused(desk: Desk, points: list[int]) -> None:
    desk.hand_in()
    answer_id = _waiting(desk.first)[0]["next_id"]
    refused = _mark(desk.first, answer_id, points)
    assert refused.status_code == 422
    assert all(each["field"].startswith("/points") for each in refused.json()["errors"])
    assert desk.state()[0] == "marking"


def test_nobody_marks_their_own_paper_or_another_schools(desk: Desk, parts: Parts) -> None:
    desk.hand_in()
    answer_id = _waiting(desk.first)[0]["next_id"]
    join_school(parts, desk.school.org_id, ALICE)
    own = desk.player.client
    assert own.get(f"/api/v1/marking/{answer_id}").status_code in (403, 404)
    assert _mark(own, answer_id, [3, 1, 1]).status_code in (403, 404)
    found_school(parts, RIVAL, uscc=RIVAL_USCC)
    with school_client(parts, RIVAL) as rival:
        assert _waiting(rival) == []
        assert rival.get(f"/api/v1/marking/{answer_id}").status_code == 404
        assert _mark(rival, answer_id, [3, 1, 1]).status_code == 404
    assert desk.state()[0] == "marking"


@pytest.mark.parametrize(
    ("shows", "item_count", "has_keys"),
    [("score", 0, False), ("right", 5, False), ("all", 5, True)],
)
def test_who_failed_sees_what_the_policy_lets_see(
    desk: Desk, shows: str, item_count: int, *, has_keys: bool
) -> None:
    desk.set_policy(exam_pass=100, exam_shows=shows)
    handed = desk.hand_in(" ")
    assert (handed["score"], handed["passed"]) == (80, False)
    assert len(handed["items"]) == item_count
    assert any(item["answer"] or item["explanation"] for item in handed["items"]) == has_keys
    page = desk.player.client.get(f"/exam/attempts/{handed['attempt_id']}/result").text
    assert ("先断电、挂牌" in page) == has_keys
