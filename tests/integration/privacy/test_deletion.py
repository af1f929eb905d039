"""A person leaves: what was theirs is destroyed, what was learnt stays checkable."""

import datetime as dt
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from starlette.testclient import TestClient

from app import worker
from app.certs.services import bundles
from app.certs.services.bundles import Sources
from app.cli.log import check_everything
from app.core import audit, log_sequencer
from app.core.clock import SettableClock
from app.core.crypto import KeyGoneError
from app.core.db import Base
from app.identity.models.desk import ReviewCase
from app.identity.models.people import NAME, Person, PersonKey, RosterEntry
from app.identity.providers import SmsSender
from app.identity.rules.vendor_calls import Failure
from app.identity.services import cases, deletions, person_keys
from app.identity.services.cases import CaseKind
from app.identity.services.signin import VendorError
from app.learning.repository import ledger
from app.lobby.parts import Parts
from app.main import create_app
from app.oversight.services import deletions as deleting
from app.oversight.services.complaints import GONE_WORDS
from tests import dumps
from tests.architecture.fates import DELETED, WHOSE
from tests.lives import Life
from tests.lock_order import locked
from tests.people import ALICE, CAROL, MALLORY, csrf, sign_in, verify
from tests.player import ANSWERS, choose_questions
from tests.proofs import with_proof
from tests.reviewers import only_case, post, reviewer
from verifier.bundle import check
from verifier.log_proofs import RejectedError, read_key

WEEK = dt.timedelta(days=7)


def _ask(client: TestClient, parts: Parts, clock: SettableClock, **changes: str):
    body = {"number": ALICE.number} | changes
    return with_proof(client, parts, clock, ALICE.phone, "/me/deletion", **body)


def _wait(parts: Parts, clock: SettableClock, span: dt.timedelta = WEEK) -> None:
    clock.advance(ms=int(span.total_seconds() * 1000))
    worker.drain(parts)


def _account(client: TestClient) -> str:
    return str(client.get("/api/v1/me").json()["account_id"])


def test_two_proofs_are_asked_for_and_a_week_to_think(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    assert "注销以后" in alice.get("/me/deletion").text
    wrong = _ask(alice, parts, clock, number=CAROL.number)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/number")
    wrong = _ask(alice, parts, clock, code="000000")
    assert wrong.json()["errors"][0]["field"] == "/code"
    asked = _ask(alice, parts, clock)
    assert asked.status_code == 201, asked.text
    number = asked.json()["number"]
    assert number in alice.get("/me/deletion").text
    assert _ask(alice, parts, clock).json()["code"] == "asked"
    _wait(parts, clock, WEEK - dt.timedelta(hours=1))
    sign_in(alice, parts, ALICE)
    assert alice.get("/api/v1/me").json()["is_verified"]
    answer = alice.delete("/api/v1/me/deletion", headers=csrf(alice))
    assert answer.status_code == 204
    assert alice.delete("/api/v1/me/deletion", headers=csrf(alice)).status_code == 404
    _wait(parts, clock)
    sign_in(alice, parts, ALICE)
    assert alice.get("/api/v1/me").json()["is_verified"]


def test_who_works_for_others_hands_over_first(parts: Parts, clock: SettableClock) -> None:
    with reviewer(parts, ALICE) as alice:
        choose_questions(alice)
        assert _ask(alice, parts, clock).json()["code"] == "has_roles"


def test_nobody_leaves_in_the_middle_of_an_inquiry(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    account = _account(alice)

    def open_case() -> str:
        with parts.database.transaction() as db:
            return cases.open_case(db, kind=CaseKind.RISK, learner_id=account, now=clock.now())

    def close(case_id: str) -> None:
        with parts.database.transaction() as db:
            cases.lapse(db, case_id, reason="查清", actor_id=None, now=clock.now())

    first = open_case()
    assert _ask(alice, parts, clock).json()["code"] == "open_case"
    close(first)
    assert _ask(alice, parts, clock).status_code == 201
    second = open_case()
    _wait(parts, clock)
    assert not _is_deleted(parts, account)
    close(second)
    _wait(parts, clock, dt.timedelta(days=1))
    assert _is_deleted(parts, account)


def _is_deleted(parts: Parts, account: str) -> bool:
    with parts.database.reading() as db:
        return db.get_one(Person, account).deleted_at is not None


def test_a_receipt_that_cannot_be_sent_does_not_keep_the_account(
    alice: TestClient, parts: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_sender: SmsSender, **_message: object) -> None:
        raise VendorError(Failure.REFUSED)

    account = _account(alice)
    assert _ask(alice, parts, clock).status_code == 201
    monkeypatch.setattr(type(parts.sms), "send_answer", fail)
    _wait(parts, clock)
    assert _is_deleted(parts, account)


def test_whom_an_old_backup_brings_back_without_a_key_is_deleted_again(
    alice: TestClient, parts: Parts, clock: SettableClock
) -> None:
    account = _account(alice)
    words = {"contact": ALICE.phone, "text": "讲解听不清楚"}
    assert post(alice, "/complaints", words).status_code == 201
    with TestClient(create_app(parts)) as carol:
        sign_in(carol, parts, CAROL)
    with parts.database.transaction() as db:  # what stands there after the two were restored
        db.delete(db.get_one(PersonKey, account))
    done = deleting.finish_restored(parts.database, worker.means_of(parts), now=clock.now())
    assert (done, _is_deleted(parts, account)) == (1, True)
    again = deleting.finish_restored(parts.database, worker.means_of(parts), now=clock.now())
    assert again == 0
    clock.advance(ms=61_000)
    alice.cookies.clear()
    assert sign_in(alice, parts, ALICE)["is_new"]


def test_what_was_theirs_is_gone_and_what_was_learnt_stays(
    life: Life, client: TestClient, parts: Parts, clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sign_in(client, parts, ALICE)
    account = _account(client)
    with parts.database.reading() as db:
        sealed_key = db.get_one(PersonKey, account).key_sealed
        sealed_name = db.get_one(Person, account).name_sealed
        own = person_keys.vault_of(db, parts.vault, account)
    assert sealed_name is not None
    assert own.open(sealed_name, context=NAME) == ALICE.name
    told: list[dict] = []
    send = type(parts.sms).send_answer

    def sent(sender: SmsSender, **message: Any) -> None:
        told.append(message)
        send(sender, **message)

    monkeypatch.setattr(type(parts.sms), "send_answer", sent)
    asked = _ask(client, parts, clock)
    assert asked.status_code == 201, asked.text
    with locked(parts.database.engine, with_written=True) as tables:
        _wait(parts, clock)
    if parts.database.engine.dialect.name != "sqlite":
        # Whoever reminds people holds the organisation first; the other way is a ring.
        assert tables.index("organisation") < tables.index("person"), tables
    number = asked.json()["number"]
    assert [(message["phone"], message["number"]) for message in told] == [(ALICE.phone, number)]

    assert client.get("/api/v1/me").status_code == 401
    _check_destroyed(parts, account, sealed_name, sealed_key)
    _check_rows(parts, account)
    _check_certificate(life, parts)
    _check_records(life, parts, account, number, clock)
    _check_desk(parts, clock)
    _check_new_start(client, parts, clock, account)


def _check_destroyed(parts: Parts, account: str, sealed_name: bytes, sealed_key: bytes) -> None:
    """Neither the house nor a dump with the whole key ring opens what was the person's."""
    with parts.database.reading() as db:
        assert db.get(PersonKey, account) is None
        own = person_keys.vault_of(db, parts.vault, account)
        [left] = db.scalars(select(RosterEntry)).all()  # Carol's
        assert person_keys.vault_of(db, parts.vault, left.person_id) is not None
        other_key = db.get_one(PersonKey, left.person_id).key_sealed
    with pytest.raises(KeyGoneError):
        own.open(sealed_name, context=NAME)
    with pytest.raises(InvalidTag):
        parts.vault.open_bytes(other_key, context=person_keys.context_of(account))
    raw = dumps.database_bytes(parts.database)
    assert other_key in raw
    assert sealed_key not in raw
    store = dumps.folder_bytes(parts.settings.data_dir / "objects")
    assert b"certificates/" not in store
    for where in (raw, store):
        for text in (ALICE.name, ALICE.number, ALICE.phone, *ANSWERS.values()):
            assert not [how for how, each in dumps.spellings(text).items() if each in where]


def _check_rows(parts: Parts, account: str) -> None:
    """Of what is deleted no row is left that names the person's id."""
    with parts.database.reading() as db:
        for name in sorted(DELETED):
            table = Base.metadata.tables[name]
            for whose in WHOSE & {column.name for column in table.columns}:
                left = db.execute(select(table).where(table.c[whose] == account)).all()
                assert left == [], name


def _check_certificate(life: Life, parts: Parts) -> None:
    """The paper's code, the address and the facts stay good; the name finds nothing."""
    certificate = life.certificate
    with TestClient(create_app(parts)) as stranger:
        scanned = post(stranger, "/verification", {"text": certificate["qr_text"]}).json()
        by_id = stranger.get(f"/api/v1/verification/{certificate['public_id']}").json()
        for told in (scanned, by_id):
            assert (told["verdict"], told["differences"]) == ("valid", [])
            assert told["facts"]["holder_name"] == "持证人已注销"
            assert told["facts"]["holder_number"] == ""
            assert told["facts"]["course"] == certificate["course"]
            assert "持证人已注销" in told["sentence"]
        # Only a paper says who it was: else anybody could put their own name on a copy.
        assert scanned["stated_holder"] == ["李*梅", certificate["holder_number"]]
        assert by_id["stated_holder"] is None
        cut = post(stranger, "/verification", {"text": certificate["qr_text"][:-3]}).json()
        assert cut["verdict"] == "incomplete"
        signed = {key: by_id[key] for key in ("facts", "key_id", "signature")}
        assert post(stranger, "/verification/facts", signed).json()["verdict"] == "valid"
        altered = signed | {"facts": signed["facts"] | {"hours": "99"}}
        assert post(stranger, "/verification/facts", altered).json()["verdict"] == "altered"
        page = stranger.get(f"/v/{certificate['public_id']}").text
        assert "持证人已注销" in page
        assert "李*梅" not in page
        look_up = {"number": certificate["number"], "name": ALICE.name}
        found = post(stranger, "/verification/numbers", look_up).json()
        assert found["verdict"] == "unknown"


def _check_records(
    life: Life, parts: Parts, account: str, number: str, clock: SettableClock
) -> None:
    """Log, ledger and evidence are as they were, and say that the account was deleted."""
    log_sequencer.sequence_all(parts.database, parts.log, now=clock.now())
    assert "sessions judged again to the same" in check_everything(parts)
    with parts.database.reading() as db:
        [event] = audit.events_about(db, deletions.DELETED, account)
        assert event.facts == {"number": number}
        counted = sum(row.ms for row in ledger.entries_in(db, life.player.enrolment_id))
        sources = Sources(parts.vault, parts.keys, parts.log, parts.storage, "https://a.example")
        bundle = bundles.make_bundle(
            db, sources, life.player.enrolment_id, learner_id=account, now=clock.now()
        )
    assert account.encode() in bundle
    _check_bundle(parts, bundle, life.player.enrolment_id, counted)


def _check_bundle(parts: Parts, bundle: bytes, enrolment_id: str, counted: int) -> None:
    """The stand-alone verifier accepts every second of it, and no name stands in it."""
    with TestClient(create_app(parts)) as stranger:
        told = stranger.get("/api/v1/log").json()["verifier_keys"]
    found = check(json.loads(bundle), [read_key(text) for text in told])
    assert (found.enrolment_id, found.confirmed_ms) == (enrolment_id, counted)
    assert counted > 0
    assert (found.undisclosed, found.sessions > 0, found.releases > 0) == (0, True, True)
    for text in (ALICE.name, ALICE.number, ALICE.phone):
        assert not [how for how, each in dumps.spellings(text).items() if each in bundle]
    forged = json.loads(bundle)
    forged["sessions"][0]["batches"][0]["credited_ms"] += 1000
    with pytest.raises(RejectedError):
        check(forged, [read_key(text) for text in told])


def _check_desk(parts: Parts, clock: SettableClock) -> None:
    """The desk and the employer read on; the words of who is gone are not there."""
    with reviewer(parts) as wu:
        closed = only_case(wu, "privacy_request", "decided")
        assert GONE_WORDS in str(closed)
        assert wu.get(f"/desk/cases/{closed['id']}").status_code == 200
        [complaint] = wu.get("/api/v1/desk/cases?kind=complaint&state=decided").json()["cases"]
        assert wu.get(f"/desk/cases/{complaint['id']}").status_code == 200
    clock.advance(ms=61_000)
    with TestClient(create_app(parts)) as boss:
        sign_in(boss, parts, MALLORY)
        assert [each["name"] for each in boss.get("/api/v1/org/staff").json()["items"]] == [
            CAROL.name
        ]
        for page in ("", "/staff", "/progress", "/assign"):
            assert boss.get(f"/employer{page}").status_code == 200
    with parts.database.reading() as db:
        assert db.scalars(select(ReviewCase).where(ReviewCase.state == "open")).all() == []


def _check_new_start(client: TestClient, parts: Parts, clock: SettableClock, account: str) -> None:
    """The same phone and number begin anew as another person, with no hours."""
    clock.advance(ms=61_000)
    client.cookies.clear()
    assert sign_in(client, parts, ALICE)["is_new"]
    assert verify(client, ALICE)["outcome"] == "match"
    assert _account(client) != account
    assert client.get("/api/v1/certificates").json() == []
    assert client.get("/api/v1/enrolments").json() == []
