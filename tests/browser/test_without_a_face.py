"""A whole worker's way on a phone, without a face: sign-up, study, exam, certificate, verdict."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from app.certs.services import wallet
from app.identity.rules.actors import Actor, Role
from tests.browser import worker_way as way
from tests.browser.films import ShortCourse
from tests.browser.house import House
from tests.people import ALICE


def test_from_sign_up_to_the_scanned_certificate(
    page: Page, house: House, course: ShortCourse, tmp_path: Path
) -> None:
    way.sign_up(page, house, ALICE)
    enrolment_id = way.enrol(page, course.course_id)
    page.get_by_role("link", name="继续学习").click()
    kinds = way.study_lesson(page, house, ALICE)
    assert kinds == {"presence", "identity"}
    way.confirm_and_leave(page, house, ALICE)
    page.get_by_role("link", name="继续学习").click()
    way.study_lesson(page, house, ALICE)
    assert page.locator("#page-text script").count() == 0
    way.confirm_and_leave(page, house, ALICE)
    page.get_by_role("link", name="去考试").click()
    way.sit_exam(page, house.parts, enrolment_id)
    certificate = _open_certificate(page)
    picture = tmp_path / "certificate.png"
    picture.write_bytes(page.request.get(f"/api/v1{certificate}/preview.png").body())
    pdf = page.request.get(f"/api/v1{certificate}/file.pdf")
    assert pdf.body().startswith(b"%PDF-")
    _scan(page, picture)
    _alter(page)
    _revoke(page, house)


def _open_certificate(page: Page) -> str:
    for _ in range(20):
        page.goto("/certificates")
        if page.locator(".card-link").count():
            break
        page.wait_for_timeout(500)
    page.locator(".card-link").click()
    expect(page.locator(".paper img")).to_be_visible()
    return "/certificates/" + page.url.rpartition("/")[2]


def _scan(page: Page, picture: Path) -> None:
    page.goto("/verify")
    page.locator("#picture").set_input_files(picture)
    expect(page).to_have_url(re.compile(r"/v/[\w-]+#\d+"))
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()
    expect(page.locator(".compare")).to_contain_text("李*梅")


def _alter(page: Page) -> None:
    head, _, digits = page.url.partition("#")
    place = len(digits) // 2
    other = str((int(digits[place]) + 1) % 10)
    page.goto("about:blank")
    page.goto(f"{head}#{digits[:place]}{other}{digits[place + 1 :]}")
    expect(page.locator('[data-verdict="altered"]')).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{head}#{digits}")
    expect(page.locator('[data-verdict="valid"]')).to_be_visible()


def _revoke(page: Page, house: House) -> None:
    number = page.locator(".compare dd").first.inner_text()
    staff = Actor(
        account_id="0" * 26, learner_id="0" * 26, roles=frozenset({Role.REVIEWER}), org_ids=(),
        region_code=None, device_id="", sign_in_id="", is_verified=True, display_name="",
    )  # fmt: skip
    parts = house.parts
    with parts.database.transaction() as db:
        found = wallet.find(db, number)
        wallet.revoke(
            db, found.certificate_id, reason="代考查实", actor=staff, now=parts.clock.now()
        )
    page.reload()
    expect(page.locator('[data-verdict="revoked"]')).to_contain_text("代考查实")
