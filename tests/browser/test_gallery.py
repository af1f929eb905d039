"""Every page on phone and desk, light and dark: nothing that axe finds, nothing too wide.

With `PICTURES=1` a picture of each is left in var/gallery for people to look at; what only a person
on the way sees (dialogs, a paper) is looked at there.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app import worker
from tests.browser import looking
from tests.browser import worker_way as way
from tests.browser.house import House
from tests.browser.town import AUDIENCES, enter, open_town, pass_time
from tests.people import ALICE

SCREENS = {"phone": (390, 844), "desk": (1440, 900)}
LOOKS = [("phone", "light"), ("phone", "dark"), ("desk", "light"), ("desk", "dark")]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[House]:
    with open_town(tmp_path_factory.mktemp("town"), sqlite_template) as house:
        yield house


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_page_is_accessible_and_fits(browser: Browser, town: House, audience: str) -> None:
    who, list_pages = AUDIENCES[audience]
    context = browser.new_context(base_url=town.address, locale="zh-CN")
    context.set_default_timeout(60_000)
    page = context.new_page()
    if who is not None:
        enter(page, town, who)
    found: list[str] = []
    for address in list_pages(page):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        looking.stop_gliding(page)
        for screen, scheme in LOOKS:
            width, height = SCREENS[screen]
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            found += [
                f"{address} {screen} {scheme}: {fault}" for fault in looking.faults(page, width)
            ]
            looking.keep(page, f"{audience}_{_name(address)}_{screen}-{scheme}")
        found += [f"{address} {fault}" for fault in looking.narrow_faults(page)]
    context.close()
    assert found == []


def _name(address: str) -> str:
    return address.strip("/").replace("/", "_").replace("?", "_")[:70] or "front"


def test_a_lesson_says_that_its_time_counts(browser: Browser, town: House) -> None:
    context = browser.new_context(
        base_url=town.address, locale="zh-CN", viewport={"width": 390, "height": 844}
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    enter(page, town, ALICE)
    pass_time(town, 1000)  # else the check's code is as new as the sign-in's
    page.goto("/home")
    page.get_by_role("link", name="继续学习").click()
    expect(page.locator("#check")).to_be_visible()
    worker.drain(town.parts)
    way.answer_check(page, town, ALICE)
    way.start_playing(page)
    expect(page.locator("#status-text")).to_have_text("计时中")
    expect(page.locator("#counted rect")).not_to_have_count(0)
    found = looking.faults(page, 390)
    looking.keep(page, "lesson_counting_phone-light", full=False)
    context.close()
    assert found == []


def test_assigning_to_nobody_is_said_beside_the_staff(browser: Browser, town: House) -> None:
    context = browser.new_context(base_url=town.address, locale="zh-CN")
    page = context.new_page()
    who, _ = AUDIENCES["employer"]
    assert who is not None
    enter(page, town, who)
    page.goto("/employer/assign")
    page.get_by_role("button", name="指派").click()
    expect(page.locator("#e-due_on")).to_have_text("请选择日期。")
    page.locator("#f-due_on").fill("2030-12-31")
    page.get_by_role("button", name="指派", exact=True).click()
    expect(page.locator("#e-staff_ids")).to_contain_text("没有选人。")
    expect(page.locator("[data-trouble]")).to_be_hidden()
    found = looking.faults(page, 1440)
    looking.keep(page, "employer_nobody_desk-light")
    page.get_by_label("全选").check()
    page.get_by_role("button", name="指派").click()
    expect(page.locator("#e-staff_ids")).to_be_empty()
    context.close()
    assert found == []
