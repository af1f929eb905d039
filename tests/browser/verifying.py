"""The certificate as a stranger sees it: scanned from its PDF, altered by one byte, revoked."""

import re
from pathlib import Path

import pypdfium2
from playwright.sync_api import Page, expect

from app.certs.services import wallet
from app.identity.rules.actors import Actor, Role
from tests.browser.house import House


def picture_of_pdf(page: Page, certificate: str, path: Path) -> Path:
    """Download the certificate's PDF and photograph its first page."""
    pdf = page.request.get(f"/api/v1{certificate}/file.pdf").body()
    sheet = pypdfium2.PdfDocument(pdf)[0]
    sheet.render(scale=2).to_pil().save(path)
    return path


def open_certificate(page: Page) -> str:
    for _ in range(120):
        page.goto("/certificates")
        if page.locator(".card-link").count():
            break
        page.wait_for_timeout(500)
    page.locator(".card-link").click()
    expect(page.locator(".paper img")).to_be_visible()
    return "/certificates/" + page.url.rpartition("/")[2]


def scan(page: Page, picture: Path) -> None:
    page.goto("/verify")
    page.locator("#picture").set_input_files(picture)
    expect(page).to_have_url(re.compile(r"/v/[\w-]+#\d+"))
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    expect(page.locator(".compare")).to_contain_text("李*梅")


def alter(page: Page) -> None:
    head, _, digits = page.url.partition("#")
    place = len(digits) // 2
    other = str((int(digits[place]) + 1) % 10)
    page.goto("about:blank")
    page.goto(f"{head}#{digits[:place]}{other}{digits[place + 1 :]}")
    expect(page.locator('[data-verdict="altered"]')).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{head}#{digits}")
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()


def revoke(page: Page, house: House) -> None:
    number = page.locator(".compare dd").first.inner_text()
    staff = Actor(
        account_id="0" * 26, learner_id="0" * 26, roles=frozenset({Role.REVIEWER}), org_ids=(),
        region_code=None, device_id="", sign_in_id="", is_verified=True, display_name="",
    )  # fmt: skip
    parts = house.parts
    with parts.database.transaction() as db:
        found = wallet.find(db, number, now=parts.clock.now())
        wallet.revoke(
            db, found.certificate_id, reason="代考查实", actor=staff, now=parts.clock.now()
        )
    page.reload()
    expect(page.locator('[data-verdict="revoked"]')).to_contain_text("代考查实")
