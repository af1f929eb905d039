"""Beats a second, beside an echo and beside a commit for each beat (docs/performance.md).

`many` is the same worker with 512 clients, `two` are two workers on one database.

Ratios of one run: the servers take turns, medians are compared. Machines differ, ratios less.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import median

import pytest

from tests.benches import field, houses, load
from tests.benches.databases import KINDS, fresh_database
from tests.benches.servers import serving

TURNS, LEARNERS, CLIENTS, MANY = 5, 1024, 64, 512
BEATS, PLAIN_BEATS = 6, 1  # of each learner in each turn
STEP_MS = 20
KEPT = Path("var/bench")


@pytest.mark.bench
@pytest.mark.parametrize("kind", KINDS)
def test_beats_beside_an_echo_and_a_commit_for_each(kind: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(kind, tmp_path))
        house = houses.furnish(tmp_path, url)
        parts = house.parts
        stack.callback(parts.database.close)
        planted = field.plant(parts, 3 * LEARNERS)
        short, two, plain = (planted[LEARNERS * part : LEARNERS * (part + 1)] for part in range(3))
        access = houses.signed_in(parts, [each.learner_id for each in plain])
        ports = {
            "echo": stack.enter_context(serving("tests.benches.servers:ECHO"))[0],
            "beats": stack.enter_context(serving("app.main:app_from_environment", **house.given))[
                0
            ],
            "two": stack.enter_context(
                serving("app.main:app_from_environment", workers=2, **house.given)
            )[0],
            "plain": stack.enter_context(
                serving("tests.benches.servers:plain_from_environment", **house.given)
            )[0],
        }
        sources = {
            "beats": [field.batches(each, step_ms=STEP_MS) for each in short],
            "two": [field.batches(each, step_ms=STEP_MS) for each in two],
            "plain": [
                field.batches(each, step_ms=STEP_MS, access=token)
                for each, token in zip(plain, access, strict=True)
            ],
        }
        seen = _take_turns(ports, sources)
    _tell(kind, seen)
    assert all(each.refused == 0 for runs in seen.values() for each in runs)


def _take_turns(
    ports: dict[str, int], sources: dict[str, list[Iterator[bytes]]]
) -> dict[str, list[load.Seen]]:
    def next_of(name: str, beats: int, clients: int = CLIENTS) -> list[list[bytes]]:
        return field.lanes([list(islice(source, beats)) for source in sources[name]], clients)

    for name in sources:  # the first beat of a session loads it
        load.send(ports[name], next_of(name, 1))
    seen: dict[str, list[load.Seen]] = {name: [] for name in (*ports, "many")}
    for _ in range(TURNS):
        requests = next_of("beats", BEATS)
        body = requests[0][0].split(b"\r\n\r\n", 1)[1]
        seen["echo"].append(
            load.send(ports["echo"], houses.echoes(body, LEARNERS * BEATS, CLIENTS))
        )
        seen["beats"].append(load.send(ports["beats"], requests))
        seen["many"].append(load.send(ports["beats"], next_of("beats", BEATS, MANY)))
        seen["two"].append(load.send(ports["two"], next_of("two", BEATS)))
        seen["plain"].append(load.send(ports["plain"], next_of("plain", PLAIN_BEATS)))
    return seen


def _tell(kind: str, seen: dict[str, list[load.Seen]]) -> None:
    rates = {name: median(run.rate for run in runs) for name, runs in seen.items()}
    table = {
        name: {
            "per_s": round(rates[name]), "to_echo": round(rates[name] / rates["echo"], 2),
            "to_plain": round(rates[name] / rates["plain"], 1),
            "p50_ms": round(median(run.percentile(50) for run in runs), 1),
            "p99_ms": round(median(run.percentile(99) for run in runs), 1),
        }
        for name, runs in seen.items()
    }  # fmt: skip
    lines = [f"\n{kind}, {CLIENTS} clients"]
    for name, row in table.items():
        lines.append(
            " ".join([f"  {name:6}", *(f"{key} {value:<8}" for key, value in row.items())])
        )
    sys.stdout.write("\n".join(lines) + "\n")
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"beats-{kind}.json").write_text(json.dumps(table, indent=1), encoding="utf-8")
