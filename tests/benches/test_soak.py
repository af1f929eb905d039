"""Half an hour at half the top rate with a hundred thousand open sessions: the memory stays flat.

`SOAK_S=1800 ./run bench -k soak` for the whole half hour; without it a quarter of a minute.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from statistics import median

import pytest

from tests.benches import field, houses, load
from tests.benches.servers import serving

SESSIONS, CLIENTS, STEP_MS = 100_000, 64, 20
SOAK_S = float(os.environ.get("SOAK_S", "15"))
_PARTS = 12  # how many times the memory is looked at
_KEPT = Path("var/bench/soak.json")


def _resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    (line,) = (line for line in lines if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1000


@pytest.mark.bench
def test_soak_with_a_hundred_thousand_open_sessions(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'soak.db'}"
    house = houses.furnish(tmp_path, url)
    planted = field.plant(house.parts, SESSIONS)
    house.parts.database.close()
    with serving("app.main:app_from_environment", **house.given) as (port, pid):
        figures = _soak(port, pid, [field.batches(each, step_ms=STEP_MS) for each in planted])
    _KEPT.parent.mkdir(parents=True, exist_ok=True)
    _KEPT.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    sys.stdout.write(f"\n{json.dumps(figures, indent=1)}\n")
    assert figures["refused"] == 0
    # What is kept of a session grows a little while it is studied; what leaks grows with each beat.
    assert figures["mb"][-1] <= figures["mb"][0] * 1.05


def _soak(port: int, pid: int, sources: list[Iterator[bytes]]) -> dict[str, object]:
    in_turn = cycle(sources)

    def next_request() -> bytes:
        return next(next(in_turn))

    first = _all_once(port, sources, next_request)
    top = median(_flat_out(port, next_request).rate for _ in range(5))
    seen, sizes = load.Seen(), [_resident_mb(pid)]
    began = time.perf_counter()
    for _ in range(_PARTS):
        part = load.send_paced(
            port, next_request, clients=CLIENTS, rate=top / 2, seconds=SOAK_S / _PARTS
        )
        seen.took += part.took
        seen.refused += part.refused
        sizes.append(_resident_mb(pid))
    seen.seconds = time.perf_counter() - began
    return {
        "sessions": len(sources), "cold_per_s": round(first.rate), "top_per_s": round(top),
        "seconds": round(seen.seconds), "beats": len(seen.took), "per_s": round(seen.rate),
        "refused": seen.refused + first.refused, "p50_ms": round(seen.percentile(50), 1),
        "p99_ms": round(seen.percentile(99), 1), "mb": [round(size, 1) for size in sizes],
    }  # fmt: skip


def _all_once(port: int, sources: list[Iterator[bytes]], one: Callable[[], bytes]) -> load.Seen:
    """Every session reports once, so that all of them are remembered."""
    lanes = [[one() for _ in range(len(sources) // CLIENTS + 1)] for _ in range(CLIENTS)]
    return load.send(port, lanes)


def _flat_out(port: int, one: Callable[[], bytes]) -> load.Seen:
    return load.send(port, [[one() for _ in range(60)] for _ in range(CLIENTS)])
