"""Evidence whose period is over goes; that it is gone, and not lost, is a leaf of the log."""

import copy
import datetime as dt
import json
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from starlette.testclient import TestClient

from app.cli.log import check_everything
from app.core import audit, log_sequencer
from app.core.audit import AuditEvent
from app.core.clock import SettableClock
from app.core.log_audit import DifferenceError
from app.learning.models.study import StudyCut, StudyEvidence, StudySession
from app.learning.repository.evidence import list_batches
from app.learning.services import calendar, evidence, evidence_letting_go, evidence_sealing, ledger
from app.learning.services.remains import LET_GO, let_go_of
from app.lobby.parts import Parts
from tests.courses import make_course
from tests.devices import Device, SigningPlayer
from tests.people import ALICE, sign_in, verify
from tests.player import choose_questions
from tests.reviewers import on_case, only_case, post, reviewer
from tests.tampering import alter
from verifier.bundle import check
from verifier.log_proofs import RejectedError, read_key

YEAR_MS = 366 * 24 * 3_600_000
WORDS = "我一直在看，请复核"


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock) -> SigningPlayer:
    """At a device with a key: releases, a correction, ten seconds that an appeal gave back."""
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    player = SigningPlayer(client, parts, clock, ALICE)
    player.device = Device()
    course = make_course(parts, identity_gap_s=[25, 25])
    player.enrol(course.course_id)
    player.begin(course.video_id)
    for start in range(0, 50_000, 10_000):
        player.play(start, start + 10_000)
        if player.challenge is not None:
            player.pass_check()
    player.play(50_000, 60_000, visible=False)
    player.ask_check()
    player.pass_check()
    with parts.database.reading() as db:
        cut = db.scalars(select(StudyCut).where(StudyCut.code == "hidden")).one()
        db.expunge_all()
    words = {"subject": "cut", "ref_id": cut.id, "text": WORDS}
    assert post(client, "/appeals", words).status_code == 201
    return player


def _decide(player: SigningPlayer) -> None:
    with reviewer(player.parts) as wu:
        case_id = only_case(wu, "appeal")["id"]
        done = on_case(wu, case_id, "decision", decision="approve", reason="监控显示在岗")
        assert done.status_code == 200, done.text
    with player.parts.database.transaction() as db:
        first = ledger.rows.entries_in(db, player.enrolment_id)[0]
        ledger.correct(
            db, first.id, ms=-1000, reason="核减", author_id=first.learner_id,
            now=player.clock.now(),
        )  # fmt: skip


def _end(player: SigningPlayer) -> None:
    """A day later the session has ended, its evidence is sealed and everything is in the log."""
    parts, clock = player.parts, player.clock
    clock.advance(ms=24 * 3_600_000)
    calendar.close_idle(parts.database, now=clock.now())
    clock.advance(ms=120_000)
    assert evidence_sealing.seal_ended(parts.database, parts.vault, now=clock.now()) == 1
    _place(player)


def _place(player: SigningPlayer) -> None:
    log_sequencer.sequence_all(player.parts.database, player.parts.log, now=player.clock.now())


def _let_go(player: SigningPlayer, *, years: int = 6) -> int:
    now = player.clock.now()
    before = now - dt.timedelta(days=365 * years)
    return evidence_letting_go.let_go_due(
        player.parts.database, player.parts.vault, before, now=now, piece=1
    )


def _sealed(parts: Parts) -> int:
    with parts.database.reading() as db:
        return db.scalar(select(func.count()).select_from(StudyEvidence)) or 0


def _bundle(player: SigningPlayer) -> dict[str, Any]:
    player.clock.advance(ms=120_000)  # the next code to sign in with
    sign_in(player.client, player.parts, ALICE)
    answer = player.client.get(f"/api/v1/me/enrolments/{player.enrolment_id}/bundle")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.content)
    return found


def _keys(player: SigningPlayer) -> list[Any]:
    return [read_key(text) for text in player.client.get("/api/v1/log").json()["verifier_keys"]]


def _difference(parts: Parts) -> str:
    with pytest.raises(DifferenceError) as found:
        check_everything(parts)
    return str(found.value)


def test_it_goes_and_what_remains_shows_the_same(player: SigningPlayer) -> None:
    parts, clock = player.parts, player.clock
    _decide(player)
    _end(player)
    whole = _bundle(player)
    shown = check(whole, _keys(player))
    assert (shown.let_go, shown.batches, shown.confirmed_ms) == (0, 6, 59_000)
    assert "evidence: 1 sessions judged again to the same\nlet go" in check_everything(parts)
    assert _let_go(player, years=1) == 0
    clock.advance(ms=6 * YEAR_MS)
    assert _let_go(player) == 1
    assert (_sealed(parts), _let_go(player)) == (0, 0)
    _place(player)
    said = check_everything(parts)
    assert "evidence: 0 sessions judged again to the same" in said
    assert "let go after their period: 1 sessions, as the ledger has them" in said
    assert f"{shown.signed} of {shown.releases} releases" in said
    later = _bundle(player)
    assert later["sessions"][0]["batches"] == []
    found = check(later, _keys(player))
    assert (found.let_go, found.batches) == (1, 6)
    assert (found.confirmed_ms, found.corrected_ms) == (shown.confirmed_ms, shown.corrected_ms)
    assert (found.signed, found.releases) == (shown.signed, shown.releases)


def test_a_bundle_from_before_there_was_a_period_is_taken(player: SigningPlayer) -> None:
    _end(player)
    bundle = _bundle(player) | {"format": "shixue-bundle-3"}
    for session in bundle["sessions"]:
        del session["let_go"]
    assert check(bundle, _keys(player)).batches == 6


def test_what_a_correction_rests_on_later_is_where_the_session_ended(
    player: SigningPlayer,
) -> None:
    parts = player.parts
    _decide(player)
    _end(player)
    player.clock.advance(ms=6 * YEAR_MS)
    assert _let_go(player) == 1
    with parts.database.transaction() as db:
        session = db.get_one(StudySession, player.session_id)
        gone = let_go_of(db, session.id)
        assert gone is not None
        assert evidence.last_standing(db, session) == gone.remains.stood[-1]
        assert gone.remains.stood[-1].head == session.head
    _place(player)
    check_everything(parts)


def test_what_somebody_waits_for_stays(player: SigningPlayer) -> None:
    """The appeal is not decided: its evidence is not let go, however old."""
    _end(player)
    player.clock.advance(ms=9 * YEAR_MS)
    assert _let_go(player) == 0
    _decide(player)
    assert _let_go(player) == 1
    _place(player)
    check_everything(player.parts)
    with reviewer(player.parts) as wu:
        case = only_case(wu, "appeal", "decided")
        page = wu.get(f"/desk/cases/{case['id']}")
        assert page.status_code == 200
        assert "保存期已满" in page.text
        assert "可能被改过" not in page.text


def test_what_is_not_as_it_stood_stays_and_is_named(player: SigningPlayer) -> None:
    parts = player.parts
    _decide(player)
    _end(player)
    with parts.database.reading() as db:
        row = db.scalars(select(StudyEvidence)).one()
        db.expunge_all()
    alter(parts.database, row, account="0" * 64)
    player.clock.advance(ms=6 * YEAR_MS)
    assert _let_go(player) == 0
    assert "sealed or account" in _difference(parts)
    assert _sealed(parts) == 1


def test_what_is_added_while_it_is_looked_at_is_looked_at_next_time(
    player: SigningPlayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = player.parts
    _decide(player)
    _end(player)
    player.clock.advance(ms=6 * YEAR_MS)
    look = evidence_letting_go._look  # noqa: SLF001 -- between the look and the taking

    def looked(*given: Any) -> Any:
        found = look(*given)
        with ThreadPoolExecutor(1) as other:
            other.submit(_correct, player).result()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(evidence_letting_go, "_look", looked)
        assert _let_go(player) == 0
    assert _let_go(player) == 1
    _place(player)
    check_everything(parts)


def _correct(player: SigningPlayer) -> None:
    with player.parts.database.transaction() as db:
        entry = ledger.rows.entries_in(db, player.enrolment_id)[1]
        ledger.correct(
            db, entry.id, ms=-1, reason="核减", author_id=entry.learner_id, now=player.clock.now()
        )


def test_nothing_is_half_gone(player: SigningPlayer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the deleting and the event: neither is there."""
    parts = player.parts
    _decide(player)
    _end(player)
    player.clock.advance(ms=6 * YEAR_MS)

    def killed(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            _let_go(player)
    assert _sealed(parts) == 1
    check_everything(parts)


def test_what_was_lost_is_not_let_go(player: SigningPlayer) -> None:
    """An insider who deletes reports has no event; who writes one has it too early, or wrong."""
    parts = player.parts
    _decide(player)
    _end(player)
    with parts.database.reading() as db:
        session = db.get_one(StudySession, player.session_id)
        stood = evidence.standings_of(db, parts.vault, session)
        total = evidence.credited_ms(db, session.id)
        db.expunge_all()
    with parts.database.transaction() as db:
        db.execute(delete(StudyEvidence))
    assert "do not give the session's head" in _difference(parts)
    facts = {"batches": 6, "credited_ms": total, "stood": [[s.head, s.account] for s in stood]}
    with parts.database.transaction() as db:
        audit.record(
            db, LET_GO, now=player.clock.now(), actor_id=None, subject_id=session.id, **facts
        )
    assert "had not reached their period" in _difference(parts)
    player.clock.advance(ms=6 * YEAR_MS)
    alter(parts.database, session, closed_at=session.closed_at - dt.timedelta(days=4000))
    assert "had not reached their period" in _difference(parts), "the ledger knows when it was"


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"batches": 6, "credited_ms": 10, "stood": "ours"}, "credited"),
        ({"batches": 6, "credited_ms": 60_000, "stood": [["x", "y"]]}, "another head"),
        ({"batches": 6, "credited_ms": 60_000, "stood": []}, "how the session ended"),
        ({"batches": 6, "stood": "ours"}, "what remains"),
        ({"batches": 6, "credited_ms": 60_000, "stood": "end"}, "was released on"),
    ],
)
def test_an_event_that_does_not_fit_the_ledger_is_named(
    player: SigningPlayer, facts: dict[str, Any], named: str
) -> None:
    parts = player.parts
    _decide(player)
    _end(player)
    with parts.database.transaction() as db:
        session = db.get_one(StudySession, player.session_id)
        stood = [[s.head, s.account] for s in evidence.standings_of(db, parts.vault, session)]
        told = {"ours": stood, "end": stood[-1:]}.get(str(facts["stood"]), facts["stood"])
        db.execute(delete(StudyEvidence))
        player.clock.advance(ms=6 * YEAR_MS)
        audit.record(
            db, LET_GO, now=player.clock.now(), actor_id=None, subject_id=session.id,
            **facts | {"stood": told},
        )  # fmt: skip
    assert named in _difference(parts)


def test_the_event_and_the_reports_never_stand_side_by_side(player: SigningPlayer) -> None:
    parts = player.parts
    _decide(player)
    _end(player)
    with parts.database.reading() as db:
        row = db.scalars(select(StudyEvidence)).one()
        db.expunge_all()
    player.clock.advance(ms=6 * YEAR_MS)
    assert _let_go(player) == 1
    with parts.database.transaction() as db:
        kept = StudyEvidence(
            **{c.key: getattr(row, c.key) for c in StudyEvidence.__table__.columns}
        )
        db.add(kept)
    with parts.database.reading() as db:
        assert len(list_batches(db, row.learner_id, row.session_id)) == 6
    assert "still here" in _difference(parts)


def test_the_verifier_rejects_every_other_account_of_what_is_gone(player: SigningPlayer) -> None:
    parts = player.parts
    _decide(player)
    _end(player)
    whole = _bundle(player)
    player.clock.advance(ms=6 * YEAR_MS)
    assert _let_go(player) == 1
    _place(player)
    bundle, keys = _bundle(player), _keys(player)
    check(bundle, keys)
    for word, other in _altered(bundle, whole):
        with pytest.raises(RejectedError, match=word):
            check(other, keys)
    with parts.database.reading() as db:
        event = db.scalars(select(AuditEvent).where(AuditEvent.event == LET_GO)).one()
        assert set(event.facts) == {"batches", "credited_ms", "stood", "head"}


def _altered(bundle: dict[str, Any], whole: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The bundle with one thing changed, each with a word of what must be said about it."""
    found = []

    def change(word: str, edit: Any) -> None:
        other = copy.deepcopy(bundle)
        edit(other["sessions"][0])
        found.append((word, other))

    def rewrite(session: dict[str, Any], old: str, new: str) -> None:
        told = session["let_go"]
        assert old in told["record"]
        told["record"] = told["record"].replace(old, new, 1)

    def flip(text: str) -> str:
        raw = b64decode(text)
        return b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode()

    change("not in the log", lambda s: rewrite(s, '"credited_ms":', '"credited_ms":9'))
    change("not in the log", lambda s: rewrite(s, '"at":"20', '"at":"21'))
    change("not in the log", lambda s: s["let_go"].update(salt=flip(s["let_go"]["salt"])))
    change("not in the log", lambda s: s["let_go"].update(position=0))
    change("not of its reports", lambda s: rewrite(s, LET_GO, "study.other"))
    change("not of its reports", lambda s: rewrite(s, s["session_id"], "0" * 26))
    change("another head", lambda s: s.update(head=s["first_head"]))
    change("its reports are here", lambda s: s.update(batches=whole["sessions"][0]["batches"]))
    change("last report", lambda s: s.update(let_go=None))
    change("first head", lambda s: s.update(key=flip(s["key"])))
    early = copy.deepcopy(whole)
    early["sessions"][0] |= {"batches": [], "let_go": bundle["sessions"][0]["let_go"]}
    found.append(("not in the log", early))  # the checkpoint is of before
    return found
