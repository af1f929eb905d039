"""Who may take part in a contest and who ends it; and that every point and second counts."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from app import worker
from app.core.ids import new_id
from app.identity.services import roles
from app.identity.services.inbox import NoticeKind
from app.learning.models.contests import Contest
from app.learning.models.exam_checks import ExamCheck
from app.learning.models.exams import ExamAttempt
from app.learning.rules.policy import StudyPolicy
from app.learning.services.own_data import take_along
from app.org.models.organisations import Organisation
from app.org.rules.duties import Duty
from tests.contesting import (
    CARD,
    PRACTICE,
    Contestant,
    Organiser,
    contestant,
    stock_singles,
    under_way,
)
from tests.employers import post
from tests.people import ALICE, CAROL, MALLORY, prove
from tests.schools import join_school


def _give(held: Organiser, learner_id: str, duty: Duty) -> None:
    with held.parts.database.transaction() as db:
        roles.set_duty(
            db, learner_id=learner_id, org_id=held.org_id, duty=duty.value, actor_id=learner_id,
            now=held.clock.now(),
        )  # fmt: skip


def _suspend(held: Organiser) -> None:
    with held.parts.database.transaction() as db:
        row = db.get_one(Organisation, held.org_id)
        row.suspended_at, row.suspend_reason = held.clock.now(), "资质过期"


def test_time_in_which_somebody_answered_under_a_check_counts(
    held: Organiser, alice: Contestant
) -> None:
    contest_id, round_id = under_way(held, alice)
    attempt = alice.start(round_id).json()
    held.clock.advance(ms=50_000)
    alice.answer(attempt)
    held.clock.advance(ms=10_000)
    alice.hand_in(attempt)
    with held.parts.database.transaction() as db:
        row = db.scalars(select(ExamAttempt)).one()
        began = row.started_at
        db.add(
            ExamCheck(
                id=new_id(began), attempt_id=row.id, number=1, why="drawn", raised_at=began,
                method="code_and_questions", expires_at=began + dt.timedelta(seconds=60),
                tries_left=3, lent_ms=60_000, check_ids=[], verdict="passed",
                settled_at=began + dt.timedelta(seconds=60),
            )
        )  # fmt: skip
    held.go_to(13, 3)
    assert held.results(contest_id)["people"][0]["used_ms"] == 50_000


@pytest.mark.parametrize("duty", [Duty.TEACHER, Duty.REVIEWER, Duty.MANAGER])
def test_who_does_more_than_look_takes_no_part(held: Organiser, duty: Duty) -> None:
    assert roles.ONLY_LOOKS == Duty.VIEWER
    contest_id = held.out()
    learner_id = join_school(held.parts, held.org_id, CAROL)
    _give(held, learner_id, Duty.VIEWER)
    with contestant(held.parts, CAROL) as carol:
        assert carol.enter(contest_id).status_code == 200  # who only looks may
        _give(held, learner_id, duty)
        held.go_to(11)
        refused = carol.start(held.round_ids(contest_id)[0])
        assert (refused.status_code, refused.json()["code"]) == (403, "organiser")
        refused = carol.enter(held.out(PRACTICE))
        assert (refused.status_code, refused.json()["code"]) == (403, "organiser")


def test_a_paper_of_who_only_looks_is_not_held(held: Organiser) -> None:
    contest_id = held.out()
    learner_id = join_school(held.parts, held.org_id, CAROL)
    with contestant(held.parts, CAROL) as carol:
        _give(held, learner_id, Duty.VIEWER)
        carol.enter(contest_id)
        held.go_to(11)
        assert carol.sit(held.round_ids(contest_id)[0])["state"] == "graded"


def test_points_of_short_answers_are_taken_along_with_the_ranking_and_not_before(
    held: Organiser, alice: Contestant
) -> None:
    bank_id = stock_singles(held.parts, held.org_id, 0, short=1)
    section = [{"title": "简答", "count": 1, "points": 5, "kind": "short"}]
    contest_id = held.out(CARD, held.round(bank_ids=[bank_id], sections=section))
    alice.enter(contest_id)
    held.go_to(11)
    alice.sit(held.round_ids(contest_id)[0])
    waiting = held.first.get("/api/v1/marking").json()["questions"][0]
    post(held.first, f"/marking/{waiting['next_id']}/marks", {"points": [3, 0, 1]})
    learner_id = prove(held.parts, ALICE)
    with held.parts.database.reading() as db:
        (own,) = take_along(db, held.parts.vault, learner_id).attempts
    assert own.marks == []
    held.go_to(13, 3)
    assert held.rank(contest_id).json() == {"placed": 1}
    with held.parts.database.reading() as db:
        (own,) = take_along(db, held.parts.vault, learner_id).attempts
    assert [each.total for each in own.marks] == [4]


def test_a_suspended_organiser_takes_nobody_more_and_ends_what_it_began(
    held: Organiser, alice: Contestant
) -> None:
    contest_id = held.out()
    other_id = held.out(CARD)
    (round_id,) = held.round_ids(contest_id)
    alice.enter(contest_id)
    _suspend(held)
    with contestant(held.parts, MALLORY) as mallory:
        refused = mallory.enter(contest_id)
        assert (refused.status_code, "已暂停使用" in refused.json()["detail"]) == (409, True)
    held.go_to(11)
    assert alice.sit(round_id)["state"] == "graded"
    held.go_to(13, 3)
    assert held.rank(contest_id).json() == {"placed": 1}
    gone = post(held.first, f"/org/contests/{other_id}/cancellation", {"reason": "停办"})
    assert gone.status_code == 200, gone.text


def test_nobody_is_told_while_the_organiser_is_suspended(
    held: Organiser, alice: Contestant
) -> None:
    contest_id = held.draft(PRACTICE)
    post(held.first, f"/org/contests/{contest_id}/submission", {})
    _suspend(held)
    worker.drain(held.parts)
    told = alice.client.get("/api/v1/me/notices").json()
    assert NoticeKind.CONTEST_OPEN not in [each["kind"] for each in told]


def test_who_submitted_may_publish_what_another_wrote(held: Organiser) -> None:
    contest_id = held.draft()
    assert post(held.second, f"/org/contests/{contest_id}/submission", {}).status_code == 200
    done = post(held.second, f"/org/contests/{contest_id}/decision", {"publishes": True})
    assert done.json()["state"] == "published"


def test_rankings_come_in_the_order_of_the_rounds(held: Organiser) -> None:
    final = held.round(title="决赛", opens_at="2026-11-24T15:00", closes_at="2026-11-24T16:00")
    contest_id = held.out(CARD, held.round(advance="top", advance_value=1), final)
    held.go_to(17)
    early = held.rank(contest_id, 1)
    assert (early.status_code, early.json()["code"]) == (409, "round_order")
    assert held.rank(contest_id, 0).status_code == 200
    assert held.rank(contest_id, 1).status_code == 200


def test_pages_say_of_checks_and_time_what_the_frozen_policy_does(
    held: Organiser, alice: Contestant
) -> None:
    contest_id = held.out()
    with held.parts.database.transaction() as db:
        row = db.get_one(Contest, contest_id)
        frozen = StudyPolicy.from_mapping(row.policy or {})
        row.policy = replace(frozen, exam_identity_gap_s=(300, 900), exam_item_s=40).to_mapping()
    alice.enter(contest_id)
    held.go_to(11)
    own = alice.client.get(f"/me/contests/{contest_id}").text
    assert "每题限 40 秒" in own
    assert "开始时核对一次是您本人" in own
    page = held.first.get(f"/employer/contests/{contest_id}").text
    assert "每题限 40 秒" in page
    assert "开始、随机和离开后回来都核对" in page
