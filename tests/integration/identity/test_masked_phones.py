"""A phone, masked or not, outlives neither its period nor its person, wherever it was shown."""

import json
import re

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app import worker
from app.cli.log import check_everything
from app.core import log_sequencer
from app.core.clock import SettableClock
from app.core.keeping import PERIODS, Kept
from app.identity.services import cases
from app.lobby.parts import Parts
from app.main import create_app
from app.oversight.services import deletions, keeping
from tests.contract.household import person
from tests.courses import make_course
from tests.people import ALICE, newest_code, sign_in, verify
from tests.player import Player, choose_questions, enrolled
from tests.reviewers import only_case, post, reviewer

NEW_PHONE = "13900000071"
_MASKED = ("138****0001", "139****0071")
_DAY_MS = 24 * 3_600_000


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    """Alice has passed one check by code and question, and another one is open."""
    course = make_course(parts, presence_gap_s=None)
    found = enrolled(client, parts, clock, course.course_id)
    opened = found.open(course.video_id)
    found.pass_check()
    found.fetch(opened)
    found.play(0, 10_000)
    found.ask_check()
    return found


def _prompts(parts: Parts) -> list[str]:
    with parts.database.reading() as db:
        found = db.execute(text("SELECT prompt FROM study_challenge WHERE prompt IS NOT NULL"))
        return [json.dumps(each, ensure_ascii=False) for each in found.scalars()]


def _judged(parts: Parts) -> str:
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    found = re.search(r"\d+ sessions judged again to the same[^\n]*", check_everything(parts))
    assert found is not None
    return found[0]


def _leave(parts: Parts, clock: SettableClock) -> None:
    account = person(parts, ALICE)
    with parts.database.transaction() as db:
        deletions.ask(db, account, now=clock.now())
    clock.advance(ms=8 * _DAY_MS)
    worker.drain(parts)
    with parts.database.reading() as db:
        gone = text("SELECT id FROM person WHERE deleted_at IS NOT NULL")
        assert db.execute(gone).scalars().all() == [account]


def _nowhere(parts: Parts) -> None:
    """No row says it."""
    with parts.database.reading() as db:
        for table in ("study_challenge", "review_case", "identity_check", "notice", "outbox_job"):
            for row in db.execute(text(f"SELECT * FROM {table}")):  # noqa: S608 -- our own names
                assert not any(masked in str(tuple(row)) for masked in _MASKED), table


@pytest.mark.usefixtures("player")
def test_what_a_check_asked_goes_after_its_period(parts: Parts, clock: SettableClock) -> None:
    assert any(_MASKED[0] in each for each in _prompts(parts))
    clock.advance(ms=(PERIODS[Kept.CHECK_DETAILS].days - 1) * _DAY_MS)
    keeping.let_go_due(parts.database, parts.vault, {}, now=clock.now())
    assert len(_prompts(parts)) == 2
    before = _judged(parts)
    clock.advance(ms=2 * _DAY_MS)
    with parts.database.reading() as db:
        due = {each.kept: each.due for each in keeping.standings(db, {}, now=clock.now())}
    done = keeping.let_go_due(parts.database, parts.vault, {}, now=clock.now(), piece=1)
    assert done[Kept.CHECK_DETAILS] == due[Kept.CHECK_DETAILS] == 4  # each, and its challenge
    assert _prompts(parts) == []
    _nowhere(parts)
    assert (
        keeping.let_go_due(parts.database, parts.vault, {}, now=clock.now())[Kept.CHECK_DETAILS]
        == 0
    )
    assert _judged(parts) == before


def test_who_comes_back_to_a_check_of_long_ago_is_asked_anew(
    player: Player, parts: Parts, clock: SettableClock
) -> None:
    clock.advance(ms=200 * _DAY_MS)
    keeping.let_go_due(parts.database, parts.vault, {}, now=clock.now())
    sign_in(player.client, parts, ALICE)
    player.open(player.lesson_id)
    assert player.challenge is not None
    assert player.challenge["prompt"]["phone_masked"] == _MASKED[0]
    assert player.pass_check()["outcome"] == "passed"


@pytest.mark.usefixtures("player")
def test_what_a_check_asked_goes_with_the_person(parts: Parts, clock: SettableClock) -> None:
    before = _judged(parts)
    _leave(parts, clock)
    assert _prompts(parts) == []
    _nowhere(parts)
    assert _judged(parts) == before


def _recover(parts: Parts, clock: SettableClock) -> None:
    """Somebody without the old phone leaves it to people."""
    clock.advance(ms=61_000)
    with TestClient(create_app(parts)) as stranger:
        assert post(stranger, "/auth/codes", {"phone": NEW_PHONE}).status_code == 202
        body = {
            "document_type": "resident_id", "number": ALICE.number, "name": ALICE.name,
            "phone": NEW_PHONE, "code": newest_code(parts, NEW_PHONE),
        }  # fmt: skip
        opened = post(stranger, "/recoveries", body)
        assert opened.status_code == 201, opened.text
        asked = post(stranger, f"/phone-changes/{opened.json()['id']}/people", {})
        assert asked.status_code == 200, asked.text


def test_case_about_a_phone_shows_both_and_keeps_neither(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    account = person(parts, ALICE)
    _recover(parts, clock)
    worker.drain(parts)  # what is left to people comes before them by a job
    shown = {"原手机号": _MASKED[0], "新手机号": f"{_MASKED[1]}（已用验证码证实）"}
    with reviewer(parts) as wu:
        case_id = only_case(wu, "phone_change")["id"]
        facts = dict(wu.get(f"/api/v1/desk/cases/{case_id}").json()["facts"])
        assert shown.items() <= facts.items()
        _nowhere(parts)
        with parts.database.transaction() as db:
            cases.lapse(db, case_id, reason="当事人已撤回。", actor_id=account, now=clock.now())
            db.execute(text("UPDATE phone_change SET state = 'refused'"))
    _leave(parts, clock)
    _nowhere(parts)
    with reviewer(parts) as wu:
        facts = dict(wu.get(f"/api/v1/desk/cases/{case_id}").json()["facts"])
        assert "已过保存期限" in facts["原手机号"]
