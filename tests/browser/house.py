"""The whole product on a real port, beside the tests: pages, worker, simulated vendors."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from app.core.clock import Clock
from app.core.settings import Environment, Settings
from app.lobby.parts import Parts
from app.main import build_parts, create_app


@dataclass(frozen=True, slots=True)
class House:
    address: str
    parts: Parts


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def open_house(
    folder: Path, database: Path, *, clock: Clock | None = None, works: bool = True
) -> Iterator[House]:
    """Serve until the context ends; `works` says whether the worker runs beside it."""
    port = _free_port()
    address = f"http://localhost:{port}"
    parts = build_parts(
        Settings(
            environment=Environment.TEST, data_dir=folder, public_url=address, rate_limits=False,
            database_url=f"sqlite:///{database}", study_policy="quick", worker_in_process=works,
        ),
        clock,
    )  # fmt: skip
    config = uvicorn.Config(
        create_app(parts), host="127.0.0.1", port=port, access_log=False, log_config=None
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield House(address, parts)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        parts.database.close()
