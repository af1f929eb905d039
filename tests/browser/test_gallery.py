"""Every page on phone and desk, light and dark: nothing that axe finds, nothing too wide.

A picture of each is left in var/gallery for people to look at; what only a person on the way sees
(dialogs, a paper) is looked at there.
"""

import re
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
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.browser import looking
from tests.browser.house import House, open_house
from tests.courses import make_course
from tests.people import ALICE, CAROL, MALLORY, Someone, csrf, newest_code, sign_in
from tests.player import Player, choose_questions
from tests.reviewers import on_case, only_case, post, reviewer

BOB = Someone("13800000002", "鲍勃", "510101198109120013")
RUI = Someone("13800000004", "芮明", "510101197506200039")
WU = Someone("13800000006", "吴静", "")
WAITING = Someone("13899990002", "", "511702196806190608")
LOCKED_OUT = Someone("13899990003", CAROL.name, CAROL.number)
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
    cut_id = re.findall(r"/appeals/cut/(\w{26})", client.get("/hours").text)[0]
    appeal = {"subject": "cut", "ref_id": cut_id, "text": "我一直在看，页面没有切走，请复核。"}
    taken = client.post("/api/v1/appeals", json=appeal, headers=csrf(client))
    assert taken.status_code == 201, taken.text
    clock.advance(ms=1000)
    worker.drain(parts)
    _claim(parts, WAITING, "/me/identity", "赵大海", "赵小海", "赵海")
    _claim(parts, LOCKED_OUT, "/me/identity/dispute", LOCKED_OUT.name)
    _work_at_the_desk(house, client)


def _claim(parts: Parts, who: Someone, path: str, *names: str) -> None:
    """Somebody claims a name or a number until a person has to look."""
    with TestClient(create_app(parts)) as client:
        sign_in(client, parts, who)
        for name in names:
            body = {"document_type": "resident_id", "number": who.number, "name": name}
            last = post(client, path, body)
        assert last.json()["outcome"] == "pending_manual", last.text


def _work_at_the_desk(house: House, client: TestClient) -> None:
    """One case is read, one answered, one waits for a second person."""
    [certificate] = client.get("/api/v1/certificates").json()
    with reviewer(house.parts, MALLORY) as staff:
        request = {"kind": "privacy_request", "contact": ALICE.phone, "text": "请给我一份我的信息"}
        post(staff, "/complaints", request)
        case_id = only_case(staff, "privacy_request")["id"]
        on_case(staff, case_id, "unmasking", purpose="核对是不是本人的请求")
        on_case(staff, case_id, "decision", decision="answer", reason="已发到您的消息里")
        path = f"/certificates/{certificate['certificate_id']}/revocation"
        assert post(staff, path, {"reason": "考试录像显示由他人代考"}).status_code == 200


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
    page.goto("/hours")
    open_appeal = page.get_by_role("link", name="申诉：").first.get_attribute("href") or ""
    made_appeal = page.get_by_role("link", name="申诉在处理").first.get_attribute("href") or ""
    fresh = _enrol_in_another(page)
    lesson = _links(page, fresh, f"{fresh}/")
    return ["/home", *learn, fresh, *lesson, *exam, *result, "/hours", "/certificates",
            *certificate, *verdict, "/inbox", "/me", "/me/access", open_appeal,
            made_appeal]  # fmt: skip


def _enrol_in_another(page: Page) -> str:
    page.goto("/courses?q=政策")
    page.locator('a[href^="/courses/"]').first.click()
    page.get_by_role("button", name="报名学习").or_(
        page.get_by_role("link", name="继续学习")
    ).click()
    page.wait_for_url("**/learn/*")
    return "/learn/" + page.url.rpartition("/")[2]


def _employers(_page: Page) -> list[str]:
    return ["/employer", "/employer/staff", "/employer/assign", "/employer/progress"]


def _desks(page: Page) -> list[str]:
    kinds = ("identity_review", "number_held", "appeal", "complaint", "certificate_revocation")
    found = [_links(page, f"/desk?kind={kind}", "/desk/cases/")[0] for kind in kinds]
    decided = _links(page, "/desk?state=decided", "/desk/cases/")
    page.goto(found[-1])
    number = page.locator("dd", has_text="ZZ51").first.inner_text()
    return ["/desk", "/desk?state=decided", *found, *decided, "/desk/certificates",
            f"/desk/certificates?number={number}"]  # fmt: skip


def _regulators(page: Page) -> list[str]:
    cluster = _links(page, "/regulator", "/regulator/clusters/")
    course = _links(page, "/regulator/clusters/energy", "/regulator/courses/")
    return ["/regulator", *cluster, *course]


def _waiting(_page: Page) -> list[str]:
    return ["/signup/identity", "/me/access"]


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
    "waiting": (WAITING, _waiting),
    "locked_out": (LOCKED_OUT, _newcomers),
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
    for number, address in enumerate(list_pages(page)):
        for screen, scheme in LOOKS:
            width, height = SCREENS[screen]
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.goto(address)
            page.wait_for_load_state("networkidle")
            found += [
                f"{address} {screen} {scheme}: {fault}" for fault in looking.faults(page, width)
            ]
            looking.keep(page, f"{audience}_{number:02}_{_name(address)}_{screen}-{scheme}")
    context.close()
    assert found == []


def _name(address: str) -> str:
    return address.strip("/").replace("/", "_").replace("?", "_")[:70] or "front"
