"""The list of who needs a word is turned by place: nobody is passed over, and no more is read."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.org.repository import shares
from app.org.services import pressing_list
from tests.courses import make_course
from tests.employers import CHOSEN, agent, delete, post
from tests.people import MALLORY, sign_in
from tests.rosters import as_xlsx, hand_over, name_of, number_of

PEOPLE = 27
LIST = "/employer/reminders?list=stuck"


@dataclass(slots=True)
class Desk:
    boss: TestClient
    staff: dict[str, str] = field(default_factory=dict)
    """Ids by name."""

    def page(self, address: str) -> str:
        answer = self.boss.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    def lines(self, page: str) -> list[str]:
        """Name and day of each line."""
        rows = re.findall(r"<tr>(.*?)</tr>", page.split("<tbody>", 1)[-1], re.DOTALL)
        texts = [re.sub(r"<[^>]+>", " ", row).split() for row in rows]
        return [
            " ".join([text[0], *re.findall(r"还有 (\d+) 天", " ".join(text))]) for text in texts
        ]

    def link(self, page: str, words: str) -> str:
        found = re.search(rf'href="([^"]+)"[^>]*>(?:<[^>]+>)*{words}', page)
        return html.unescape(found[1]) if found else ""

    def walk(self, address: str, words: str = "下一页") -> list[str]:
        """All lines from a page on."""
        found: list[str] = []
        while address:
            page = self.page(address)
            lines = self.lines(page)
            found = [*found, *lines] if words == "下一页" else [*lines, *found]
            address = self.link(page, words)
        return found


@pytest.fixture
def desk(client: TestClient, parts: Parts, clock: SettableClock) -> Desk:
    """People who were asked for two courses, and have not said yes for four days."""
    found = Desk(agent(client, parts, MALLORY))
    rows = [(name_of(n), number_of(n), "", f"{n % 3} 车间", "") for n in range(PEOPLE)]
    import_id = hand_over(found.boss, as_xlsx(rows))["import_id"]
    post(found.boss, f"/org/imports/{import_id}/confirmation", {"only_good": False})
    worker.drain(parts)
    at = ""
    while len(found.staff) < PEOPLE:
        listed = found.boss.get("/api/v1/org/staff", params={"at": at}).json()
        found.staff |= {each["name"]: each["staff_id"] for each in listed["items"]}
        at = listed["next"]
    ids = list(found.staff.values())
    for code, due_on in (("first", "2026-12-30"), ("second", "2026-12-20")):
        asked = {"course_id": make_course(parts, code=code).course_id, "due_on": due_on}
        made = post(found.boss, "/org/assignment-rules", asked | {"staff_ids": ids} | CHOSEN)
        assert made.status_code == 201, made.text
        clock.advance(ms=60_000)
    clock.advance(ms=4 * 86_400_000)
    sign_in(found.boss, parts, MALLORY)
    return found


@pytest.mark.parametrize("sort", ["due", "-due", "step", "-step"])
def test_every_line_comes_once_on_and_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(pressing_list, "_AT_ONCE", 7)
    on = desk.walk(f"{LIST}&sort={sort}")
    assert (len(on), len(set(on))) == (2 * PEOPLE, 2 * PEOPLE)
    turned = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    assert desk.walk(f"{LIST}&sort={turned}") == on[::-1]
    last = desk.page(f"{LIST}&sort={sort}")
    while address := desk.link(last, "下一页"):
        last, here = desk.page(address), address
    assert desk.walk(here, "上一页") == on
    assert f"共 {2 * PEOPLE} 条" in desk.page(f"{LIST}&sort={sort}")


def test_who_drops_out_meanwhile_lets_nobody_be_passed_over(desk: Desk) -> None:
    first = desk.page(LIST)
    wanted = desk.walk(LIST)
    gone = desk.lines(first)[3].split(" ", 1)[0]
    assert delete(desk.boss, f"/org/staff/{desk.staff[gone]}").status_code == 204
    rest = desk.walk(desk.link(first, "下一页"))
    assert rest == [each for each in wanted[20:] if not each.startswith(f"{gone} ")]


def test_a_page_reads_as_far_as_it_needs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    beyond = shares.shares_beyond

    def counted(*args: Any, **named: Any) -> list[shares.ShareRow]:
        found = beyond(*args, **named)
        read.append(len(found))
        return found

    monkeypatch.setattr(pressing_list, "_AT_ONCE", 10)
    monkeypatch.setattr(pressing_list, "MOST_LOOKED", 10)
    monkeypatch.setattr(pressing_list, "_COUNTED_AT_ONCE", 10)
    monkeypatch.setattr(shares, "shares_beyond", counted)
    page = desk.page(LIST)
    assert len(desk.lines(page)) == 20
    assert "10 以上" in page, "what was looked at, and there is more"
    assert sum(read) < 2 * PEOPLE + 20


def test_it_is_searched_and_what_is_none_is_said(desk: Desk) -> None:
    name = name_of(5)
    found = desk.page(f"{LIST}&q={name}")
    assert {each.split(" ", 1)[0] for each in desk.lines(found)} == {name}
    assert f"提醒全部 {len(desk.lines(found))} 人次" in found
    assert len(desk.walk(f"{LIST}&q=1 车间")) == 2 * PEOPLE // 3
    assert len(desk.walk(f"{LIST}&reason=not_joined")) == 2 * PEOPLE
    assert "没有找到" in desk.page(f"{LIST}&reason=exam_failed")
    assert "这一类没有人" in desk.page("/employer/reminders?list=overdue")
    for wrong in ("sort=name", "at=abcd", "at=eyJ9"):
        assert desk.boss.get(f"{LIST}&{wrong}").status_code == 422
