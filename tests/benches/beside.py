"""Beats at a steady pace, alone and beside other work: the house, the sending, the figures."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.lobby.parts import Parts
from tests.benches import field, houses, load

RATE, SECONDS = 250, 20.0
"""Beats a second, and for how long each time."""


@dataclass(frozen=True, slots=True)
class Studying:
    """A house whose learners are in mid-lesson. `given` are the settings of its processes."""

    parts: Parts
    given: dict[str, str]
    requests: Iterator[bytes]

    def send(self, port: int, seconds: float = SECONDS) -> load.Seen:
        """Send the next beats; each must be taken."""
        # What the house has grown to is not looked through while one listens for answers.
        gc.collect()
        gc.freeze()
        seen = load.send_paced(
            port, lambda: next(self.requests), clients=64, rate=RATE, seconds=seconds
        )  # fmt: skip
        assert seen.refused == 0, seen.first_refusal
        return seen


def furnish(folder: Path, url: str, *, learners: int, log_level: str) -> Studying:
    """Put a house on an empty database into a folder, with so many learners who study."""
    house = houses.furnish(folder, url, log_level=log_level)
    lanes = [field.batches(each, step_ms=20) for each in field.plant(house.parts, learners)]
    requests = (request for step in zip(*lanes, strict=True) for request in step)
    return Studying(house.parts, house.given, requests)


def figures_of(alone: load.Seen, beside: load.Seen) -> dict[str, float]:
    """What beats took, in milliseconds, and how much longer beside the other work."""
    return {
        "beats_a_second": RATE,
        "p50_alone": alone.percentile(50), "p99_alone": alone.percentile(99),
        "p50_beside": beside.percentile(50), "p99_beside": beside.percentile(99),
        "p99_ratio": beside.percentile(99) / alone.percentile(99),
    }  # fmt: skip
