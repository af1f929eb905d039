"""The whole product on a real port, beside the tests: pages, worker, simulated vendors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.cli.beside import free_port, serving
from app.core.clock import Clock
from app.core.settings import Environment, FaceSettings, Settings
from app.lobby.parts import Parts
from app.main import build_parts

ROSTER = Path("demo/registry.csv")


@dataclass(frozen=True, slots=True)
class House:
    address: str
    parts: Parts


@contextmanager
def open_house(
    folder: Path,
    database: Path,
    *,
    clock: Clock | None = None,
    works: bool = True,
    roster: Path = ROSTER,
    face: FaceSettings | None = None,
    packages_apart: bool = False,
) -> Iterator[House]:
    """Serve until the context ends; `works` says whether the worker runs beside it.

    `roster`: the people whom the registry knows. `face`: who judges faces, if not the engine.
    `packages_apart`: learning packages have a host of their own, the same server by its number.
    """
    port = free_port()
    address = f"http://localhost:{port}"
    parts = build_parts(
        Settings(
            environment=Environment.TEST, data_dir=folder, public_url=address, rate_limits=False,
            database_url=f"sqlite:///{database}", study_policy="quick", worker_in_process=works,
            registry_roster=roster, face=face or FaceSettings(),
            package_origin=f"http://127.0.0.1:{port}" if packages_apart else "",
        ),
        clock,
    )  # fmt: skip
    with serving(parts, port):
        yield House(address, parts)
    parts.close()
