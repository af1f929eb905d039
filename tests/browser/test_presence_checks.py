"""Every form of presence check as it is seen: on phone and desk, light and dark, large type."""

import re

from playwright.sync_api import Page, expect

from app.learning.models.study_checks import StudyChallenge
from app.learning.rules.presence import PICTURES, Form, Puzzle
from app.learning.rules.recall import Question
from app.learning.services import boards, prompts, sealed
from tests.browser import worker_way as way
from tests.browser.calm_lesson import begin
from tests.browser.films import make_short_course
from tests.browser.house import House
from tests.browser.looking import faults, keep, stop_gliding

SCREENS = {"phone": (390, 844), "desk": (1440, 900)}
ASKED = Question(
    lesson_id="0" * 26, lesson="第 1 课 看懂标志", from_ms=35_000, to_ms=60_000,
    stem="操作车床、钻床这类转动的机器，哪些做法是对的？请都点出来",
    choices=("不戴手套", "长头发收进工作帽里", "戴好厚手套再操作防止割伤", "围好围巾",
             "穿紧袖口衣服",
             "用抹布擦转动处"),
    answer=(0, 1, 4), explanation="转动的机器会卷手套、头发和围巾。",
)  # fmt: skip
_CHALLENGE = re.compile(r"/challenges/([0-9A-Z]{26})/picture")


def test_every_form_can_be_seen_tapped_taken_back_and_answered(page: Page, house: House) -> None:
    course = make_short_course(house.parts, presence_gap_s=[3, 3], identity_gap_s=[600, 600])
    begin(page, house, course)
    expect(page.locator("#check-presence")).to_be_visible(timeout=30_000)
    for form in PICTURES:
        _put(page, house, boards.compose(form))
        _look(page, form)
    _marks_can_be_taken_back(page)
    puzzle = boards.question(ASKED)
    _put(page, house, puzzle)
    _look(page, Form.QUESTION)
    page.set_viewport_size({"width": 390, "height": 844})
    way.tap_right(page, puzzle)
    expect(page.locator("#check")).to_be_hidden()
    expect(page.locator("#learnt-right")).to_contain_text("长头发收进工作帽里")
    expect(page.locator("#learnt-place")).to_contain_text("第 1 课")
    assert not faults(page, 390)
    keep(page, "presence_learnt", full=False)


def _put(page: Page, house: House, puzzle: Puzzle) -> None:
    """Have this puzzle in place of the one that is open, with time to look at it."""
    found = _CHALLENGE.search(page.locator("#check-image").get_attribute("src") or "")
    assert found is not None
    with house.parts.database.transaction() as db:
        row = db.get_one(StudyChallenge, found[1])
        row.secret = sealed.seal_puzzle(house.parts.vault, row.id, puzzle)
        row.prompt, row.prompt_number = prompts.shown(puzzle), row.prompt_number + 1
        row.expires_at_ms += 600_000
    page.reload()
    stop_gliding(page)
    expect(page.locator("#check-text")).to_have_text(puzzle.words)
    expect(page.locator("#check-image")).to_have_js_property("complete", True)


def _look(page: Page, form: Form) -> None:
    for screen, (width, height) in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.wait_for_timeout(350)
            assert not faults(page, width), (form, screen, scheme)
            keep(page, f"presence_{form}_{screen}_{scheme}", full=False)
    page.set_viewport_size({"width": 390, "height": 844})
    large = "document.documentElement.style.fontSize = '{}'"
    page.evaluate(large.format("150%"))
    page.wait_for_timeout(200)
    assert not faults(page, 390), (form, "large type")
    keep(page, f"presence_{form}_large", full=False)
    page.evaluate(large.format(""))


def _marks_can_be_taken_back(page: Page) -> None:
    """By finger: again on a mark, or one step back; by keyboard alone as well."""
    picture, marks = page.locator("#check-picture"), page.locator(".tap-mark")
    box = picture.bounding_box()
    assert box is not None
    places = [{"x": box["width"] * share, "y": box["height"] / 2} for share in (0.2, 0.5, 0.8)]
    for place in places:
        picture.click(position=place)
    expect(marks).to_have_text(["1", "2", "3"])
    expect(page.locator("#check-count")).to_contain_text("已点 3 / 4 个")
    picture.click(position=places[0])
    expect(marks).to_have_text(["1", "2"])
    page.get_by_role("button", name="退一步").click()
    expect(marks).to_have_text(["1"])
    picture.focus()
    for key in ("ArrowLeft", "ArrowUp", "Enter"):
        picture.press(key)
    expect(marks).to_have_text(["1", "2"])
    assert marks.nth(1).evaluate("mark => [mark.style.left, mark.style.top]") == ["47.5%", "47.5%"]
    picture.press("Backspace")
    expect(marks).to_have_text(["1"])
    page.get_by_role("button", name="全部重来").click()
    expect(marks).to_have_count(0)
    for button in page.locator("#check-presence button:visible").all():
        size = button.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 44
