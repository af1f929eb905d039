"""Making the films of video lessons, one job each, beside the running server."""

from pathlib import Path
from typing import Any

from app.core.db import Database
from app.core.storage import Storage
from app.learning.models.catalogue import MediaAsset
from app.learning.providers import cutting, film
from app.learning.providers.cutting import CutFilm
from app.learning.repository import publishing as rows
from app.learning.rules.mp4 import time_index
from app.learning.rules.teaching import VideoLesson, from_mapping
from app.learning.services.media import HEAD, piece_key


def make_video(
    database: Database, storage: Storage, *, asset_id: str, lesson: dict[str, Any], root: Path
) -> bool:
    """Make what a lesson's film still wants, and open it; tells False where all is there already.

    That is the film itself and, where the lesson says so, the same film in pieces (HLS). `root` is
    where the work in hand may lie. It is made and stored outside any transaction; done twice, it is
    the same film.
    """
    written = from_mapping(lesson)
    with database.reading() as db:
        asset = rows.asset(db, asset_id)
        if asset is None or not _is_wanting(asset, written):
            return False
        key, is_filmed = asset.storage_key, asset.state == "ready"
    content = storage.read(key) if is_filmed else film.make(written, root)
    pieces = cutting.cut(content, written.length_ms, root) if written.hls else None
    index = [list(pair) for pair in time_index(content)]
    if not is_filmed:
        storage.put(key, content)
    if pieces is not None:
        store_pieces(storage, key, pieces)
    with database.transaction() as db:
        asset = rows.asset(db, asset_id)
        if asset is None or not _is_wanting(asset, written):
            return False
        asset.size, asset.time_index, asset.state = len(content), index, "ready"
        if pieces is not None:
            asset.hls = describe_pieces(pieces)
    return True


def _is_wanting(asset: MediaAsset, lesson: VideoLesson) -> bool:
    return asset.state != "ready" or (lesson.hls and asset.hls is None)


def store_pieces(storage: Storage, film_key: str, cut: CutFilm) -> None:
    """Store what a film was cut into, beside it."""
    storage.put(piece_key(film_key, HEAD), cut.head)
    for number, piece in enumerate(cut.pieces):
        storage.put(piece_key(film_key, f"hls-{number}"), piece)


def describe_pieces(cut: CutFilm) -> dict[str, Any]:
    """What an asset says of its pieces: [milliseconds, byte] of each, and the size of all."""
    index: list[list[int]] = []
    size = 0
    for start_ms, piece in zip(cut.starts_ms, cut.pieces, strict=True):
        index.append([start_ms, size])
        size += len(piece)
    return {"index": index, "size": size}
