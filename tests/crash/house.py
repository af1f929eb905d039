"""A house with several serving processes, its learners, and what must hold after a crash."""

import asyncio
import datetime as dt
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.beside import free_port
from app.cli.log import check_everything
from app.core import log_sequencer
from app.core.clock import Clock
from app.core.ids import new_id
from app.core.settings import Environment, Settings
from app.identity.services import tokens
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import LessonCoverage, PendingPiece, StudyBatch
from app.learning.models.study_checks import StudyChallenge
from app.learning.rules.answers import Answer
from app.learning.rules.challenges import Ask, raise_challenge
from app.learning.rules.states import ChallengeKind
from app.learning.services import answering, audit_sessions, evidence
from app.learning.services.device_signatures import Signing
from app.learning.services.given_answers import GivenAnswer, Reply, Said
from app.learning.services.study_books import StudyBooks
from app.lobby.parts import Parts
from app.main import build_parts
from tests.benches import field
from tests.benches.field import Studying
from tests.crash.learners import Learner


def build(database_url: str, folder: Path, clock: Clock | None = None) -> Parts:
    """The parts of this process, which watches, and confirms like one more worker."""
    settings = Settings(
        environment=Environment.TEST, data_dir=folder / "var", database_url=database_url,
        worker_in_process=False, rate_limits=False,
    )  # fmt: skip
    return build_parts(settings, clock)


def settle(parts: Parts, count: int) -> list[Learner]:
    """Put learners into the middle of a lesson, each signed in for longer than any test."""
    lasting = parts.settings.sign_in.model_copy(update={"access_s": 864_000})
    planted, now = field.plant(parts, count), parts.clock.now()
    with parts.database.transaction() as db:
        return [
            Learner(
                who,
                tokens.start(
                    db, parts.keys, lasting, learner_id=who.learner_id, device_id="crash", now=now
                ).access,
            )
            for who in planted
        ]


@contextmanager
def serving(
    parts: Parts, *, workers: int = 2, stderr: int | None = None
) -> Iterator[tuple[int, int]]:
    """Serve the parts' database from forked processes; gives port and the parent's process id."""
    settings = {
        "environment": "test", "data_dir": str(parts.settings.data_dir), "rate_limits": "false",
        "database_url": parts.settings.database_url, "worker_in_process": "false",
        "log_level": "warning",
    }  # fmt: skip
    environment = os.environ | {f"SHIXUE_{name}".upper(): value for name, value in settings.items()}
    port = free_port()
    command = [sys.executable, "-m", "tests.crash.forked", str(port), str(workers)]
    process = subprocess.Popen(command, env=environment, stderr=stderr)
    try:
        _wait(process, port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=20)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing is served on port {port}")


def workers_of(parent: int) -> list[int]:
    """The serving processes."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    return [int(pid) for pid in children.split()]


async def all_answered(learners: list[Learner], studying: list[asyncio.Task[None]]) -> None:
    """Only where everybody is served does the next kill hit somebody."""
    before = [each.seq for each in learners]
    while not any(task.done() for task in studying):
        if all(each.seq > seq for each, seq in zip(learners, before, strict=True)):
            return
        await asyncio.sleep(0.02)


def confirm(parts: Parts, who: Studying) -> None:
    """An identity check passes: what is pending is released into the ledger, by this process."""
    now = parts.clock.now()
    challenge_id, checked = new_id(now), hashlib.sha256(os.urandom(16)).hexdigest()
    with parts.database.transaction() as db:
        head = _ask(db, who, challenge_id, now)
        given = GivenAnswer(
            learner_id=who.learner_id, session_id=who.session_id, challenge_id=challenge_id,
            signing=Signing(device_id="crash", head=head), reply=Reply(), arrived_at=now,
        )  # fmt: skip
        answering.finish(db, parts.vault, given, Said(Answer.PASSED, checked), now=now)


def _ask(db: Session, who: Studying, challenge_id: str, now: dt.datetime) -> str:
    """Raise the challenge that is answered at once; returns the head that the answer carries."""
    books = StudyBooks(db, who.learner_id, now)
    row = books.session_row(who.session_id)
    asked = Ask(challenge_id, ChallengeKind.IDENTITY, "face", row.id, row.enrolment_id)
    books.learner = raise_challenge(books.policy(row.id), books.learner, asked, books.now_ms)
    db.add(
        StudyChallenge(
            id=challenge_id, learner_id=who.learner_id, session_id=row.id,
            enrolment_id=row.enrolment_id, kind=ChallengeKind.IDENTITY.value, method="face",
            raised_at=now, raised_at_ms=books.now_ms, expires_at_ms=books.now_ms, tries_left=3,
            is_heard=False, is_on_hold=False, is_scheduled=False, prompt_number=1, prompt={},
        )
    )  # fmt: skip
    db.flush()
    books.store()
    return row.head


def check_answered(parts: Parts, learners: list[Learner]) -> None:
    """While everybody goes on: what was answered so far is stored, and counts as it was told."""
    told = [(each.who.session_id, each.seq, each.told_ms) for each in learners]
    total = func.coalesce(func.sum(StudyBatch.credited_ms), 0)
    with parts.database.reading() as db:
        for session_id, seq, told_ms in told:
            answered = select(func.count(), total).where(
                StudyBatch.session_id == session_id, StudyBatch.ack_seq <= seq
            )
            assert tuple(db.execute(answered).one()) == (seq, told_ms)


def verify(parts: Parts, some: list[Learner]) -> None:
    """`audit verify`, and the sessions of some learners though they are open still."""
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    check_everything(parts)
    with parts.database.reading() as db:
        for each in some:
            audit_sessions.check_session(db, parts.vault, each.who.session_id)


def check_whole(parts: Parts, each: Learner) -> None:
    """At the end: what was answered, what is stored, and what the evidence says, are the same."""
    assert each.surprises == []
    assert each.seq > 0
    session_id = each.who.session_id
    with parts.database.reading() as db:
        of_session = StudyBatch.session_id == session_id
        seqs = list(db.scalars(select(StudyBatch.ack_seq).where(of_session).order_by("ack_seq")))
        assert seqs == list(range(1, each.seq + 1))
        assert evidence.credited_ms(db, session_id) == each.told_ms == each.place_ms
        again = evidence.judge_again(db, session_id)
        assert (again.credited_ms, again.is_sound) == (each.told_ms, True)
        assert evidence.is_chain_whole(db, parts.vault, session_id)
        sums = {
            column: db.scalar(
                select(func.coalesce(func.sum(column), 0)).where(
                    column.class_.learner_id == each.who.learner_id
                )
            )
            for column in (LessonCoverage.covered_ms, PendingPiece.ms, LedgerEntry.ms)
        }
    covered, waiting, confirmed = sums.values()
    assert covered == waiting + confirmed == each.told_ms
