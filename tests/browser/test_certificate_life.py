"""What becomes of a certificate, as the holder, the desk and a stranger see it on their pages."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from app import worker
from app.certs.rules.shares import Wish
from app.certs.services import renewals, shares, wallet
from app.core.clock import SettableClock, SystemClock
from app.identity.rules.actors import Role
from app.main import create_app
from tests import examinee
from tests.browser import looking
from tests.browser.house import House, open_house
from tests.browser.looking import arrived
from tests.browser.town import enter, pass_time
from tests.contract.household import person
from tests.graduates import certificate_of, study_through
from tests.integration.certs.test_reissue import correct_name
from tests.people import ALICE, MALLORY
from tests.reviewers import WU, on_case, only_case, reviewer, with_role

LOOKS = [((390, 844), "light"), ((390, 844), "dark"), ((1440, 900), "light"), ((1440, 900), "dark")]
_MINUTE_MS = 61_000


@pytest.fixture
def graduated(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    """A house in which Alice has a certificate, and Wu is at the desk."""
    shutil.copyfile(sqlite_template, tmp_path / "house.db")
    clock = SettableClock(SystemClock().now())
    with open_house(tmp_path / "var", tmp_path / "house.db", clock=clock, works=False) as house:
        with TestClient(create_app(house.parts)) as client:
            player = study_through(client, house.parts, clock)
            examinee.sit(client, house.parts, player.enrolment_id)
            certificate_of(player)
        clock.advance(ms=_MINUTE_MS)
        with TestClient(create_app(house.parts)) as client:
            with_role(client, house.parts, Role.REVIEWER, WU)
        yield house


@pytest.fixture
def alice(browser: Browser, graduated: House) -> Iterator[Page]:
    yield from _page(browser, graduated)


@pytest.fixture
def wu(browser: Browser, graduated: House) -> Iterator[Page]:
    yield from _page(browser, graduated)


@pytest.fixture
def stranger(browser: Browser, graduated: House) -> Iterator[Page]:
    yield from _page(browser, graduated)


def _page(browser: Browser, house: House) -> Iterator[Page]:
    context = browser.new_context(
        base_url=house.address, locale="zh-CN", viewport={"width": 390, "height": 844}
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def look(page: Page, name: str) -> None:
    """Phone and desk, light and dark: nothing that axe finds, nothing too wide."""
    page.wait_for_load_state("networkidle")
    looking.stop_gliding(page)
    found: list[str] = []
    for (width, height), scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        found += looking.faults(page, width)
        looking.keep(page, f"life_{name}_{width}-{scheme}")
    assert [name, *found, *looking.narrow_faults(page)] == [name]


def open_certificate(page: Page) -> str:
    """Open the holder's certificate; returns its number."""
    page.goto("/certificates")
    page.locator(".course-card").first.click()
    expect(page.locator(".paper img")).to_be_visible()
    return page.locator(".facts dd").first.inner_text()


def test_a_certificate_is_suspended_and_stands_again(
    graduated: House, alice: Page, wu: Page, stranger: Page
) -> None:
    enter(alice, graduated, ALICE)
    number = open_certificate(alice)
    link = alice.get_by_role("link", name="看别人扫码后看到的").get_attribute("href") or ""
    enter(wu, graduated, WU)
    wu.goto("/desk/certificates")
    wu.get_by_label("证书编号").fill(number)
    wu.get_by_role("button", name="查找").click()
    look(wu, "desk_certificate")
    wu.get_by_role("button", name="马上暂停").click()
    expect(wu.locator("#e-reason")).not_to_be_empty()
    wu.get_by_label("理由").fill("有人举报不是本人，正在核实")
    wu.get_by_role("button", name="马上暂停").click()
    expect(wu.get_by_role("button", name="解除暂停")).to_be_visible()
    look(wu, "desk_suspended")
    stranger.goto(link)
    expect(stranger.locator('[data-verdict="suspended"]')).to_contain_text("有人举报不是本人")
    look(stranger, "verdict_suspended")
    alice.reload()
    expect(alice.get_by_text("这张证书暂停使用")).to_be_visible()
    look(alice, "wallet_suspended")
    alice.goto("/certificates")
    expect(alice.get_by_text("已暂停")).to_be_visible()
    wu.get_by_label("理由").fill("核实是本人")
    wu.get_by_role("button", name="解除暂停").click()
    expect(wu.get_by_role("button", name="马上暂停")).to_be_visible()
    stranger.reload()
    expect(stranger.locator('[data-verdict="valid"]')).to_be_visible()


def test_a_corrected_name_stands_on_a_new_certificate(
    graduated: House, alice: Page, stranger: Page
) -> None:
    parts = graduated.parts
    enter(alice, graduated, ALICE)
    number = open_certificate(alice)
    link = alice.get_by_role("link", name="看别人扫码后看到的").get_attribute("href") or ""
    alice.get_by_role("link", name="申请换发").click()
    look(alice, "reissue")
    alice.get_by_label("哪里要更正").fill("身份证上是“小”，登记成了“晓”")
    alice.get_by_role("button", name="申请换发").click()
    expect(alice.locator("[data-trouble]")).to_contain_text("一致，不用换发")
    correct_name(parts, person(parts, ALICE))
    alice.get_by_role("button", name="申请换发").click()
    expect(alice.locator("#received")).to_be_visible()
    look(alice, "reissue_received")
    with reviewer(parts) as first, reviewer(parts, MALLORY) as second:
        case_id = only_case(first, "certificate_reissue")["id"]
        on_case(first, case_id, "decision", decision="approve", reason="身份证核对无误")
        on_case(second, case_id, "confirmation", confirms=True)
    worker.drain(parts)
    alice.goto("/certificates")
    expect(alice.get_by_text("已换发")).to_be_visible()
    look(alice, "wallet_list")
    alice.locator(".course-card", has_text=number).click()
    expect(alice.get_by_role("link", name="看新证书")).to_be_visible()
    look(alice, "wallet_superseded")
    stranger.goto(link)
    expect(stranger.locator('[data-verdict="superseded"]')).to_be_visible()
    expect(stranger.locator("#successor")).to_be_hidden()
    look(stranger, "verdict_superseded")
    with parts.database.reading() as db:
        old = wallet.find(db, number, now=parts.clock.now())
    stranger.goto("about:blank")
    stranger.goto(f"{link}#{old.qr_text.partition('#')[2]}")
    expect(stranger.locator("#successor")).to_contain_text(old.successor_number or "-")


def test_a_last_day_that_is_near_leads_to_the_course_again(graduated: House, alice: Page) -> None:
    parts = graduated.parts
    pass_time(graduated, 1040 * 86_400_000)
    enter(alice, graduated, ALICE)
    renewals.remind_of_expiry(parts.database, now=parts.clock.now())
    alice.goto("/inbox")
    expect(alice.get_by_text("证书快到期")).to_be_visible()
    open_certificate(alice)
    look(alice, "wallet_expiring")
    alice.get_by_role("button", name="报名复训").click()
    arrived(alice, "**/learn/*")
    open_certificate(alice)
    expect(alice.get_by_role("link", name="继续复训")).to_be_visible()


def test_a_verifier_reads_the_full_name_once_with_the_holders_code_and_reports_a_fake(
    graduated: House, alice: Page, stranger: Page
) -> None:
    enter(alice, graduated, ALICE)
    open_certificate(alice)
    link = alice.get_by_role("link", name="看别人扫码后看到的").get_attribute("href") or ""
    alice.get_by_role("button", name="生成一次性码").click()
    expect(alice.locator("#code-made .one-time")).to_have_text(re.compile(r"\d{6}"))
    code = alice.locator("#code-made .one-time").inner_text()
    look(alice, "code_made")
    stranger.goto(link)
    expect(stranger.locator(".proved")).to_contain_text("起在公开日志里")
    look(stranger, "verdict_valid")
    stranger.get_by_label("一次性码").fill(f"{(int(code) + 1) % 1_000_000:06d}")
    stranger.get_by_role("button", name="核对", exact=True).click()
    expect(stranger.locator("#e-code")).to_contain_text("不对")
    stranger.get_by_label("一次性码").fill(code)
    stranger.get_by_role("button", name="核对", exact=True).click()
    expect(stranger.locator("#holder")).to_contain_text(ALICE.name)
    expect(stranger.locator("#holder")).to_contain_text(ALICE.number)
    look(stranger, "holder_shown")
    stranger.get_by_role("link", name="举报假证").click()
    expect(stranger.get_by_label("证书编号")).to_have_value(re.compile("^ZZ51"))
    look(stranger, "report")
    stranger.get_by_label("哪里不对").fill("来应聘的人拿的，照片不是本人")
    stranger.get_by_label("您的手机号").fill("13811112222")
    stranger.get_by_role("button", name="举报").click()
    expect(stranger.locator("#received")).to_be_visible()


def test_the_verdict_needs_no_script(browser: Browser, graduated: House) -> None:
    parts = graduated.parts
    with parts.database.reading() as db:
        [view] = wallet.list_certificates(db, person(parts, ALICE), now=parts.clock.now())
    context = browser.new_context(base_url=graduated.address, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/v/{view.public_id}")
    expect(page.locator('[data-verdict="valid"]')).to_contain_text(view.number)
    expect(page.locator(".proved li")).to_have_count(3)
    context.close()


def test_a_holder_gives_out_a_link_and_takes_it_back(
    graduated: House, alice: Page, stranger: Page
) -> None:
    enter(alice, graduated, ALICE)
    number = open_certificate(alice)
    alice.get_by_role("link", name="分享链接").click()
    look(alice, "shares_none")
    alice.get_by_text("30 天").click()
    alice.get_by_text("完整的姓名", exact=False).first.click()
    alice.get_by_text("下载证书 PDF").click()
    alice.get_by_role("button", name="生成链接").click()
    expect(alice.locator("#made")).to_be_visible()
    address = alice.locator("#address").inner_text()
    assert re.fullmatch(r"https?://[^/]+/s/[\w-]{32}", address)
    look(alice, "shares_made")
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    alice.get_by_role("button", name="发给别人").click()
    expect(alice.locator("#share-say")).to_contain_text("已复制")
    assert alice.evaluate("navigator.clipboard.readText()") == address
    path = "/s/" + address.rpartition("/")[2]
    stranger.goto(path)
    expect(stranger.locator('[data-verdict="valid"]')).to_contain_text(number)
    expect(stranger.locator(".compare")).to_contain_text(ALICE.name)
    link = stranger.get_by_role("link", name="下载证书 PDF")
    pdf = stranger.request.get(link.get_attribute("href") or "")
    assert pdf.body().startswith(b"%PDF-")
    look(stranger, "shared")
    alice.get_by_role("link", name="看所有链接").click()
    expect(alice.get_by_text("打开过 1 次")).to_be_visible()
    look(alice, "shares_listed")
    alice.get_by_text("停用这个链接").click()
    alice.get_by_role("button", name="马上停用").click()
    expect(alice.locator('[data-state="withdrawn"]')).to_be_visible()
    answer = stranger.goto(path)
    assert answer is not None
    assert answer.status == 410
    expect(stranger.get_by_text("这个链接已经停用")).to_be_visible()
    look(stranger, "shared_over")


def test_without_a_script_a_link_shows_what_everybody_sees(
    graduated: House, browser: Browser
) -> None:
    parts, now = graduated.parts, graduated.parts.clock.now()
    learner_id = person(parts, ALICE)
    with parts.database.transaction() as db:
        [view] = wallet.list_certificates(db, learner_id, now=now)
        _, token = shares.make(
            db, parts.vault, parts.keys, view.certificate_id,
            Wish(7, shows_name=True, has_pdf=True), learner_id=learner_id, now=now,
        )  # fmt: skip
    context = browser.new_context(base_url=graduated.address, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/s/{token}")
    expect(page.locator('[data-verdict="valid"]')).to_contain_text(view.number)
    expect(page.get_by_text("姓名和证件号码是遮住的。")).to_be_visible()
    expect(page.get_by_text(ALICE.name)).to_have_count(0)
    context.close()
