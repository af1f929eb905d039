"""Contests of the tests: an institution of two, its bank, people of its roster, their papers."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.core.ids import new_id
from app.learning.models.exams import ExamItem
from app.learning.repository import banks as bank_rows
from app.learning.rules.item_sheet import EXAMPLES
from app.learning.services import bank_items, item_banks
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.staff import StaffMember
from tests import examinee
from tests.employers import post, put
from tests.people import ALICE, CAROL, MALLORY, Someone, csrf, prove, sign_in
from tests.schools import SCHOOL, SECOND, found_school, join_school, school_client

PEOPLE = (ALICE, CAROL, MALLORY)
# The clock of the tests stands at 2026-11-24 10:00 in Shanghai.
OPENS, CLOSES = "2026-11-24T11:00", "2026-11-24T13:00"
_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
SECTIONS = [{"title": "单选", "count": 4, "points": 1, "kind": "single"}]
CARD = {
    "kind": "race", "title": "电工技能竞赛", "rules_text": "独立完成，先比得分，再比用时。",
    "prizes_text": "第一名发一等奖。", "audience": "roster", "asks_identity": False,
}  # fmt: skip
PRACTICE = CARD | {"kind": "practice", "title": "电工岗位练兵"}


@dataclass(slots=True)
class Organiser:
    """Two of an institution: the first writes, the second publishes."""

    parts: Parts
    clock: SettableClock
    org_id: str
    bank_id: str
    first: TestClient
    second: TestClient

    def round(self, **changes: object) -> dict[str, Any]:
        return {
            "title": "初赛", "opens_at": OPENS, "closes_at": CLOSES, "minutes": 30, "tries": 1,
            "bank_ids": [self.bank_id], "sections": SECTIONS,
        } | changes  # fmt: skip

    def draft(self, card: dict[str, Any] | None = None, *rounds: dict[str, Any]) -> str:
        made = post(self.first, "/org/contests", card or CARD)
        assert made.status_code == 201, made.text
        contest_id = str(made.json()["contest_id"])
        for each in rounds or (self.round(),):
            added = post(self.first, f"/org/contests/{contest_id}/rounds", each)
            assert added.status_code == 201, added.text
        return contest_id

    def out(self, card: dict[str, Any] | None = None, *rounds: dict[str, Any]) -> str:
        """A published contest, its people told."""
        contest_id = self.draft(card, *rounds)
        sent = post(self.first, f"/org/contests/{contest_id}/submission", {})
        assert sent.status_code == 200, sent.text
        if sent.json()["state"] == "review":
            done = post(
                self.second, f"/org/contests/{contest_id}/decision", {"publishes": True}
            )  # fmt: skip
            assert done.status_code == 200, done.text
        worker.drain(self.parts)
        return contest_id

    def read(self, contest_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.first.get(f"/api/v1/org/contests/{contest_id}").json()
        return found

    def round_ids(self, contest_id: str) -> list[str]:
        return [each["round_id"] for each in self.read(contest_id)["rounds"]]

    def results(self, contest_id: str, place: int = 0) -> dict[str, Any]:
        round_id = self.round_ids(contest_id)[place]
        address = f"/api/v1/org/contests/{contest_id}/rounds/{round_id}/results"
        found: dict[str, Any] = self.first.get(address).json()
        return found

    def rank(self, contest_id: str, place: int = 0) -> Any:
        round_id = self.round_ids(contest_id)[place]
        return post(self.first, f"/org/contests/{contest_id}/rounds/{round_id}/ranking", {})

    def go_to(self, hours: int, minutes: int = 0) -> None:
        """Let it be so late, by the wall's clock."""
        now = self.clock.now()
        wanted = now.astimezone(_SHANGHAI).replace(hour=hours, minute=minutes, second=0)
        self.clock.advance(ms=(wanted - now) // dt.timedelta(milliseconds=1))


@contextmanager
def organiser(parts: Parts, clock: SettableClock, count: int = 8) -> Iterator[Organiser]:
    """The institution with its bank of single choices, and everybody of PEOPLE on its roster."""
    org_id = found_school(parts)
    join_school(parts, org_id, SECOND)
    bank_id = stock_singles(parts, org_id, count)
    for someone in PEOPLE:
        put_on_roster(parts, org_id, prove(parts, someone))
    with school_client(parts, SCHOOL) as first, school_client(parts, SECOND) as second:
        yield Organiser(parts, clock, org_id, bank_id, first, second)


def stock_singles(parts: Parts, org_id: str, count: int, *, short: int = 0) -> str:
    now = parts.clock.now()
    with parts.database.transaction() as db:
        bank = item_banks.create_bank(db, org_id, f"竞赛题库 {count}", actor_id=org_id, now=now)
        for number in range(count):
            item = replace(EXAMPLES[0], code=f"S{number}", stem=f"第 {number} 种标志是什么颜色？")
            bank_items.add_item(db, org_id, bank.bank_id, item, actor_id=org_id, now=now)
        for number in range(short):
            item = replace(EXAMPLES[4], code=f"K{number}")
            bank_items.add_item(db, org_id, bank.bank_id, item, actor_id=org_id, now=now)
        return bank.bank_id


def put_on_roster(parts: Parts, org_id: str, learner_id: str, **changes: Any) -> str:
    """Somebody who has joined; what is sealed of their line is nothing that contests read."""
    now = parts.clock.now()
    row_id = new_id(now)
    values: dict[str, Any] = {
        "state": "joined", "unit": "", "position": "", "joined_at": now, "roster_id": row_id,
    } | changes  # fmt: skip
    with parts.database.transaction() as db:
        db.add(
            StaffMember(
                id=row_id, org_id=org_id, learner_id=learner_id, invited_by=learner_id,
                invited_at=now, **values,
            )
        )  # fmt: skip
    return row_id


@dataclass(slots=True)
class Contestant:
    """Somebody who takes part."""

    parts: Parts
    client: TestClient

    def list(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/api/v1/me/contests").json()
        return found

    def read(self, contest_id: str, code: str = "") -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(
            f"/api/v1/me/contests/{contest_id}", params={"code": code}
        ).json()
        return found

    def enter(self, contest_id: str, *, hides_name: bool = False, code: str = "") -> Any:
        body = {"hides_name": hides_name, "code": code}
        return put(self.client, f"/me/contests/{contest_id}/entry", body)

    def start(self, round_id: str) -> Any:
        return post(self.client, f"/contest-rounds/{round_id}/attempts", {})

    def answer(self, attempt: dict[str, Any], *, wrong: int = 0) -> None:
        for index, question in enumerate(attempt["questions"]):
            given = ["先断电"]
            if question["kind"] != "short":
                right = examinee.right_letters(self.parts, question)
                other = next(letter for letter in "ABCD" if [letter] != right)
                given = [other] if index < wrong else right
            done = examinee.put(self.client, attempt, question["item_id"], given)
            assert done.status_code == 200, done.text

    def hand_in(self, attempt: dict[str, Any]) -> dict[str, Any]:
        address = f"/api/v1/attempts/{attempt['attempt_id']}/submission"
        done = self.client.post(address, headers=csrf(self.client))
        assert done.status_code == 200, done.text
        told: dict[str, Any] = done.json()
        return told

    def sit(self, round_id: str, *, wrong: int = 0, took_ms: int = 0) -> dict[str, Any]:
        """A whole paper that takes so long."""
        begun = self.start(round_id)
        assert begun.status_code == 201, begun.text
        attempt: dict[str, Any] = begun.json()
        self.answer(attempt, wrong=wrong)
        clock = self.parts.clock
        assert isinstance(clock, SettableClock)
        clock.advance(ms=took_ms)
        return self.hand_in(attempt)


@contextmanager
def contestant(parts: Parts, someone: Someone = ALICE) -> Iterator[Contestant]:
    with TestClient(create_app(parts), follow_redirects=False) as client:
        sign_in(client, parts, someone)
        yield Contestant(parts, client)


def under_way(
    held: Organiser, who: Contestant, card: dict[str, Any] | None = None, *rounds: dict[str, Any]
) -> tuple[str, str]:
    """A published contest that somebody has entered, at the hour of its one round; both ids."""
    contest_id = held.out(card, *rounds)
    (round_id,) = held.round_ids(contest_id)
    assert who.enter(contest_id).status_code == 200
    held.go_to(11)
    return contest_id, round_id


def keys_in(parts: Parts, text: str) -> list[str]:
    """The explanations of bank questions that a text tells: where one is, its key is."""
    with parts.database.reading() as db:
        said = {row.explanation for row in db.query(ExamItem)}
    return [each for each in said if each in text]


def furnish_contest(
    parts: Parts, boss: TestClient, alice: TestClient, course_id: str
) -> dict[str, str]:
    """A practice set of an employer out of the platform's questions, open now; Alice is in it."""
    with parts.database.reading() as db:
        bank = bank_rows.own_bank_of_course(db, course_id)
        assert bank is not None
        bank_id = bank.id
    contest_id = str(post(boss, "/org/contests", PRACTICE).json()["contest_id"])
    now = parts.clock.now().astimezone(_SHANGHAI)
    later = now + dt.timedelta(days=1)
    body = {
        "title": "岗位练兵", "opens_at": f"{now:%Y-%m-%dT%H:%M}",
        "closes_at": f"{later:%Y-%m-%dT%H:%M}", "minutes": 30, "tries": 3, "bank_ids": [bank_id],
        "sections": [SECTIONS[0] | {"count": 2}],
    }  # fmt: skip
    added = post(boss, f"/org/contests/{contest_id}/rounds", body)
    assert added.status_code == 201, added.text
    assert post(boss, f"/org/contests/{contest_id}/submission", {}).status_code == 200
    entered = put(alice, f"/me/contests/{contest_id}/entry", {"hides_name": False})
    assert entered.status_code == 200, entered.text
    return {"contest_id": contest_id, "round_id": str(added.json()["round_id"])}
