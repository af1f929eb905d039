"""The log at size: entries placed a second, time of a proof, and a whole audit.

Run with `./run bench`; the targets stand in docs/log.md. A million ledger entries on SQLite; on
PostgreSQL fewer, for the rates alone.
"""

import datetime as dt
import json
import sys
import time
from collections.abc import Iterator
from itertools import islice
from statistics import median, quantiles
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from app.cli import log as cli_log
from app.core import log_reading, log_sequencer
from app.core.ids import new_id
from app.core.translog import Kind, LogLeaf, LogWaiting, commit_to
from app.learning.models.ledger import LedgerEntry
from app.learning.rules.ledger import FIRST, Line, line_bytes, line_hash
from app.lobby.parts import Parts
from tests.conftest import START

ENTRIES = {"sqlite": 1_000_000, "postgresql": 200_000}
A_LEARNER = 500


def _entries(count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Whole chains, and what waits for the log with them."""
    moment = START
    for number in range(count):
        moment += dt.timedelta(milliseconds=1)
        place = number % A_LEARNER
        if place == 0:
            learner_id, head = new_id(moment), FIRST
        line = Line(
            learner_id=learner_id, number=place + 1, enrolment_id="E" * 26, lesson_id="L" * 26,
            session_id="S" * 26, day=START.date(), ms=1_800_000, kind="release",
            policy_version="0123456789abcdef", evidence_hash="e" * 64, reason="", author_id=None,
            at=moment,
        )  # fmt: skip
        row_id, salt = new_id(moment), number.to_bytes(16, "big")
        row = {name: getattr(line, name) for name in Line.__struct_fields__}
        row |= {"id": row_id, "prev_hash": head, "hash": line_hash(line, head)}
        commitment = commit_to("ledger_entry", line_bytes(line, head), salt)
        head = row["hash"]
        yield row, {
            "record_id": row_id, "kind": "ledger_entry", "salt": salt, "commitment": commitment,
        }  # fmt: skip


def _fill(parts: Parts, count: int) -> None:
    made = _entries(count)
    while some := list(islice(made, 20_000)):
        with parts.database.engine.connect() as connection:
            if parts.database.dialect == "sqlite":
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text("SET session_replication_role = replica"))
            connection.execute(insert(LedgerEntry), [row for row, _ in some])
            connection.execute(insert(LogWaiting), [waiting for _, waiting in some])
            connection.commit()
            if parts.database.dialect == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            else:
                connection.execute(text("SET session_replication_role = origin"))
                connection.commit()


def _prove(parts: Parts, count: int) -> dict[str, float]:
    times = []
    with parts.database.reading() as db:
        for step in range(200):
            position = step * (count // 200)
            record_id = db.scalar(select(LogLeaf.record_id).where(LogLeaf.position == position))
            began = time.perf_counter()
            log_reading.prove_inclusion(db, Kind.LEDGER_ENTRY, record_id or "")
            times.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        for step in range(1, 101):
            log_reading.prove_consistency(db, step * (count // 101), count)
        consistency = (time.perf_counter() - began) * 10
    return {
        "inclusion_ms_median": median(times),
        "inclusion_ms_p95": quantiles(times, n=20)[-1],
        "consistency_ms_mean": consistency,
    }


@pytest.mark.bench
def test_the_log_at_size(parts: Parts) -> None:
    count = ENTRIES[parts.database.dialect]
    _fill(parts, count)
    if parts.database.dialect == "postgresql":
        with parts.database.engine.connect() as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()
    began = time.perf_counter()
    assert log_sequencer.sequence_all(parts.database, parts.log, now=START) == count
    rate = count / (time.perf_counter() - began)
    proofs = _prove(parts, count)
    began = time.perf_counter()
    cli_log.check_everything(parts, evidence=False)
    audit_s = time.perf_counter() - began
    figures = {"entries": count, "placed_a_second": rate, **proofs, "audit_s": audit_s}
    told = json.dumps({name: round(value, 2) for name, value in figures.items()})
    sys.stdout.write(f"\n{parts.database.dialect}: {told}\n")
    assert rate >= 20_000
    assert proofs["inclusion_ms_median"] <= 2
    assert audit_s <= 60 * count / 1_000_000
