"""Study over HTTP with the way without a face: every rule that an honest learner meets."""

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.services import inbox
from app.identity.services.cases import CaseKind, CaseState, list_cases
from app.learning.services import calendar, evidence, ledger
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import MadeCourse, make_course
from tests.people import ALICE, CAROL, csrf, sign_in, verify
from tests.player import Player, enrolled


@pytest.fixture
def course(parts: Parts) -> MadeCourse:
    return make_course(parts)


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock, course: MadeCourse) -> Player:
    return enrolled(client, parts, clock, course.course_id)


@pytest.fixture
def playing(player: Player, course: MadeCourse) -> Player:
    """A session of the video lesson, opened with a passed check, everything fetched."""
    player.begin(course.video_id)
    return player


def _play_on(player: Player, start: int, end: int, step: int = 10_000) -> dict:
    """Play in steps and answer whatever is asked."""
    told: dict = {}
    while start < end:
        told = player.play(start, min(start + step, end))
        start = min(start + step, end)
        if player.challenge is not None:
            player.pass_check()
    return told


def test_opening_asks_who_is_there_and_counts_nothing_before(
    player: Player, course: MadeCourse
) -> None:
    opened = player.open(course.video_id)
    player.fetch(opened)
    assert opened["hold"] is True
    assert opened["challenge"]["kind"] == "identity"
    assert opened["challenge"]["prompt"]["phone_masked"] == "138****0001"
    told = player.play(0, 10_000)
    assert told["verdicts"] == [
        {"seq": 1, "credited_ms": 0, "cuts": [{"code": "held", "ms": 10_000}]}
    ]
    passed = player.pass_check()
    assert passed["hold"] is False
    assert player.play(0, 10_000)["verdicts"][0]["credited_ms"] == 10_000


def test_a_lesson_to_the_end_through_both_kinds_of_challenge(
    playing: Player, course: MadeCourse
) -> None:
    asked = set()
    start = 0
    while start < 90_000:
        told = playing.play(start, start + 10_000)
        start += 10_000
        assert told["verdicts"][0]["credited_ms"] == 10_000
        if playing.challenge is not None:
            asked.add(playing.challenge["kind"])
            playing.pass_check()
    assert asked == {"presence", "identity"}
    playing.ask_check()
    totals = playing.pass_check()["totals"]
    assert totals["confirmed_ms"] == 90_000
    assert totals["pending_ms"] == 0
    with playing.parts.database.reading() as db:
        assert ledger.confirmed_ms(db, playing.enrolment_id) == 90_000
        row = evidence.rows.get_session(db, playing.session_id)
        assert row is not None
        assert ledger.broken_entry(db, row.learner_id) is None
        again = evidence.judge_again(db, playing.session_id)
        assert again.is_sound
        assert again.credited_ms == evidence.credited_ms(db, playing.session_id) == 90_000
        assert evidence.is_chain_whole(db, playing.parts.vault, playing.session_id)
    opened = playing.open(course.book_id)
    assert [lesson["open"] for lesson in opened["lessons"]] == [True, True]


def test_the_next_lesson_stays_shut_until_the_first_is_done(
    player: Player, course: MadeCourse
) -> None:
    body = {"enrolment_id": player.enrolment_id, "lesson_id": course.book_id}
    answer = player.client.post("/api/v1/study-sessions", json=body, headers=csrf(player.client))
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "lesson_not_open"
    assert problem["errors"][0]["field"] == "/lesson_id"


def test_a_document_counts_page_by_page(playing: Player, course: MadeCourse) -> None:
    _play_on(playing, 0, 90_000)
    opened = playing.open(course.book_id)
    if playing.challenge is not None:
        playing.pass_check()
    unread = playing.play(0, 10_000)
    assert unread["verdicts"][0]["cuts"] == [{"code": "not_delivered", "ms": 10_000}]
    playing.fetch(opened)
    assert playing.play(0, 10_000)["verdicts"][0]["credited_ms"] == 10_000


def test_what_was_not_downloaded_is_not_counted(player: Player, course: MadeCourse) -> None:
    opened = player.open(course.video_id)
    player.pass_check()
    url = opened["lessons"][0]["media"]["url"]
    assert player.client.head(url).status_code == 200
    part = player.client.get(url, headers={"range": "bytes=0-1999"})
    assert (part.status_code, part.headers["content-range"]) == (206, "bytes 0-1999/6000")
    assert player.client.get(url, headers={"range": "bytes=9000-"}).status_code == 416
    assert player.play(0, 15_000)["verdicts"][0]["credited_ms"] == 15_000
    late = player.play(15_000, 40_000)
    assert late["verdicts"][0]["cuts"] == [{"code": "not_delivered", "ms": 10_000}]


def test_a_forged_or_foreign_address_is_refused(playing: Player, course: MadeCourse) -> None:
    opened = playing.open(course.video_id)
    url: str = opened["lessons"][0]["media"]["url"]
    assert playing.client.get(url + "x").status_code == 403
    assert playing.client.get(url.replace("/file?", "/7?")).status_code == 403
    playing.open(course.video_id)
    assert playing.client.get(url).json()["code"] == "media_address"


def test_the_same_batch_again_gets_the_same_answer(playing: Player) -> None:
    playing.clock.advance(ms=5000)
    playing.t += 5000
    prev, body = playing.head, playing.batch(0, 5000)
    first = playing.send(body)
    again = playing.send(body, prev=prev)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()


def test_out_of_step_tells_where_to_go_on(playing: Player) -> None:
    playing.play(0, 5000)
    playing.seq += 3
    answer = playing.send(playing.batch(5000, 6000))
    assert answer.status_code == 409
    assert answer.json()["code"] == "out_of_step"
    assert answer.json()["expected_seq"] == 2
    assert answer.json()["head"] == playing.head


def test_a_wrong_mac_changes_nothing(playing: Player) -> None:
    body = playing.batch(0, 5000)
    answer = playing.send(body, mac="A" * 43)
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_mac")
    assert playing.play(0, 5000)["ack_seq"] == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"seq": "1"}, "/beats/0/seq"),
        ({"t": 1.0}, "/beats/0/t"),
        ({"visible": 1}, "/beats/0/visible"),
        ({"to": -1}, "/beats/0/to"),
        ({"from": 10, "to": 5}, "/beats/0/to"),
    ],
)
def test_malformed_beats_name_the_field(playing: Player, change: dict, field: str) -> None:
    answer = playing.send(playing.batch(0, 5000, **change))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert playing.play(0, 5000)["ack_seq"] == 1


def test_hidden_fast_ahead_and_repeated_are_cut_with_their_reason(playing: Player) -> None:
    def code(told: dict) -> str:
        return str(told["verdicts"][0]["cuts"][0]["code"])

    assert code(playing.play(0, 2000, visible=False)) == "hidden"
    assert code(playing.play(0, 2000, rate=150)) == "too_fast"
    assert code(playing.play(50_000, 52_000)) == "ahead"
    playing.play(0, 2000)
    assert code(playing.play(0, 2000)) == "repeated"


def test_two_sessions_one_stays(playing: Player, course: MadeCourse) -> None:
    old = (playing.session_id, playing.key, playing.head, playing.seq)
    playing.play(0, 5000)
    playing.open(course.video_id)
    new_head = playing.head
    playing.session_id, playing.key, playing.head, playing.seq = old
    playing.head = _head_of(playing)
    answer = playing.send(playing.batch(5000, 6000, seq=2))
    assert (answer.status_code, answer.json()["code"]) == (409, "superseded")
    assert new_head != playing.head


def _head_of(player: Player) -> str:
    address = f"/api/v1/study-sessions/{player.session_id}"
    return str(player.client.get(address).json()["head"])


def test_a_reload_goes_on_where_it_was(playing: Player) -> None:
    playing.play(0, 5000)
    told = playing.client.get(f"/api/v1/study-sessions/{playing.session_id}").json()
    assert (told["ack_seq"], told["last_t"], told["key"]) == (1, 5000, None)
    assert told["lessons"][0]["frontier"] == 5000
    assert told["head"] == playing.head


def test_offline_for_ninety_seconds_loses_nothing(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    course = make_course(parts, code="long-gaps", presence_gap_s=None, identity_gap_s=[900, 900])
    player = enrolled(client, parts, clock, course.course_id)
    player.begin(course.video_id)
    bodies = []
    for index in range(6):
        clock.advance(ms=15_000)
        player.t += 15_000
        bodies.append(player.batch(index * 15_000, (index + 1) * 15_000))
        player.seq += 1
    for body in bodies:
        told = player.send(body).json()
        player.head = told["head"]
        assert told["verdicts"][0]["credited_ms"] == 15_000
    assert told["totals"]["pending_ms"] == 90_000


def test_three_wrong_answers_forfeit_and_hold(playing: Player) -> None:
    playing.play(0, 10_000)
    playing.play(10_000, 20_000)
    assert playing.challenge is not None
    outcomes = [playing.answer({"digits": "00000", "taps": [[1, 1]]}).json() for _ in range(3)]
    assert [told["outcome"] for told in outcomes] == ["wrong", "wrong", "failed"]
    assert outcomes[-1]["hold"] is True
    assert outcomes[-1]["totals"]["pending_ms"] == 0
    with playing.parts.database.reading() as db:
        row = evidence.rows.get_session(db, playing.session_id)
        assert row is not None
        kinds = [notice.kind for notice in inbox.list_notices(db, row.learner_id)]
    assert inbox.NoticeKind.FORFEITED in kinds
    playing.ask_check()
    assert playing.pass_check()["hold"] is False
    assert playing.play(0, 10_000)["verdicts"][0]["credited_ms"] == 10_000


def test_a_wrong_code_or_a_wrong_answer_is_no_pass(player: Player, course: MadeCourse) -> None:
    player.open(course.video_id)
    right = player.right_answer()
    assert player.answer(right | {"answer": "不知道"}).json()["outcome"] == "wrong"
    right = player.right_answer()
    wrong_code = "000000" if right["code"] != "000000" else "111111"
    assert player.answer(right | {"code": wrong_code}).json()["outcome"] == "wrong"
    assert player.pass_check()["hold"] is False


@pytest.mark.parametrize("slip", [{}, {"code": "", "answer": " "}, {"code": "123456"}])
def test_an_empty_answer_is_a_slip_and_costs_no_try(
    player: Player, course: MadeCourse, slip: dict[str, str]
) -> None:
    player.open(course.video_id)
    for _ in range(4):
        refused = player.answer(slip)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/answer")
        assert refused.json()["remedy"]
        assert refused.json()["errors"][0]["message"] in {
            "请先作答再提交。", "验证码和问题的答案都要填。",
        }  # fmt: skip
    assert player.answer(player.right_answer() | {"answer": "不知道"}).json()["outcome"] == "wrong"
    assert player.pass_check()["hold"] is False


def test_an_answer_after_its_time_is_over(playing: Player) -> None:
    playing.play(0, 10_000)
    playing.play(10_000, 20_000)
    right = playing.right_answer()
    playing.clock.advance(ms=61_000)
    answer = playing.answer(right)
    assert (answer.status_code, answer.json()["code"]) == (409, "challenge_over")


def test_pictures_and_sounds_are_for_their_learner(playing: Player, parts: Parts) -> None:
    playing.play(0, 10_000)
    playing.play(10_000, 20_000)
    assert playing.challenge is not None
    prompt = playing.challenge["prompt"]
    picture, sound = (playing.client.get(prompt[name]) for name in ("picture", "sound"))
    assert picture.content.startswith(b"\x89PNG")
    assert sound.content.startswith(b"RIFF")
    with TestClient(create_app(parts)) as other:
        sign_in(other, parts, CAROL)
        assert other.get(prompt["picture"]).status_code == 404
        assert other.get(f"/api/v1/study-sessions/{playing.session_id}").status_code == 404


def test_silence_ends_a_session_and_pending_time_expires(playing: Player) -> None:
    playing.play(0, 10_000)
    playing.clock.advance(ms=301_000)
    assert calendar.close_idle(playing.parts.database, now=playing.clock.now()) == 1
    playing.clock.advance(ms=6 * 86_400_000 + 3_600_000)
    calendar.expire_pending(playing.parts.database, now=playing.clock.now())
    calendar.expire_pending(playing.parts.database, now=playing.clock.now())
    playing.clock.advance(ms=86_400_000)
    calendar.expire_pending(playing.parts.database, now=playing.clock.now())
    with playing.parts.database.reading() as db:
        row = evidence.rows.get_session(db, playing.session_id)
        assert row is not None
        kinds = [notice.kind.value for notice in inbox.list_notices(db, row.learner_id)]
        cases, _ = list_cases(db, states=[CaseState.OPEN], kinds=[CaseKind.RISK], page=1)
    assert sorted(kinds) == ["pending_expired", "pending_expiring"]
    assert cases == []


def test_nobody_studies_unverified_or_in_a_strange_enrolment(
    client: TestClient, parts: Parts, course: MadeCourse
) -> None:
    sign_in(client, parts, CAROL)
    wanted = {"course_id": course.course_id}
    refused = client.post("/api/v1/enrolments", json=wanted, headers=csrf(client))
    assert refused.status_code == 403
    verify(client, CAROL)
    enrolled = client.post("/api/v1/enrolments", json=wanted, headers=csrf(client))
    body = {"enrolment_id": enrolled.json()["id"], "lesson_id": course.video_id}
    answer = client.post("/api/v1/study-sessions", json=body, headers=csrf(client))
    assert (answer.status_code, answer.json()["code"]) == (403, "no_identity_method")
    body["enrolment_id"] = "0" * 26
    assert client.post("/api/v1/study-sessions", json=body, headers=csrf(client)).status_code == 404


def test_signing_out_ends_the_session_of_this_device_alone(playing: Player) -> None:
    with TestClient(create_app(playing.parts)) as other:
        playing.clock.advance(ms=61_000)
        sign_in(other, playing.parts, ALICE)
        assert other.post("/api/v1/auth/sign-out", headers=csrf(other)).status_code == 204
    assert playing.play(0, 10_000)["verdicts"][0]["credited_ms"] == 10_000
    body, head = playing.batch(10_000, 20_000), playing.head
    signed_out = playing.client.post("/api/v1/auth/sign-out", headers=csrf(playing.client))
    assert signed_out.status_code == 204
    assert playing.send(body).status_code == 401
    playing.clock.advance(ms=61_000)
    sign_in(playing.client, playing.parts, ALICE)
    answer = playing.send(body, prev=head)
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
