"""Certificates of every kind of name before a phone without a network, altered in every way.

A few in the suite; `CERTIFICATES=1000 ./run test` with this file for all.
"""

import os
import random
import shutil
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import phone_at
from tests.browser.house import open_house
from tests.browser.showing import Away, issue
from tests.papers_issued import ALTERATIONS, Issued

CERTIFICATES = int(os.environ.get("CERTIFICATES", "4"))
OFF_LINE = {
    # Where the digit belongs to the key's id or to the form, no key fits.
    "a digit of the code": {"altered", "unsure", "incomplete"},
    "a code that was not read whole": {"incomplete", "altered", "unsure"},
    "an unknown key in the code": {"unsure"},
    "a code signed by a wrong key": {"altered"},
    "a value of the credential": {"altered"},
    # The proof over the text is good; the other one is not looked at here.
    "a value of a proof": {"offline_current"},
    "an undefined term": {"altered"},
    "another credential's proofs": {"altered"},
    "a fact of the record": {"altered"},
    "other facts in the record": {"altered"},
    "another holder": {"altered"},
    # Whether its holder has left the register alone knows; it is said that it names nobody.
    "a hidden holder": {"nobody"},
    "a wrong key": {"altered"},
    "an unknown key": {"unsure"},
    "a second signature too few or too many": {"altered"},
    "a second signature that is another's": {"altered"},
    "a swapped portrait": {"altered"},
    "half a record": {"unsure"},
    "a bit of the document": {"altered"},
    "a bit of the signature": {"altered", "unsure"},
    "something behind the document": {"altered"},
    "a document that was cut short": {"damaged"},
}
"""What the device may say. What only the register knows (a number that is taken) it cannot."""


GOOD = {
    "code": "offline", "pdf": "offline_current", "credential": "offline_current",
    "record": "offline",
}  # fmt: skip


def _all_of(away: Away, one: Issued) -> dict[str, str]:
    return {
        "code": away.text(one.text), "pdf": away.file(one.pdf),
        "credential": away.file(one.credential), "record": away.file(one.record),
    }  # fmt: skip


def test_each_alteration_gets_its_own_answer_without_a_network(
    browser: Browser, tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "house.db")
    chance, wrong = random.Random(13), Counter[tuple[str, str]]()
    with open_house(tmp_path / "var", tmp_path / "house.db", works=False) as house:
        issued = issue(house.parts, CERTIFICATES)
        with phone_at(browser, house) as page:
            page.goto("/verify")
            expect(page.locator("#kept-say")).to_contain_text("没有网络也能打开本页")
            page.context.set_offline(True)
            page.reload()
            expect(page.locator("#kept-say")).to_be_visible()
            away = Away(page, house.parts)
            for place, one in enumerate(issued):
                wrong.update(
                    (f"a good {name}", told)
                    for name, told in _all_of(away, one).items()
                    if told != GOOD[name]
                )
                for name, expected in OFF_LINE.items():
                    told = ALTERATIONS[name][0](away, one, issued[place - 1], chance)
                    if told not in expected:
                        wrong[name, told] += 1
    assert wrong == {}
