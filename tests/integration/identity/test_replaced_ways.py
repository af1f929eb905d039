"""Who holds somebody's session gives up the way and chooses another: nothing is released by it."""

from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select, text
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.models.checks import IdentityCheck
from app.identity.services import consents
from app.lobby.parts import Parts
from tests.captures import captured
from tests.courses import make_course
from tests.people import ALICE, csrf, sign_in, verify
from tests.player import Player, choose_questions
from tests.reviewers import on_case, only_case, post, reviewer


def _consent(client: TestClient) -> None:
    said = {"kind": "face", "version": consents.VERSION, "accepted": True}
    assert post(client, "/me/consents", said).status_code == 201


def _withdraw(client: TestClient) -> None:
    answer = client.delete("/api/v1/me/consents/face", headers=csrf(client))
    assert answer.status_code == 204, answer.text


def _begin(client: TestClient) -> dict[str, Any]:
    opened = post(client, "/me/face-sessions", {"purpose": "enrol"})
    assert opened.status_code == 201, opened.text
    found: dict[str, Any] = opened.json()
    return found


def _send(client: TestClient, opened: dict[str, Any], who: str) -> Response:
    return post(client, f"/me/face-sessions/{opened['id']}/frames", captured(opened, who))


def _enrol(client: TestClient, who: str) -> None:
    _consent(client)
    answer = _send(client, _begin(client), who)
    assert answer.json()["outcome"] == "passed", answer.text


def _show(player: Player, who: str) -> dict[str, Any]:
    assert player.challenge is not None
    answer = player.answer({"face": captured(player.challenge["prompt"], who)})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    """Alice with her face enrolled, ten seconds waiting in an open session."""
    course = make_course(parts, presence_gap_s=None)
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    _enrol(client, "a")
    found = Player(client, parts, clock, ALICE)
    found.enrol(course.course_id)
    opened = found.open(course.video_id)
    assert _show(found, "a")["outcome"] == "passed"
    found.fetch(opened)
    found.play(0, 10_000)
    return found


def _open(player: Player) -> dict[str, Any]:
    player.clock.advance(ms=1_000)
    return player.open(player.lesson_id)


def _notices(player: Player) -> list[str]:
    return [each["kind"] for each in player.client.get("/api/v1/me/notices").json()]


def test_face_of_first_sign_up_is_in_no_doubt(player: Player) -> None:
    player.ask_check()
    told = _show(player, "a")
    assert (told["outcome"], told["totals"]["confirmed_ms"]) == ("passed", 10_000)
    assert "way_replaced" not in _notices(player)


def test_face_of_stand_in_releases_nothing_and_time_waits(player: Player) -> None:
    _withdraw(player.client)
    _enrol(player.client, "b")
    assert "way_replaced" in _notices(player)
    _open(player)
    assert player.challenge is not None, "the check of the way before opened a session"
    told = _show(player, "b")
    assert (told["outcome"], told["hold"]) == ("unproven", True)
    assert told["totals"]["confirmed_ms"] == 0
    assert told["totals"]["pending_ms"] == 10_000
    assert "换过核对方式" in told["message"]
    again = post(player.client, f"/study-sessions/{player.session_id}/challenges", {})
    assert again.json()["code"] == "under_review"


def test_person_who_sees_a_stand_in_takes_the_way_off(player: Player) -> None:
    _withdraw(player.client)
    _enrol(player.client, "b")
    _open(player)
    _show(player, "b")
    with reviewer(player.parts) as wu:
        case = only_case(wu, "face_review")
        decided = on_case(wu, case["id"], "decision", decision="reject", reason="电话里不是本人。")
        assert decided.status_code == 200, decided.text
    # Alice's own face counts as little until somebody has looked at her too.
    _enrol(player.client, "a")
    _open(player)
    assert _show(player, "a")["outcome"] == "unproven"


def test_person_who_sees_the_learner_lets_the_new_way_count(player: Player) -> None:
    _withdraw(player.client)
    player.clock.advance(ms=1_000)
    choose_questions(player.client)
    _open(player)
    told = player.answer(player.right_answer()).json()
    assert (told["outcome"], told["totals"]["pending_ms"]) == ("unproven", 10_000)
    with reviewer(player.parts) as wu:
        case = only_case(wu, "face_review")
        decided = on_case(wu, case["id"], "decision", decision="approve", reason="电话核对过。")
        assert decided.status_code == 200, decided.text
    opened = _open(player)
    assert opened["totals"]["confirmed_ms"] == 10_000
    player.pass_check()
    player.fetch(opened)
    player.play(10_000, 20_000)
    player.clock.advance(ms=1_000)
    player.ask_check()
    assert player.pass_check()["totals"]["confirmed_ms"] == 20_000


def test_way_replaced_again_after_it_was_asked_about_is_still_in_doubt(player: Player) -> None:
    _withdraw(player.client)
    _enrol(player.client, "a")
    _open(player)
    assert _show(player, "a")["outcome"] == "unproven"
    player.clock.advance(ms=1_000)
    _withdraw(player.client)
    _enrol(player.client, "b")
    with reviewer(player.parts) as wu:
        case = only_case(wu, "face_review")
        _is_refused(on_case(wu, case["id"], "decision", decision="approve", reason="电话核对过。"))
        no = on_case(wu, case["id"], "decision", decision="reject", reason="那一种已经不在了。")
        assert no.status_code == 200, no.text
    _open(player)
    if player.challenge is None:
        player.ask_check()
    assert _show(player, "b")["outcome"] == "unproven"


def _is_refused(answer: Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (409, "replaced_again")
    assert "不通过" in answer.json()["remedy"]


@pytest.mark.parametrize("then", ["chosen_anew", "given_up"])
def test_decision_about_a_way_that_is_gone_releases_nothing(player: Player, then: str) -> None:
    """A stand-in's face, replaced or given up before anybody looked."""
    _withdraw(player.client)
    _enrol(player.client, "b")
    _open(player)
    assert _show(player, "b")["outcome"] == "unproven"
    player.clock.advance(ms=1_000)
    _withdraw(player.client)
    if then == "chosen_anew":
        choose_questions(player.client)
    with reviewer(player.parts) as wu:
        case = only_case(wu, "face_review")
        _is_refused(on_case(wu, case["id"], "decision", decision="approve", reason="电话核对过。"))
        assert only_case(wu, "face_review")["id"] == case["id"]
    with player.parts.database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM ledger_entry")).scalar_one() == 0
        assert db.execute(text("SELECT SUM(ms) FROM pending_piece")).scalar_one() == 10_000


def test_session_begun_before_replaces_no_finished_way(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    _consent(client)
    first, second, third = _begin(client), _begin(client), _begin(client)
    assert _send(client, first, "a").json()["outcome"] == "passed"
    refused = _send(client, second, "b")
    assert (refused.status_code, refused.json()["code"]) == (409, "method_chosen")
    _withdraw(client)
    choose_questions(client)
    _consent(client)
    refused = _send(client, third, "b")
    assert (refused.status_code, refused.json()["code"]) == (409, "method_chosen")


def test_check_while_studying_is_no_enrolment(player: Player) -> None:
    player.ask_check()
    with player.parts.database.reading() as db:
        query = select(IdentityCheck).where(IdentityCheck.purpose == "study")
        newest = db.scalars(query.order_by(IdentityCheck.id.desc())).first()
        assert newest is not None
        assert newest.prompt is not None
        check = {"id": newest.id} | newest.prompt
    sent = _send(player.client, check, "b")
    assert (sent.status_code, sent.json()["code"]) == (404, "not_found")
    assert _show(player, "a")["outcome"] == "passed"
