"""Everything about oneself in one file: whole, one's own alone, after a fresh code, on record."""

import datetime as dt
import io
import json
import re
import zipfile
from html.parser import HTMLParser

import msgspec
import pytest
from httpx import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core import audit, own_rows
from app.core.clock import SettableClock
from app.core.db import Base
from app.identity.services import cases
from app.identity.services.cases import CaseKind
from app.learning.rules.wording import amount
from app.lobby.parts import Parts
from app.main import create_app
from app.oversight.rules.own_data import SCHEMA, OwnData
from app.oversight.services import own_data
from tests import dumps
from tests.architecture.fates import WHOSE
from tests.architecture.taken import TAKEN
from tests.lives import WORDS, Life
from tests.people import ALICE, CAROL, Someone, newest_code, sign_in, verify
from tests.player import ANSWERS, choose_questions
from tests.proofs import with_proof
from tests.reviewers import post


def _take(
    client: TestClient, parts: Parts, clock: SettableClock, who: Someone = ALICE, code: str = ""
) -> Response:
    return with_proof(client, parts, clock, who.phone, "/me/data", code=code)


def _opened(answer: Response) -> dict[str, bytes]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_whole_life_is_in_the_file(
    life: Life, client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    sign_in(client, parts, ALICE)
    files = _opened(_take(client, parts, clock))
    data = msgspec.json.decode(files["data.json"], type=OwnData)
    assert data.schema == SCHEMA
    own = data.identity.account
    assert (own.phone, own.name, own.document_number) == (ALICE.phone, ALICE.name, ALICE.number)
    assert WORDS in {each.text for each in data.identity.cases}
    _check_rows(parts, own.id, json.loads(files["data.json"]))
    _check_papers(life, files)
    _check_page(files["index.html"].decode(), data)
    assert json.loads(files["schema.json"])["$ref"].endswith("OwnData")
    everything = b"".join(files.values())
    for secret in (CAROL.number, CAROL.phone, CAROL.name, *ANSWERS.values()):
        assert secret.encode() not in everything


def _check_rows(parts: Parts, account: str, data: dict) -> None:
    """Each table's list has as many entries as the table has rows about the person."""
    seen = 0
    for name, way in TAKEN.items():
        found = data
        for step in way.split("."):
            found = found[step]
        table = Base.metadata.tables[name]
        [whose] = WHOSE & {column.name for column in table.columns}
        with parts.database.reading() as db:
            rows = db.execute(select(table).where(table.c[whose] == account)).all()
        # What taking the file itself leaves behind comes after the file.
        own = name == "notice"
        assert len(found) == len(rows) - own, name
        seen += bool(rows)
    assert seen >= 18


def _check_papers(life: Life, files: dict[str, bytes]) -> None:
    number = life.certificate["number"]
    assert files[f"certificates/{number}.pdf"] == life.pdf
    assert {name for name in files if "/" not in name} == {
        "index.html", "data.json", "schema.json",
    }  # fmt: skip


class _Cells(HTMLParser):
    """Every tag of the page, and every cell's text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.cells: list[str] = []
        self._is_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not {"src", "onclick"} & {name for name, _ in attrs}
        self._is_cell = tag == "td"

    def handle_endtag(self, tag: str) -> None:
        self._is_cell = self._is_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.cells.append(data)


def _check_page(html: str, data: OwnData) -> None:
    """Words for people: no codes of programs, and nothing that runs."""
    page = _Cells()
    page.feed(html)
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert {ALICE.name, ALICE.number, ALICE.phone, WORDS} <= set(page.cells)
    assert not [cell for cell in page.cells if re.fullmatch(r"[a-z_.]+", cell)]
    assert "其他" not in page.cells
    days: dict[dt.date, int] = {}
    for line in data.study.ledger:
        days[line.day] = days.get(line.day, 0) + line.ms
    assert days
    for day, ms in days.items():
        at = page.cells.index(day.isoformat())
        assert page.cells[at + 1] == amount(ms)


def test_words_of_others_are_shown_and_never_run(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;"
    body = {"contact": ALICE.phone, "text": hostile}
    assert post(alice, "/complaints", body).status_code == 201
    page = _Cells()
    page.feed(_opened(_take(alice, parts, clock))["index.html"].decode())
    assert not page.tags & {"script", "img"}
    assert "<script>alert(1)</script>" in "".join(page.cells)


def test_a_fresh_code_is_asked_for_and_a_wrong_one_counts(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    wrong = _take(alice, parts, clock, code="000000")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/code")
    right = newest_code(parts, ALICE.phone)
    for _ in range(4):
        assert post(alice, "/me/proofs", {"code": "000001"}).status_code == 422
    assert post(alice, "/me/proofs", {"code": right}).json()["code"] == "spent_code"
    with parts.database.reading() as db:
        assert audit.events_named(db, own_data.TAKEN) == []


def test_it_is_on_record_and_told_and_a_code_is_good_once(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    _opened(_take(alice, parts, clock))
    code = newest_code(parts, ALICE.phone)
    assert post(alice, "/me/proofs", {"code": code}).json()["code"] == "spent_code"
    account = alice.get("/api/v1/me").json()["account_id"]
    with parts.database.reading() as db:
        [event] = audit.events_about(db, own_data.TAKEN, account)
        assert (event.actor_id, event.facts) == (account, {})
    newest = alice.get("/api/v1/me/notices").json()[0]
    assert (newest["kind"], newest["is_read"]) == ("data_taken", False)


def test_nothing_of_the_file_stays_on_the_server(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    before = dumps.folder_bytes(parts.settings.data_dir / "objects")
    _opened(_take(alice, parts, clock))
    assert dumps.folder_bytes(parts.settings.data_dir / "objects") == before
    assert ALICE.number.encode() not in dumps.database_bytes(parts.database)


def test_an_inquiry_is_silent_until_it_ends(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    account = alice.get("/api/v1/me").json()["account_id"]
    with parts.database.transaction() as db:
        case_id = cases.open_case(
            db, kind=CaseKind.RISK_SCORE, learner_id=account, now=clock.now(), score=77
        )
    open_now = _opened(_take(alice, parts, clock))
    assert case_id[-10:].encode() not in open_now["data.json"]
    with parts.database.transaction() as db:
        cases.lapse(db, case_id, reason="两台设备同时打开", actor_id=None, now=clock.now())
    ended = _opened(_take(alice, parts, clock))["data.json"].decode()
    assert case_id[-10:] in ended
    assert "两台设备" not in ended


def test_what_is_too_much_names_the_way_that_stays(
    alice: TestClient, parts: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_rows, "MOST_ROWS", 1)
    answer = _take(alice, parts, clock)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_rows")
    assert "个人信息权利请求" in answer.json()["remedy"]
    monkeypatch.undo()
    monkeypatch.setattr(own_data, "MOST_BYTES", 2_000)
    answer = _take(alice, parts, clock)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    with parts.database.reading() as db:
        assert audit.events_named(db, own_data.TAKEN) == []


def test_each_gets_their_own(parts: Parts, clock: SettableClock) -> None:
    """Two people, one after the other on one machine: neither file knows the other."""
    with TestClient(create_app(parts)) as first, TestClient(create_app(parts)) as second:
        for client, who in ((first, ALICE), (second, CAROL)):
            sign_in(client, parts, who)
            verify(client, who)
            choose_questions(client)
        theirs = _opened(_take(second, parts, clock, CAROL))["data.json"].decode()
    assert CAROL.number in theirs
    assert ALICE.number not in theirs
    assert ALICE.phone not in theirs


def test_three_times_a_day(parts: Parts, clock: SettableClock) -> None:
    limited = dt.timedelta(days=1)
    parts.limiter._enabled = True  # noqa: SLF001 -- the tests' parts are made without limits
    with TestClient(create_app(parts)) as client:
        sign_in(client, parts, ALICE)
        for _ in range(3):
            assert _take(client, parts, clock).status_code == 200
        refused = _take(client, parts, clock)
        assert refused.status_code == 429
        clock.advance(ms=int(limited.total_seconds() * 1000))
        sign_in(client, parts, ALICE)
        assert _take(client, parts, clock).status_code == 200
