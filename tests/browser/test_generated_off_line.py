"""Certificates of every kind of name before a phone without a network, altered in every way.

A few in the suite; `CERTIFICATES=1000 ./run test` with this file for all.
"""

import json
import os
import random
import shutil
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
from playwright.sync_api import Browser, Page, expect

from app.certs.rules.facts import CertificateFacts
from app.certs.rules.second_seal import SecondSeal
from app.core import log_sequencer
from app.lobby.parts import Parts
from tests import finished, photographs
from tests.browser.conftest import PHONE, watched
from tests.browser.house import open_house
from tests.papers_issued import ALTERATIONS, Issued, take

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
    "a wrong key": {"altered"},
    "an unknown key": {"unsure"},
    "a second signature too few or too many": {"altered"},
    "a second signature that is another's": {"altered"},
    "a swapped portrait": {"altered"},
    "half a record": {"unsure"},
    "a bit of the document": {"altered"},
    "a bit of the signature": {"altered", "unsure"},
    "something behind the document": {"altered"},
    "a document that was cut short": {"unsure"},
}
"""What the device may say. What only the register knows (a number that is taken) it cannot."""


@dataclass(frozen=True, slots=True)
class Away:
    """A phone without a network, that is shown one thing after the other."""

    page: Page
    parts: Parts

    def text(self, text: str) -> str:
        modules = photographs.modules_of(text)
        large = cv2.resize(modules, None, fx=6, fy=6, interpolation=cv2.INTER_NEAREST)
        return self._shown("#picture", bytes(cv2.imencode(".png", large)[1]))

    def facts(
        self, facts: CertificateFacts, key_id: str, signature: str,
        second: SecondSeal | None = None,
    ) -> str:  # fmt: skip
        record = {"facts": facts.to_mapping(), "key_id": key_id, "signature": signature}
        more = {"sm2": asdict(second)} if second is not None else {}
        return self.file(json.dumps(record | {"log": None} | more).encode())

    def file(self, content: bytes) -> str:
        return self._shown("#document", content)

    def address(self, public_id: str) -> str:
        raise NotImplementedError(public_id)  # nothing is known of a page without a network

    def name(self, number: str, name: str) -> str:
        raise NotImplementedError(number + name)

    def _shown(self, field: str, content: bytes) -> str:
        """The verdict that comes; the one before is taken away, so that none is read twice."""
        self.page.evaluate("document.querySelector('#told').replaceChildren()")
        self.page.locator(field).set_input_files(
            {"name": "x", "mimeType": "application/octet-stream", "buffer": content}
        )
        told = self.page.locator("#told [data-verdict]")
        told.wait_for()
        return told.get_attribute("data-verdict") or ""

    def all_of(self, one: Issued) -> dict[str, str]:
        return {
            "code": self.text(one.text), "pdf": self.file(one.pdf),
            "credential": self.file(one.credential), "record": self.file(one.record),
        }  # fmt: skip


GOOD = {
    "code": "offline", "pdf": "offline_current", "credential": "offline_current",
    "record": "offline",
}  # fmt: skip


def _issue(parts: Parts) -> list[Issued]:
    courses = finished.courses(parts)
    names = finished.names(max(CERTIFICATES, 15))[-CERTIFICATES:]
    people = finished.issue_all(parts, names, codes=courses)
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    return [take(parts, each.enrolment_id) for each in people]


def test_each_alteration_gets_its_own_answer_without_a_network(
    browser: Browser, tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "house.db")
    chance, wrong = random.Random(13), Counter[tuple[str, str]]()
    with open_house(tmp_path / "var", tmp_path / "house.db", works=False) as house:
        issued = _issue(house.parts)
        context = browser.new_context(
            viewport=PHONE, is_mobile=True, locale="zh-CN", timezone_id="Asia/Shanghai",
            base_url=house.address,
        )  # fmt: skip
        with watched(context) as page:
            page.goto("/verify")
            expect(page.locator("#kept-say")).to_contain_text("没有网络也能打开本页")
            context.set_offline(True)
            page.reload()
            expect(page.locator("#kept-say")).to_be_visible()
            away = Away(page, house.parts)
            for place, one in enumerate(issued):
                wrong.update(
                    (f"a good {name}", told)
                    for name, told in away.all_of(one).items()
                    if told != GOOD[name]
                )
                for name, expected in OFF_LINE.items():
                    told = ALTERATIONS[name][0](away, one, issued[place - 1], chance)
                    if told not in expected:
                        wrong[name, told] += 1
        context.close()
    assert wrong == {}
