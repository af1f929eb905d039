"""Cheats in a real Chromium: scripts put into the page, and a film in place of the camera."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, Response

from tests.attacks.outcomes import Needs, Outcome, keep
from tests.browser import worker_way as way
from tests.browser.calm_lesson import CALM, begin
from tests.browser.clips import make_clip
from tests.browser.conftest import camera_phone, watched
from tests.browser.films import ShortCourse, make_short_course
from tests.browser.house import House
from tests.people import ALICE

FILM_S, TRIED_S = 60, 10
SOON = {"presence_gap_s": [4, 5], "identity_gap_s": [600, 600]} | {
    "ttl_s": {"picture": 5, "face": 30, "code": 60, "roll_call": 60}
}
FASTER = """() => {
  const real = performance.now.bind(performance), begun = real();
  performance.now = () => begun + (real() - begun) * 4;
  const day = Date.now.bind(Date);
  Date.now = () => day() + performance.now() - real();
  const video = document.querySelector("video");
  setInterval(() => { video.playbackRate = 4; }, 50);
}"""
NEVER_HIDDEN = """() => {
  for (const [name, value] of [["hidden", false], ["visibilityState", "visible"]]) {
    Object.defineProperty(document, name, { get: () => value });
  }
  document.hasFocus = () => true;
  for (const name of ["visibilitychange", "blur", "pagehide"]) {
    window.addEventListener(name, (event) => event.stopImmediatePropagation(), true);
  }
  const video = document.querySelector("video");
  setInterval(() => { void video.play().catch(() => undefined); }, 100);
}"""
NO_CHALLENGE = """() => {
  HTMLDialogElement.prototype.showModal = () => undefined;
  document.querySelector("#check").replaceChildren();
  const send = window.fetch;
  window.fetch = async (address, options) => {
    if (String(address).includes("/challenges")) return new Promise(() => undefined);
    const answer = await send(address, options);
    if (!String(address).endsWith("/beats") || !answer.ok) return answer;
    const told = await answer.json();
    return Response.json({ ...told, challenge: null, hold: false, verdicts: [] });
  };
  const video = document.querySelector("video");
  setInterval(() => { void video.play().catch(() => undefined); }, 100);
}"""


class Watch:
    """What the server answered to the page's reports and checks, whatever the page made of it."""

    def __init__(self, page: Page) -> None:
        self.totals: dict[str, int] = {"confirmed_ms": 0, "pending_ms": 0}
        self.reasons: list[str] = []
        self.outcomes: list[str] = []
        self.posts = self.claimed_ms = 0
        page.on("response", self._hear)

    def _hear(self, response: Response) -> None:
        is_beats = response.url.endswith("/beats")
        if response.status != 200 or not (is_beats or "/challenges/" in response.url):
            return
        if "json" not in response.headers.get("content-type", ""):
            return
        told: dict[str, Any] = response.json()
        self.totals = told["totals"]
        if not is_beats:
            self.outcomes.append(told["outcome"])
            return
        self.posts += 1
        for verdict in told["verdicts"]:
            cut_ms = sum(cut["ms"] for cut in verdict["cuts"])
            self.claimed_ms += verdict["credited_ms"] + cut_ms
            self.reasons += [cut["code"] for cut in verdict["cuts"]]
        if told["hold"]:
            self.reasons.append("hold")

    def outcome(self, name: str, rows: str, needs: Needs, elapsed_s: float) -> Outcome:
        return Outcome(
            name=f"Chromium: {name}", rows=rows, needs=needs, elapsed_ms=int(elapsed_s * 1000),
            confirmed_ms=self.totals["confirmed_ms"], pending_ms=self.totals["pending_ms"],
            checks_tried=len(self.outcomes), checks_passed=self.outcomes.count("passed"),
            reasons=sorted(set(self.reasons)), naive_posts_ms=self.posts * 60_000,
            naive_trust_ms=self.claimed_ms,
        )  # fmt: skip


def _cheat(
    page: Page, house: House, script: str, *, seconds: int, until: str = "", **policy: object
) -> tuple[Watch, float]:
    """The learner opens and passes the first check; then the script has the page.

    For so many seconds, or until the server gives the reason, which it must do by then.
    """
    course = make_short_course(house.parts, film_s=FILM_S, **policy)
    began = time.monotonic()
    begin(page, house, course)
    watch = Watch(page)
    page.evaluate(script)
    enough = time.monotonic() + seconds
    while time.monotonic() < enough and (not until or until not in watch.reasons):
        page.wait_for_timeout(500)
    return watch, time.monotonic() - began


def test_a_hooked_clock_and_a_forced_rate_earn_no_more_than_time(page: Page, house: House) -> None:
    watch, elapsed_s = _cheat(page, house, FASTER, seconds=TRIED_S, **CALM)
    outcome = watch.outcome("playbackRate and timers ×4", "A01 A02", Needs.NONE, elapsed_s)
    keep(outcome)
    assert outcome.confirmed_ms == 0
    assert 0 < outcome.pending_ms <= outcome.elapsed_ms
    assert "late" in outcome.reasons


def test_a_page_that_never_hides_confirms_nothing(page: Page, house: House) -> None:
    watch, elapsed_s = _cheat(page, house, NEVER_HIDDEN, seconds=TRIED_S, **SOON)
    outcome = watch.outcome("visibility overridden, auto-play", "A14 A15", Needs.NONE, elapsed_s)
    keep(outcome)
    assert outcome.confirmed_ms == 0
    assert outcome.pending_ms <= outcome.elapsed_ms


def test_a_deleted_challenge_is_missed_and_forfeits(page: Page, house: House) -> None:
    watch, elapsed_s = _cheat(page, house, NO_CHALLENGE, seconds=180, until="held", **SOON)
    outcome = watch.outcome("challenge deleted and swallowed", "A19 A21", Needs.NONE, elapsed_s)
    keep(outcome)
    assert outcome.confirmed_ms == 0
    assert outcome.pending_ms == 0
    assert {"hold", "held"} <= set(outcome.reasons)


def test_a_photograph_before_the_camera_opens_nothing(
    playwright: Playwright, house: House, course: ShortCourse, tmp_path: Path
) -> None:
    turning = make_clip(tmp_path / "turning.mjpeg", "a", seconds=3)
    still = make_clip(tmp_path / "still.mjpeg", "a", cycle=(0.0,), seconds=3)
    with camera_phone(playwright, house, turning) as phone, watched(phone) as page:
        way.sign_up_with_face(page, house, ALICE)
        enrolment_id = way.enrol(page, course.course_id)
        state = phone.storage_state()
    with (
        camera_phone(playwright, house, still, state, has_grain=False) as phone,
        watched(phone) as page,
    ):
        watch, began = Watch(page), time.monotonic()
        page.goto(f"/learn/{enrolment_id}")
        page.get_by_role("link", name="继续学习").click()
        _wait_for(page, lambda: page.locator("#check-face").is_visible())
        page.get_by_role("button", name="开始核对").click()
        _wait_for(page, lambda: len(watch.outcomes) > 0, most_s=120)
        elapsed_s = time.monotonic() - began
    outcome = watch.outcome("fake camera, looped still", "A29 A32", Needs.PHOTO, elapsed_s)
    keep(outcome)
    assert watch.outcomes
    assert "passed" not in watch.outcomes
    assert (outcome.confirmed_ms, outcome.pending_ms) == (0, 0)


def _wait_for(page: Page, is_there: Callable[[], bool], most_s: int = 60) -> None:
    until = time.monotonic() + most_s
    while not is_there():
        assert time.monotonic() < until
        page.wait_for_timeout(200)
