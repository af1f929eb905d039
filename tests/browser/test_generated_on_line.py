"""Certificates of every kind of name before a phone with a network, altered in every way.

A few in the suite; `CERTIFICATES=1000 ./run test` with this file for all.
"""

import json
import os
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from app.certs import repository as rows
from app.certs.services import suspensions
from app.core.checkpoints import Checkpoint, parse_note, sign_note
from app.core.clock import SettableClock, SystemClock
from app.core.crypto import SigningKey
from app.lobby.parts import Parts
from tests.browser.conftest import phone_at
from tests.browser.house import open_house
from tests.browser.issued import STAFF
from tests.browser.showing import Reached, issue
from tests.papers_issued import ASKED_ON_LINE, FOREIGN, Issued

CERTIFICATES = int(os.environ.get("CERTIFICATES", "3"))
SHOWN_AS = {"unknown": {"unknown", "unsure", "damaged"}}
"""What is not read as one of ours is *unsure* to who holds it, and a cut file incomplete."""
ENTRIES = {
    "": "valid", "none": "log_missing", "of another": "log_contradicts",
    "at another place": "log_contradicts", "a shorter path": "log_contradicts",
    "signed by another log": "log_contradicts", "a log written anew": "log_contradicts",
}  # fmt: skip


def _entry(parts: Parts, fault: str, log: dict[str, Any], other: dict[str, Any]) -> Any:
    point = Checkpoint.parse(parse_note(log["checkpoint"])[0])
    text = point.text
    forged = sign_note(text, point.origin, SigningKey("0badc0de", FOREIGN)).line
    rewritten = Checkpoint(point.origin, point.size, bytes(32))
    return {
        "": log, "none": None, "of another": other,
        "at another place": log | {"position": log["position"] + 1},
        "a shorter path": log | {"path": log["path"][:-1]},
        "signed by another log": log | {"checkpoint": f"{text}\n{forged}"},
        "a log written anew": log | {"checkpoint": parts.log.sign(rewritten)},
    }[fault]  # fmt: skip


def _altered(ask: Reached, issued: list[Issued]) -> Counter[tuple[str, str]]:
    wrong, chance = Counter[tuple[str, str]](), random.Random(17)
    for place, one in enumerate(issued):
        other = issued[place - 1]
        for name, (alter, said) in ASKED_ON_LINE.items():
            told = alter(ask, one, other, chance)
            if not any(told in SHOWN_AS.get(each, {each}) for each in said.split(" or ")):
                wrong[name, told] += 1
    return wrong


def _entered(ask: Reached, issued: list[Issued]) -> Counter[tuple[str, str]]:
    wrong = Counter[tuple[str, str]]()
    for place, one in enumerate(issued):
        record, other = json.loads(one.record), json.loads(issued[place - 1].record)["log"]
        for fault, expected in ENTRIES.items():
            entry = _entry(ask.parts, fault, record["log"], other)
            told = ask.file(json.dumps(record | {"log": entry}).encode())
            if told != expected:
                wrong[fault, told] += 1
    return wrong


def _told(ask: Reached, one: Issued) -> set[str]:
    return set(ask.all_of(one).values())


def _stopped(ask: Reached, issued: list[Issued]) -> None:
    """By every artefact: the first is revoked, the second suspended, and the rest are good."""
    parts, (first, second, *others) = ask.parts, issued
    now = parts.clock.now()
    with parts.database.transaction() as db:
        assert rows.revoke(db, first.certificate_id, reason="代考查实", actor_id="x", now=now)
        suspensions.suspend(db, second.certificate_id, reason="核对中", actor=STAFF, now=now)
    assert _told(ask, first) == {"revoked"}
    assert _told(ask, second) == {"suspended"}
    for one in others:
        assert _told(ask, one) == {"valid"}


def _years_later(ask: Reached, clock: SettableClock, issued: list[Issued]) -> None:
    clock.advance(ms=4 * 366 * 86_400_000)
    assert _told(ask, issued[0]) == {"revoked"}
    for one in issued[1:]:
        assert _told(ask, one) == {"expired" if one.facts.expires_on else "valid"}


def test_each_alteration_gets_its_own_answer_on_a_phone(
    browser: Browser, tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "house.db")
    clock = SettableClock(SystemClock().now())
    with open_house(tmp_path / "var", tmp_path / "house.db", clock=clock, works=False) as house:
        issued = issue(house.parts, CERTIFICATES)
        with phone_at(browser, house) as page:
            ask = Reached(page, house.parts)
            for one in issued:
                assert _told(ask, one) == {"valid"}, one.name
            assert _altered(ask, issued) == {}
            assert _entered(ask, issued) == {}
            _stopped(ask, issued)
            _years_later(ask, clock, issued)
