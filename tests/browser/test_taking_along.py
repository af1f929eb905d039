"""Taking along one's data on the page: a code, a file that really opens, a page that reads well."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.core import log_sequencer
from app.learning.models.study import StudySession
from tests.browser import looking
from tests.browser.house import House
from tests.browser.town import enter, open_town, pass_time
from tests.people import ALICE, newest_code
from tests.player import ANSWERS


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[House]:
    with open_town(tmp_path_factory.mktemp("taking"), sqlite_template) as house:
        yield house


def test_a_worker_takes_along_what_is_theirs(browser: Browser, town: House, tmp_path: Path) -> None:
    context = browser.new_context(
        base_url=town.address, locale="zh-CN", accept_downloads=True,
        viewport={"width": 390, "height": 844},
    )  # fmt: skip
    context.set_default_timeout(60_000)
    page = context.new_page()
    enter(page, town, ALICE)
    pass_time(town, 61_000)
    page.goto("/me")
    page.get_by_role("link", name="下载我的数据").click()
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-sent")).to_contain_text("已发送")
    page.get_by_label("短信验证码").fill("000000")
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#e-code")).to_contain_text("不对")
    page.get_by_label("短信验证码").fill(newest_code(town.parts, ALICE.phone))
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", name="证明是您本人")).to_be_visible()
    assert looking.faults_everywhere(page, "own-data-proof") == []
    for index, (question, words) in enumerate(ANSWERS.items()):
        page.locator(f"#f-answers-{index}-question").select_option(question)
        page.locator(f"#f-answers-{index}-answer").fill(words)
    with page.expect_download() as taken:
        page.get_by_role("button", name="提交答案").click()
    expect(page.get_by_text("已经下载")).to_be_visible()
    assert taken.value.suggested_filename.endswith(".zip")
    archive = tmp_path / "mine.zip"
    taken.value.save_as(archive)
    _unpack(archive, tmp_path / "mine")
    _read(page, tmp_path / "mine")
    parts = town.parts
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    with parts.database.reading() as db:
        query = select(StudySession.enrolment_id).where(StudySession.closed_at.is_(None))
        under_way = db.scalars(query).one()
    page.goto("/me/data")
    page.locator(f"a[data-bundle][href*='{under_way}']").click()
    expect(page.locator("#bundle-said")).to_contain_text("还有一次学习没有结束")
    with page.expect_download() as taken:
        page.locator(f"a[data-bundle]:not([href*='{under_way}'])").first.click()
    expect(page.locator("#bundle-said")).to_contain_text("已经下载")
    assert b'"shixue-bundle-' in Path(taken.value.path()).read_bytes()
    page.goto("/inbox")
    expect(page.get_by_text("您的数据被下载了一份")).to_be_visible()
    context.close()


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        packed.extractall(folder)
    papers = list((folder / "certificates").iterdir())
    assert papers
    assert all(paper.read_bytes().startswith(b"%PDF") for paper in papers)


def _read(page: Page, folder: Path) -> None:
    """As it lies on the person's own disk, without a network."""
    page.context.set_offline(offline=True)
    page.goto((folder / "index.html").as_uri())
    expect(page.get_by_role("heading", name="学时账本")).to_be_visible()
    expect(page.get_by_text(ALICE.number).first).to_be_visible()
    found = looking.faults_everywhere(page, "own-data")
    found += looking.narrow_faults(page)
    page.context.set_offline(offline=False)
    assert found == []
