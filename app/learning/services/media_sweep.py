"""Takes away films and packages that were sent for a draft and that no lesson uses any more.

A medium is begun anew with each upload, and only its own lesson and copies of that lesson ever name
it: what no lesson names cannot come into one again. So it is found unused first, and goes when that
has stood for a while. Texts are left: they are small, are named by what they say, and two drafts
that say the same share them.
"""

import datetime as dt
from collections.abc import Callable, Iterator

from app.core.db import Database
from app.core.storage import Storage
from app.learning.repository import authoring as rows
from app.learning.repository import unused_media
from app.learning.services.media import HEAD, LIGHT
from app.learning.services.media import piece_key as part_key
from app.learning.services.package_making import PACKAGE_TYPE, file_key

KEPT = dt.timedelta(days=7)
"""How long a medium stays after it was first found in no lesson."""
_AT_ONCE = 50


def sweep(database: Database, storage: Storage, *, now: dt.datetime) -> int:
    """Delete what was found unused a week ago and still is; tells how many media went.

    The objects go before the rows that name them, so what is left of a broken sweep is found again.
    Raises UnavailableError.
    """
    with database.transaction() as db:
        for work in unused_media.newly_unused(db, _AT_ONCE):
            work.state, work.updated_at = unused_media.UNUSED, now
            upload = rows.upload_to_change(db, work.upload_id)
            if upload is not None and upload.state == "complete":
                upload.state = "dropped"  # nobody can have it coded again: its pieces go, too
    with database.reading() as db:
        gone = {
            asset.id: (asset.storage_key, asset.content_type == PACKAGE_TYPE)
            for asset in unused_media.unused_since(db, now - KEPT, _AT_ONCE)
        }
    for asset_id, (key, is_package) in gone.items():
        for name in _package(storage, key) if is_package else _film(storage, key):
            storage.delete(name)
        with database.transaction() as db:
            unused_media.forget(db, asset_id)
    return len(gone)


def _film(storage: Storage, key: str) -> Iterator[str]:
    yield key
    yield part_key(key, LIGHT)
    yield part_key(key, HEAD)
    yield from _while_there(storage, lambda number: part_key(key, f"hls-{number}"))


def _package(storage: Storage, key: str) -> Iterator[str]:
    yield from _while_there(storage, lambda number: file_key(key, number))


def _while_there(storage: Storage, name_of: Callable[[int], str]) -> Iterator[str]:
    """Names in a row, from the last one that is there down.

    Deleted in that order, a broken sweep leaves no gap behind which something would be forgotten.
    """
    count = 0
    while storage.size(name_of(count)) is not None:
        count += 1
    yield from (name_of(number) for number in reversed(range(count)))
