"""A roll call at a site: the supervisor says who is there, and the code on the screen proves it."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.models.checks import IdentityCheck
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import make_course
from tests.employers import agent, post
from tests.people import ALICE, CAROL, MALLORY, csrf
from tests.player import Player, enrolled

USCC = "91510100MA6CX101X8"


class Site:
    """A supervisor's screen, and Alice with her phone."""

    def __init__(
        self, boss: TestClient, player: Player, parts: Parts, clock: SettableClock
    ) -> None:
        self.boss, self.player, self.parts, self.clock = boss, player, parts, clock
        self.roll_call_id = ""

    def call(self, place: str = "一号车间培训室") -> None:
        opened = post(self.boss, "/org/roll-calls", {"place": place})
        assert opened.status_code == 201, opened.text
        self.roll_call_id = opened.json()["roll_call_id"]

    def screen(self) -> dict:
        answer = self.boss.get(f"/api/v1/org/roll-calls/{self.roll_call_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def join(self, code: str | None = None):
        return post(self.player.client, "/me/roll-calls", {"code": code or self.screen()["code"]})

    def mark(self, *, is_present: bool = True):
        (here,) = self.screen()["people"]
        return self.boss.put(
            f"/api/v1/org/roll-calls/{self.roll_call_id}/presences/{here['presence_id']}",
            json={"is_present": is_present}, headers=csrf(self.boss),
        )  # fmt: skip

    def arrive(self) -> None:
        self.call()
        assert self.join().json()["state"] == "waiting"
        assert self.mark().status_code == 204


@pytest.fixture
def site(client: TestClient, parts: Parts, clock: SettableClock) -> Iterator[Site]:
    course = make_course(parts, presence_gap_s=None, check_on_open="none")
    with TestClient(create_app(parts)) as other:
        boss = agent(other, parts, MALLORY, uscc=USCC)
        added = post(boss, "/org/staff", {"name": ALICE.name, "document_number": ALICE.number})
        assert added.status_code == 201, added.text
        player = enrolled(client, parts, clock, course.course_id)
        org_id = client.get("/me").text.split("/me/employers/")[1][:26]
        assert post(client, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        player.fetch(player.open(course.video_id))
        player.pass_check()  # once, on a device that was never seen
        yield Site(boss, player, parts, clock)


def _reply(site: Site, code: str):
    assert site.player.challenge is not None
    assert site.player.challenge["methods"] == ["roll_call"]
    return site.player.answer({"roll_code": code})


def test_who_is_there_is_checked_by_the_screen_and_earns_the_hours(site: Site) -> None:
    site.arrive()
    site.player.play(0, 10_000)
    site.player.ask_check()
    assert site.player.challenge is not None
    assert site.player.challenge["prompt"] == {"place": "一号车间培训室", "digits": 6}
    told = _reply(site, site.screen()["code"])
    assert told.json()["outcome"] == "passed", told.text
    assert told.json()["totals"]["confirmed_ms"] == 10_000
    with site.parts.database.reading() as db:
        check = db.query(IdentityCheck).filter_by(method="roll_call").one()
        assert check.prompt == {"roll_call_id": site.roll_call_id, "place": "一号车间培训室"}
        assert check.outcome == "passed"


def test_a_code_is_good_for_its_step_and_the_next(site: Site) -> None:
    site.arrive()
    site.player.play(0, 5_000)
    site.player.ask_check()
    old = site.screen()["code"]
    site.clock.advance(ms=41_000)
    assert old != site.screen()["code"]
    assert _reply(site, old).json()["outcome"] == "wrong"
    before = site.screen()["code"]
    site.clock.advance(ms=site.screen()["seconds_left"] * 1000)
    assert before != site.screen()["code"]
    assert _reply(site, before).json()["outcome"] == "passed"


def test_typing_the_code_alone_is_not_enough(site: Site) -> None:
    """Whoever got the code by telephone waits for a supervisor who does not see them."""
    site.call()
    assert site.join().json()["state"] == "waiting"
    site.player.ask_check()
    assert site.player.challenge is not None
    assert site.player.challenge["methods"] == ["code_and_questions"]
    assert site.mark(is_present=False).status_code == 204
    assert site.join().json() | {"closes_at": ""} == {
        "place": "一号车间培训室", "state": "absent", "state_name": "不在场", "closes_at": "",
    }  # fmt: skip
    site.player.ask_check()
    assert site.player.challenge["methods"] == ["code_and_questions"]


def test_who_leaves_is_checked_in_their_own_way_again(site: Site) -> None:
    site.arrive()
    site.player.play(0, 5_000)
    site.player.ask_check()
    code = site.screen()["code"]
    assert site.mark(is_present=False).status_code == 204
    told = _reply(site, code).json()
    assert (told["outcome"], told["challenge"]["methods"]) == ("retry", ["code_and_questions"])
    assert "点名已经结束" in told["message"]
    assert site.player.pass_check()["totals"]["confirmed_ms"] == 5_000


def test_the_code_is_taken_on_the_phone_that_came(site: Site) -> None:
    site.arrive()
    site.player.play(0, 5_000)
    site.player.ask_check()
    jar = dict(site.player.client.cookies)
    with TestClient(create_app(site.parts)) as other:  # her account, on a phone elsewhere
        for name, value in jar.items():
            if "device" not in name:
                other.cookies.set(name, value)
        here, site.player.client = site.player.client, other
        told = site.player.answer({"roll_code": site.screen()["code"]})
        site.player.client = here
    assert told.status_code != 200 or told.json()["outcome"] != "passed", told.text


def test_a_roll_call_ends_by_hand_and_after_half_a_day(site: Site) -> None:
    site.arrive()
    again = post(site.boss, "/org/roll-calls", {"place": "二号车间"})
    assert (again.status_code, again.json()["code"]) == (409, "roll_call_open")
    site.clock.advance(ms=4 * 3600 * 1000)
    shown = site.screen()
    assert (shown["is_open"], shown["code"]) == (False, "")
    assert site.mark(is_present=False).json()["code"] == "roll_call_over"
    site.call("二号车间")
    closing = f"/org/roll-calls/{site.roll_call_id}/closing"
    assert post(site.boss, closing, {}).status_code == 204
    assert site.screen()["is_open"] is False
    site.player.ask_check()
    assert site.player.challenge is not None
    assert site.player.challenge["methods"] == ["code_and_questions"]


def test_nobody_else_comes_sees_or_calls(site: Site, parts: Parts) -> None:
    site.call()
    code = site.screen()["code"]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    told = site.join(wrong)
    assert (told.status_code, told.json()["errors"][0]["field"]) == (422, "/code")
    assert (
        post(site.boss, "/org/roll-calls", {"place": " "}).json()["errors"][0]["field"] == "/place"
    )
    own = post(site.boss, "/me/roll-calls", {"code": code})
    assert own.status_code in {403, 422}, "who calls is not on the roster"
    with TestClient(create_app(parts)) as other:
        rival = agent(other, parts, CAROL, uscc="91510700MA6CX2020M")
        assert rival.get(f"/api/v1/org/roll-calls/{site.roll_call_id}").status_code == 404
        assert post(rival, "/me/roll-calls", {"code": code}).status_code == 422
    refused = post(site.player.client, "/org/roll-calls", {"place": "家里"})
    assert refused.status_code == 403
