"""Takes away what was sent of films that nobody goes on sending."""

import datetime as dt

from app.core.db import Database
from app.core.storage import Storage
from app.learning.repository import authoring as rows
from app.learning.services.film_uploads import forget_pieces, piece_key

KEPT = dt.timedelta(days=7)
"""How long an upload can be gone on with after it was begun."""
_AT_ONCE = 50


def sweep(database: Database, storage: Storage, *, now: dt.datetime) -> int:
    """Delete the pieces of uploads that were given up, or begun a week ago; tells how many.

    The objects go before the rows that name them, so what is left of a broken sweep is found again.
    Raises UnavailableError.
    """
    with database.transaction() as db:
        for upload in rows.uploads_left(db, now - KEPT, _AT_ONCE):
            upload.state = "dropped"
    with database.reading() as db:
        dropped = {
            upload_id: [piece.number for piece in rows.pieces(db, upload_id)]
            for upload_id in rows.dropped_with_pieces(db, _AT_ONCE)
        }
    for upload_id, numbers in dropped.items():
        for number in numbers:
            storage.delete(piece_key(upload_id, number))
        with database.transaction() as db:
            forget_pieces(db, upload_id)
    return len(dropped)
