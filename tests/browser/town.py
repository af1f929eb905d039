"""A town where much has happened, and the way of each who lives there to all of their pages."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page
from starlette.testclient import TestClient

from app import worker
from app.cli import seed
from app.core import outbox
from app.core.clock import SettableClock, SystemClock
from app.identity.rules.local_days import local_day
from app.learning.services import catalogue, publishing
from app.learning.services.catalogue import CourseView
from app.lobby import cookies
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.browser import desk_day, school_day
from tests.browser.house import House, open_house
from tests.browser.looking import arrived
from tests.courses import make_course
from tests.employers import CHOSEN
from tests.people import ALICE, CAROL, Someone, csrf, newest_code, pass_with, sign_in
from tests.player import Player, choose_questions
from tests.schools import SCHOOL

BOB = Someone("13800000002", "鲍勃", "510101198109120013")
RUI = Someone("13800000004", "芮明", "510101197506200039")
WU = Someone("13800000006", "吴静", "510903197107210500")
NEWCOMER = Someone("13899990001", "", "")
# Days from when they are assigned; so many of them have passed when the pages are looked at.
DUE = {"电子装配静电防护入门": 1, "安全生产基础": 11, "读懂政策": 60}
_PASSED_DAYS = 8
_RESEND_MS = 61_000  # sooner, a second code to the same phone is refused
_DAY_MS = 24 * 3600 * 1000


@contextmanager
def open_town(folder: Path, sqlite_template: Path) -> Iterator[House]:
    """A house where people studied, failed, passed, complained, assigned, came late."""
    shutil.copyfile(sqlite_template, folder / "house.db")
    clock = SettableClock(SystemClock().now())
    with open_house(folder / "var", folder / "house.db", clock=clock, works=False) as house:
        parts = house.parts
        seed.everything(parts)
        with parts.database.transaction() as db:
            # The films are not needed here, and they would take the time of the pages.
            outbox.drop(db, publishing.MAKE_VIDEO, now=clock.now())
        with TestClient(create_app(parts)) as client:
            _assign(house, client, clock)
        with TestClient(create_app(parts)) as client:
            _live(house, client, clock)
        yield house


def _assign(house: House, client: TestClient, clock: SettableClock) -> None:
    """One course is overdue by now, one is due soon, one far away."""
    parts = house.parts
    sign_in(client, parts, BOB)
    staff = [each["staff_id"] for each in client.get("/api/v1/org/staff").json()["items"]]
    for title, days in DUE.items():
        course = _course(parts, title)
        due_on = local_day(clock.now()) + dt.timedelta(days=days)
        asked = {
            "course_id": course.course_id, "staff_ids": staff, "due_on": due_on.isoformat(),
            **CHOSEN,
        }  # fmt: skip
        answer = client.post("/api/v1/org/assignment-rules", json=asked, headers=csrf(client))
        assert answer.status_code == 201, answer.text
    clock.advance(ms=_PASSED_DAYS * _DAY_MS)


def _course(parts: Parts, title: str) -> CourseView:
    with parts.database.reading() as db:
        found, _ = catalogue.list_courses(
            db, query=title, cluster_code=None, page=1, now=parts.clock.now()
        )
    return found[0]


def _begin(player: Player) -> None:
    """A minute and a half of what is overdue, so that there is a place to go on from."""
    course = _course(player.parts, next(iter(DUE)))
    player.enrol(course.course_id)
    player.fetch(player.open(course.lessons[0].lesson_id))
    if player.challenge is not None:
        player.pass_check()
    for start in range(0, 90_000, 10_000):
        player.play(start, start + 10_000)
        if player.challenge is not None:
            player.pass_check()
    player.ask_check()
    player.pass_check()


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
    _begin(player)
    desk_day.bring(client)
    clock.advance(ms=1000)
    worker.drain(parts)
    desk_day.work(parts, client)
    school_day.bring(parts)
    desk_day.administer(parts)


def pass_time(house: House, ms: int) -> None:
    """Nothing moves the town's clock but this."""
    assert isinstance(house.parts.clock, SettableClock)
    house.parts.clock.advance(ms=ms)


def enter(page: Page, house: House, who: Someone) -> None:
    """Through the JSON doorway, with the browser's own cookies."""
    pass_time(house, _RESEND_MS)
    page.goto("/sign-in")
    token = page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
    headers = {"x-csrf-token": token}
    page.request.post("/api/v1/auth/codes", data={"phone": who.phone}, headers=headers)
    body = {"phone": who.phone, "code": newest_code(house.parts, who.phone)}
    assert page.request.post("/api/v1/auth/sign-in", data=body, headers=headers).ok
    jar = {each["name"]: each["value"] for each in page.context.cookies()}
    pass_with(house.parts, jar[cookies.ACCESS])


def _links(page: Page, address: str, pattern: str) -> list[str]:
    """The addresses on a page that match, so that no id is made up."""
    page.goto(address)
    found = page.locator(f'a[href^="{pattern}"]')
    hrefs = [found.nth(index).get_attribute("href") or "" for index in range(found.count())]
    return list(dict.fromkeys(hrefs))[:1]


def _public(page: Page) -> list[str]:
    course = _links(page, "/courses", "/courses/")
    return ["/", "/courses", *course, "/verify", "/verify?number=ZZ51", "/verify/by-hand",
            "/terms",
            "/privacy", "/help", "/complaint", "/complaint/answer",
            "/complaint/fake", "/sign-in", "/outbox",
            "/nowhere"]  # fmt: skip


def _workers(page: Page) -> list[str]:
    page.goto("/home")
    done = page.locator('a[href^="/learn/"]', has_text="安全生产入门")
    learn = [done.first.get_attribute("href") or ""]
    certificate = _links(page, "/certificates", "/certificates/")
    verdict = _links(page, certificate[0], "/v/")
    exam = [learn[0].replace("/learn/", "/exam/")]
    result = _links(page, exam[0], "/exam/attempts/")
    again = _links(page, learn[0], f"{learn[0]}/")
    appeals = desk_day.appeals(page)
    day = _links(page, "/hours", "/hours/")
    fresh = _enrol_in_another(page)
    lesson = _links(page, fresh, f"{fresh}/")
    return ["/home", *learn, *again, fresh, *lesson, *exam, *result, "/hours", *day,
            "/certificates", *certificate, f"{certificate[0]}/shares", "/certificates/external",
            *verdict, "/inbox", "/me",
            "/me/password", "/me/portrait", "/me/access", *appeals]  # fmt: skip


def _enrol_in_another(page: Page) -> str:
    page.goto("/courses?q=政策")
    page.locator('a[href^="/courses/"]').first.click()
    page.get_by_role("button", name="报名学习").or_(
        page.get_by_role("link", name="继续学习")
    ).click()
    arrived(page, "**/learn/*")
    return "/learn/" + page.url.rpartition("/")[2]


def _employers(page: Page) -> list[str]:
    person = _links(page, "/employer/staff", "/employer/staff/")
    return ["/employer", "/employer/staff", *person, "/employer/staff?q=0000",
            "/employer/assign", "/employer/progress",
            "/employer/certificates?ending=all"]  # fmt: skip


def _schools(page: Page) -> list[str]:
    bank = _links(page, "/banks", "/banks/")[0]
    blueprint = _links(page, bank, "/blueprints/")
    page.goto(bank)
    items = page.locator(f'a[href^="{bank}/items/0"]')
    kinds = [items.nth(place).get_attribute("href") or "" for place in (0, 3, 4)]
    mark = _links(page, "/marking", "/marking/")
    return ["/banks", bank, f"{bank}?q=zzz", f"{bank}/import", f"{bank}/statistics",
            f"{bank}/items/new?kind=multiple",
            *kinds, *blueprint, "/marking", *mark]  # fmt: skip


def _desks(page: Page) -> list[str]:
    # The kind is said in the address, so that each has a picture of its own.
    found = [
        f"{_links(page, f'/desk?kind={kind}', '/desk/cases/')[0]}?kind={kind}"
        for kind in desk_day.KINDS
    ]
    decided = _links(page, "/desk?state=decided", "/desk/cases/")
    page.goto(found[-1])
    number = page.locator("dd", has_text="ZZ51").first.inner_text()
    return ["/desk", "/desk?state=decided", *found, *decided, "/desk/certificates",
            f"/desk/certificates?number={number}", *_policies(page)]  # fmt: skip


def _policies(page: Page) -> list[str]:
    """Of the course that Alice studied, so that there is something to try."""
    page.goto("/desk/policies")
    course = page.get_by_role("link", name="安全生产入门").first.get_attribute("href") or ""
    return ["/desk/policies", "/desk/policies/platform/all", course,
            f"{course}/draft?preset=DRIVER-THEORY", f"{course}/trial?daily_cap_s=abc",
            f"{course}/trial?daily_cap_s=60&exam_pass=80&preset=DRIVER-THEORY"]  # fmt: skip


def _regulators(page: Page) -> list[str]:
    cluster = _links(page, "/regulator", "/regulator/clusters/")
    course = _links(page, "/regulator/clusters/energy", "/regulator/courses/")
    reports = _links(page, "/regulator/reports", "/regulator/reports/")
    return ["/regulator", *cluster, *course, "/regulator/reports", *reports,
            "/desk/policies", "/desk/policies/platform/all"]  # fmt: skip


def _security(page: Page) -> list[str]:
    """A change that waits was proposed by another; the person is found by their number."""
    page.goto("/security")
    page.locator("#f-phone").fill(CAROL.phone)
    page.get_by_role("button", name="查找").click()
    arrived(page, "**/security/people/*")
    person = "/security/people/" + page.url.rpartition("/")[2]
    page.goto("/me")
    return ["/security", person, "/second-factor", "/me"]


def _auditors(_page: Page) -> list[str]:
    return ["/audit", "/audit?event=case.", "/audit?event=nothing"]


def _system(page: Page) -> list[str]:
    return ["/system", *_links(page, "/system", "/system/organisations/"), "/system?q=zz"]


def _waiting(_page: Page) -> list[str]:
    return ["/signup/identity", "/me/access", "/me/deletion", "/me/data"]


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


AUDIENCES: dict[str, tuple[Someone | None, Callable[[Page], list[str]]]] = {
    "newcomer": (NEWCOMER, _newcomers),
    "waiting": (desk_day.WAITING, _waiting),
    "locked_out": (desk_day.LOCKED_OUT, _newcomers),
    "verified": (CAROL, _verified),
    "public": (None, _public),
    "worker": (ALICE, _workers),
    "employer": (BOB, _employers),
    "desk": (WU, _desks),
    "school": (SCHOOL, _schools),
    "regulator": (RUI, _regulators),
    "security": (desk_day.SAFE, _security),
    "auditor": (desk_day.BOOKS, _auditors),
    "system": (desk_day.SYSTEM, _system),
}
