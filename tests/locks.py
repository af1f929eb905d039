"""Work that several test processes want done, and that one of them does."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(__file__).parents[1] / ".cache"


@contextmanager
def alone(name: str) -> Iterator[Path]:
    """Hold the lock of a folder in the cache; the others wait, then find it done."""
    folder = CACHE / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
