"""A clerk with Excel, and a worker with a phone: a roster that is mended, and joining by a code."""

import re

from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from app.identity.rules.actors import Role
from app.main import create_app
from app.org.rules.organisations import OrganisationKind
from app.org.services import organisations
from tests.browser.house import House
from tests.browser.looking import arrived, faults, keep, narrow_faults, stop_gliding
from tests.people import ALICE, MALLORY, Someone, prove, sign_in
from tests.rosters import as_xlsx, line_of, number_of

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PEOPLE, WRONG = 200, 13


def _employ(house: House) -> None:
    now = house.parts.clock.now()
    boss_id = prove(house.parts, MALLORY)
    with house.parts.database.transaction() as db:
        org_id = organisations.create_organisation(
            db, kind=OrganisationKind.EMPLOYER, name="岷江电子", uscc="91510100MA6CX101X8",
            prefecture_code="510100", now=now,
        )  # fmt: skip
        organisations.add_member(db, org_id=org_id, learner_id=boss_id, role=Role.EMPLOYER, now=now)


def _enter(page: Page, house: House, who: Someone) -> None:
    with TestClient(create_app(house.parts)) as client:
        sign_in(client, house.parts, who)
        jar = [{"name": n, "value": v, "url": house.address} for n, v in client.cookies.items()]
    page.context.add_cookies(jar)


def _looked_at(page: Page, name: str) -> None:
    stop_gliding(page)
    for label, size in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            found = faults(page, size["width"])
            assert not found, (name, label, scheme, *found)
            keep(page, f"roster_{name}_{label}-{scheme}")
    assert not narrow_faults(page)
    page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})


def _choose(page: Page, lines: list) -> None:
    page.goto("/employer/imports")
    page.set_input_files(
        "#roster-file", {"name": "员工.xlsx", "mimeType": XLSX, "buffer": as_xlsx(lines)}
    )
    arrived(page, "*/employer/imports/[0-9A-Z]*")


def _wrong(lines: list) -> list:
    """Thirteen faults of every kind that a clerk makes, in as many rows."""
    wrong = list(lines)
    for place in range(WRONG):
        name, number, *rest = lines[place * 15]
        wrong[place * 15] = [
            (f"{name}8", number, *rest), (name, number[:-1] + "Q", *rest), ("", number, *rest),
            (name, float(number[:17] + "0"), *rest), (name, "", *rest),
        ][place % 5]  # fmt: skip
    return wrong


def test_two_hundred_people_with_thirteen_faults(browser: Browser, house: House) -> None:
    _employ(house)
    page = browser.new_page(base_url=house.address, locale="zh-CN", viewport=DESK)
    page.set_default_timeout(60_000)
    _enter(page, house, MALLORY)
    lines = [line_of(place) for place in range(PEOPLE)]
    page.goto("/employer/staff")
    page.get_by_role("link", name="导入名单（Excel）").click()
    arrived(page, "*/employer/imports")
    _looked_at(page, "begin")
    _choose(page, _wrong(lines))
    expect(page.get_by_role("heading", name=f"有 {WRONG} 行要改")).to_be_visible()
    expect(page.locator("tbody th").first).to_have_text("A2")
    expect(page.locator("tbody tr")).to_have_count(WRONG)
    _looked_at(page, "faults")
    page.get_by_role("button", name="只导入没有问题的行").click()
    expect(page.get_by_text("新加入")).to_be_visible()
    expect(page.locator("dl.facts")).to_contain_text(f"{PEOPLE - WRONG} 人")
    _choose(page, lines)
    expect(page.get_by_role("heading", name="都没有问题")).to_be_visible()
    expect(page.locator("dl.facts")).to_contain_text(f"要新加{WRONG} 人", use_inner_text=False)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("撤销这次导入")).to_be_visible()
    page.goto("/employer/staff")
    expect(page.get_by_text(f"共 {PEOPLE} 人")).to_be_visible()
    _looked_at(page, "staff")
    _choose(page, lines)
    expect(page.get_by_text("完全一样，不用导入")).to_be_visible()
    page.goto("/employer/imports")
    page.locator("tbody a").nth(1).click()
    page.get_by_text("撤销这次导入").click()
    page.get_by_role("button", name="撤销整份导入").click()
    expect(page.get_by_text("新加的人都移出了名单")).to_be_visible()
    page.goto(f"/employer/staff?q={number_of(0)}")
    expect(page.get_by_text("没有找到")).to_be_visible()
    page.close()


def test_one_person_by_hand_and_a_file_that_is_too_large(browser: Browser, house: House) -> None:
    _employ(house)
    page = browser.new_page(base_url=house.address, locale="zh-CN", viewport=DESK)
    _enter(page, house, MALLORY)
    page.goto("/employer/staff")
    page.locator("#f-name").fill(ALICE.name)
    page.locator("#f-document_number").fill(ALICE.number)
    page.locator("#f-unit").fill("公司 ／ 一车间")
    page.locator("#f-position").fill("焊工")
    page.locator("#f-position").blur()
    expect(page.get_by_text("名单里还没有“公司/一车间”这个部门，保存时会新建。")).to_be_visible()
    expect(page.get_by_text("名单里还没有“焊工”这个岗位，保存时会新建。")).to_be_visible()
    _looked_at(page, "adding")
    page.get_by_role("button", name="加入名单").click()
    expect(page.get_by_text("已加入名单")).to_be_visible()
    _looked_at(page, "added")
    page.locator("tbody").get_by_role("link", name=ALICE.name).click()
    arrived(page, "*/employer/staff/[0-9A-Z]*")
    expect(page.get_by_role("button", name="确定移出")).to_be_hidden()
    page.get_by_text(f"把{ALICE.name}移出名单").click()
    _looked_at(page, "person")
    page.get_by_role("button", name="确定移出").click()
    expect(page.get_by_text("名单里没有人")).to_be_visible()
    page.goto("/employer/imports")
    great = {"name": "员工.xlsx", "mimeType": XLSX, "buffer": b"x" * (17 * 2**20)}
    page.set_input_files("#roster-file", great)
    expect(page.locator("#e-file")).to_contain_text("17 MB，超过 16 MB，没有上传")
    page.close()


def test_a_worker_joins_with_the_code_on_the_wall(
    browser: Browser, page: Page, house: House
) -> None:
    _employ(house)
    prove(house.parts, ALICE)
    desk = browser.new_page(base_url=house.address, locale="zh-CN", viewport=DESK)
    _enter(desk, house, MALLORY)
    desk.goto("/employer/join-codes")
    desk.locator("#f-unit").fill("二车间")
    desk.locator("#f-days").fill("400")
    desk.get_by_role("button", name="做邀请码").click()
    expect(desk.locator("#e-days")).not_to_be_empty()
    expect(desk.locator("#f-unit")).to_have_value("二车间")
    desk.locator("#f-days").fill("7")
    desk.get_by_role("button", name="做邀请码").click()
    code = desk.locator("p.code").first
    expect(code).to_have_text(re.compile(r"^\w{4}-\w{4}$"))
    desk.get_by_text("给员工扫的码").click()
    _looked_at(desk, "codes")
    _enter(page, house, ALICE)
    page.goto("/me")
    page.get_by_role("link", name="用邀请码加入单位").click()
    page.get_by_label("单位的邀请码").fill("AAAA-AAAA")
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#e-code")).to_contain_text("这个邀请码不能用")
    expect(page.get_by_label("单位的邀请码")).to_have_value("AAAA-AAAA")
    assert not faults(page, 390)
    page.get_by_label("单位的邀请码").fill(code.inner_text().lower())
    page.get_by_label("单位的邀请码").press("Enter")
    expect(page.get_by_text("的邀请码。")).to_contain_text("岷江电子")
    assert not faults(page, 390)
    keep(page, "roster_join_phone-light")
    page.get_by_role("button", name="是我的单位，加入").click()
    arrived(page, "*/home")
    desk.goto("/employer/staff")
    expect(desk.locator("tbody")).to_contain_text("已加入")
    expect(desk.locator("tbody")).to_contain_text("二车间")
    desk.close()
