"""Objects by key (videos, pages, sealed pictures): a local folder or an S3-compatible store."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from app.core.errors import UnavailableError
from app.core.settings import StorageSettings

# Somebody waits for a page or a film: a store that does not answer is told soon, not after minutes.
_ANSWER, _CONNECT, _GIVE_UP = "20s", "3s", dt.timedelta(seconds=8)


@contextmanager
def _answering() -> Iterator[None]:
    """Raises UnavailableError where the store does not do what it must."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise UnavailableError(
            "课件和文件的存储暂时不可用。", code="storage", remedy="请过一会儿再试，进度会保留",
            retry_after_s=10,
        ) from error  # fmt: skip


class Storage:
    """The things ever done with an object, the same on disk and on S3.

    Each raises UnavailableError where the store is down.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, key: str, content: bytes) -> None:
        """Store an object whole or not at all."""
        with _answering():
            obstore.put(self._store, key, content)

    def put_file(self, key: str, path: Path) -> None:
        """Store a file whole or not at all, without holding all of it in memory."""
        with _answering():
            obstore.put(self._store, key, path)

    def read(self, key: str) -> bytes:
        """Return an object's bytes; raises FileNotFoundError."""
        with _answering():
            return bytes(obstore.get(self._store, key).bytes())

    def read_range(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes [start, end) of an object."""
        with _answering():
            return bytes(obstore.get_range(self._store, key, start=start, end=end))

    def size(self, key: str) -> int | None:
        """Return an object's size in bytes, None where there is none."""
        try:
            with _answering():
                return int(obstore.head(self._store, key)["size"])
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is already deleted."""
        try:
            with _answering():
                obstore.delete(self._store, key)
        except FileNotFoundError:
            return


def open_storage(settings: StorageSettings, data_dir: Path) -> Storage:
    """Open the store that the settings name."""
    if settings.kind == "local":
        return Storage(LocalStore(prefix=data_dir / "objects", mkdir=True))
    return Storage(
        S3Store(
            settings.bucket,
            endpoint=settings.endpoint,
            region=settings.region,
            access_key_id=settings.access_key,
            secret_access_key=settings.secret_key,
            virtual_hosted_style_request=False,
            disable_bulk_delete=True,  # objects go one by one, and not every store knows the other
            client_options={
                "allow_http": settings.endpoint.startswith("http://"),
                "timeout": _ANSWER,
                "connect_timeout": _CONNECT,
            },
            retry_config={"max_retries": 2, "retry_timeout": _GIVE_UP},
        )
    )
