"""An institution makes a course with a film, over a bad line; a worker earns hours by it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from app.core import spreadsheet
from app.identity.rules.actors import Role
from app.identity.services import roles
from app.learning.providers import recoding
from app.learning.rules.item_sheet import COLUMNS, EXAMPLES, WIDTHS, row_of
from app.lobby import cookies
from tests.browser import looking
from tests.browser import worker_way as way
from tests.browser.conftest import watched
from tests.browser.house import House
from tests.browser.looking import arrived
from tests.courses import ask
from tests.institutions import AUTHOR, COLLEAGUE, SCHOOL, TEXT, found_school, writer
from tests.integration.learning.test_films_sent import PIECE, film
from tests.people import ALICE, Someone, pass_with, prove

REVIEWER = Someone("13800000013", "吴静", "510903197107210500")
FILM_S = 16
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Chromium as it is tested with plays no H.264; free of patents, so every build plays it.
FREE = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "80k")
CALM = {
    "required_s": 10, "beat_s": 2, "presence_gap_s": None, "identity_gap_s": [600, 600],
    "order_lock": False,
}  # fmt: skip


@pytest.fixture
def desk(browser: Browser, house: House) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=house.address
    )
    context.set_default_timeout(60_000)
    yield context
    context.close()


def _enter(page: Page, house: House, who: Someone) -> None:
    way.sign_in(page, house, who)
    expect(page).not_to_have_url(re.compile("/sign-in"))
    jar = {each["name"]: each["value"] for each in page.context.cookies()}
    pass_with(house.parts, jar[cookies.ACCESS])


def _write_card(page: Page) -> str:
    page.goto("/authoring")
    page.get_by_role("link", name="新建第一门课程").click()
    page.locator("#f-title").fill("车间用电安全")
    page.locator("#f-summary").fill("看懂配电箱，知道什么时候必须断电。")
    page.locator("#f-training_kind").select_option("safety")
    page.locator("#f-certificate").select_option("training_completion")
    page.locator("#f-exam_size").fill("5")
    # What is left out is named at its field, and nothing that was typed is lost.
    page.get_by_role("button", name="建立课程").click()
    expect(page.locator("#e-required_minutes")).not_to_be_empty()
    expect(page.locator("#f-title")).to_have_value("车间用电安全")
    page.locator("#f-required_minutes").fill("1")
    page.get_by_role("button", name="建立课程").click()
    arrived(page, "**/authoring/0*")
    return page.url.rpartition("/")[2]


def _add_film_lesson(page: Page, title: str) -> None:
    page.get_by_text("添加课时，改章名").click()
    page.get_by_label("课时名称").fill(title)
    page.get_by_role("button", name="添加课时").click()
    arrived(page, "**/lessons/*")


class _BadLine:
    """Every third piece is lost on its way; after `cut_after` of them nothing goes any more."""

    def __init__(self) -> None:
        self.arrived: list[int] = []
        self.cut_after: int | None = 3
        self._count = 0

    def carry(self, route: Route) -> None:
        self._count += 1
        if len(self.arrived) == self.cut_after or self._count % 3 == 2:
            route.abort("internetdisconnected")
            return
        self.arrived.append(int(route.request.url.rpartition("/")[2]))
        route.continue_()


def _send_film(page: Page, content: bytes) -> None:
    line = _BadLine()
    page.route("**/pieces/*", line.carry)
    chosen = {"name": "配电箱.mov", "mimeType": "video/quicktime", "buffer": content}
    page.locator("#film-file").set_input_files(chosen)
    expect(page.locator("#film-say")).to_contain_text("网络断了")
    page.wait_for_timeout(3000)
    first = list(line.arrived)
    assert len(first) == 3
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#film-say")).to_contain_text("没有传完")
    looking.keep(page, "authoring_resume")
    line.cut_after = None
    line.arrived.clear()
    page.locator("#film-file").set_input_files(chosen)
    expect(page.locator("#film-say")).to_contain_text("视频已就绪")
    pieces = -(-len(content) // PIECE)
    assert sorted(first + line.arrived) == list(range(pieces)), "no piece went twice"


def _attach(page: Page) -> None:
    page.locator("#material-file").set_input_files(
        {"name": "手册.txt", "mimeType": "text/plain", "buffer": b"x"}
    )
    expect(page.locator("#material-say")).to_contain_text("PDF")
    book = {"name": "用电手册.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    page.locator("#material-file").set_input_files(book)
    expect(page.get_by_role("link", name="用电手册.pdf")).to_be_visible()


def _fill_the_rest(house: House, version_id: str) -> None:
    """What is no film is written by a colleague."""
    colleague = writer(house.parts, COLLEAGUE)
    chapter_id = colleague.draft(version_id)["chapters"][0]["chapter_id"]
    for module in ("ethics", "law", "safety", "green"):
        path = f"/chapters/{chapter_id}/lessons"
        lesson_id = colleague.make(path, {"kind": "document", "title": f"关于{module}"})
        colleague.call("PUT", f"/lessons/{lesson_id}/text", {"text": TEXT}, wanted=200)
        colleague.call("PUT", f"/lessons/{lesson_id}", {"title": f"关于{module}", "module": module})
    colleague.client.__exit__(None, None, None)


def _fill_bank(page: Page, version_id: str) -> None:
    """From what the draft lacks to a bank of a clerk's table, and back to the course."""
    page.goto(f"/authoring/{version_id}")
    expect(page.get_by_text("题库里只有 0 题")).to_be_visible()
    page.get_by_role("link", name="去题库").click()
    arrived(page, "**/banks")
    page.get_by_label("名称").fill("用电题库")
    page.get_by_role("button", name="新建").click()
    arrived(page, "**/banks/0*")
    page.get_by_role("link", name="导入题目").click()
    rows = [row_of(replace(item, code="")) for item in EXAMPLES]
    table = spreadsheet.write_sheets([("题库", WIDTHS, [COLUMNS, *rows])])
    page.locator("#bank-file").set_input_files(
        {"name": "题目.xlsx", "mimeType": XLSX, "buffer": table}
    )
    page.locator("#do-import").click()
    expect(page.locator("#trial-title")).to_have_text("已经导入")
    page.get_by_role("link", name="看题库").click()
    page.get_by_role("button", name="使用", exact=True).click()
    expect(page.get_by_text("在用", exact=True)).to_be_visible()
    looking.keep(page, "authoring_bank")
    page.get_by_role("link", name="回到课程").click()
    arrived(page, f"**/authoring/{version_id}")
    expect(page.get_by_text("题库里只有")).to_have_count(0)


def _write_text(page: Page, version_id: str) -> None:
    """What was typed goes along with the name; leaving it behind is asked about (and accepted)."""
    page.goto(f"/authoring/{version_id}")
    page.get_by_text("添加课时，改章名").click()
    page.get_by_label("课时名称").fill("先断电")
    page.get_by_label("图文").check()
    page.get_by_role("button", name="添加课时").click()
    arrived(page, "**/lessons/*")
    lesson = page.url
    text = page.get_by_label("课文")
    text.click()  # a browser asks only of those who have touched the page
    text.fill("## 断电\n\n检修以前先断电。")
    asked: list[str] = []
    page.once("dialog", lambda dialog: asked.append(dialog.type))
    page.reload()
    assert asked == ["beforeunload"]
    text.fill("## 断电\n\n检修以前先断电，再验电。")
    page.get_by_label("课时名称").fill("先断电再验电")
    page.get_by_role("button", name="保存正文和名称，回到目录").click()
    arrived(page, f"**/authoring/{version_id}#*")
    page.goto(lesson)
    expect(text).to_have_value("## 断电\n\n检修以前先断电，再验电。")
    expect(page.get_by_role("heading", name="先断电再验电", level=1)).to_be_visible()
    _write_signed_out(page)
    page.get_by_text("删去这节课").click()
    page.get_by_role("button", name="确定删去").click()
    arrived(page, f"**/authoring/{version_id}")


def _write_signed_out(page: Page) -> None:
    """A sign-in that ends in the middle: what was typed stays, and the way back is another tab."""
    jar = page.context.cookies()
    kept = [each for each in jar if each["name"] not in (cookies.ACCESS, cookies.REFRESH)]
    text = page.get_by_label("课文")
    text.fill("## 断电\n\n另写一段。")
    page.context.clear_cookies()
    page.context.add_cookies(kept)
    page.get_by_role("button", name="保存正文", exact=True).click()
    link = page.get_by_role("link", name="在新的标签页登录")
    expect(page.locator("#text [data-trouble]")).to_contain_text("已填的内容还在")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener")
    expect(text).to_have_value("## 断电\n\n另写一段。")
    page.context.add_cookies(jar)
    page.get_by_role("button", name="保存正文", exact=True).click()
    expect(page.locator("#text [data-trouble]")).to_be_hidden()


def _look_around(page: Page, version_id: str) -> list[str]:
    """Every page of making, on phone and desk, light and dark."""
    hrefs = page.locator(f'a[href^="/authoring/{version_id}/lessons/"]')
    lessons = [hrefs.nth(place).get_attribute("href") or "" for place in range(2)]
    film = lessons[0].rpartition("/")[2]
    found: list[str] = []
    for address in (
        "/authoring", "/authoring/new", f"/authoring/{version_id}/card", *lessons,
        f"/authoring/lessons/{film}/preview", f"/authoring/{version_id}/review",
        f"/authoring/{version_id}",
    ):  # fmt: skip
        page.goto(address)
        looking.stop_gliding(page)
        name = "_".join(part for part in address.split("/") if not part.startswith("0"))
        for width, height, scheme in (
            (390, 844, "dark"),
            (390, 844, "light"),
            (1440, 900, "light"),
        ):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            found += [f"{name} {scheme}: {fault}" for fault in looking.faults(page, width)]
            looking.keep(page, f"making{name}_{width}_{scheme}")
        found += [f"{name}: {fault}" for fault in looking.narrow_faults(page)]
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def _publish(page: Page, house: House, title: str) -> None:
    account = prove(house.parts, REVIEWER)
    now = house.parts.clock.now()
    with house.parts.database.transaction() as db:
        roles.grant(
            db, learner_id=account, role=Role.REVIEWER, org_id=None, region_code=None, now=now
        )
    _enter(page, house, REVIEWER)
    page.goto("/desk/course-reviews")
    page.get_by_role("link", name=title).click()
    looking.keep(page, "authoring_review")
    assert not looking.faults(page, 1440)
    page.get_by_text("通过，发布给学员").click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("没有待审核的课程")).to_be_visible()


def test_from_a_film_on_a_desk_to_hours_on_a_phone(
    desk: BrowserContext,
    browser: Browser,
    phone: BrowserContext,
    house: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recoding, "CODER", FREE)
    house.parts.settings.authoring.piece_bytes = PIECE
    found_school(house.parts, SCHOOL, AUTHOR, COLLEAGUE)
    with watched(desk) as page:
        _enter(page, house, AUTHOR)
        version_id = _write_card(page)
        _add_film_lesson(page, "看懂配电箱")
        _send_film(page, film(FILM_S, tmp_path))
        _write_text(page, version_id)
        _fill_the_rest(house, version_id)
        _fill_bank(page, version_id)
        _attach(page)
        assert _look_around(page, version_id) == []
        page.get_by_role("button", name="提交审核").click()
        expect(page.get_by_text("正在等待审核")).to_be_visible()
    reviewer = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=house.address
    )
    with watched(reviewer) as page:
        _publish(page, house, "车间用电安全")
    reviewer.close()
    with house.parts.database.transaction() as db:
        ask(db, version_id, CALM, now=house.parts.clock.now())
    with watched(phone) as page:
        way.sign_up(page, house, ALICE)
        way.enrol(page, version_id)
        page.get_by_role("link", name="继续学习").click()
        way.answer_check(page, house, ALICE)
        page.locator("#light").click()  # the poor line of a phone: sound with stills
        page.wait_for_load_state()
        expect(page.locator("#light")).to_have_attribute("aria-pressed", "true")
        way.start_playing(page)
        way.study_lesson(page, house, ALICE)
        assert way.counted_share(page) > 0.95
        looking.keep(page, "authoring_studied")
