"""The loop: claims what is due, does it, and keeps the schedules between two jobs."""

import datetime as dt
import logging
import threading
from collections.abc import Collection, Sequence

from app.core import outbox, workplace
from app.lobby.parts import Parts
from app.worker.jobs import (
    CODING,
    ISSUING,
    JOBS,
    LETTERS,
    QUICK,
    ROSTERS,
    SLOW,
    STEPS,
    TOGETHER,
)
from app.worker.schedules import SCHEDULES

_log = logging.getLogger("shixue.worker")
_IDLE_S = 0.5
_AT_ONCE, _REST_S, _GATHER_S = 16, 0.1, 1.0
"""Of the jobs that are done together; how long after, where more wait, and where more have to come.

Thousands of them are in no hurry, and who studies waits while they are taken."""


def run_one(parts: Parts, jobs: Collection[str] | None = None) -> bool:
    """Do the next due job, of these kinds or of any; tells False where there is none.

    A job that fails goes back with a growing pause and is given up for a person after many
    tries; it never stops the jobs behind it.
    """
    claimed = _claim(parts, jobs, most=1)
    for job in claimed or ():
        _do(parts, job)
    return claimed is not None


def run_together(parts: Parts, kind: str) -> int:
    """Do the next due jobs of a kind at once; returns how many they were.

    Where that fails, each is done alone, so that one alone goes back.
    """
    claimed = _claim(parts, [kind], most=_AT_ONCE)
    if not claimed:
        return 0
    try:
        TOGETHER[kind](parts, [job.args for job in claimed])
    except Exception:  # noqa: BLE001 -- it is said once more of the one that it is
        _log.exception("jobs failed together", extra={"job": kind, "count": len(claimed)})
        for job in claimed:
            _do(parts, job)
    else:
        with parts.database.transaction() as db:
            outbox.done(db, [job.id for job in claimed], now=parts.clock.now())
    return len(claimed)


def _claim(
    parts: Parts, jobs: Collection[str] | None, *, most: int
) -> Sequence[outbox.OutboxJob] | None:
    """None where nothing is due; an empty one where others took what was."""
    with parts.database.reading() as db:
        # Who has nothing to do takes nobody's turn to write.
        found = outbox.due(db, now=parts.clock.now(), jobs=jobs, most=most)
    if not found:
        return None
    with parts.database.transaction() as db:
        return outbox.claim(db, found, now=parts.clock.now())


def _do(parts: Parts, job: outbox.OutboxJob) -> None:
    try:
        JOBS[job.job](parts, job.args)
    except Exception as error:  # noqa: BLE001 -- whatever a job may raise, the next one is done
        _log.exception("job failed", extra={"job": job.job, "job_id": job.id, "tries": job.tries})
        with parts.database.transaction() as db:
            outbox.failed(db, job, error=repr(error), now=parts.clock.now())
    else:
        with parts.database.transaction() as db:
            outbox.done(db, [job.id], now=parts.clock.now())


def drain(parts: Parts, *, most: int = 10_000) -> int:
    """Do everything that is due now; tells how many jobs were tried."""
    count = 0
    while count < most and run_one(parts):
        count += 1
    return count


class Worker:
    """Seven threads drain the outbox, two of them keep the schedules, one of these what is slow."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(jobs,), name="worker", daemon=True)
            for jobs in (QUICK, ISSUING, SLOW, CODING, ROSTERS, STEPS, LETTERS)
        ]
        self._due: dict[str, dt.datetime] = {}

    def start(self) -> None:
        """Clear what a process that was killed left behind, then begin."""
        workplace.clear(self._parts.settings.work_dir)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the job in hand, then end."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def wait(self) -> None:
        """Work until stopped, in the caller's thread of life."""
        for thread in self._threads:
            thread.join()

    def _run(self, jobs: frozenset[str]) -> None:
        while not self._stop.is_set():
            try:
                pause_s = self._turn(jobs)
            except Exception:  # noqa: BLE001
                # The database may be away for a while: say so, wait, and go on.
                _log.exception("worker round failed")
                pause_s = _IDLE_S
            self._stop.wait(pause_s)

    def _turn(self, jobs: frozenset[str]) -> float:
        """Do what is next of these kinds; returns for how many seconds to rest."""
        kind = next(iter(jobs & TOGETHER.keys()), None)
        if kind is not None:
            is_full = run_together(self._parts, kind) == _AT_ONCE
            return _REST_S if is_full else _GATHER_S
        is_busy = run_one(self._parts, jobs)
        if jobs in (QUICK, SLOW):
            self._keep_schedules(is_slow=jobs is SLOW)
        return 0.0 if is_busy else _IDLE_S

    def _keep_schedules(self, *, is_slow: bool) -> None:
        now = self._parts.clock.now()
        for schedule in SCHEDULES:
            if schedule.is_slow != is_slow:
                continue
            due = self._due.get(schedule.name, now)
            # Further away than it can be: the clock was set back, and nothing would be done.
            if due <= now or due > now + schedule.every:
                self._due[schedule.name] = now + schedule.every
                schedule.run(self._parts)
