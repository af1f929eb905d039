"""A film in pieces (HLS) on a phone: it earns what a film earns, also when its addresses end."""

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from app.core.clock import SystemClock
from tests.browser import worker_way as way
from tests.browser.calm_lesson import CALM, begin
from tests.browser.films import FILM_S, make_short_course
from tests.browser.house import House, open_house
from tests.people import ALICE

# A browser that says it plays lists by itself, and then does not.
BOASTS = "HTMLMediaElement.prototype.canPlayType = () => 'maybe';"
# One that says it does not: the script must do it.
MODEST = "HTMLMediaElement.prototype.canPlayType = () => '';"
WITHOUT_SOURCES = MODEST + "delete window.MediaSource; delete window.ManagedMediaSource;"


def _asked(page: Page) -> list[str]:
    """The parts of media that are asked for, in order."""
    parts: list[str] = []

    def note(request: Request) -> None:
        found = re.search(r"/api/v1/media/\w+/\w+/([\w-]+)\?", request.url)
        if found:
            parts.append(found[1])

    page.on("request", note)
    return parts


@pytest.mark.parametrize("script", [MODEST, BOASTS], ids=["modest", "boasts"])
def test_a_film_in_pieces_earns_its_hours(page: Page, house: House, script: str) -> None:
    page.add_init_script(script)
    course = make_short_course(house.parts, in_pieces=True, **CALM)
    asked = _asked(page)
    begin(page, house, course)
    way.study_lesson(page, house, ALICE)
    assert FILM_S * way.counted_share(page) >= FILM_S - 0.4
    assert "hls" in asked
    assert {"hls-head", "hls-0", "hls-1", "hls-2", "hls-3"} <= set(asked)
    assert "file" not in asked


def _wait(page: Page, is_so: Callable[[], bool], most_s: int = 60) -> None:
    """On a busy machine a film takes its time to begin."""
    for _ in range(most_s * 2):
        if is_so():
            return
        page.wait_for_timeout(500)
    raise AssertionError("it did not come to be so")


def _place(page: Page) -> float:
    return float(page.evaluate("document.querySelector('#video').currentTime"))


def test_where_no_pieces_can_be_played_the_film_is(page: Page, house: House) -> None:
    page.add_init_script(WITHOUT_SOURCES)
    course = make_short_course(house.parts, in_pieces=True, **CALM)
    asked = _asked(page)
    begin(page, house, course)
    _wait(page, lambda: "file" in asked and way.counted_share(page) > 0)
    assert not any(part.startswith("hls-") for part in asked)


class _LaterClock:
    """The real time, and as much later as the test says."""

    def __init__(self) -> None:
        self.later = dt.timedelta()

    def now(self) -> dt.datetime:
        return SystemClock().now() + self.later


@pytest.fixture
def clock() -> _LaterClock:
    return _LaterClock()


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path, clock: _LaterClock) -> Iterator[House]:
    database = tmp_path / "house.db"
    shutil.copyfile(sqlite_template, database)
    with open_house(tmp_path / "var", database, clock=clock) as opened:
        yield opened


@pytest.mark.parametrize("kind", ["pieces", "file"])
def test_when_addresses_end_in_a_pause_the_place_is_kept(
    page: Page, house: House, clock: _LaterClock, kind: str
) -> None:
    page.add_init_script(MODEST)
    policy = CALM | {"idle_timeout_s": 86_400}
    course = make_short_course(house.parts, film_s=90, in_pieces=kind == "pieces", **policy)
    begin(page, house, course)
    _wait(page, lambda: _place(page) > 2)
    page.locator("#toggle").click()
    place = _place(page)
    clock.later = dt.timedelta(hours=8)
    asked = _asked(page)
    if kind == "file":  # all of this small film is on the phone: as if it were not
        page.evaluate("document.querySelector('#video').dispatchEvent(new Event('error'))")
    way.start_playing(page)
    anew = {"pieces": "hls", "file": "file"}[kind]
    _wait(page, lambda: anew in asked and _place(page) > place)  # at a fresh address
    expect(page.locator("#toggle")).to_have_attribute("data-playing", "true")
