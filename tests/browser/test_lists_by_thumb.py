"""A list by thumb and by keyboard; and two tabs of somebody with duties in two organisations."""

from playwright.sync_api import Page, expect

from app.core.ids import new_id
from app.identity.services import roster_bulk
from app.learning.services import item_banks
from app.org.repository import imports as import_rows
from app.org.rules.duties import Duty
from app.org.rules.organisations import OrganisationKind, StaffState
from app.org.services import organisations
from tests.browser.entering import enter
from tests.browser.house import House
from tests.browser.looking import arrived, looked_at, narrow_faults
from tests.people import MALLORY, prove
from tests.rosters import line_of

PEOPLE = 45


def _found(house: House, uscc: str, name: str, kind: OrganisationKind) -> str:
    """An organisation that is Mallory's."""
    account, now = prove(house.parts, MALLORY), house.parts.clock.now()
    with house.parts.database.transaction() as db:
        org_id = organisations.create_organisation(
            db, kind=kind, name=name, uscc=uscc, prefecture_code="510100", now=now
        )
        organisations.add_member(
            db, org_id=org_id, learner_id=account, role=organisations.ROLE_OF[kind],
            duty=Duty.OWNER, now=now,
        )  # fmt: skip
    return org_id


def _put_on_roster(house: House, org_id: str) -> None:
    """Rows alone: how they get there is another test's."""
    now, lines = house.parts.clock.now(), [line_of(place) for place in range(PEOPLE)]
    with house.parts.database.transaction() as db:
        entries = roster_bulk.invite_many(
            db, house.parts.vault, org_id=org_id, now=now,
            people=[(name, number) for name, number, *_ in lines],
        )  # fmt: skip
        import_rows.add_staff(
            db,
            [
                {
                    "id": new_id(now), "org_id": org_id, "roster_id": entries[number].roster_id,
                    "state": StaffState.INVITED, "unit": unit, "position": f"{place % 7} 号岗",
                    "shows_all_courses": False, "invited_by": "0" * 26, "invited_at": now,
                }
                for place, (_, number, _, unit, _) in enumerate(lines)
            ],
        )  # fmt: skip


def test_a_list_by_thumb_and_by_keyboard(page: Page, house: House) -> None:
    _put_on_roster(
        house, _found(house, "91510100MA6CX101X8", "岷江电子", OrganisationKind.EMPLOYER)
    )
    enter(page.context, house, MALLORY)
    page.goto("/employer/staff")
    page.get_by_role("navigation", name="排序").get_by_role("link", name="岗位").click()
    arrived(page, "*sort=position")
    cells = page.locator('td[data-label="岗位"]')
    assert cells.all_inner_texts() == sorted(cells.all_inner_texts())
    page.get_by_role("link", name="下一页").click()
    arrived(page, "*sort=position&at=*")
    expect(page.locator("tbody tr")).to_have_count(20)
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("tbody tr")).to_have_count(PEOPLE - 40)
    page.get_by_role("link", name="上一页").click()
    expect(page.locator("tbody tr")).to_have_count(20)
    looked_at(page, "lists_staff")
    assert not narrow_faults(page)
    page.get_by_label("找人").fill("没有这样的人")
    page.get_by_label("找人").press("Enter")
    expect(page.get_by_text("没有找到")).to_be_visible()
    expect(page.get_by_label("找人")).to_have_value("没有这样的人")
    looked_at(page, "lists_nobody")
    page.get_by_role("link", name="看全部员工").click()

    desk = page.context.new_page()
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.goto("/employer/staff")
    heading = desk.get_by_role("columnheader", name="部门")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("link").focus()
    desk.keyboard.press("Enter")
    arrived(desk, "*sort=-unit")
    expect(heading).to_have_attribute("aria-sort", "descending")
    desk.keyboard.press("Tab")
    desk.goto("/employer/staff?sort=nothing")
    expect(desk.get_by_text("不能按这一项排序")).to_be_visible()


def test_two_tabs_of_somebody_with_two_organisations(page: Page, house: House) -> None:
    first = _found(house, "91510100MA6CX101X8", "岷江电子", OrganisationKind.EMPLOYER)
    school = _found(house, "91510700MA6CX2020M", "锦江培训学校", OrganisationKind.INSTITUTION)
    _put_on_roster(house, first)
    account = prove(house.parts, MALLORY)
    now = house.parts.clock.now()
    with house.parts.database.transaction() as db:
        for title in ("电工（初级）理论题库", "安全生产题库", "叉车司机题库"):
            item_banks.create_bank(db, school, title, actor_id=account, now=now)
    enter(page.context, house, MALLORY)
    page.goto("/employer")
    arrived(page, "*/acting")
    looked_at(page, "acting_choose")
    assert not narrow_faults(page)
    page.locator("form").filter(has_text="岷江电子").get_by_role("button").click()
    arrived(page, "*/employer")
    expect(page.locator(".acting")).to_contain_text("岷江电子")
    page.goto("/employer/staff")
    expect(page.get_by_text(f"共 {PEOPLE} 人")).to_be_visible()
    looked_at(page, "acting_staff")
    other = page.context.new_page()
    other.goto("/acting")
    other.locator("form").filter(has_text="锦江培训学校").get_by_role("button").click()
    arrived(other, "*/employer")
    expect(other.locator(".acting")).to_contain_text("锦江培训学校")
    other.goto("/banks")
    looked_at(other, "lists_banks")
    # The first tab goes on as if nothing had happened: what was typed stays, nothing is written.
    name, number, *_ = line_of(PEOPLE + 1)
    page.get_by_label("姓名").fill(name)
    page.get_by_label("证件号码").fill(number)
    page.get_by_role("button", name="加入名单").click()
    expect(page.get_by_text("这一页是替另一家单位打开的")).to_be_visible()
    expect(page.get_by_label("姓名")).to_have_value(name)
    other.goto("/employer/staff")
    expect(other.get_by_text("名单里没有人")).to_be_visible()
    looked_at(other, "lists_empty")
