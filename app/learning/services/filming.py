"""Making the films of video lessons, one job each, beside the running server."""

from pathlib import Path
from typing import Any

from app.core.db import Database
from app.core.storage import Storage
from app.learning.providers import film
from app.learning.repository import publishing as rows
from app.learning.rules.mp4 import time_index
from app.learning.rules.teaching import from_mapping


def make_video(
    database: Database, storage: Storage, *, asset_id: str, lesson: dict[str, Any], root: Path
) -> bool:
    """Make a lesson's film and open it to learners; tells False where it is there already.

    `root` is where the work in hand may lie.
    The film is made and stored outside any transaction; done twice, it is the same film.
    """
    with database.reading() as db:
        asset = rows.asset(db, asset_id)
        if asset is None or asset.state == "ready":
            return False
        key = asset.storage_key
    content = film.make(from_mapping(lesson), root)
    index = [list(pair) for pair in time_index(content)]
    storage.put(key, content)
    with database.transaction() as db:
        asset = rows.asset(db, asset_id)
        if asset is None or asset.state == "ready":
            return False
        asset.size, asset.time_index, asset.state = len(content), index, "ready"
    return True
