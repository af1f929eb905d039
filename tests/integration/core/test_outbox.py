"""The outbox: written with the deed, done at least once, given up only after many tries."""

import datetime as dt
from collections.abc import Mapping, Sequence

from app import worker
from app.core import outbox
from app.core.clock import SettableClock
from app.core.db import Database
from app.lobby.parts import Parts
from app.worker import loop
from tests.conftest import START
from tests.jobs import claimed


def test_a_job_of_a_rolled_back_deed_never_runs(database: Database) -> None:
    try:
        with database.transaction() as db:
            outbox.enqueue(db, "x", now=START)
            raise RuntimeError
    except RuntimeError:
        pass
    with database.transaction() as db:
        assert claimed(db, now=START) is None


def test_the_same_key_waits_once(database: Database) -> None:
    with database.transaction() as db:
        first = outbox.enqueue(db, "x", now=START, key="k")
        assert outbox.enqueue(db, "x", now=START, key="k") == first


def test_a_leased_job_comes_back_when_its_worker_died(database: Database) -> None:
    with database.transaction() as db:
        outbox.enqueue(db, "x", now=START)
    with database.transaction() as db:
        assert claimed(db, now=START) is not None
    with database.transaction() as db:
        assert claimed(db, now=START + dt.timedelta(minutes=4)) is None
        assert claimed(db, now=START + dt.timedelta(minutes=6)) is not None


def test_a_job_that_ends_its_process_each_time_is_given_up(database: Database) -> None:
    with database.transaction() as db:
        ending = outbox.enqueue(db, "x", now=START)
    for turn in range(12):
        with database.transaction() as db:
            assert claimed(db, now=START + turn * dt.timedelta(minutes=6)) is not None
    late = START + dt.timedelta(hours=2)
    with database.transaction() as db:
        other = outbox.enqueue(db, "y", now=late)
    with database.transaction() as db:
        assert claimed(db, now=late) is None
        found = claimed(db, now=late)
        assert found is not None
        assert found.id == other
        assert db.get_one(outbox.OutboxJob, ending).state == "given_up"


def test_a_job_is_not_due_before_its_time(database: Database) -> None:
    later = START + dt.timedelta(hours=1)
    with database.transaction() as db:
        outbox.enqueue(db, "x", now=START, run_at=later)
        assert claimed(db, now=START) is None
        assert claimed(db, now=later) is not None


def test_the_worker_does_jobs_and_a_broken_one_stops_nobody(
    parts: Parts, clock: SettableClock, monkeypatch
) -> None:
    done: list[int] = []

    def broken(_parts: Parts, _args: object) -> None:
        raise ValueError

    monkeypatch.setitem(worker.JOBS, "broken", broken)
    monkeypatch.setitem(worker.JOBS, "good", lambda _p, args: done.append(args["n"]))
    with parts.database.transaction() as db:
        outbox.enqueue(db, "broken", now=START)
        outbox.enqueue(db, "good", now=START, n=7)
    assert worker.drain(parts) == 2
    assert done == [7]
    for _ in range(20):
        clock.advance(ms=3_700_000)
        worker.drain(parts)
    with parts.database.reading() as db:
        assert outbox.waiting_count(db) == 0  # given up, visible by its state and error


def test_what_is_done_together_is_done_once_and_one_that_fails_goes_back_alone(
    parts: Parts, monkeypatch
) -> None:
    done: list[list[int]] = []

    def take(_parts: Parts, many: Sequence[Mapping[str, int]]) -> None:
        numbers = [args["n"] for args in many]
        if 3 in numbers:
            raise ValueError
        done.append(numbers)

    monkeypatch.setitem(worker.JOBS, "mass", lambda parts, args: take(parts, [args]))
    monkeypatch.setitem(loop.TOGETHER, "mass", take)
    _enqueue(parts, 1, 2)
    assert loop.run_together(parts, "mass") == 2
    assert done == [[1, 2]]
    assert loop.run_together(parts, "mass") == 0
    _enqueue(parts, 3, 4)
    assert loop.run_together(parts, "mass")
    assert done == [[1, 2], [4]]
    with parts.database.reading() as db:
        assert outbox.waiting_count(db) == 1


def _enqueue(parts: Parts, *numbers: int) -> None:
    with parts.database.transaction() as db:
        for number in numbers:
            outbox.enqueue(db, "mass", now=parts.clock.now(), n=number)


def test_who_looked_at_the_same_job_gets_it_once(database: Database) -> None:
    with database.transaction() as db:
        for _ in range(3):
            outbox.enqueue(db, "x", now=START)
    with database.reading() as db:
        seen = outbox.due(db, now=START, most=2)
    with database.transaction() as db:
        assert [job.id for job in outbox.claim(db, seen, now=START)] == seen
    with database.transaction() as db:
        assert outbox.claim(db, seen, now=START) == []
        assert len(outbox.due(db, now=START, most=2)) == 1
