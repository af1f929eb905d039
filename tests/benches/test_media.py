"""Films fetched by many at once, each piece noted before it leaves, beside plain files."""

import asyncio
import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import pytest
import uvloop

from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.services import media
from app.lobby.parts import Parts
from tests.benches import field, houses
from tests.benches.databases import KINDS, fresh_database
from tests.benches.servers import serving

TURNS, CLIENTS = 5, 32
PIECE, PIECES = 256 * 1024, 16
KEPT = Path("var/bench")


async def _fetch(port: int, url: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024 * 1024)
    writer.write(f"GET {url} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head[:16], head
    seen = 0
    while chunk := await reader.read(1024 * 1024):
        seen += len(chunk)
    writer.close()
    return seen


def _take(port: int, urls: list[str]) -> float:
    """Fetch all at the same time; tells pieces a second."""

    async def all_of_them() -> list[int]:
        return await asyncio.gather(*(_fetch(port, url) for url in urls))

    began = time.perf_counter()
    sizes = uvloop.run(all_of_them())
    took = time.perf_counter() - began
    assert sizes == [PIECE * PIECES] * len(urls)
    return len(urls) * PIECES / took


def _plant(parts: Parts) -> tuple[list[str], str]:
    """Learners in the middle of a film of an hour; each one's own address, and the film's key."""
    planted = field.plant(parts, CLIENTS)
    size = PIECE * PIECES
    with parts.database.transaction() as db:
        lesson = db.get_one(Lesson, planted[0].lesson_id)
        asset = db.get_one(MediaAsset, lesson.asset_id)
        asset.size, asset.time_index = size, [[n * 2000, n * size // 1800] for n in range(1800)]
    parts.storage.put(asset.storage_key, bytes(size))
    now = parts.clock.now()
    told = [media.describe(parts.keys, each.session_id, lesson, asset, now) for each in planted]
    return [each["url"] for each in told], asset.storage_key


@pytest.mark.bench
@pytest.mark.parametrize("kind", KINDS)
def test_pieces_beside_plain_files(kind: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(kind, tmp_path))
        house = houses.furnish(tmp_path, url)
        parts = house.parts
        stack.callback(parts.database.close)
        urls, key = _plant(parts)
        asked = {
            "files": ("tests.benches.servers:files_from_environment", [f"/objects/{key}"]),
            "noted": ("app.main:app_from_environment", urls),
        }
        ports = {
            name: stack.enter_context(serving(target, **house.given))[0]
            for name, (target, _) in asked.items()
        }
        seen: dict[str, list[float]] = {name: [] for name in asked}
        for turn in range(TURNS + 1):
            for name, (_, wanted) in asked.items():
                rate = _take(ports[name], wanted * (CLIENTS // len(wanted)))
                if turn:  # the first warms up
                    seen[name].append(rate)
    rates = {name: median(runs) for name, runs in seen.items()}
    table = {name: {"pieces_per_s": round(rate)} for name, rate in rates.items()}
    table["noted"]["of_files_percent"] = round(100 * rates["noted"] / rates["files"])
    sys.stdout.write(f"\n{kind}, {CLIENTS} clients: {json.dumps(table)}\n")
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"media-{kind}.json").write_text(json.dumps(table, indent=1), encoding="utf-8")
