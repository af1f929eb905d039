"""The databases that a bench measures on: a file of its own, or a server that loses nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import start_postgres

KINDS = ("sqlite", "postgres")


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database; a server ends with the context."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    with start_postgres(is_durable=True) as url:
        yield url
