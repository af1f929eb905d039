"""Packages on a host of their own: studied across two hosts, and neither reaches into the other."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from app.learning.models.ledger import LedgerEntry
from tests import packages
from tests.browser import worker_way as way
from tests.browser.conftest import watched
from tests.browser.house import House, open_house
from tests.browser.package_player import FORGER, earned, enter, inside_of
from tests.packaged import make_package_course
from tests.people import ALICE

# Beside its own storage, which it has here, it tries what only the platform's own pages may.
REACHES = """async () => {
  const found = {};
  const attempt = async (name, what) => {
    try { found[name] = String(await what()); } catch (error) { found[name] = "refused"; }
  };
  localStorage.setItem("own", "1");
  found.own = localStorage.getItem("own");
  found.cookie = document.cookie;
  await attempt("parent", () => parent.document.title);
  await attempt("their storage", () => parent.localStorage.length);
  await attempt("their cookie", () => parent.document.cookie);
  await attempt("api", () => fetch(PLATFORM + "/api/v1/me", {credentials: "include"}));
  await attempt("api here", () => fetch("/api/v1/me", {credentials: "include"}));
  return found;
}"""


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    """The platform is http://localhost, packages are http://127.0.0.1 at the same port."""
    database = tmp_path / "house.db"
    copyfile(sqlite_template, database)
    with open_house(tmp_path / "var", database, packages_apart=True) as opened:
        yield opened


def test_a_package_of_another_host_is_studied_and_a_forged_completed_earns_nothing(
    phone: BrowserContext, house: House
) -> None:
    course = make_package_course(house.parts, packages.scorm_12([FORGER]), part_ms=12_000)
    apart = house.parts.settings.package_origin
    with watched(phone) as page:
        enter(page, house, course.course_id)
        page.locator("#toggle").click()
        inside = inside_of(page)
        expect(inside.locator("body")).to_have_attribute("data-kept", "true")
        assert inside.url.startswith(f"{apart}/packages/")
        assert urlsplit(page.url).hostname == "localhost"
        page.locator("#toggle").click()
        expect(page.locator("#told")).to_contain_text("学完，100 分")
        expect(page.locator("#told")).to_contain_text("不影响学时")
        assert sum(earned(house)) < 12_000, "completed, 100 and 9999 hours are words"
        assert way.counted_share(page) < 0.9
        way.start_playing(page)
        way.study_lesson(page, house, ALICE)
        assert 11_500 <= max(earned(house)) <= 12_000, "no longer than was stated"
        way.confirm_and_leave(page, house, ALICE)
    with house.parts.database.reading() as db:
        assert 11_500 <= sum(db.scalars(select(LedgerEntry.ms))) <= 12_000


def test_each_host_has_its_own_and_neither_reaches_the_other(
    phone: BrowserContext, house: House
) -> None:
    course = make_package_course(house.parts, packages.scorm_12(), part_ms=60_000)
    apart = house.parts.settings.package_origin
    page = phone.new_page()
    enter(page, house, course.course_id)
    page.locator("#toggle").click()
    inside = inside_of(page)
    found = inside.evaluate(REACHES.replace("PLATFORM", f'"{house.address}"'))
    assert (found.pop("own"), found.pop("cookie")) == ("1", "")
    assert set(found.values()) == {"refused"}, found
    assert page.evaluate("localStorage.getItem('own')") is None
    assert not [each for each in phone.cookies() if each["domain"] == "127.0.0.1"]
    there = urlsplit(inside.url).path
    answers = {
        address: phone.request.get(address).status
        for address in (f"{apart}/", f"{apart}/api/v1/me", f"{house.address}{there}")
    }
    assert set(answers.values()) == {404}, answers
    assert phone.request.get(f"{apart}{there}").status == 200
    page.close()
