"""Everything that the registry can answer, as somebody with a phone reads it on the page."""

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.identity.rules.registry import SENTENCES, RegistryOutcome
from tests.browser import worker_way as way
from tests.browser.house import House, open_house
from tests.people import ALICE, MALLORY, Someone
from tests.vendors import FORCED

FOREIGNER = Someone("13800000072", "MARIE DUPONT", "FRA510081080304")


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    """A house whose registry has somebody for every answer."""
    database, roster = tmp_path / "house.db", tmp_path / "people.csv"
    shutil.copyfile(sqlite_template, database)
    with roster.open("w", encoding="utf-8", newline="") as file:
        rows = [[ALICE.name, number, outcome.value] for outcome, number in FORCED.items()]
        csv.writer(file).writerows(
            [["name", "number", "result"], [ALICE.name, ALICE.number], *rows]
        )
    with open_house(tmp_path / "var", database, roster=roster) as opened:
        yield opened


def _enter(page: Page, number: str, name: str) -> None:
    page.locator("#f-number").fill(number)
    page.locator("#f-name").fill(name)
    page.get_by_role("button", name="核对", exact=True).click()


# What keeps the form open, and where it is said; the last of them is the third strike.
COURSE = (
    (RegistryOutcome.UPSTREAM_ERROR, "[data-trouble]"),
    (RegistryOutcome.RATE_LIMITED, "[data-trouble]"),
    (RegistryOutcome.BAD_ID, "#e-number"),
    (RegistryOutcome.BAD_NAME, "#e-name"),
)


def test_every_answer_is_said_where_it_can_be_mended(page: Page, house: House) -> None:
    way.sign_in(page, house, MALLORY)
    expect(page).to_have_url(re.compile("/signup/identity"))
    form = page.locator("form[data-stays]")
    for outcome, place in COURSE:
        _enter(page, FORCED[outcome], ALICE.name)
        expect(form.locator(place)).to_contain_text(SENTENCES[outcome])
        expect(page.locator("#f-number")).to_have_value(FORCED[outcome])
        expect(page.locator("#verdict")).to_be_hidden()
    _enter(page, ALICE.number, "李晓海")
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text(SENTENCES[RegistryOutcome.PENDING_MANUAL])
    page.get_by_role("link", name="下一步").click()
    expect(page.get_by_role("heading", name="正在人工核对")).to_be_visible()


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        ("resident_id", Someone("13800000073", "何无名", FORCED[RegistryOutcome.NO_RECORD])),
        ("foreign_permanent", FOREIGNER),
    ],
)
def test_what_no_registry_can_tell_waits_for_a_human(
    page: Page, house: House, kind: str, who: Someone
) -> None:
    way.sign_in(page, house, who)
    expect(page).to_have_url(re.compile("/signup/identity"))
    page.locator("#f-document_type").select_option(kind)
    _enter(page, who.number, who.name)
    expect(page.locator("#verdict")).to_contain_text("已转人工核对")
    page.get_by_role("link", name="下一步").click()
    expect(page.get_by_role("heading", name="正在人工核对")).to_be_visible()


def test_a_match_leads_on(page: Page, house: House) -> None:
    way.sign_in(page, house, ALICE)
    _enter(page, ALICE.number, ALICE.name)
    expect(page.locator("#verdict")).to_contain_text(SENTENCES[RegistryOutcome.MATCH])
    page.get_by_role("link", name="下一步").click()
    expect(page).to_have_url(re.compile("/signup/consent"))
