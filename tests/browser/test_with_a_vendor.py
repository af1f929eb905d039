"""The way with a face at a certified vendor: there and back on a phone, and beside a desk."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.core.settings import FaceSettings
from app.identity.models.face_sessions import FaceSession
from app.learning.models.study import StudySession
from tests.browser import worker_way as way
from tests.browser.conftest import PHONE, watched
from tests.browser.films import ShortCourse, make_short_course
from tests.browser.house import House, open_house
from tests.browser.looking import SCHEMES, faults, keep, look
from tests.people import ALICE
from tests.vendors import KINDS, Kind

DESK = {"width": 1440, "height": 900}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path, kind: Kind) -> Iterator[House]:
    database = tmp_path / "house.db"
    shutil.copyfile(sqlite_template, database)
    face = FaceSettings(kind="simulated", simulates=kind)
    with open_house(tmp_path / "var", database, face=face) as opened:
        yield opened


@pytest.fixture
def course(house: House) -> ShortCourse:
    return make_short_course(house.parts)


def _look(page: Page, name: str) -> None:
    """On a phone as everywhere; on a desk, in its own width."""
    if page.viewport_size == PHONE:
        look(page, name)
        return
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(350)
        assert faults(page, DESK["width"]) == []
        keep(page, f"desk_{name}_{scheme}", full=False)


def _sign_up(page: Page, house: House) -> None:
    """As far as the button that leads to the vendor."""
    way.sign_in(page, house, ALICE)
    page.locator("#f-number").fill(ALICE.number)
    page.locator("#f-name").fill(ALICE.name)
    page.get_by_role("button", name="核对").click()
    page.get_by_role("link", name="下一步").click()
    expect(page.locator("#f-accepted")).not_to_be_checked()
    _look(page, "vendor-consent")
    page.locator("#f-accepted").check()
    page.get_by_role("button", name="同意，去核身").click()
    expect(page.locator("#begin")).to_be_visible()
    _look(page, "vendor-sign-up")


def _choose(page: Page, words: str) -> None:
    """On the vendor's page, which is not ours."""
    expect(page.locator(".mark")).to_contain_text("这是模拟")
    _look(page, "vendor-page")
    page.get_by_role("button", name=words).click()


def _open_lesson(page: Page, course: ShortCourse) -> None:
    way.enrol(page, course.course_id)
    page.get_by_role("link", name="继续学习").click()
    expect(page.locator("#check-vendor")).to_be_visible()


def test_a_phone_goes_to_the_vendor_and_comes_back_to_the_same_session(
    phone: BrowserContext, house: House, course: ShortCourse
) -> None:
    with watched(phone) as page:
        _sign_up(page, house)
        page.locator("#begin").click()
        _choose(page, "不通过：不像证件上的人")
        expect(page.locator("#trouble")).to_contain_text("比对没有通过")
        _look(page, "vendor-sign-up-failed")
        page.locator("#begin").click()
        _choose(page, "通过：是本人")
        expect(page).to_have_url(re.compile("/home"))

        _open_lesson(page, course)
        _look(page, "vendor-check")
        page.get_by_role("button", name="去核对").click()
        expect(page.locator("#cancel")).to_be_visible()
        page.locator("#cancel").click()
        expect(page.locator("#check-say")).to_contain_text("还没有结果")
        _look(page, "vendor-check-unfinished")
        page.get_by_role("button", name="去核对").click()
        _choose(page, "通过：是本人")
        expect(page.locator("#check")).to_be_hidden()
        session = _newest_session(house)
        way.start_playing(page)
        expect(page.locator("#pending")).not_to_have_text("0 秒")
        _leave_through_the_vendor(page, house)
        expect(page.locator("main")).not_to_contain_text("已认定 0 秒")
        assert _newest_session(house) == session, "the same session, there and back"
        page.goto("/me")
        expect(page.locator("main")).to_contain_text("人脸（核身方）")


def _newest_session(house: House) -> str:
    with house.parts.database.reading() as db:
        return max(row.id for row in db.query(StudySession))


def _leave_through_the_vendor(page: Page, house: House) -> None:
    """Press until nothing is asked any more; presence checks may come between."""
    page.get_by_role("button", name="核对并离开").click()
    for _ in range(6):
        expect(page.locator("#check").or_(page.locator(".ring-card"))).to_be_visible()
        if page.locator("#check-presence").is_visible():
            way.answer_check(page, house, ALICE)
        elif page.locator("#check-vendor").is_visible():
            page.get_by_role("button", name="去核对").click()
            _choose(page, "通过：是本人")
            expect(page.locator("#check")).to_be_hidden()
            expect(page.locator("#confirmed")).not_to_have_text(re.compile("^(—|0 秒)$"))
            return
        page.wait_for_timeout(300)
    raise AssertionError("no check at the vendor was asked for")


def test_a_desk_shows_a_code_for_the_phone_and_goes_on_by_itself(
    browser: Browser, house: House, course: ShortCourse
) -> None:
    desk = browser.new_context(viewport=DESK, locale="zh-CN", base_url=house.address)
    desk.set_default_timeout(60_000)
    with watched(desk) as page:
        _sign_up(page, house)
        page.locator("#begin").click()
        expect(page.locator("#vendor-picture")).to_be_visible()
        _look(page, "vendor-sign-up-code")
        _on_the_phone(house)
        expect(page).to_have_url(re.compile("/home"))
        _open_lesson(page, course)
        page.get_by_role("button", name="去核对").click()
        expect(page.locator("#vendor-picture")).to_be_visible()
        _look(page, "vendor-check-code")
        _on_the_phone(house)
        expect(page.locator("#check")).to_be_hidden()
        page.goto("/face-return?code=0&passed=T")
        expect(page.locator("#elsewhere")).to_be_visible()
        _look(page, "vendor-return")
    desk.close()


def _on_the_phone(house: House) -> None:
    """What the code leads to, on a phone that is not signed in."""
    with house.parts.database.reading() as db:
        (url,) = [row.page_url for row in db.query(FaceSession) if row.outcome is None]
    assert httpx.post(f"{url}/pass").status_code == 303
