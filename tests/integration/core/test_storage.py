"""Objects: whole, by range, and gone."""

from pathlib import Path

import pytest

from app.core.settings import StorageSettings
from app.core.storage import open_storage


def test_put_read_range_delete(tmp_path: Path) -> None:
    storage = open_storage(StorageSettings(), tmp_path)
    storage.put("videos/a.mp4", b"0123456789")
    assert storage.read("videos/a.mp4") == b"0123456789"
    assert storage.read_range("videos/a.mp4", 2, 5) == b"234"
    assert storage.size("videos/a.mp4") == 10
    storage.delete("videos/a.mp4")
    storage.delete("videos/a.mp4")
    assert storage.size("videos/a.mp4") is None
    with pytest.raises(FileNotFoundError):
        storage.read("videos/a.mp4")
