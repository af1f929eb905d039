"""What a contest asks, nobody is told elsewhere before its last round is over."""

from sqlalchemy import delete

from app.learning.models.exams import ExamBankCourse
from tests import examinee
from tests.contesting import CARD, PRACTICE, Contestant, Organiser, keys_in, under_way
from tests.courses import make_course
from tests.employers import post


def serves_a_course(held: Organiser) -> str:
    """A course whose exam draws from the organiser's bank, and from nothing else."""
    course = make_course(held.parts, required_s=0)
    with held.parts.database.transaction() as db:
        db.execute(delete(ExamBankCourse).where(ExamBankCourse.course_id == course.course_id))
        db.add(ExamBankCourse(bank_id=held.bank_id, course_id=course.course_id))
    return course.course_id


def test_a_round_between_two_of_one_bank_tells_no_key(held: Organiser, alice: Contestant) -> None:
    final = held.round(title="决赛", opens_at="2026-11-24T15:00", closes_at="2026-11-24T16:00")
    contest_id = held.out(CARD, held.round(advance="top", advance_value=1), final)
    first_id, _ = held.round_ids(contest_id)
    alice.enter(contest_id)
    held.go_to(11)
    attempt_id = alice.sit(first_id)["attempt_id"]
    held.go_to(13, 3)
    assert held.rank(contest_id).json() == {"placed": 1}
    address = f"/exam/attempts/{attempt_id}/result"
    between = alice.client.get(address).text
    assert "100 分" in between
    assert "种标志" not in between  # nor what was right and what was wrong
    assert keys_in(held.parts, between) == []
    held.go_to(16, 3)
    assert keys_in(held.parts, alice.client.get(address).text)


def test_an_exam_before_a_published_contest_opens_tells_no_key(
    held: Organiser, alice: Contestant
) -> None:
    course_id = serves_a_course(held)
    held.out()
    assert post(alice.client, "/enrolments", {"course_id": course_id}).status_code == 201
    enrolment_id = alice.client.get("/api/v1/enrolments").json()[0]["id"]
    passed = examinee.sit(alice.client, held.parts, enrolment_id)
    assert passed["passed"]
    assert passed["items"] == []  # nor what was right and what was wrong
    shown = alice.client.get(f"/exam/attempts/{passed['attempt_id']}/result").text
    assert "正在竞赛中使用" in shown
    assert keys_in(held.parts, str(passed)) == []


def test_an_own_bank_that_serves_a_course_tells_no_key_to_who_is_not_enrolled_yet(
    held: Organiser, alice: Contestant
) -> None:
    serves_a_course(held)
    _, round_id = under_way(held, alice, PRACTICE)
    attempt_id = alice.sit(round_id)["attempt_id"]
    held.go_to(14)
    after = alice.client.get(f"/exam/attempts/{attempt_id}/result").text
    assert "种标志" in after
    assert "不显示答案" in after
    assert keys_in(held.parts, after) == []
