"""Where the ring's keys lie: one file a purpose, each key in clear or wrapped by a key service.

A file is replaced whole, so a reader sees the old or the new one; writers wait for one another.
"""

import base64
import datetime as dt
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

ID_LETTERS: Final = 8
KEY_BYTES: Final = 32
Stamp = tuple[int, int, int]


class UnreadableKeyFileError(RuntimeError):
    """A file of keys is there and holds none: empty, cut off, or something else altogether."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} holds no keys that can be read: put the file back from the backup of the keys"
        )


class KeyWrapper(Protocol):
    """A service that keeps a key of its own and wraps ours with it.

    `purpose` is bound to the wrapped key: put into another purpose's file it does not open.
    """

    def wrap(self, plain: str, *, purpose: str) -> str: ...

    def unwrap(self, wrapped: str, *, purpose: str) -> str: ...


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One key as it lies in its file: `plain` or `wrapped` (text), and since when it is there."""

    key_id: str
    plain: str = ""
    wrapped: str = ""
    since: str = ""

    @property
    def since_at(self) -> dt.datetime | None:
        """None for a key from before this was written down."""
        return dt.datetime.fromisoformat(self.since) if self.since else None


def stamp_of(path: Path) -> Stamp | None:
    """What changes with a file's content; None where there is no file."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


def read(path: Path) -> list[StoredKey]:
    """The keys of a file, the newest last. Raises OSError, UnreadableKeyFileError."""
    text = path.read_bytes()
    try:
        found = [_stored(each) for each in json.loads(text)["keys"]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UnreadableKeyFileError(path) from None
    if not found:
        raise UnreadableKeyFileError(path)
    return found


def _stored(entry: dict[str, Any]) -> StoredKey:
    """One entry; a key in clear must be one. Raises ValueError, KeyError."""
    key = StoredKey(
        str(entry["id"]), entry.get("key", ""), entry.get("wrapped", ""), entry.get("since", "")
    )
    if not key.wrapped and len(base64.urlsafe_b64decode(key.plain + "=")) != KEY_BYTES:
        msg = "neither wrapped nor a key"
        raise ValueError(msg)
    return key


def create(path: Path, key: StoredKey) -> None:
    """Begin a file with its first key; of two who do so at once one wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, [key])
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def replace(path: Path, keys: list[StoredKey]) -> None:
    """Put other keys into a file; call it `alone`."""
    _draft(path, keys).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else changes keys of this folder."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def new_id() -> str:
    return secrets.token_hex(ID_LETTERS // 2)


def _draft(path: Path, keys: list[StoredKey]) -> Path:
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"keys": [_entry(key) for key in keys]}, file)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _entry(key: StoredKey) -> dict[str, Any]:
    entry = {"id": key.key_id, "key": key.plain, "wrapped": key.wrapped, "since": key.since}
    return {name: value for name, value in entry.items() if value}
