"""A clerk with Excel beside the browser: import, assign, watch it move, export, compare."""

import datetime as dt
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from app import worker
from app.main import create_app
from tests import finished
from tests.browser.entering import enter
from tests.browser.house import House
from tests.browser.looking import (
    arrived,
    looked_at_from_desk,
)
from tests.employers import found_employer, post
from tests.finished import Finished
from tests.people import MALLORY, sign_in
from tests.rosters import as_xlsx, line_of

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PEOPLE = 24
NAME = "李梅"


def _import(page: Page, who: Finished) -> None:
    page.goto("/employer/imports")
    lines = [line_of(place) for place in range(PEOPLE - 1)]
    lines.append((who.name, who.number, "", "装配车间/甲班", "质检员"))
    page.set_input_files(
        "#roster-file", {"name": "员工.xlsx", "mimeType": XLSX, "buffer": as_xlsx(lines)}
    )
    arrived(page, "*/employer/imports/[0-9A-Z]*")
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("撤销这次导入")).to_be_visible()


def _assign(page: Page, house: House) -> None:
    page.goto("/employer/assign")
    due = house.parts.clock.now() + dt.timedelta(days=30)
    page.locator("#f-due_on").fill(due.date().isoformat())
    page.get_by_label("全选").check()
    page.get_by_role("button", name="下一页").click()
    expect(page.get_by_text("已选 20 人")).to_be_visible()
    page.get_by_label("全选").check()
    page.get_by_role("button", name="指派").click()
    expect(page.get_by_text("已指派。")).to_be_visible()


def _table(page: Page) -> list[list[str]]:
    """The page's table in the words that are read: cells without the lamps' signs."""
    found: list[list[str]] = page.evaluate(
        """() => [...document.querySelectorAll('table.matrix tbody tr')].map(row => {
          const kept = row.cloneNode(true);
          for (const lamp of kept.querySelectorAll('.lamp')) lamp.remove();
          return [...kept.children].map(cell => cell.textContent.replace(/\\s+/g, ' ').trim());
        })"""
    )
    return found


def _exported(page: Page, folder: Path) -> list[list[str]]:
    """The file's rows in the page's columns: unit and position in one, done and asked in one."""
    with page.expect_download() as coming:
        page.get_by_role("link", name="导出表格（Excel）").click()
    target = folder / "matrix.xlsx"
    coming.value.save_as(target)
    _, *rows = CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()
    return [
        [name, " ".join(part for part in (unit, position) if part), says,
         f"{int(done)}/{int(asked)}", *cells]
        for name, unit, position, says, done, asked, *cells in rows
    ]  # fmt: skip


def test_a_clerk_watches_the_progress_move(browser: Browser, house: House, tmp_path: Path) -> None:
    org_id = found_employer(house.parts, MALLORY)
    [course] = finished.courses(house.parts, ("usual",))
    who = finished.study(house.parts, course, NAME, 1)
    page = browser.new_page(base_url=house.address, locale="zh-CN", viewport=DESK)
    page.set_default_timeout(60_000)
    enter(page.context, house, MALLORY)
    page.goto("/employer/progress")
    expect(page.get_by_text("还没有指派课程")).to_be_visible()
    _import(page, who)
    _assign(page, house)
    page.get_by_role("link", name="看进度").click()
    expect(page.get_by_role("link", name=f"待本人确认 {PEOPLE}")).to_be_visible()
    page.get_by_label("部门（含下级）").fill("装配车间")
    page.get_by_role("button", name="查看").click()
    arrived(page, "*/employer/progress?*")
    cell = page.locator("table.matrix a.cell")
    expect(cell).to_have_count(1)
    expect(cell).to_contain_text("待本人确认")
    _joins(house, who, org_id)
    page.reload()
    expect(cell).to_contain_text("100%")
    finished.sit(house.parts, who, score=88)
    worker.drain(house.parts)
    page.reload()
    expect(cell).to_contain_text("已完成")
    assert _exported(page, tmp_path) == _table(page)
    _by_keyboard(page)
    page.goto("/employer/progress?sort=left")
    first = _table(page)
    page.get_by_role("link", name="下一页").click()
    arrived(page, "*after=*")
    assert _exported(page, tmp_path) == first + _table(page)
    page.go_back()
    looked_at_from_desk(page, "matrix_all")
    page.goto("/employer/progress?q=没有这个人")
    expect(page.get_by_text("没有符合条件的人")).to_be_visible()
    looked_at_from_desk(page, "matrix_nobody")
    page.goto("/employer")
    looked_at_from_desk(page, "matrix_home")
    page.close()


def _joins(house: House, who: Finished, org_id: str) -> None:
    with TestClient(create_app(house.parts)) as person:
        sign_in(person, house.parts, who.someone)
        assert post(person, f"/me/employers/{org_id}/acceptance", {}).status_code == 204


def _by_keyboard(page: Page) -> None:
    """From the table's name to its cell with Tab, and into it with Enter."""
    page.get_by_role("link", name=NAME, exact=True).focus()
    page.keyboard.press("Tab")
    expect(page.locator("table.matrix a.cell")).to_be_focused()
    page.keyboard.press("Enter")
    arrived(page, "*/employer/progress/*/*")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    expect(page.get_by_role("heading", name="每天认定的学时")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    looked_at_from_desk(page, "matrix_cell")
