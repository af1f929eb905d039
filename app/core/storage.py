"""Objects by key (videos, pages, sealed pictures): a local folder or an S3-compatible store."""

from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore, S3Store

from app.core.settings import StorageSettings


class Storage:
    """The four things ever done with an object, the same on disk and on S3."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, key: str, content: bytes) -> None:
        """Store an object whole or not at all."""
        obstore.put(self._store, key, content)

    def read(self, key: str) -> bytes:
        """Return an object's bytes; raises FileNotFoundError."""
        return bytes(obstore.get(self._store, key).bytes())

    def read_range(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes [start, end) of an object."""
        return bytes(obstore.get_range(self._store, key, start=start, end=end))

    def size(self, key: str) -> int | None:
        """Return an object's size in bytes, None where there is none."""
        try:
            return int(obstore.head(self._store, key)["size"])
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is already deleted."""
        try:
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
            client_options={"allow_http": settings.endpoint.startswith("http://")},
        )
    )
