"""Folders for work that ends with the process: what a killed one left is cleared by the next."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = ".lock"


@contextmanager
def workplace(root: Path, prefix: str) -> Iterator[Path]:
    """Give a folder of one's own under `root` and take it away afterwards.

    While its owner lives, the owner holds a lock on it; the kernel lets go of the lock however
    the process ends, so `clear` can tell what is in use from what was left behind.
    """
    with _guard(root):
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
        held = (folder / _LOCK).open("w")
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        held.close()


def clear(root: Path) -> int:
    """Take away the folders whose owners are gone; tells how many there were."""
    count = 0
    with _guard(root):
        for folder in root.iterdir():
            if folder.is_dir() and _is_left(folder):
                shutil.rmtree(folder)
                count += 1
    return count


def _is_left(folder: Path) -> bool:
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


@contextmanager
def _guard(root: Path) -> Iterator[None]:
    """One at a time: a folder that was just made must not be cleared before it is locked."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
