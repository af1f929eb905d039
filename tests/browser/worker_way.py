"""The steps of a worker in the browser, by hand and eye, with what only the person can know."""

import contextlib
import re
import time

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as NotReadyError
from sqlalchemy import select

from app.core.outbox import OutboxJob
from app.identity.services.check_codes import SEND_CODE
from app.learning.models.study_checks import StudyChallenge
from app.learning.rules.presence import Puzzle
from app.learning.services import sealed
from app.lobby.parts import Parts
from tests.browser.house import House
from tests.browser.looking import look
from tests.examinee import right_letters
from tests.people import Someone, newest_code
from tests.player import BY_TEXT

_CHALLENGE = re.compile(r"/challenges/([0-9A-Z]{26})/picture")


def sign_in(page: Page, house: House, who: Someone) -> None:
    page.goto("/sign-in")
    page.locator("#f-phone").fill(who.phone)
    page.locator("#send-code").click()
    expect(page.locator("#code-sent")).to_contain_text("已发送")
    page.locator("#f-code").fill(newest_code(house.parts, who.phone))
    page.get_by_role("button", name="登录").click()


def sign_up(page: Page, house: House, who: Someone) -> None:
    """From nothing to the list of courses, by the way without a face."""
    sign_in(page, house, who)
    expect(page).to_have_url(re.compile("/signup/identity"))
    page.locator("#f-number").fill(who.number)
    _mistype_name(page, who)
    page.locator("#f-name").fill(who.name)
    page.get_by_role("button", name="核对").click()
    page.get_by_role("link", name="下一步").click()
    page.get_by_role("link", name="不用人脸，设置保密问题").click()
    for index, text in enumerate(BY_TEXT):
        page.locator(f"#f-answers-{index}-question").select_option(label=text)
        page.locator(f"#f-answers-{index}-answer").fill(BY_TEXT[text])
    page.get_by_role("button", name="就用这三个").click()
    expect(page).to_have_url(re.compile("/home"))


def _mistype_name(page: Page, who: Someone) -> None:
    """A slip of the pen: it is said at the field, and what was typed stays to be mended."""
    page.locator("#f-name").fill(f"{who.name}花")
    page.get_by_role("button", name="核对").click()
    expect(page.locator("#e-name")).to_contain_text("不一致")
    expect(page.locator("#f-name")).to_have_value(f"{who.name}花")
    expect(page.locator("#f-number")).to_have_value(who.number)
    expect(page.get_by_role("link", name="下一步")).to_be_hidden()


def sign_up_with_face(page: Page, house: House, who: Someone) -> None:
    """From nothing to the list of courses, with the face in front of the camera."""
    sign_in(page, house, who)
    page.locator("#f-number").fill(who.number)
    page.locator("#f-name").fill(who.name)
    page.get_by_role("button", name="核对").click()
    page.get_by_role("link", name="下一步").click()
    expect(page.locator("#f-accepted")).not_to_be_checked()
    page.locator("#f-accepted").check()
    page.get_by_role("button", name="同意，去录入人脸").click()
    courses = page.get_by_role("link", name="去选一门课")
    for _ in range(3):
        page.locator("#begin").click()
        # Either the list of courses opens, or the page says what to do better.
        expect(courses.or_(page.locator("#begin:not([disabled])"))).to_be_visible(timeout=120_000)
        if courses.is_visible():
            return
    raise AssertionError(page.locator("#trouble").inner_text())


def enrol(page: Page, course_id: str) -> str:
    page.goto(f"/courses/{course_id}")
    page.get_by_role("button", name="报名学习").click()
    expect(page).to_have_url(re.compile(r"/learn/\w+$"))
    return page.url.rpartition("/")[2]


def _wait_for_code(parts: Parts) -> None:
    """Wait until no code of a check is still to be sent: the newest message is that one's then."""
    unsent = select(OutboxJob.id).where(OutboxJob.job == SEND_CODE, OutboxJob.state != "done")
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with parts.database.reading() as db:
            if db.scalars(unsent.limit(1)).first() is None:
                return
        time.sleep(0.1)
    raise AssertionError("the code of a check was not sent")


def answer_check(page: Page, house: House, who: Someone) -> str:
    """Answer the challenge that is shown; returns its kind."""
    expect(page.locator("#check")).to_be_visible()
    if page.locator("#check-presence").is_visible():
        look(page, "presence")
        _tap(page, house.parts)
        return "presence"
    if page.locator("#check-face").is_visible():
        look(page, "face")
        page.get_by_role("button", name="开始核对").click()
        expect(page.locator("#check-face button[disabled]")).to_have_count(1)
        # The thread that judges steps back behind whatever else the machine does.
        expect(page.locator("#check-face button[disabled]")).to_have_count(0, timeout=120_000)
        return "identity"
    look(page, "questions")
    _wait_for_code(house.parts)
    question = page.locator("#check-question").inner_text()
    page.locator("#check-code").fill(newest_code(house.parts, who.phone))
    page.locator("#check-answer").fill(BY_TEXT[question])
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator("#check")).to_be_hidden()
    return "identity"


def pass_check(page: Page, house: House, who: Someone) -> None:
    """Answer until it is passed: on a busy machine a right face, too, is asked for again."""
    for _ in range(4):
        answer_check(page, house, who)
        with contextlib.suppress(AssertionError):
            expect(page.locator("#check")).to_be_hidden(timeout=15_000)
            return
    raise AssertionError(page.locator("#check").inner_text())


def _tap(page: Page, parts: Parts) -> None:
    found = _CHALLENGE.search(page.locator("#check-image").get_attribute("src") or "")
    assert found is not None
    with parts.database.reading() as db:
        row = db.get_one(StudyChallenge, found[1])
        puzzle = sealed.open_puzzle(parts.vault, row.id, row.secret or b"")
    tap_right(page, puzzle)
    expect(page.locator("#check")).to_be_hidden()


def tap_right(page: Page, puzzle: Puzzle) -> None:
    """Tap what the picture asks for, and send it."""
    picture = page.locator("#check-picture")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    for x, y in puzzle.right_taps():
        picture.click(position={"x": box["width"] * x / 1000, "y": box["height"] * y / 1000})
    page.get_by_role("button", name="好了").click()


def study_course(page: Page, house: House, who: Someone, *, lessons: int) -> set[str]:
    """Study lesson after lesson, each confirmed at its end; returns the kinds of challenges."""
    kinds: set[str] = set()
    for _lesson in range(lessons):
        page.get_by_role("link", name="继续学习").click()
        kinds |= study_lesson(page, house, who)
        assert page.locator("#page-text script").count() == 0
        confirm_and_leave(page, house, who)
    return kinds


def study_lesson(page: Page, house: House, who: Someone, *, most_s: int = 240) -> set[str]:
    """Study the open lesson to its end and answer whatever is asked; returns the kinds."""
    kinds: set[str] = set()
    until = time.monotonic() + most_s
    while time.monotonic() < until:
        if page.locator("#check").is_visible():
            kinds.add(answer_check(page, house, who))
        elif _is_done(page):
            return kinds
        elif "这一页读够了" in page.locator("#status-text").inner_text():
            _press(page, "#page-next")
        elif page.locator("#toggle").get_attribute("data-playing") != "true":
            _press(page, "#toggle")
        else:
            look(page, "lesson-" + ("film" if page.locator("#video").count() else "text"))
        page.wait_for_timeout(300)
    raise AssertionError(page.locator("#status-text").inner_text())


def start_playing(page: Page) -> None:
    """Press until it plays: a slow machine may not have the film ready at the first time."""
    toggle = page.locator("#toggle")
    for _ in range(10):
        if toggle.get_attribute("data-playing") != "true":
            _press(page, "#toggle")
        with contextlib.suppress(AssertionError):
            expect(toggle).to_have_attribute("data-playing", "true", timeout=3000)
            return
    raise AssertionError(page.locator("#status-text").inner_text())


def _press(page: Page, selector: str) -> None:
    """Press, unless a challenge has come between; then the next look sees it."""
    with contextlib.suppress(NotReadyError):
        page.locator(selector).click(timeout=1000)


def _is_done(page: Page) -> bool:
    """Everything of the lesson is drawn as counted."""
    return counted_share(page) >= 0.985


def counted_share(page: Page) -> float:
    """How much of the lesson's bar is drawn as counted, 0 to 1; read in one look."""
    widths = page.locator("#counted rect").evaluate_all(
        "parts => parts.map(part => parseFloat(part.getAttribute('width') || '0'))"
    )
    return sum(widths) / 100


def confirm_and_leave(page: Page, house: House, who: Someone) -> None:
    page.get_by_role("button", name="核对并离开").click()
    expect(page.locator("#check").or_(page.locator(".ring-card"))).to_be_visible()
    for _ in range(3):
        if page.locator("#check").is_visible():
            answer_check(page, house, who)
            page.wait_for_timeout(300)
    expect(page).to_have_url(re.compile(r"/learn/\w+$"))


def sit_exam(page: Page, parts: Parts, enrolment_id: str) -> None:
    page.goto(f"/exam/{enrolment_id}")
    page.get_by_role("button", name="开始考试").click()
    expect(page.locator("#paper")).to_be_visible()
    questions = page.locator(".question")
    look(page, "exam-paper")
    for index in range(questions.count()):
        question = questions.nth(index)
        item_id = question.get_attribute("data-item") or ""
        texts = question.locator(".tick span:not(.letter)").all_inner_texts()
        for letter in right_letters(parts, {"item_id": item_id, "choices": texts}):
            question.locator(f'input[value="{letter}"]').check()
        expect(page.locator("#saved")).to_contain_text("已保存")
        if index + 1 < questions.count():
            page.locator("#next").click()
    page.locator("#hand-in").click()
    page.locator("#sure-yes").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("通过了")
