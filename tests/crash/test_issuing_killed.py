"""Workers killed while they issue: no certificate twice, none half.

A few times in the suite; `CRASHES=200 ./run test tests/crash/test_issuing_killed.py` for all.
"""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from app.certs.models import Certificate
from app.cli.log import check_everything
from app.core import log_sequencer, outbox
from app.core.translog import Kind, LogLeaf
from app.lobby.parts import Parts
from tests import finished
from tests.crash import house
from tests.papers_issued import Asking, take

CRASHES = int(os.environ.get("CRASHES", "3"))
SOONEST_S, LATEST_S = 0.05, 1.5
"""After the fork: from before the first transaction to the third or fourth certificate."""


class _Issuer:
    """The process that forks the workers; it holds no connection itself."""

    def __init__(self, parts: Parts) -> None:
        given = {
            "environment": "test", "data_dir": str(parts.settings.data_dir), "log_level": "error",
            "database_url": parts.settings.database_url, "worker_in_process": "false",
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.issuer"],
            env=os.environ | {f"SHIXUE_{name}".upper(): value for name, value in given.items()},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip

    def issue(self, seconds: float) -> tuple[bool, int]:
        """Let a worker issue for so long; tells whether it came so far, and its exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{seconds}\n")
        said = self._process.stdout.readline()
        is_begun = said == "begun\n"
        if is_begun:
            said = self._process.stdout.readline()
        return is_begun, int(said.removeprefix("ended "))

    def close(self) -> None:
        self._process.communicate()


def _let_leases_run_out(parts: Parts) -> None:
    """As if five minutes had passed."""
    with parts.database.transaction() as db:
        for job in db.scalars(select(outbox.OutboxJob).where(outbox.OutboxJob.state == "leased")):
            job.leased_until = parts.clock.now() - dt.timedelta(seconds=1)
            job.tries = 0  # who is killed again and again here is the worker, not by the job


@pytest.mark.xdist_group("crash")
def test_killed_while_issuing_none_is_there_twice_and_none_half(
    database_url: str, tmp_path: Path
) -> None:
    parts, chance = house.build(database_url, tmp_path), random.Random(5)
    courses = finished.courses(parts)
    people = [
        finished.finish(parts, courses[place % 3], name, place)
        for place, name in enumerate(finished.names(CRASHES + 4))
    ]
    issuer, begun = _Issuer(parts), 0
    for _ in range(CRASHES):
        is_begun, code = issuer.issue(chance.uniform(SOONEST_S, LATEST_S))
        begun += is_begun
        assert code in {0, -signal.SIGKILL}
        _let_leases_run_out(parts)
    assert issuer.issue(0) == (True, 0)
    issuer.close()
    assert begun or CRASHES < 10, "no worker came so far"
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    _check(parts, [each.enrolment_id for each in people])
    parts.database.close()


def _check(parts: Parts, enrolments: list[str]) -> None:
    with parts.database.reading() as db:
        rows = list(db.scalars(select(Certificate)))
        entered = db.scalars(select(LogLeaf.record_id).where(LogLeaf.kind == Kind.CERTIFICATE))
        assert sorted(entered) == sorted(row.id for row in rows)
        assert sorted(row.enrolment_id for row in rows) == sorted(enrolments)
        assert all(row.ready_at is not None for row in rows)
        assert len({row.number for row in rows}) == len(rows)
        assert len({(row.status_list, row.status_index) for row in rows}) == len(rows)
        issued = {row.id for row in rows}
    ask = Asking(parts, parts.clock.now())
    for enrolment_id in enrolments:
        told = ask.all_of(take(parts, enrolment_id))
        assert set(told.values()) == {"valid"}, told
    assert check_everything(parts, evidence=False)
    left = {path.name.partition(".")[0] for path in _documents(parts)}
    assert left == issued


def _documents(parts: Parts) -> list[Path]:
    return list((parts.settings.data_dir / "objects" / "certificates").iterdir())
