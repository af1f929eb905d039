"""A roster of 100,000: looked at, taken over, listed, searched, exported; seconds and memory.

The work is done in a process of its own, so that its peak is its own. Run with `./run bench`; the
figures stand in docs/performance.md.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

from app.core.clock import SystemClock
from app.core.crypto import b64url, from_b64url
from app.core.settings import Settings
from app.lobby.parts import Parts
from app.main import build_parts
from app.org.services import import_looking, import_writing, organisations, roster_export
from tests.employers import agent
from tests.people import MALLORY, csrf
from tests.rosters import as_xlsx, hand_over, line_of, name_of, number_of

LINES, FAULTY_EACH = 100_000, 1000
MOST_S, MOST_MS, MOST_MIB = 60, 100, 700
ROUNDS = 15


class Done(NamedTuple):
    """Of one piece of work: seconds, those of the processor, the peak before and after."""

    seconds: float
    worked: float
    before: float
    after: float


def _lines():
    """Every thousandth line has a name that cannot be."""
    for place in range(LINES):
        line = line_of(place)
        yield ("李8", *line[1:]) if place % FAULTY_EACH == 7 else line


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def work(settings_json: str, what: str, subject: str, target: str) -> None:
    """One piece of the work, in this process; prints seconds and the peak before and after."""
    parts = build_parts(Settings.model_validate_json(settings_json), SystemClock())
    now, before = parts.clock.now(), _peak_mib()
    began, used = time.perf_counter(), time.process_time()
    if what == "look":
        import_looking.look(parts.database, parts.vault, subject, now=now)
    elif what == "write":
        import_writing.write(parts.database, parts.vault, subject, now=now)
    else:
        content = roster_export.make_export(parts.database, parts.vault, subject)
        Path(target).write_bytes(content)
    seconds, worked = time.perf_counter() - began, time.process_time() - used
    print(json.dumps([seconds, worked, before, _peak_mib()]))  # noqa: T201
    parts.close()


def _beside(parts: Parts, what: str, subject: str, target: str = "") -> Done:
    code = "import sys; from tests.benches.test_great_roster import work; work(*sys.argv[1:])"
    plain = parts.settings.model_copy(update={"settable_clock": False})
    done = subprocess.run(
        [sys.executable, "-c", code, plain.model_dump_json(), what, subject, target],
        check=True, capture_output=True, text=True, timeout=1800,
    )  # fmt: skip
    found = Done(*json.loads(done.stdout.splitlines()[-1]))
    print(f"{what}: {found}")  # noqa: T201
    return found


def _ms(client: TestClient, address: str) -> float:
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        assert client.get(address).status_code == 200
        found.append((time.perf_counter() - began) * 1000)
    print(f"{address}: {median(found):.0f} ms")  # noqa: T201
    return median(found)


def _in_the_middle(boss: TestClient) -> str:
    """The address of a page far from both ends: units stand in the order of their letters."""
    at = boss.get("/api/v1/org/staff?sort=unit").json()["next"]
    way, sort, kind, _, last = json.loads(from_b64url(at))
    place = b64url(json.dumps([way, sort, kind, "3 车间", last]).encode())
    return f"/api/v1/org/staff?sort=unit&at={place}"


@pytest.mark.bench
def test_a_hundred_thousand_lines(client: TestClient, parts: Parts, tmp_path: Path) -> None:
    boss = agent(client, parts, MALLORY)
    content = as_xlsx(_lines())
    print(f"file: {len(content) / 2**20:.1f} MiB")  # noqa: T201
    import_id = hand_over(boss, content)["import_id"]
    looking = _beside(parts, "look", import_id)
    seen = boss.get(f"/api/v1/org/imports/{import_id}").json()
    assert (seen["lines"], seen["faulty"]) == (LINES, LINES // FAULTY_EACH)
    csrf_way = f"/api/v1/org/imports/{import_id}/confirmation"

    assert boss.post(csrf_way, json={"only_good": True}, headers=csrf(boss)).status_code == 204
    writing = _beside(parts, "write", import_id)
    total = boss.get("/api/v1/org/staff").json()["total"]
    assert total == LINES - LINES // FAULTY_EACH
    times = [
        _ms(boss, address)
        for address in (
            "/api/v1/org/staff", "/employer/staff", _in_the_middle(boss),
            "/api/v1/org/staff?sort=-invited", "/api/v1/org/staff?sort=position",
            f"/api/v1/org/staff?q={name_of(500)}", f"/api/v1/org/staff?q={number_of(500)}",
            f"/api/v1/org/staff?q={number_of(500)[-4:]}", "/api/v1/org/staff?q=车间",
            "/api/v1/org/staff?q=没有这些字&sort=position",
        )
    ]  # fmt: skip

    with parts.database.reading() as db:
        org_id = organisations.find_by_uscc(db, "91510100MA6CX101X8")
    export = _beside(parts, "export", str(org_id), str(tmp_path / "roster.xlsx"))
    again = hand_over(boss, (tmp_path / "roster.xlsx").read_bytes())["import_id"]
    _beside(parts, "look", again)
    unchanged = boss.get(f"/api/v1/org/imports/{again}").json()["unchanged"]
    assert unchanged == total
    assert looking.seconds + writing.seconds <= MOST_S
    assert max(looking.after, writing.after) <= MOST_MIB
    assert max(times) <= MOST_MS
    assert export.after - export.before <= 100
