"""Many certificates at once: pasted, from a table, as PDFs; with scripts and without."""

import io
from pathlib import Path
from typing import Any

import xlsxwriter
from playwright.sync_api import Browser, Page, expect

from tests.browser import looking
from tests.browser.conftest import PHONE, watched
from tests.browser.issued import Issued
from tests.browser.looking import without_noscript
from tests.people import ALICE


def _open(browser: Browser, issued: Issued, **more: Any) -> Page:
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai",
        base_url=issued.house.address, **more,
    )  # fmt: skip
    return context.new_page()


def _looked_at(page: Page, name: str) -> None:
    looking.looked_at(page, f"batch_{name}")
    assert not looking.narrow_faults(page)


def _lines(issued: Issued) -> str:
    return f"{issued.number},{ALICE.name}\n{issued.number} 王五\n{issued.number[:-1]}@,李四\n,赵六"


def _xlsx(rows: list[tuple[str, ...]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return target.getvalue()


def test_pasted_lines_and_files(browser: Browser, issued: Issued) -> None:
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN", base_url=issued.house.address, accept_downloads=True
    )
    with watched(context) as page:
        page.goto("/verify/batch")
        page.get_by_role("button", name="查这些编号").click()
        expect(page.locator("#e-lines")).to_contain_text("请先粘贴")
        _looked_at(page, "empty")
        page.locator("#f-lines").fill(_lines(issued))
        page.get_by_role("button", name="查这些编号").click()
        verdicts = page.locator("tr[data-verdict]")
        expect(verdicts).to_have_count(4)
        expect(verdicts.nth(0).locator(".chip")).to_have_text("有效")
        expect(verdicts.nth(3)).to_contain_text("第 4 行没有填证书编号")
        expect(page.locator("#answers > .font-bold")).to_contain_text("查不到 2")
        _looked_at(page, "lines")
        with page.expect_download() as caught:
            page.get_by_role("link", name="下载结果").click()
        assert caught.value.suggested_filename == "查验结果.xlsx"
        assert Path(caught.value.path()).read_bytes().startswith(b"PK")
        _files(page, issued)
    context.close()


def _files(page: Page, issued: Issued) -> None:
    field = page.locator("#files")
    table = _xlsx([("姓名", "证书编号"), (ALICE.name, issued.number)])
    field.set_input_files({"name": "名单.xlsx", "mimeType": "x/y", "buffer": table})
    expect(page.locator("tr[data-verdict]")).to_have_count(1)
    expect(page.locator("tr[data-verdict] .chip")).to_have_text("有效")
    field.set_input_files([
        {"name": "李.pdf", "mimeType": "application/pdf", "buffer": issued.pdf},
        {"name": "b.pdf", "mimeType": "application/pdf", "buffer": issued.pdf[:-700]},
        {"name": "c.json", "mimeType": "application/json", "buffer": issued.credential},
    ])  # fmt: skip
    expect(page.locator("tr[data-verdict]")).to_have_count(3)
    expect(page.locator("tr[data-verdict='valid']")).to_have_count(2)
    expect(page.locator("tr[data-verdict]").first).to_contain_text("李.pdf")
    _looked_at(page, "files")
    field.set_input_files({"name": "x.zip", "mimeType": "x/y", "buffer": b"PK\x03\x04broken"})
    expect(page.locator("#e-file")).to_contain_text("请重新保存后再选")


def test_pasted_lines_without_scripts(browser: Browser, issued: Issued) -> None:
    page = _open(browser, issued, java_script_enabled=False)
    page.goto("/verify")
    page.get_by_role("link", name="批量查验").click()
    page.locator("#f-lines").fill(_lines(issued))
    page.get_by_role("button", name="查这些编号").click()
    expect(page.locator("tr[data-verdict]")).to_have_count(4)
    expect(page.locator("tr[data-verdict='valid']")).to_contain_text("李*梅")
    with page.expect_download() as caught:
        page.get_by_role("link", name="下载结果").click()
    assert Path(caught.value.path()).read_bytes().startswith(b"PK")
    page.context.close()


def test_files_without_scripts(browser: Browser, issued: Issued) -> None:
    page = _open(browser, issued, java_script_enabled=False)
    page.route("**/verify/batch", without_noscript)
    page.goto("/verify/batch")
    if looking.ARE_WANTED:
        looking.keep(page, "batch_without_scripts_phone")
    page.locator("#f-files").set_input_files([
        {"name": "李.pdf", "mimeType": "application/pdf", "buffer": issued.pdf},
        {"name": "改.pdf", "mimeType": "application/pdf", "buffer": issued.pdf[:-700]},
    ])  # fmt: skip
    page.get_by_role("button", name="查这些文件").click()
    rows = page.locator("tr[data-verdict]")
    expect(rows).to_have_count(2)
    expect(rows.nth(0).locator(".chip")).to_have_text("有效")
    expect(rows.nth(1)).to_contain_text("改.pdf")
    page.context.close()


def test_more_than_one_form_takes_without_scripts(browser: Browser, issued: Issued) -> None:
    """The answer comes although what was sent is not read to its end."""
    page = _open(browser, issued, java_script_enabled=False)
    page.route("**/verify/batch", without_noscript)
    for count, size, told in (
        (300, 1000, "一次最多查 200 个文件"), (9, 4 * 2**20, "合计超过 24 MB"),
    ):  # fmt: skip
        page.goto("/verify/batch")
        page.locator("#f-files").set_input_files([
            {"name": f"{place}.pdf", "mimeType": "application/pdf", "buffer": bytes(size)}
            for place in range(count)
        ])  # fmt: skip
        page.get_by_role("button", name="查这些文件").click()
        expect(page.locator("#e-files")).to_contain_text(told)
        if looking.ARE_WANTED:
            looking.keep(page, f"batch_too_much_{count}")
    page.context.close()
