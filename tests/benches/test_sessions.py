"""A worker that remembers a hundred thousand open sessions: bytes of each, and time to read them.

Run with `./run bench`; the aims stand in docs/performance.md.
"""

import gc
import json
import os
import sys
import time
from pathlib import Path

import pytest

from app.learning.services.open_sessions import OpenSession, Shelf
from app.lobby.parts import Parts
from tests.benches import field

SESSIONS, AT_ONCE = 100_000, 200
_PAGE = os.sysconf("SC_PAGE_SIZE")


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


@pytest.mark.bench
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_hundred_thousand_open_sessions(parts: Parts) -> None:
    ids = [each.session_id for each in field.plant(parts, SESSIONS)]
    shelf, remembered = Shelf(), dict[str, OpenSession]()
    _read(parts, shelf, ids[:AT_ONCE])  # what is made once for all
    before, began = _resident(), time.perf_counter()
    for start in range(0, SESSIONS, AT_ONCE):
        remembered |= _read(parts, shelf, ids[start : start + AT_ONCE])
    seconds = time.perf_counter() - began
    megabytes = (_resident() - before) / 1e6
    figures = {
        "sessions": len(remembered), "mb": round(megabytes, 1),
        "bytes_each": round(megabytes * 1e6 / SESSIONS), "read_per_s": round(SESSIONS / seconds),
    }  # fmt: skip
    sys.stdout.write(f"\n{json.dumps(figures)}\n")
    assert len(remembered) == SESSIONS
    assert megabytes <= 150


def _read(parts: Parts, shelf: Shelf, ids: list[str]) -> dict[str, OpenSession]:
    with parts.database.reading() as db:
        return shelf.load(db, parts.vault, ids, now=parts.clock.now())
