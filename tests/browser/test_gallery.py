"""Every page on phone and desk, light and dark: nothing that axe finds, nothing too wide.

A picture of each is left in var/gallery for people to look at; what only a person on the way sees
(dialogs, a paper) is looked at there.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from app import worker
from app.cli import seed
from app.core import outbox
from app.core.clock import SettableClock, SystemClock
from app.learning.services import publishing
from app.main import create_app
from tests import examinee
from tests.browser import looking
from tests.browser.house import House, open_house
from tests.courses import make_course
from tests.people import ALICE, CAROL, Someone, csrf, newest_code, sign_in
from tests.player import Player, choose_questions

BOB = Someone("13800000002", "鲍勃", "510101198109120013")
RUI = Someone("13800000004", "芮明", "510101197506200039")
WU = Someone("13800000006", "吴静", "")
NEWCOMER = Someone("13899990001", "", "")
SCREENS = {"phone": (390, 844), "desk": (1440, 900)}
LOOKS = [("phone", "light"), ("phone", "dark"), ("desk", "light"), ("desk", "dark")]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[House]:
    """A house where much has happened: studied, failed, passed, complained, assigned."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copyfile(sqlite_template, folder / "house.db")
    clock = SettableClock(SystemClock().now())
    with open_house(folder / "var", folder / "house.db", clock=clock, works=False) as house:
        parts = house.parts
        seed.everything(parts)
        with parts.database.transaction() as db:
            # The films are not needed here, and they would take the time of the pages.
            outbox.drop(db, publishing.MAKE_VIDEO, now=clock.now())
        with TestClient(create_app(parts)) as client:
            _live(house, client, clock)
        yield house


def _live(house: House, client: TestClient, clock: SettableClock) -> None:
    parts = house.parts
    course = make_course(parts)
    sign_in(client, parts, ALICE)
    choose_questions(client)
    player = Player(client, parts, clock, ALICE)
    player.enrol(course.course_id)
    for lesson_id in (course.video_id, course.book_id):
        opened = player.open(lesson_id)
        if player.challenge is not None:
            player.pass_check()
        player.fetch(opened)
        player.play(0, 3000, visible=False)
        for start in range(0, 90_000, 10_000):
            player.play(start, start + 10_000)
            if player.challenge is not None:
                player.pass_check()
    player.ask_check()
    player.pass_check()
    examinee.sit(client, parts, player.enrolment_id, wrong=6)
    examinee.sit(client, parts, player.enrolment_id, wrong=1)
    complaint = {"contact": "13811112222", "text": "第二课的讲解有一段听不清楚。"}
    client.post("/api/v1/complaints", json=complaint, headers=csrf(client))
    appeal = {"subject": "session", "text": "我一直在看，页面没有切走，请复核。"}
    client.post("/api/v1/appeals", json=appeal, headers=csrf(client))
    clock.advance(ms=1000)
    worker.drain(parts)


def _sign_in(page: Page, house: House, who: Someone) -> None:
    """Through the JSON doorway, with the browser's own cookies."""
    page.goto("/sign-in")
    token = page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
    headers = {"x-csrf-token": token}
    page.request.post("/api/v1/auth/codes", data={"phone": who.phone}, headers=headers)
    body = {"phone": who.phone, "code": newest_code(house.parts, who.phone)}
    assert page.request.post("/api/v1/auth/sign-in", data=body, headers=headers).ok


def _links(page: Page, address: str, pattern: str) -> list[str]:
    """The addresses on a page that match, so that no id is made up."""
    page.goto(address)
    found = page.locator(f'a[href^="{pattern}"]')
    hrefs = [found.nth(index).get_attribute("href") or "" for index in range(found.count())]
    return list(dict.fromkeys(hrefs))[:1]


def _public(page: Page) -> list[str]:
    course = _links(page, "/courses", "/courses/")
    return ["/", "/courses", *course, "/verify", "/verify?number=ZZ51&name=x", "/terms",
            "/privacy", "/help", "/complaint", "/sign-in", "/outbox", "/nowhere"]  # fmt: skip


def _workers(page: Page) -> list[str]:
    learn = _links(page, "/home", "/learn/")
    certificate = _links(page, "/certificates", "/certificates/")
    verdict = _links(page, certificate[0], "/v/")
    exam = [learn[0].replace("/learn/", "/exam/")]
    result = _links(page, exam[0], "/exam/attempts/")
    again = _links(page, learn[0], f"{learn[0]}/")
    fresh = _enrol_in_another(page)
    lesson = _links(page, fresh, f"{fresh}/")
    return ["/home", *learn, *again, fresh, *lesson, *exam, *result, "/hours", "/certificates",
            *certificate, *verdict, "/inbox", "/me"]  # fmt: skip


def _enrol_in_another(page: Page) -> str:
    page.goto("/courses?q=政策")
    page.locator('a[href^="/courses/"]').first.click()
    page.get_by_role("button", name="报名学习").or_(
        page.get_by_role("link", name="继续学习")
    ).click()
    page.wait_for_url("**/learn/*")
    return "/learn/" + page.url.rpartition("/")[2]


def _employers(page: Page) -> list[str]:
    person = _links(page, "/employer/staff", "/employer/staff/")
    return ["/employer", "/employer/staff", *person, "/employer/staff?q=0000",
            "/employer/assign", "/employer/progress"]  # fmt: skip


def _desks(page: Page) -> list[str]:
    return ["/desk", *_links(page, "/desk", "/desk/cases/"), "/desk/certificates"]


def _regulators(page: Page) -> list[str]:
    cluster = _links(page, "/regulator", "/regulator/clusters/")
    course = _links(page, "/regulator/clusters/energy", "/regulator/courses/")
    return ["/regulator", *cluster, *course]


def _newcomers(_page: Page) -> list[str]:
    return ["/signup/identity"]


def _verified(page: Page) -> list[str]:
    """Verified a moment ago: nothing chosen, nothing studied."""
    page.goto("/signup/consent")
    token = page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
    version = page.locator('[name="version"]').get_attribute("value") or ""
    body = {"kind": "face", "version": version, "accepted": True}
    answer = page.request.post("/api/v1/me/consents", data=body, headers={"x-csrf-token": token})
    assert answer.ok, answer.text()
    return ["/signup/consent", "/signup/questions", "/signup/face", "/home", "/hours",
            "/certificates", "/inbox", "/me"]  # fmt: skip


AUDIENCES = {
    "newcomer": (NEWCOMER, _newcomers),
    "verified": (CAROL, _verified),
    "public": (None, _public),
    "worker": (ALICE, _workers),
    "employer": (BOB, _employers),
    "desk": (WU, _desks),
    "regulator": (RUI, _regulators),
}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_page_is_accessible_and_fits(browser: Browser, town: House, audience: str) -> None:
    who, list_pages = AUDIENCES[audience]
    context = browser.new_context(base_url=town.address, locale="zh-CN")
    context.set_default_timeout(10_000)
    page = context.new_page()
    if who is not None:
        _sign_in(page, town, who)
    found: list[str] = []
    for address in list_pages(page):
        for screen, scheme in LOOKS:
            width, height = SCREENS[screen]
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.goto(address)
            page.wait_for_load_state("networkidle")
            found += [
                f"{address} {screen} {scheme}: {fault}" for fault in looking.faults(page, width)
            ]
            looking.keep(page, f"{audience}_{_name(address)}_{screen}-{scheme}")
    context.close()
    assert found == []


def _name(address: str) -> str:
    return address.strip("/").replace("/", "_").replace("?", "_")[:70] or "front"
