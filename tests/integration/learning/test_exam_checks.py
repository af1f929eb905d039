"""Who sits at an exam: asked, missed, held, released or voided by people."""

from contextlib import ExitStack

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.core.ids import new_id
from app.core.outbox import OutboxJob
from app.identity.models.desk import ReviewCase
from app.identity.models.people import Person
from app.learning.models.exam_checks import ExamAbsence, ExamCheck
from app.learning.models.exams import ExamAttempt
from app.learning.services import exam_outcomes, exams, progress
from app.learning.services.own_data import take_along
from app.learning.services.steps import STEP
from app.lobby.parts import Parts
from app.main import create_app
from tests.employers import post
from tests.people import ALICE, MALLORY, sign_in
from tests.reviewers import WU, on_case, only_case, reviewer
from tests.sitters import GAP_S, Sitter


@pytest.fixture
def sitter(client: TestClient, parts: Parts, clock: SettableClock) -> Sitter:
    return Sitter(client, parts, clock)


def _attempt(parts: Parts) -> ExamAttempt:
    with parts.database.reading() as db:
        row = db.scalars(select(ExamAttempt).order_by(ExamAttempt.number.desc())).first()
        assert row is not None
        db.expunge(row)
        return row


def _verdicts(parts: Parts) -> list[tuple[str, str | None]]:
    with parts.database.reading() as db:
        rows = db.scalars(select(ExamCheck).order_by(ExamCheck.number))
        return [(row.why, row.verdict) for row in rows]


def test_who_passes_every_check_has_a_result_at_once_and_the_time_they_took(
    sitter: Sitter, parts: Parts, clock: SettableClock
) -> None:
    sitter.begin()
    before = _attempt(parts)
    clock.advance(ms=20_000)
    told = sitter.pass_check()
    assert told["message"] == "核对通过，请继续答题。"
    # Ten minutes, of which the check's twenty seconds came back.
    assert told["remaining_ms"] == 600_000
    asked = sitter.wait(GAP_S + 30)["challenge"]
    assert asked is not None
    assert asked["kind"] == "identity"
    assert sitter.answer(asked).json()["outcome"] == "passed"
    sitter.answer_all()
    done = sitter.hand_in()
    assert (done["state"], done["score"], done["passed"]) == ("graded", 100, True)
    assert _verdicts(parts) == [("begin", "passed"), ("drawn", "passed")]
    after = _attempt(parts)
    assert (after.check_due_at, before.check_due_at is not None) == (None, True)
    with parts.database.reading() as db:
        assert [row.prompt for row in db.scalars(select(ExamCheck))] == [None, None]


def test_nothing_tells_when_the_next_check_comes(sitter: Sitter, clock: SettableClock) -> None:
    attempt = sitter.begin()
    sitter.pass_check()
    seen = set()
    for _ in range(5):
        clock.advance(ms=15_000)
        told = sitter.report().json()
        assert set(told) == {
            "challenge", "remaining_ms", "away_count", "away_ms", "next_in_ms",
            "item_remaining_ms",
        }  # fmt: skip
        seen.add(told["next_in_ms"])
    assert len(seen) == 1
    assert not {name for name in attempt if "due" in name or "check" in name}


@pytest.fixture
def held(sitter: Sitter, clock: SettableClock) -> Sitter:
    """Everything right, and the second check missed: a result that waits."""
    sitter.begin()
    sitter.pass_check()
    assert sitter.wait(GAP_S + 30)["challenge"] is not None
    sitter.report(("hidden", 4_000))
    sitter.answer_all()  # the paper goes on
    clock.advance(ms=330_000)
    done = sitter.hand_in()
    assert (done["state"], done["score"], done["passed"], done["items"]) == ("held", 0, False, [])
    return sitter


def _is_complete(parts: Parts, enrolment_id: str) -> bool:
    with parts.database.reading() as db:
        return progress.completion_facts(db, enrolment_id).is_complete


def test_a_missed_check_holds_the_result_and_the_learner_reads_why(
    held: Sitter, parts: Parts
) -> None:
    page = held.client.get(f"/exam/attempts/{held.attempt['attempt_id']}/result").text
    assert "等人工复核" in page
    assert "没有按时完成" in page
    assert "离开页面" in page
    assert "100" not in page.split("<main", 1)[1].split("</main>", 1)[0]
    again = post(held.client, f"/enrolments/{held.enrolment_id}/attempts", {})
    assert (again.status_code, again.json()["code"]) == (409, "held")
    assert "成绩要人工复核" in held.client.get("/api/v1/me/notices").text
    assert not _is_complete(parts, held.enrolment_id)
    worker.drain(parts)
    assert held.client.get("/api/v1/certificates").json() == []


def test_what_is_held_is_no_result_elsewhere_and_no_failure(held: Sitter, parts: Parts) -> None:
    row = _attempt(parts)
    before = {
        name: getattr(row, name)
        for name in ("enrolment_id", "learner_id", "paper", "drawn", "started_at", "heard_at")
    }
    with parts.database.transaction() as db:
        earlier = ExamAttempt(
            id=new_id(held.clock.now()), number=0, state="graded", score=10, passed=False,
            deadline_at=row.started_at, closes_at=row.started_at, ended_at=row.started_at, **before,
        )  # fmt: skip
        db.add(earlier)
    with parts.database.reading() as db:
        told = {
            each.number: each.score for each in take_along(db, parts.vault, row.learner_id).attempts
        }
        assert told == {0: 10, row.number: None}
        assert exam_outcomes.failed_in(db, [held.enrolment_id]) == frozenset()
    with parts.database.transaction() as db:
        db.get_one(ExamAttempt, row.id).state = "voided"
        db.get_one(ExamAttempt, row.id).passed = False
    with parts.database.reading() as db:
        assert exam_outcomes.failed_in(db, [held.enrolment_id]) == {held.enrolment_id}


def test_a_person_releases_it(held: Sitter, parts: Parts) -> None:
    with reviewer(parts) as desk:
        case = only_case(desk, "exam_review")
        page = desk.get(f"/desk/cases/{case['id']}").text
        for seen in ("没有按时完成", "考试中随机", "页面不在前台", "验证码加保密问题"):
            assert seen in page
        seen = desk.get(f"/api/v1/desk/cases/{case['id']}").json()["sitting"]
        assert [check["is_passed"] for check in seen["checks"]] == [True, False]
        assert [absence["ms"] for absence in seen["absences"]] == [4_000]
        assert "score" not in seen
        done = on_case(desk, case["id"], "decision", decision="release", reason="当时在接电话。")
        assert done.status_code == 200, done.text
        assert done.json()["state"] == "decided"
    row = _attempt(parts)
    assert (row.state, row.score, row.passed) == ("graded", 100, True)
    assert _is_complete(parts, held.enrolment_id)


def test_two_people_void_it_and_it_counts_as_one(held: Sitter, parts: Parts) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(reviewer(parts, WU))
        case_id = only_case(first, "exam_review")["id"]
        worker.drain(parts)
        on_case(first, case_id, "decision", decision="void", reason="核对时不在。")
        assert _attempt(parts).state == "held"
        second = stack.enter_context(reviewer(parts, MALLORY))
        done = on_case(second, case_id, "confirmation", confirms=True)
        assert done.status_code == 200, done.text
    row = _attempt(parts)
    assert (row.state, row.passed) == ("voided", False)
    with parts.database.reading() as db:
        told = select(OutboxJob.args).where(OutboxJob.job == STEP, OutboxJob.state == "waiting")
        assert list(db.scalars(told)) == [{"enrolment_id": held.enrolment_id}]
    assert not _is_complete(parts, held.enrolment_id)
    assert "作废" in held.client.get(f"/exam/attempts/{row.id}/result").text
    held.begin()
    assert held.attempt["number"] == 2


@pytest.mark.usefixtures("held")
def test_another_face_wants_two_to_let_it_stand(parts: Parts) -> None:
    """The same case, had the missed check seen somebody else."""
    with parts.database.transaction() as db:
        case = db.scalars(select(ReviewCase)).one()
        case.facts = case.facts | {"outcome": "wrong_face"}
    with reviewer(parts) as desk:
        case_id = only_case(desk, "exam_review")["id"]
        assert "要另一人确认" in desk.get(f"/desk/cases/{case_id}").text
        done = on_case(desk, case_id, "decision", decision="release", reason="是本人，看错了。")
        assert done.json()["proposal"] is not None
    assert _attempt(parts).state == "held"


def test_three_wrong_answers_fail_the_check_and_not_the_paper(sitter: Sitter) -> None:
    sitter.begin()
    challenge = sitter.challenge()
    for left in (2, 1):
        told = sitter.answer(challenge, is_right=False).json()
        assert told["challenge"]["tries_left"] == left
        challenge = told["challenge"]
    told = sitter.answer(challenge, is_right=False).json()
    assert (told["outcome"], told["challenge"]) == ("failed", None)
    over = sitter.answer(challenge)
    assert (over.status_code, over.json()["code"]) == (409, "challenge_over")
    sitter.answer_all()
    assert sitter.hand_in()["state"] == "held"


def test_a_paper_that_fails_anyway_needs_nobody(sitter: Sitter, parts: Parts) -> None:
    sitter.begin()
    done = sitter.hand_in()  # with the first check open, and nothing answered
    assert (done["state"], done["passed"]) == ("graded", False)
    assert _verdicts(parts) == [("begin", "silent")]


def test_a_page_that_never_reports_is_held_for_what_it_was_not_asked(
    sitter: Sitter, parts: Parts, clock: SettableClock
) -> None:
    sitter.begin()
    sitter.pass_check()
    clock.advance(ms=(GAP_S + 100) * 1000)
    sitter.answer_all()
    assert sitter.hand_in()["state"] == "held"
    assert _verdicts(parts) == [("begin", "passed"), ("drawn", "unasked")]


def test_coming_back_is_asked_and_brings_no_time(
    sitter: Sitter, parts: Parts, clock: SettableClock
) -> None:
    sitter.begin()
    left = sitter.pass_check()["remaining_ms"]
    clock.advance(ms=40_000)
    told = sitter.report(("hidden", 35_000), ("blur", 9_000)).json()
    assert told["challenge"] is not None
    assert (told["away_count"], told["away_ms"]) == (2, 44_000)
    clock.advance(ms=20_000)
    assert sitter.answer(told["challenge"]).json()["remaining_ms"] == left - 60_000
    clock.advance(ms=61_000)
    told = sitter.report().json()  # an outage: nothing was heard for a minute
    assert told["challenge"] is not None
    assert sitter.answer(told["challenge"]).json()["outcome"] == "passed"
    assert [why for why, _ in _verdicts(parts)] == ["begin", "return", "return"]
    sitter.answer_all()
    assert sitter.hand_in()["passed"]
    with parts.database.reading() as db:
        kinds = sorted(row.kind for row in db.scalars(select(ExamAbsence)))
    assert kinds == ["blur", "hidden", "silent"]


def test_what_was_noted_is_noted_once_and_for_no_longer_than_the_paper_is_open(
    sitter: Sitter, clock: SettableClock
) -> None:
    sitter.begin()
    sitter.pass_check()
    clock.advance(ms=10_000)
    first = sitter.report(("blur", 86_400_000)).json()
    assert first["away_ms"] <= 11_000
    sitter.away_count = 0
    assert sitter.report(("blur", 5_000)).json()["away_ms"] == first["away_ms"]


def test_another_device_is_asked_first_and_the_other_one_is_told(
    sitter: Sitter, parts: Parts, clock: SettableClock
) -> None:
    sitter.begin()
    sitter.pass_check()
    clock.advance(ms=61_000)
    with TestClient(create_app(parts), follow_redirects=False) as other:
        sign_in(other, parts, ALICE)
        refused = sitter.report(client=other)
        assert (refused.status_code, refused.json()["code"]) == (409, "other_device")
        post(other, f"/enrolments/{sitter.enrolment_id}/attempts", {})
        challenge = sitter.report(client=other).json()["challenge"]
        assert challenge is not None
        mine = sitter.report()
        assert (mine.status_code, mine.json()["code"]) == (409, "other_device")
        stolen = sitter.answer(challenge)
        assert (stolen.status_code, stolen.json()["code"]) == (409, "other_device")
        assert sitter.answer(challenge, client=other).json()["outcome"] == "passed"
    assert _verdicts(parts)[-1] == ("device", "passed")


def test_an_open_check_does_not_let_the_paper_run_out(
    sitter: Sitter, parts: Parts, clock: SettableClock
) -> None:
    sitter.begin()
    sitter.pass_check()
    for _ in range(2):
        asked = sitter.wait(GAP_S + 30)["challenge"]
        assert asked is not None
        clock.advance(ms=200_000)
        assert exams.close_overdue(parts.database, now=clock.now()) == 0
        assert sitter.answer(asked).json()["outcome"] == "passed"
    clock.advance(ms=3_600_000)
    assert exams.close_overdue(parts.database, now=clock.now()) == 1


def test_without_a_way_of_being_checked_none_begins(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sitter = Sitter(client, parts, clock)
    with parts.database.transaction() as db:
        db.scalars(select(Person).where(Person.method.is_not(None))).one().method = None
    refused = post(client, f"/enrolments/{sitter.enrolment_id}/attempts", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "no_identity_method")
    assert refused.json()["remedy"]


@pytest.fixture
def unasked(client: TestClient, parts: Parts, clock: SettableClock) -> Sitter:
    return Sitter(client, parts, clock, exam_identity_gap_s=None)


def test_without_the_policy_nobody_is_asked_and_leaving_is_noted(
    unasked: Sitter, clock: SettableClock
) -> None:
    unasked.begin()
    clock.advance(ms=45_000)
    told = unasked.report(("hidden", 40_000)).json()
    assert (told["challenge"], told["away_ms"]) == (None, 40_000)
    unasked.answer_all()
    assert unasked.hand_in()["passed"]
