"""Objects: whole, by range, and gone; the same on disk and in an S3-compatible store."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import UnavailableError
from app.core.settings import StorageSettings
from app.core.storage import Storage, open_storage
from tests.stores import open_bucket, silent_port


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    if request.param == "local":
        yield open_storage(StorageSettings(), tmp_path)
        return
    with open_bucket(tmp_path / "store") as bucket:
        yield open_storage(bucket.settings, tmp_path)


def test_put_read_range_delete(storage: Storage) -> None:
    storage.put("videos/课.mp4", b"0123456789")
    assert storage.read("videos/课.mp4") == b"0123456789"
    assert storage.read_range("videos/课.mp4", 2, 5) == b"234"
    assert storage.size("videos/课.mp4") == 10
    storage.put("videos/课.mp4", b"other")
    assert storage.read("videos/课.mp4") == b"other"
    storage.delete("videos/课.mp4")
    storage.delete("videos/课.mp4")
    assert storage.size("videos/课.mp4") is None
    with pytest.raises(FileNotFoundError):
        storage.read("videos/课.mp4")
    with pytest.raises(FileNotFoundError):
        storage.read_range("videos/课.mp4", 0, 1)


def test_a_store_that_is_down_is_said_soon(tmp_path: Path) -> None:
    endpoint = f"http://127.0.0.1:{silent_port()}"
    settings = StorageSettings(
        kind="s3", bucket="b", endpoint=endpoint, access_key="a", secret_key="s"
    )
    storage = open_storage(settings, tmp_path)
    began = time.monotonic()
    for ask in (
        lambda: storage.size("a"),
        lambda: storage.read("a"),
        lambda: storage.read_range("a", 0, 1),
        lambda: storage.put("a", b"1"),
        lambda: storage.delete("a"),
    ):
        with pytest.raises(UnavailableError) as refused:
            ask()
        assert refused.value.code == "storage"
    assert time.monotonic() - began < 60
