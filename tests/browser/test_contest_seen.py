"""A race from its organiser's first line to the ranking: two at the desk, one before the camera."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect
from sqlalchemy import select

from app.identity.services import people
from app.learning.models.contests import Contest, ContestRound
from tests.browser import worker_way as way
from tests.browser.conftest import camera_phone, watched
from tests.browser.entering import enter
from tests.browser.house import House
from tests.browser.looking import arrived, look, looked_at
from tests.contesting import keys_in, put_on_roster, stock_singles
from tests.examinee import right_letters
from tests.people import ALICE, Someone
from tests.schools import SCHOOL, SECOND, found_school, join_school

_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_NEVER_S = 20_000
_DAY = dt.timedelta(days=1)


@contextmanager
def _at_desk(browser: Browser, house: House, who: Someone) -> Iterator[Page]:
    """Somebody of the institution, at a phone, too: the desk has to work there."""
    context = browser.new_context(
        base_url=house.address, timezone_id="Asia/Shanghai", locale="zh-CN",
        viewport={"width": 390, "height": 844},
    )  # fmt: skip
    context.set_default_timeout(60_000)
    enter(context, house, who)
    with watched(context) as page:
        yield page
    context.close()


def _write(desk: Page, house: House) -> str:
    """A race with one round, one slip put right on the way; returns its address."""
    desk.goto("/employer/contests")
    looked_at(desk, "contests-empty")
    desk.get_by_role("link", name="新建").click()
    desk.locator("#f-kind").select_option("race")
    desk.locator("#f-title").fill("电工技能竞赛")
    desk.get_by_role("button", name="保存").click()
    expect(desk.locator("#e-rules_text")).to_contain_text("没有写规则")
    expect(desk.locator("#f-title")).to_have_value("电工技能竞赛")
    desk.locator("#f-rules_text").fill("独立完成，先比得分，再比用时。\n不许替考。")
    desk.locator("#f-prizes_text").fill("第一名发一等奖。")
    looked_at(desk, "contest-form")
    desk.get_by_role("button", name="保存").click()
    arrived(desk, "**/employer/contests/0*")
    desk.get_by_role("link", name="添加场次").click()
    now = house.parts.clock.now().astimezone(_SHANGHAI)
    desk.locator("#f-title").fill("初赛")
    desk.locator("#f-opens_at").fill(f"{now:%Y-%m-%dT%H:%M}")
    desk.locator("#f-closes_at").fill(f"{now - _DAY:%Y-%m-%dT%H:%M}")
    desk.get_by_text("竞赛题库 6").click()
    desk.locator('[name="sections.0.title"]').fill("单选")
    desk.locator('[name="sections.0.count"]').fill("3")
    desk.get_by_role("button", name="保存").click()
    expect(desk.locator("#e-closes_at")).to_contain_text("不在开始时间以后")
    desk.locator("#f-closes_at").fill(f"{now + _DAY:%Y-%m-%dT%H:%M}")
    looked_at(desk, "contest-round")
    desk.get_by_role("button", name="保存").click()
    arrived(desk, "**/employer/contests/0*")
    desk.get_by_role("button", name="提交审核").click()
    expect(desk.locator("main")).to_contain_text("要由本单位另一位负责人或经办人发布")
    return "/" + desk.url.split("/", 3)[3]


def _publish(desk: Page, address: str, house: House) -> None:
    desk.goto(address)
    looked_at(desk, "contest-review")
    desk.get_by_role("button", name="发布", exact=True).click()
    expect(desk.locator("main")).to_contain_text("已发布")
    with house.parts.database.transaction() as db:
        row = db.scalars(select(Contest)).one()
        # The check at the beginning is what is tried here; the drawn ones would come meanwhile.
        row.policy = (row.policy or {}) | {"exam_identity_gap_s": [_NEVER_S, _NEVER_S]}


def _answer_all(page: Page, house: House) -> None:
    page.locator("#sheet button").first.click()  # a reload goes to what is not answered yet
    questions = page.locator(".question")
    for index in range(questions.count()):
        question = questions.nth(index)
        item_id = question.get_attribute("data-item") or ""
        texts = question.locator(".tick span:not(.letter)").all_inner_texts()
        boxes = [
            question.locator(f'input[value="{letter}"]')
            for letter in right_letters(house.parts, {"item_id": item_id, "choices": texts})
        ]
        # What was ticked before the reload may be right by chance, and is not sent again.
        unticked = [box for box in boxes if not box.is_checked()]
        for box in unticked:
            box.check()
        if unticked:
            expect(page.locator("#saved")).to_contain_text("已保存")
        if index + 1 < questions.count():
            page.locator("#next").click()


def _sit(page: Page, house: House) -> None:
    """From the notice to the paper handed in, over an outage and a reload."""
    page.goto("/inbox")
    for _ in range(120):  # the worker tells people beside us
        if "可以参加练兵和竞赛" in page.locator("main").inner_text():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.locator("main")).to_contain_text("可以参加练兵和竞赛")
    page.goto("/me")
    page.get_by_role("link", name="练兵和竞赛").click()
    looked_at(page, "own-contests")
    page.get_by_role("link", name="电工技能竞赛").click()
    expect(page.locator("main")).to_contain_text("不计学时，也不发培训证书")
    looked_at(page, "own-contest")
    page.get_by_role("button", name="参加", exact=True).click()
    page.get_by_role("button", name="开始答题").click()
    expect(page.locator("#check-face")).to_be_visible()
    way.pass_check(page, house, ALICE)
    page.context.set_offline(True)
    page.locator(".question:not([hidden]) .tick").first.click()
    expect(page.locator("#saved")).to_contain_text("待补交")
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_contain_text("已保存", timeout=60_000)
    page.reload()
    expect(page.locator(".question input:checked")).to_have_count(1)
    look(page, "contest-paper")
    assert keys_in(house.parts, page.content()) == []
    _answer_all(page, house)
    page.locator("#hand-in").click()
    page.locator("#sure-yes").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已交卷")
    assert keys_in(house.parts, page.content()) == []
    looked_at(page, "contest-handed-in")


def _let_it_be_over(house: House) -> None:
    with house.parts.database.transaction() as db:
        row = db.scalars(select(ContestRound)).one()
        row.opens_at, row.closes_at = row.opens_at - 2 * _DAY, row.closes_at - 2 * _DAY


def test_from_the_draft_to_the_ranking(
    playwright: Playwright, house: House, clips: dict[str, Path]
) -> None:
    org_id = found_school(house.parts)
    join_school(house.parts, org_id, SECOND)
    stock_singles(house.parts, org_id, 6)
    with camera_phone(playwright, house, clips["a"]) as phone, watched(phone) as page:
        way.sign_up_with_face(page, house, ALICE)
        with house.parts.database.reading() as db:
            alice = people.find_by_phone(db, house.parts.vault, ALICE.phone)
        assert alice is not None
        put_on_roster(house.parts, org_id, alice)
        browser = phone.browser
        assert browser is not None
        with _at_desk(browser, house, SCHOOL) as desk:
            address = _write(desk, house)
            with _at_desk(browser, house, SECOND) as colleague:
                _publish(colleague, address, house)
            _sit(page, house)
            desk.goto(address)
            desk.get_by_role("link", name="看答题和排名").click()
            expect(desk.locator("main")).to_contain_text("结束以前，谁都看不到得分")
            looked_at(desk, "contest-results-open")
            _let_it_be_over(house)
            desk.reload()
            desk.get_by_role("button", name="公布排名").click()
            expect(desk.locator("main")).to_contain_text("排名已公布")
            expect(desk.get_by_role("row", name=ALICE.name)).to_contain_text("100")
            looked_at(desk, "contest-results")
            desk.goto("/employer/contests")
            looked_at(desk, "contests")
        page.get_by_role("link", name="回到练兵和竞赛").click()
        expect(page.locator("main")).to_contain_text("第 1 名，100 分")
        looked_at(page, "own-contest-ranked")
        page.get_by_role("link", name="看排名").click()
        expect(page.locator("main")).to_contain_text("李*梅")
        expect(page.locator("main")).not_to_contain_text(ALICE.name)
        looked_at(page, "contest-ranking")
