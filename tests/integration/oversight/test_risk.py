"""From a bot's evening to the desk, and on to the regulator; no hour changes on the way."""

import datetime as dt

import pytest
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.identity.services import inbox
from app.learning.models.risk import RiskScore, StudyPlace
from app.learning.models.study import StudyLearner, StudySession
from app.learning.services import risk, sessions
from app.lobby.parts import Parts
from app.main import create_app
from tests.contract.calls import changed, dump
from tests.courses import make_course
from tests.people import ALICE, csrf, sign_in, verify
from tests.player import Player, choose_questions
from tests.reviewers import on_case, only_case, reviewer, with_role

DAY = dt.date(2026, 11, 24)
MAY_CHANGE = {"risk_score", "review_case", "audit_event", "log_waiting", "outbox_job"}


@pytest.fixture
def bot(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    """Beats alike to the millisecond, from a browser that a program drives."""
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    course = make_course(parts, required_s=60, presence_gap_s=[60, 60], identity_gap_s=[900, 900])
    player = Player(client, parts, clock, ALICE)
    player.enrol(course.course_id)
    player.begin(course.video_id)
    for _ in range(45):
        player.play(0, 10_000, events=["automated"])
        if player.challenge is not None:
            player.pass_check()
    return player


def learner_of(player: Player) -> str:
    with player.parts.database.reading() as db:
        return db.get_one(StudySession, player.session_id).learner_id


def close(player: Player) -> None:
    """The session ends, and the worker does what that asks for."""
    with player.parts.database.transaction() as db:
        sessions.close_open(db, learner_of(player), now=player.clock.now())
    worker.drain(player.parts)


def test_a_score_opens_one_case_and_changes_no_hour(bot: Player) -> None:
    parts = bot.parts
    with parts.database.transaction() as db:
        sessions.close_open(db, learner_of(bot), now=bot.clock.now())
    before = dump(parts.database)
    worker.drain(parts)
    after = dump(parts.database)
    assert set(changed(before, after)) <= MAY_CHANGE
    with parts.database.reading() as db:
        [row] = db.query(RiskScore).all()
        assert {each["signal"] for each in row.findings} == {"automation", "rhythm"}
        assert row.score == 70
        [place] = db.query(StudyPlace).all()
        assert place.place is None  # the test's caller has no address
        learner_id, scored_at = row.learner_id, row.scored_at
    once = dump(parts.database)
    risk.score_day(parts.database, learner_id, DAY, policy=risk.RiskPolicy(), now=scored_at)
    assert changed(once, dump(parts.database)) == []


def test_the_desk_reads_why_and_no_action_is_quiet_for_a_while(bot: Player) -> None:
    parts = bot.parts
    close(bot)
    learner_id = learner_of(bot)
    with reviewer(parts) as staff:
        case = only_case(staff, "risk_score")
        file = staff.get(f"/api/v1/desk/cases/{case['id']}").json()
        assert [each["weight"] for each in file["risk"]["reasons"]] == [40, 30]
        assert file["risk"]["sittings"][0]["session_id"] == bot.session_id
        page = staff.get(f"/desk/cases/{case['id']}").text
        assert "上报节奏没有变化" in page
        assert "可能的正常原因" in page
        done = on_case(staff, case["id"], "decision", decision="dismiss", reason="当面看过")
        assert done.status_code == 200
        with parts.database.reading() as db:
            assert inbox.list_notices(db, learner_id) == []
            assert db.query(RiskScore).count() == 1
        risk.score_day(
            parts.database, learner_id, DAY, policy=risk.RiskPolicy(), now=bot.clock.now()
        )
        found = staff.get("/api/v1/desk/cases?kind=risk_score").json()
        assert found["cases"] == []


def test_a_check_is_asked_for_next_and_the_person_is_told(bot: Player) -> None:
    parts = bot.parts
    close(bot)
    learner_id = learner_of(bot)
    with reviewer(parts) as staff:
        case = only_case(staff, "risk_score")
        on_case(staff, case["id"], "decision", decision="check", reason="请再核对一次")
    with parts.database.reading() as db:
        [notice] = inbox.list_notices(db, learner_id)
        row = db.get_one(StudyLearner, learner_id)
        assert row.identity_due_ms == row.since_identity_ms
        assert row.hold is None
    assert "请再核对一次" in notice.text
    assert "不受影响" in notice.text
    opened = bot.open(bot.lesson_id)
    assert opened["challenge"]["kind"] == "identity"


def test_what_is_handed_up_comes_before_the_regulator(bot: Player) -> None:
    parts = bot.parts
    close(bot)
    with reviewer(parts) as staff:
        case = only_case(staff, "risk_score")
        on_case(staff, case["id"], "decision", decision="escalate", reason="同一单位多人如此")
        assert staff.get("/api/v1/oversight/reports").status_code == 403
    with TestClient(create_app(parts)) as regulator:
        with_role(regulator, parts, Role.REGULATOR)
        [report] = regulator.get("/api/v1/oversight/reports").json()["cases"]
        address = f"/oversight/reports/{report['id']}"
        file = regulator.get(f"/api/v1{address}").json()
        assert ["上报的理由", "同一单位多人如此"] in file["facts"]
        assert ALICE.name not in regulator.get(f"/regulator/reports/{report['id']}").text
        body = {"decision": "answer", "reason": "已到单位核查"}
        for status in (200, 409):
            told = regulator.post(f"/api/v1{address}/decision", json=body, headers=csrf(regulator))
            assert told.status_code == status
        assert "已到单位核查" in regulator.get(f"/regulator/reports/{report['id']}").text
    with reviewer(parts) as staff:
        assert staff.get(f"/api/v1/desk/cases/{report['id']}").status_code == 404
        assert on_case(staff, report["id"], "decision", **body).status_code == 404


def test_a_machine_that_many_share_is_no_sign_once_it_is_known(bot: Player) -> None:
    parts = bot.parts
    with parts.database.reading() as db:
        device = db.get_one(StudySession, bot.session_id).device_id
    body = {"is_shared": True, "reason": "一车间的公用电脑"}
    with reviewer(parts) as staff:
        for address, status in ((device, 204), ("0" * 26, 404)):
            answer = staff.put(f"/api/v1/desk/devices/{address}", json=body, headers=csrf(staff))
            assert answer.status_code == status
    with parts.database.reading() as db:
        [sitting] = risk.sittings(db, learner_of(bot), [DAY.isoformat()])
    assert sitting.device.is_shared


def test_nobody_says_so_of_their_own_machine(bot: Player) -> None:
    """Neither of the one they studied on, nor of the one before them."""
    parts = bot.parts
    with_role(bot.client, parts, Role.REVIEWER, ALICE)
    with parts.database.reading() as db:
        studied_on = db.get_one(StudySession, bot.session_id).device_id
    body = {"is_shared": True, "reason": "车间公用"}
    with reviewer(parts, ALICE) as elsewhere:
        for client in (bot.client, elsewhere):
            path = f"/api/v1/desk/devices/{studied_on}"
            refused = client.put(path, json=body, headers=csrf(client))
            assert (refused.status_code, refused.json()["code"]) == (403, "own_device")
    with parts.database.reading() as db:
        [sitting] = risk.sittings(db, learner_of(bot), [DAY.isoformat()])
    assert not sitting.device.is_shared


def test_places_and_scores_are_forgotten(bot: Player) -> None:
    parts = bot.parts
    close(bot)
    bot.clock.advance(ms=181 * 24 * 3_600_000)
    settings = parts.settings.risk
    gone = risk.forget(
        parts.database, place_days=settings.place_days, score_days=settings.score_days,
        now=bot.clock.now(),
    )  # fmt: skip
    assert gone == 2
    with parts.database.reading() as db:
        assert db.query(RiskScore).count() == db.query(StudyPlace).count() == 0
