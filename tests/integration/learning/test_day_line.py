"""Why was this second not counted? A worker reads their day, stretch by stretch (R28)."""

import datetime as dt

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import PendingPiece, StudyBatch, StudyCut
from app.learning.services import day_line
from app.learning.services.day_line import DayLine
from app.lobby.parts import Parts
from app.web.rendering import clock, clock_s
from tests.conftest import START
from tests.courses import MadeCourse, make_course
from tests.people import CAROL, sign_in
from tests.player import Player, enrolled
from tests.reviewers import on_case, only_case, post, reviewer

DAY = "2026-11-24"
ADDRESS = f"/api/v1/me/hours/{DAY}/timeline"


@pytest.fixture
def course(parts: Parts) -> MadeCourse:
    return make_course(parts)


@pytest.fixture
def playing(client: TestClient, parts: Parts, clock: SettableClock, course: MadeCourse) -> Player:
    player = enrolled(client, parts, clock, course.course_id)
    player.begin(course.video_id)
    return player


def _told(player: Player) -> dict:
    answer = player.client.get(ADDRESS)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _line(player: Player) -> DayLine:
    with player.parts.database.reading() as db:
        learner_id = db.query(StudyBatch.learner_id).first()[0]
        return day_line.day_line(db, learner_id, dt.date.fromisoformat(DAY))


def _stretches(told: dict) -> list[tuple[str, str | None, int]]:
    return [
        (each["fate"], each["code"], each["ms"])
        for session in told["sessions"] for each in session["stretches"]
    ]  # fmt: skip


def test_a_hidden_page_is_said_with_its_moments_its_place_and_what_helps(playing: Player) -> None:
    playing.play(0, 10_000)
    began = playing.clock.now()
    playing.play(10_000, 15_000, visible=False)
    [session] = _told(playing)["sessions"]
    waiting, hidden = session["stretches"]
    assert (waiting["fate"], waiting["ms"]) == ("waiting", 10_000)
    assert (hidden["fate"], hidden["code"], hidden["ms"]) == ("refused", "hidden", 5_000)
    assert dt.datetime.fromisoformat(hidden["start_at"]) == began
    assert dt.datetime.fromisoformat(hidden["end_at"]) == playing.clock.now()
    assert (hidden["from_ms"], hidden["to_ms"], hidden["lesson_number"]) == (10_000, 15_000, 1)
    assert "不要锁屏" in hidden["next_time"]
    page = playing.client.get(f"/hours/{DAY}").text
    for words in (
        "10:00",
        "未计入 5 秒",
        "页面不在前台",
        "第 1 节《第一课》00:10–00:15",
        "不要锁屏",
    ):
        assert words in page, words
    assert f"/appeals/cut/{hidden['appeal']['ref_id']}" in page
    assert f"/hours/{DAY}" in playing.client.get("/hours").text


def test_a_short_session_is_told_to_the_second(playing: Player) -> None:
    """Both ends of its axis, and of each stretch, would be the same minute."""
    began = playing.clock.now()
    playing.play(0, 10_000)
    playing.play(10_000, 15_000, visible=False)
    local = [clock_s(began + dt.timedelta(seconds=after)) for after in (0, 10, 15)]
    page = playing.client.get(f"/hours/{DAY}").text
    assert f"<span>{local[0]}</span><span>{local[2]}</span>" in page
    assert f"{local[1]}–{local[2]}" in page


def test_a_long_session_is_told_to_the_minute(playing: Player) -> None:
    began = playing.clock.now()
    for start in range(0, 90_000, 10_000):
        playing.play(start, start + 10_000)
    first, last = clock(began), clock(playing.clock.now())
    assert first != last
    page = playing.client.get(f"/hours/{DAY}").text
    assert f"<span>{first}</span><span>{last}</span>" in page


def test_a_passed_check_turns_what_waits_into_hours(playing: Player) -> None:
    playing.play(0, 10_000)
    assert _stretches(_told(playing)) == [("waiting", None, 10_000)]
    playing.ask_check()
    playing.pass_check()
    told = _told(playing)
    assert _stretches(told) == [("confirmed", None, 10_000)]
    assert told["confirmed_ms"] == 10_000
    assert (
        "身份核对（验证码加保密问题）通过，10 秒 计入" in playing.client.get(f"/hours/{DAY}").text
    )


def _forfeit(player: Player) -> None:
    player.play(0, 10_000)
    player.play(10_000, 20_000)
    for _ in range(3):
        player.answer({"taps": [[0, 0]]})
    assert player.hold


def test_forfeited_time_and_its_hold_stay_on_the_line_with_the_appeal(playing: Player) -> None:
    _forfeit(playing)
    told = _told(playing)
    assert _stretches(told) == [("taken", "forfeited", 20_000)]
    [session] = told["sessions"]
    kinds = [(mark["kind"], mark["tone"]) for mark in session["marks"]]
    assert kinds == [("check", "good"), ("check", "bad"), ("hold", "bad")]
    ref_id = session["stretches"][0]["appeal"]["ref_id"]
    body = {"subject": "cut", "ref_id": ref_id, "text": "我一直在看，请复核"}
    assert post(playing.client, "/appeals", body).status_code == 201
    assert _told(playing)["sessions"][0]["stretches"][0]["appeal"]["state"] == "open"
    assert "申诉在处理" in playing.client.get(f"/hours/{DAY}").text
    with reviewer(playing.parts) as wu:
        case_id = only_case(wu, "appeal")["id"]
        on_case(wu, case_id, "decision", decision="approve", reason="监控显示本人在岗")
    told = _told(playing)
    assert told["confirmed_ms"] == 20_000
    [stretch] = told["sessions"][0]["stretches"]
    assert (stretch["granted_ms"], stretch["appeal"]["state"]) == (20_000, "decided")
    last = told["sessions"][0]["marks"][-1]
    assert (last["kind"], last["ms"]) == ("correction", 20_000)
    assert "理由：监控显示本人在岗" in last["sentence"]


def test_what_waited_on_the_device_lies_one_after_the_other(playing: Player) -> None:
    """Three reports of ten seconds that all arrive at once, after thirty."""
    playing.clock.advance(ms=30_000)
    for start in (0, 10_000, 20_000):
        playing.t += 10_000
        told = playing.send(playing.batch(start, start + 10_000)).json()
        playing.seq, playing.head = told["ack_seq"], told["head"]
    [piece] = _told(playing)["sessions"][0]["pieces"]
    long = dt.datetime.fromisoformat(piece["end_at"]) - dt.datetime.fromisoformat(piece["start_at"])
    assert long == dt.timedelta(seconds=30)


def test_the_line_adds_up_to_what_is_stored(playing: Player, course: MadeCourse) -> None:
    """Two lessons, two sessions, misses, another check: each sum is the database's own."""
    playing.play(0, 3_000, visible=False)
    for start in range(0, 80_000, 10_000):
        playing.play(start, start + 10_000, rate=100)
        if playing.challenge is not None:
            playing.pass_check()
    playing.play(0, 5_000)
    opened = playing.open(course.video_id)
    playing.fetch(opened)
    playing.play(85_000, 90_000)
    playing.play(80_000, 90_000)
    line = _line(playing)
    parts = [each for session in line.sessions for each in session.stretches]
    with playing.parts.database.reading() as db:
        credited = sum(row.credited_ms for row in db.query(StudyBatch))
        pending = sum(row.ms for row in db.query(PendingPiece))
        confirmed = sum(row.ms for row in db.query(LedgerEntry))
        cuts = {cut.id: cut.ms for cut in db.query(StudyCut)}
    sums = {
        fate: sum(each.ms for each in parts if each.fate.value == fate)
        for fate in ("confirmed", "waiting", "taken")
    }
    assert sums == {"confirmed": confirmed, "waiting": pending, "taken": 0}
    assert sum(sums.values()) == credited > 0
    told = {
        cut_id: sum(each.ms for each in parts if each.cut_id == cut_id)
        for cut_id in {each.cut_id for each in parts} - {""}
    }
    assert told == cuts


def test_a_day_takes_as_many_queries_as_a_minute(playing: Player) -> None:
    def count() -> int:
        asked: list[str] = []

        def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        engine = playing.parts.database.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            _line(playing)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    playing.play(0, 2_000, visible=False)
    before = count()
    for start in range(0, 60_000, 2_000):
        playing.play(start, start + 2_000, visible=start % 3 > 0)
        if playing.challenge is not None:
            playing.pass_check()
    assert count() == before


def test_a_day_is_ones_own_and_must_be_one(playing: Player) -> None:
    playing.play(0, 10_000)
    parts = playing.parts
    assert playing.client.get("/api/v1/me/hours/2026-02-30/timeline").status_code == 404
    assert playing.client.get("/api/v1/me/hours/today/timeline").status_code == 422
    assert playing.client.get("/hours/2026-02-30").status_code == 404
    assert "没有学习记录" in playing.client.get("/hours/2026-11-23").text
    sign_in(playing.client, parts, CAROL)
    assert _told(playing)["sessions"] == []
    assert START.date().isoformat() == DAY
