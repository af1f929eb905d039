"""What has reached its period goes, nothing younger does, and everything stays checkable."""

import argparse
import datetime as dt
import random
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app import worker
from app.cli import keeping as cli
from app.cli.log import check_everything
from app.core import audit, log_sequencer, outbox
from app.core.clock import SettableClock
from app.core.db import Base, Database
from app.core.ids import new_id
from app.core.keeping import MOST_DAYS, PERIODS, Kept
from app.core.settings import Settings
from app.identity.models.checks import IdentityCheck
from app.identity.models.desk import Notice, ReviewCase
from app.identity.models.faces import FaceFrame
from app.identity.models.outgoing import OutgoingMessage
from app.identity.models.people import AccessEntry, RegistryLookup, RosterEntry
from app.identity.models.phone_changes import PhoneChange
from app.identity.models.signing import PhoneCode, SignIn, TextMessage
from app.identity.services import people
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.staff import StaffMember
from app.oversight.services import keeping
from tests.architecture.periods import WITH_THE_LOG
from tests.employers import agent
from tests.lives import WORDS, live
from tests.lock_order import locked
from tests.people import ALICE, CAROL, MALLORY, csrf, newest_code, sign_in
from tests.reviewers import only_case, post, reviewer

DAY = dt.timedelta(days=1)
Maker = Callable[[Session, str, dt.datetime], Base]


def _check(_db: Session, person_id: str, at: dt.datetime) -> Base:
    return IdentityCheck(
        id=new_id(at), person_id=person_id, method="code_and_questions", purpose="study",
        question="first_job", code_hash="c" * 64, opened_at=at, outcome="passed", decided_at=at,
        evidence_hash="e" * 64,
    )  # fmt: skip


def _sign_in(_db: Session, person_id: str, at: dt.datetime) -> Base:
    """One that ended at the moment; it began a week before."""
    began = at - 7 * DAY
    return SignIn(
        id=new_id(began), person_id=person_id, device_id="d", started_at=began,
        expires_at=began + 30 * DAY, revoked_at=at, revoked_for="signed_out", generation=1,
        renewed_at=began,
    )  # fmt: skip


def _code(_db: Session, _person_id: str, at: dt.datetime) -> Base:
    return PhoneCode(
        id=new_id(at), phone_index="p", code_hash="c" * 64, sent_at=at, expires_at=at, tries=0
    )


def _frame(_db: Session, person_id: str, at: dt.datetime) -> Base:
    return FaceFrame(person_id=person_id, digest=new_id(at), likeness=b"x", seen_at=at)


def _lookup(_db: Session, person_id: str, at: dt.datetime) -> Base:
    return RegistryLookup(
        id=new_id(at), person_id=person_id, at=at, outcome="match", transaction_id="t1",
        earlier_ids=["t0"], source="tencent",
    )  # fmt: skip


def _case(_db: Session, person_id: str, at: dt.datetime) -> Base:
    return ReviewCase(
        id=new_id(at - DAY), kind="complaint", state="decided", learner_id=person_id,
        facts={"text": "sealed", "contact": "sealed", "answer_by": "2020-01-01"},
        opened_at=at - DAY, decided_at=at, decision="answer", reason="已答复",
    )  # fmt: skip


def _notice(_db: Session, person_id: str, at: dt.datetime) -> Base:
    return Notice(id=new_id(at), person_id=person_id, kind="released", facts={}, created_at=at)


def _outgoing(_db: Session, person_id: str, at: dt.datetime) -> Base:
    # Of one reason and matter there is one a day.
    row_id = new_id(at)
    return OutgoingMessage(
        id=row_id, recipient_id=person_id, person_id=person_id, org_id="0" * 26, way="in_app",
        reason="stuck", about=row_id, day=at.date(), facts={}, state="accepted", detail="",
        tries=0, created_at=at, send_at=at,
    )  # fmt: skip


def _opening(_db: Session, person_id: str, at: dt.datetime) -> Base:
    return AccessEntry(id=new_id(at), person_id=person_id, purpose="certificate", at=at)


def _change(_db: Session, person_id: str, at: dt.datetime) -> Base:
    return PhoneChange(
        id=new_id(at), person_id=person_id, kind="change", state="done", device_id="d",
        asked_at=at, done_at=at,
    )  # fmt: skip


def _message(_db: Session, _person_id: str, at: dt.datetime) -> Base:
    return TextMessage(id=new_id(at), phone_sealed=b"x", text_sealed=b"x", sent_at=at)


def _job(_db: Session, _person_id: str, at: dt.datetime) -> Base:
    return outbox.OutboxJob(
        id=new_id(at), job="issue", args={}, state="done", run_at=at, created_at=at, tries=1,
        finished_at=at,
    )  # fmt: skip


MAKERS: dict[Kept, Maker] = {
    Kept.PHONE_CODES: _code, Kept.TEXT_MESSAGES: _message, Kept.SIGN_INS: _sign_in,
    Kept.PHONE_CHANGES: _change,
    Kept.FACE_FRAMES: _frame, Kept.CHECK_DETAILS: _check, Kept.LOOKUP_NUMBERS: _lookup,
    Kept.OUTGOING_MESSAGES: _outgoing,
    Kept.NOTICES: _notice, Kept.CASE_WORDS: _case, Kept.ACCESS_ENTRIES: _opening, Kept.JOBS: _job,
}  # fmt: skip
_ID = {FaceFrame: "digest"}


def _person(database: Database, parts: Parts, now: dt.datetime) -> str:
    with database.transaction() as db:
        return people.find_or_create(db, parts.vault, ALICE.phone, now=now)[0]


def _whole(row: Base) -> bool:
    """Whether what the class is about is still in the row."""
    match row:
        case IdentityCheck():
            return row.code_hash is not None and row.question is not None
        case RegistryLookup():
            return bool(row.transaction_id) and row.earlier_ids is not None
        case ReviewCase():
            return "text" in row.facts and "contact" in row.facts
        case _:
            return True


@pytest.mark.parametrize("kept", MAKERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_younger_than_its_period_stays(
    parts: Parts, now: dt.datetime, kept: Kept, seed: int
) -> None:
    """Ages at random, many of them within a minute of the period, in pieces of three."""
    chance = random.Random(seed)
    person_id = _person(parts.database, parts, now - 5000 * DAY)
    before = now - PERIODS[kept].days * DAY
    moments = [before + chance.choice((-1, 1)) * dt.timedelta(seconds=chance.randint(1, 60))
               for _ in range(8)]  # fmt: skip
    moments += [now - chance.random() * 4000 * DAY for _ in range(12)]
    stays = {}
    with parts.database.transaction() as db:
        for moment in moments:
            row = MAKERS[kept](db, person_id, moment)
            db.add(row)
            stays[getattr(row, _ID.get(type(row), "id"))] = moment >= before
    assert {True, False} == set(stays.values())
    done = keeping.let_go_due(parts.database, parts.vault, {}, now=now, piece=3)
    assert done[kept] == sum(not stay for stay in stays.values())
    with parts.database.reading() as db:
        rows = db.scalars(select(type(row))).all()
        left = {getattr(each, _ID.get(type(each), "id")) for each in rows if _whole(each)}
        assert left == {name for name, stay in stays.items() if stay}
    assert keeping.let_go_due(parts.database, parts.vault, {}, now=now)[kept] == 0


def test_a_longer_period_of_the_operator_is_kept(parts: Parts, now: dt.datetime) -> None:
    person_id = _person(parts.database, parts, now - 5000 * DAY)
    with parts.database.transaction() as db:
        db.add(_notice(db, person_id, now - 2000 * DAY))
    assert (
        keeping.let_go_due(parts.database, parts.vault, {"notices": 2001}, now=now)[Kept.NOTICES]
        == 0
    )
    assert (
        keeping.let_go_due(parts.database, parts.vault, {"notices": 1999}, now=now)[Kept.NOTICES]
        == 1
    )


def test_the_longest_periods_let_nothing_go(parts: Parts, now: dt.datetime) -> None:
    """A hundred years reach back before the first moment that a key can be made of."""
    person_id = _person(parts.database, parts, now - 5000 * DAY)
    with parts.database.transaction() as db:
        for make in MAKERS.values():
            db.add(make(db, person_id, now - 4000 * DAY))
    own = {kept.value: MOST_DAYS for kept in Kept}
    with parts.database.reading() as db:
        assert {each.due for each in keeping.standings(db, own, now=now)} == {0}
    assert set(keeping.let_go_due(parts.database, parts.vault, own, now=now).values()) == {0}


def test_who_is_killed_in_between_goes_on(
    parts: Parts, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows and the events that count them never disagree, wherever it ended."""
    person_id = _person(parts.database, parts, now - 5000 * DAY)
    with parts.database.transaction() as db:
        for number in range(11):
            db.add(_notice(db, person_id, now - (1500 + number) * DAY))
    whole = keeping.KEEPERS[Kept.NOTICES]
    pieces = 0

    def killed(db: Session, before: dt.datetime, most: int, at: dt.datetime) -> int:
        nonlocal pieces
        pieces += 1
        assert whole.let_go is not None
        gone = whole.let_go(db, before, most, at)
        if pieces == 3:
            raise KeyboardInterrupt
        return gone

    with monkeypatch.context() as patched:
        keepers = {**keeping.KEEPERS, Kept.NOTICES: replace(whole, let_go=killed)}
        patched.setattr(keeping, "KEEPERS", keepers)
        with pytest.raises(KeyboardInterrupt):
            keeping.let_go_due(parts.database, parts.vault, {}, now=now, piece=2)
    assert (_notices(parts), _counted(parts)) == (7, 4)
    keeping.let_go_due(parts.database, parts.vault, {}, now=now, piece=2)
    assert (_notices(parts), _counted(parts)) == (0, 11)


def _notices(parts: Parts) -> int:
    with parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Notice)) or 0


def _counted(parts: Parts) -> int:
    with parts.database.reading() as db:
        found = audit.events_about(db, keeping.LET_GO, Kept.NOTICES)
        assert all(set(event.facts) == {"rows", "before"} for event in found)
        return sum(event.facts["rows"] for event in found)


def test_after_many_years_a_life_is_checked_to_the_same(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    life = live(client, parts, clock)
    log_sequencer.sequence_all(parts.database, parts.log, now=clock.now())
    before = _counts(parts)
    verified = _judged(parts)
    clock.advance(ms=4 * 365 * 24 * 3_600_000)
    done = keeping.let_go_due(parts.database, parts.vault, {}, now=clock.now())
    assert {kept for kept, rows in done.items() if rows} >= {
        Kept.PHONE_CODES, Kept.TEXT_MESSAGES, Kept.SIGN_INS, Kept.FACE_FRAMES, Kept.CHECK_DETAILS,
        Kept.LOOKUP_NUMBERS, Kept.NOTICES, Kept.ACCESS_ENTRIES, Kept.INVITED_LINES, Kept.JOBS,
    }  # fmt: skip
    assert done[Kept.CASE_WORDS] == 0  # nobody has decided yet
    with parts.database.reading() as db:
        assert {each.due for each in keeping.standings(db, {}, now=clock.now())} == {0}
    log_sequencer.sequence_all(parts.database, parts.log, now=clock.now())
    after = _counts(parts)
    for name in WITH_THE_LOG:
        assert after[name] >= before[name], name
    assert _judged(parts) == verified
    with TestClient(create_app(parts)) as stranger:
        told = post(stranger, "/verification", {"text": life.certificate["qr_text"]}).json()
        assert (told["verdict"], told["differences"]) == ("expired", [])
    _check_desk(parts, clock)
    _check_person(client, parts, clock)


def _judged(parts: Parts) -> str:
    """What the auditor says of the sessions; the log itself has grown meanwhile."""
    found = re.search(r"\d+ sessions judged again to the same[^\n]*", check_everything(parts))
    assert found is not None
    return found[0]


def _counts(parts: Parts) -> dict[str, int]:
    with parts.database.reading() as db:
        return {
            table.name: db.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def _check_desk(parts: Parts, clock: SettableClock) -> None:
    """What waits for an answer is there whole, however long it waits."""
    clock.advance(ms=61_000)
    with reviewer(parts) as wu:
        page = wu.get(f"/desk/cases/{only_case(wu, 'complaint')['id']}")
        assert page.status_code == 200
        assert WORDS in page.text


def _check_person(client: TestClient, parts: Parts, clock: SettableClock) -> None:
    """Who comes back after years signs in, and reads what there is."""
    clock.advance(ms=61_000)
    sign_in(client, parts, ALICE)
    for page in ("/home", "/hours", "/inbox", "/me", "/me/access", "/certificates"):
        assert client.get(page).status_code == 200, page


def test_words_that_are_gone_are_said_to_be_gone(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    words = {"contact": ALICE.phone, "text": "讲解听不清楚，请看看"}
    assert post(client, "/complaints", words).status_code == 201
    with reviewer(parts) as wu:
        case_id = only_case(wu, "complaint")["id"]
        decided = post(
            wu, f"/desk/cases/{case_id}/decision", {"decision": "answer", "reason": "已重录"}
        )
        assert decided.status_code == 200, decided.text
    worker.drain(parts)
    clock.advance(ms=1096 * 24 * 3_600_000)
    assert (
        keeping.let_go_due(parts.database, parts.vault, {}, now=clock.now())[Kept.CASE_WORDS] == 1
    )
    with reviewer(parts) as wu:
        page = wu.get(f"/desk/cases/{case_id}")
        assert page.status_code == 200
        assert "讲解听不清楚" not in page.text
        assert "已重录" in page.text
        refused = post(wu, f"/desk/cases/{case_id}/unmasking", {"purpose": "再看一次电话"})
        assert (refused.status_code, refused.json()["code"]) == (409, "period_over")
    with TestClient(create_app(parts)) as stranger:
        sent = post(stranger, "/auth/codes", {"phone": ALICE.phone})
        assert sent.status_code == 202, sent.text
        asked = {
            "phone": ALICE.phone, "code": newest_code(parts, ALICE.phone), "number": case_id[-10:]
        }  # fmt: skip
        looked = post(stranger, "/complaints/answers", asked)
        assert (looked.status_code, looked.json()["code"]) == (404, "no_complaint")


def test_who_never_joined_is_forgotten_and_may_be_asked_again(
    parts: Parts, clock: SettableClock
) -> None:
    new = {"name": CAROL.name, "document_number": CAROL.number, "unit": "一车间"}
    with TestClient(create_app(parts)) as boss:
        agent(boss, parts, MALLORY)
        assert post(boss, "/org/staff", new).status_code == 201
        clock.advance(ms=364 * 24 * 3_600_000)
        assert (
            keeping.let_go_due(parts.database, parts.vault, {}, now=clock.now())[Kept.INVITED_LINES]
            == 0
        )
        clock.advance(ms=2 * 24 * 3_600_000)
        with locked(parts.database.engine) as tables:
            done = keeping.let_go_due(parts.database, parts.vault, {}, now=clock.now())
        assert done[Kept.INVITED_LINES] == 1
        if parts.database.engine.dialect.name != "sqlite":
            # Whoever changes a roster holds the organisation first; the other way is a ring.
            assert tables.index("organisation") < tables.index("staff_member"), tables
        with parts.database.reading() as db:
            assert db.scalars(select(RosterEntry)).all() == []
            [line] = db.scalars(select(StaffMember)).all()
            assert (line.state, line.unit, line.roster_id) == ("left", "", line.id)
        sign_in(boss, parts, MALLORY)
        assert boss.get("/api/v1/org/staff").json()["items"] == []
        assert post(boss, "/org/staff", new).status_code == 201
        [shown] = boss.get("/api/v1/org/staff").json()["items"]
        assert (shown["name"], shown["state"]) == (CAROL.name, "invited")
        gone = boss.delete(f"/api/v1/org/staff/{shown['staff_id']}", headers=csrf(boss))
        assert gone.status_code == 204, gone.text
        clock.advance(ms=1096 * 24 * 3_600_000)
        done = keeping.let_go_due(parts.database, parts.vault, {}, now=clock.now())
        assert done[Kept.LEFT_LINES] == 1
        sign_in(boss, parts, MALLORY)
        for page in ("", "/staff", "/progress", "/assign"):
            assert boss.get(f"/employer{page}").status_code == 200


def test_the_operator_reads_the_table_and_what_is_overdue(
    parts: Parts, now: dt.datetime, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    person_id = _person(parts.database, parts, now - 5000 * DAY)
    with parts.database.transaction() as db:
        db.add(_notice(db, person_id, now - 2000 * DAY))
    settings = parts.settings.model_copy(update={"database_url": parts.database.url})
    monkeypatch.setattr(cli, "Settings", lambda: settings)
    cli.run(argparse.Namespace())
    told = capsys.readouterr().out
    assert all(f"{kept}: " in told for kept in Kept)
    assert f"oldest {(now - 2000 * DAY):%Y-%m-%d}, due 1" in told
    standing = {each.kept: each for each in cli.look(settings, now=now)}
    assert standing[Kept.NOTICES].due == 1
    assert standing[Kept.SIGN_INS].oldest is None


def test_a_period_that_is_too_short_names_the_setting_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHIXUE_KEEPING__NOTICES", "4000")
    assert Settings().keeping == {"notices": 4000}
    monkeypatch.setenv("SHIXUE_KEEPING__SIGN_INS", "30")
    with pytest.raises(ValueError, match=r"SHIXUE_KEEPING__sign_ins: 30 days.*set 190 or more"):
        Settings()
