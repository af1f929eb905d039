"""A package in a real browser: it earns hours by the protocol alone, and gets out of nowhere."""

import re

from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import select

from app.learning.models.ledger import LedgerEntry
from app.learning.models.packages import PackageRecord
from app.learning.services import package_kept
from app.lobby import cookies
from tests import packages
from tests.browser import looking
from tests.browser import worker_way as way
from tests.browser.conftest import watched
from tests.browser.house import House
from tests.browser.package_player import FORGER, earned, enter, inside_of
from tests.institutions import AUTHOR, CARD, SCHOOL, found_school, writer
from tests.packaged import make_package_course
from tests.people import ALICE, pass_with

# What a hostile package tries as soon as it runs: all results stand in its title.
ESCAPER = """<!doctype html><html><head><title>escaper</title></head><body><h1>逃</h1><script>
const found = {};
async function attempt(name, what) {
  try { found[name] = String(await what()); } catch (error) { found[name] = "refused"; }
}
const host = new URL(document.baseURI).origin;
(async () => {
  await attempt("parent", () => parent.document.title);
  await attempt("top", () => top.location.href);
  await attempt("cookie", () => document.cookie);
  await attempt("storage", () => { localStorage.setItem("a", "1"); return parent.localStorage.a; });
  await attempt("api", () => fetch(host + "/api/v1/me", {credentials: "include"})
    .then(r => r.text()));
  await attempt("beats", () => fetch(host + "/api/v1/study-sessions", {method: "POST",
    credentials: "include", mode: "no-cors", body: "{}"}).then(() => "sent"));
  await attempt("outside", () => fetch("https://example.com/", {mode: "no-cors"})
    .then(() => "sent"));
  await attempt("socket", () => new Promise((ok, no) => {
    const line = new WebSocket(host.replace("http", "ws") + "/api/v1/me");
    line.onopen = () => ok("open"); line.onerror = no; }));
  await attempt("image", () => new Promise((ok, no) => {
    const image = new Image(); image.onload = () => ok("loaded"); image.onerror = no;
    image.src = host + "/static/none.png"; }));
  await attempt("window", () => window.open(host + "/home") === null ? "refused" : "opened");
  await attempt("worker", () => navigator.serviceWorker.register("x.js"));
  await attempt("databases", () => new Promise((ok, no) => {
    const asked = indexedDB.open("shixue");
    asked.onsuccess = () => ok("opened"); asked.onerror = no; }));
  await attempt("fetched", () => fetch("data.json").then(r => r.text()));
  try { top.location = host + "/home?away"; } catch (error) { /* refused */ }
  const form = document.createElement("form");
  form.action = host + "/api/v1/auth/codes"; form.method = "post"; form.target = "_top";
  document.body.append(form); form.submit();
  parent.postMessage({shixue: "package", part: 5, values: {"cmi.suspend_data": "other part"}}, "*");
  parent.postMessage({shixue: "package", part: 0, values: {"ledger.ms": "1"}}, "*");
  parent.postMessage({type: "beat", credited_ms: 3600000}, "*");
  document.title = JSON.stringify(found);
  document.body.dataset.done = "yes";
})();
</script></body></html>"""


def test_a_package_earns_hours_by_the_protocol_and_a_forged_completed_earns_nothing(
    phone: BrowserContext, house: House
) -> None:
    course = make_package_course(house.parts, packages.scorm_12([FORGER]), part_ms=12_000)
    with watched(phone) as page:
        enter(page, house, course.course_id)
        # Opened and left paused at once: whatever it claims, the time that was seen counts alone.
        page.locator("#toggle").click()
        inside = inside_of(page)
        expect(inside.locator("body")).to_have_attribute("data-kept", "true")
        page.locator("#toggle").click()
        expect(page.locator("#told")).to_contain_text("学完，100 分")
        expect(page.locator("#told")).to_contain_text("不影响学时")
        expect(inside.locator("body")).to_have_attribute("data-name", "学员")
        expect(inside.locator("body")).to_have_attribute("data-place", "p7")
        assert sum(earned(house)) < 12_000, "completed, 100 and 9999 hours are words"
        assert way.counted_share(page) < 0.9
        looking.keep(page, "package_paused")
        way.start_playing(page)
        way.study_lesson(page, house, ALICE)
        for width, height, scheme in (
            (390, 844, "dark"),
            (1440, 900, "light"),
            (390, 844, "light"),
        ):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            looking.keep(page, f"package_studied_{width}_{scheme}")
        assert 11_500 <= max(earned(house)) <= 12_000, "no longer than was stated"
        assert looking.faults(page, 390) == []
        way.confirm_and_leave(page, house, ALICE)
    with house.parts.database.reading() as db:
        assert 11_500 <= sum(db.scalars(select(LedgerEntry.ms))) <= 12_000


def test_an_author_sends_a_package_and_states_its_lengths(browser: Browser, house: House) -> None:
    found_school(house.parts, SCHOOL, AUTHOR)
    school = writer(house.parts, AUTHOR)
    version_id = school.make("/courses", CARD)
    chapter_id = school.draft(version_id)["chapters"][0]["chapter_id"]
    body = {"kind": "package", "title": "配电箱课件"}
    lesson_id = school.make(f"/chapters/{chapter_id}/lessons", body)
    school.client.__exit__(None, None, None)
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=house.address
    )
    with watched(context) as page:
        way.sign_in(page, house, AUTHOR)
        expect(page).not_to_have_url(re.compile("/sign-in"))
        jar = {each["name"]: each["value"] for each in page.context.cookies()}
        pass_with(house.parts, jar[cookies.ACCESS])
        page.goto(f"/authoring/{version_id}/lessons/{lesson_id}")
        sent = {"name": "课件.zip", "mimeType": "application/zip"}
        page.locator("#film-file").set_input_files(sent | {"buffer": b"MZ no zip at all"})
        expect(page.locator("#film-say")).to_contain_text("SCORM 1.2")
        made = packages.scorm_12(["", ""])
        page.locator("#film-file").set_input_files(sent | {"buffer": made})
        expect(page.locator("#film-say")).to_contain_text("共 2 个部分", timeout=120_000)
        page.locator("#f-minutes-0").fill("10")
        page.locator("#f-minutes-1").fill("500")
        page.get_by_role("button", name="保存时长").click()
        expect(page.locator("#e-minutes-1")).to_contain_text("240 分钟")
        expect(page.locator("#f-minutes-0")).to_have_value("10")
        page.locator("#f-minutes-1").fill("15")
        page.get_by_role("button", name="保存时长").click()
        expect(page.get_by_text("课件包，25 分")).to_be_visible()
        looking.stop_gliding(page)
        for width, height, scheme in ((1440, 900, "light"), (390, 844, "dark")):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            looking.keep(page, f"package_writing_{width}_{scheme}")
            assert looking.faults(page, width) == []
        page.goto(f"/authoring/lessons/{lesson_id}/preview")
        expect(page.frame_locator("iframe").first.locator("h1")).to_have_text("第 1 部分")
        looking.keep(page, "package_preview")
    context.close()


def test_a_hostile_package_reaches_nothing_of_the_platform(
    phone: BrowserContext, house: House
) -> None:
    content = packages.scorm_12([ESCAPER], {"sco1/data.json": '{"own": true}'})
    course = make_package_course(house.parts, content, part_ms=60_000)
    page = phone.new_page()
    enter(page, house, course.course_id)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#toggle").click()
    inside = inside_of(page)
    expect(inside.locator("body")).to_have_attribute("data-done", "yes", timeout=60_000)
    found = inside.evaluate("() => JSON.parse(document.title)")
    own = found.pop("fetched")
    assert own == '{"own": true}', "its own files it has"
    assert found.pop("cookie") == "", "a stand-in, and empty"
    assert set(found.values()) == {"refused"}, found
    page.wait_for_timeout(1500)
    assert re.search(r"/learn/\w+/\w+$", page.url), "the page above stays where it is"
    reached = [url for url in asked if "/packages/" not in url and "/study-sessions/" not in url]
    assert not [url for url in reached if "away" in url or "auth/codes" in url], reached
    with house.parts.database.reading() as db:
        kept = [
            each.content
            for learner_id in db.scalars(select(PackageRecord.learner_id).distinct())
            for each in package_kept.take_along(db, house.parts.vault, learner_id, str)
        ]
    assert not [text for text in kept if "other part" in text or "ledger" in text]
    page.close()


def test_messages_of_other_windows_and_origins_are_not_heard(
    phone: BrowserContext, house: House
) -> None:
    course = make_package_course(house.parts, packages.scorm_12(), part_ms=60_000)
    page = phone.new_page()
    enter(page, house, course.course_id)
    page.locator("#toggle").click()
    inside_of(page)
    page.evaluate(
        """() => {
          const said = {shixue: "package", part: 0, values: {"cmi.suspend_data": "stranger"}};
          window.postMessage(said, "*");
          const frame = document.createElement("iframe");
          frame.setAttribute("sandbox", "allow-scripts");
          frame.srcdoc = `<script>parent.postMessage(${JSON.stringify(said)}, "*")<` + "/script>";
          document.body.append(frame);
        }"""
    )
    page.wait_for_timeout(2000)
    with house.parts.database.reading() as db:
        assert db.scalars(select(PackageRecord)).all() == []
    page.close()
