"""The product on a database of its own, to be measured: its parts, who is signed in, the echo."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.cli import schema
from app.core.settings import Environment, Settings
from app.identity.services import tokens
from app.lobby.parts import Parts
from app.main import build_parts


@dataclass(frozen=True, slots=True)
class House:
    """`given` are the settings of its servers, for `servers.serving`."""

    parts: Parts
    given: dict[str, str]


def furnish(folder: Path, url: str, *, log_level: str = "warning") -> House:
    """Put a house on an empty database; the caller closes its database."""
    settings = Settings(
        environment=Environment.TEST, data_dir=folder / "var", database_url=url,
        worker_in_process=False, rate_limits=False,
    )  # fmt: skip
    schema.upgrade(settings, settings.database_url)
    given = {
        "environment": "test", "data_dir": str(settings.data_dir),
        "database_url": settings.database_url, "worker_in_process": "false",
        "rate_limits": "false", "log_level": log_level,
    }  # fmt: skip
    return House(build_parts(settings), given)


def signed_in(parts: Parts, learner_ids: Iterable[str]) -> list[str]:
    """Sign people in, all of them at one device; their access tokens."""
    with parts.database.transaction() as db:
        return [
            tokens.start(
                db, parts.keys, parts.settings.sign_in, learner_id=each, device_id="bench",
                now=parts.clock.now(),
            ).access
            for each in learner_ids
        ]  # fmt: skip


def echoes(body: bytes, count: int, clients: int) -> list[list[bytes]]:
    """So many requests to the echo, shared out among clients."""
    head = b"POST /echo HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
    request = head + b"content-length: %d\r\n\r\n" % len(body) + body
    return [[request] * (count // clients) for _ in range(clients)]
