"""An S3-compatible store beside the tests: LocalBucket, a folder behind the protocol."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import localbucket

from app.core.settings import StorageSettings

BUCKET = "lessons"


class Bucket:
    """One bucket; it can be taken away and put up again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / BUCKET
        self.folder.mkdir(parents=True)
        self._is_down = is_down = threading.Event()

        class Handler(localbucket.S3Handler):
            data_root = folder

            def handle_one_request(self) -> None:
                """Lines that are kept open end with the store."""
                super().handle_one_request()
                self.close_connection |= is_down.is_set()

            def parse_request(self) -> bool:
                return not is_down.is_set() and super().parse_request()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.settings = StorageSettings(
            kind="s3", bucket=BUCKET, endpoint=f"http://127.0.0.1:{self._server.server_port}",
            access_key="test", secret_key="test",
        )  # fmt: skip

    def put_sparse(self, key: str, size: int) -> None:
        """An object of zeros that takes no place on the disk."""
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(size)
        localbucket.remember_etag(path, "0" * 32)

    def go_down(self) -> None:
        self._is_down.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def open_bucket(folder: Path) -> Iterator[Bucket]:
    """Serve until the context ends."""
    bucket = Bucket(folder)
    try:
        yield bucket
    finally:
        bucket.go_down()


def silent_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
