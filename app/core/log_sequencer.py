"""Gives entries their place in the log: one appender at a time, a batch and its checkpoint at once.

Everything of a batch (leaves, full tiles, checkpoint, what no longer waits) is one transaction, so
a crash leaves all of it or nothing, and the next run goes on from the newest checkpoint.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from sqlalchemy import bindparam, delete, exists, func, insert, literal, select
from sqlalchemy.orm import Session

from app.core.checkpoints import Checkpoint, parse_note
from app.core.db import Database
from app.core.log_keys import LogKeys
from app.core.merkle import Edge, Tile, leaf_hash, partial_widths
from app.core.translog import LogCheckpoint, LogLeaf, LogTile, LogWaiting

# A batch keeps who studies waiting while it is written; what waits longer comes in many of them.
BATCH: Final = 128
# Built once: proofs read through these, and building a statement takes longer than running it.
_LEAVES: Final = (
    select(LogLeaf.commitment)
    .where(LogLeaf.position >= bindparam("start"), LogLeaf.position < bindparam("end"))
    .order_by(LogLeaf.position)
)
_ROOTS: Final = (
    select(LogTile.root)
    .where(
        LogTile.level == bindparam("level"),
        LogTile.index >= bindparam("start"),
        LogTile.index < bindparam("end"),
    )
    .order_by(LogTile.index)
)
_APPENDER: Final = 0x7368_6978_7565  # the advisory lock's number on PostgreSQL


def sequence(database: Database, log: LogKeys, *, now: dt.datetime, most: int = BATCH) -> int:
    """Append up to `most` waiting entries and sign the tree that has them; returns how many."""
    with database.transaction() as db:
        _be_the_only_appender(db)
        newest = newest_checkpoint(db)
        size = newest.size if newest else 0
        _place(db, size, most)
        entries = _entries_from(db, size)
        if not entries:
            return 0
        edge = load_edge(db, size)
        _keep_tiles(db, (tile for entry in entries for tile in edge.append(leaf_hash(entry))))
        _stop_waiting(db, size)
        origin = origin_of(newest) if newest else log.origin
        checkpoint = Checkpoint(origin, edge.size, edge.root())
        db.add(
            LogCheckpoint(
                size=edge.size, root=checkpoint.root, note=log.sign(checkpoint), at=now
            )
        )  # fmt: skip
        return len(entries)


def sequence_all(database: Database, log: LogKeys, *, now: dt.datetime) -> int:
    """Append until nothing waits; returns how many entries got a place."""
    total = 0
    while (count := sequence(database, log, now=now)) > 0:
        total += count
    return total


def newest_checkpoint(db: Session) -> LogCheckpoint | None:
    query = select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)
    return db.scalars(query).first()


def origin_of(checkpoint: LogCheckpoint) -> str:
    """The name that the log began with."""
    return Checkpoint.parse(parse_note(checkpoint.note)[0]).origin


def _be_the_only_appender(db: Session) -> None:
    """Wait for the appender before us; on SQLite the write transaction itself is the lock."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_APPENDER)))


def _place(db: Session, size: int, most: int) -> None:
    """Copy the oldest waiting entries to their places; one that has a place is passed over."""
    has_place = exists().where(
        LogLeaf.kind == LogWaiting.kind, LogLeaf.record_id == LogWaiting.record_id
    )
    oldest = (
        select(LogWaiting.record_id, LogWaiting.kind, LogWaiting.salt, LogWaiting.commitment)
        .where(~has_place)
        .order_by(LogWaiting.record_id, LogWaiting.kind)
        .limit(most)
        .subquery()
    )
    number = func.row_number().over(order_by=(oldest.c.record_id, oldest.c.kind))
    placed = select(
        (number + literal(size - 1)).label("position"),
        oldest.c.kind, oldest.c.record_id, oldest.c.salt, oldest.c.commitment,
    )  # fmt: skip
    columns = ["position", "kind", "record_id", "salt", "commitment"]
    db.execute(insert(LogLeaf).from_select(columns, placed))


def _entries_from(db: Session, start: int) -> list[bytes]:
    query = select(LogLeaf.commitment).where(LogLeaf.position >= start)
    return list(db.scalars(query.order_by(LogLeaf.position)))


def load_edge(db: Session, size: int) -> Edge:
    """The tree's right edge at `size` leaves, from the last leaves and the tiles' roots."""
    partial = []
    for level, width in enumerate(partial_widths(size)):
        end = size >> 8 * level
        partial.append(hashes_of(db, level, end - width, end))
    return Edge(size, partial)


def hashes_of(db: Session, level: int, start: int, end: int) -> list[bytes]:
    """The hashes [start, end) of a tiles' level: leaves, or the roots of full tiles below."""
    if level == 0:
        leaves = db.connection().execute(_LEAVES, {"start": start, "end": end}).scalars()
        return [leaf_hash(entry) for entry in leaves]
    below = {"level": level - 1, "start": start, "end": end}
    return list(db.connection().execute(_ROOTS, below).scalars())


def _keep_tiles(db: Session, tiles: Iterable[Tile]) -> None:
    rows = [
        {"level": t.level, "index": t.index, "hashes": b"".join(t.hashes), "root": t.root}
        for t in tiles
    ]
    if rows:
        db.execute(insert(LogTile), rows)


def _stop_waiting(db: Session, size: int) -> None:
    """Strike off what has a place now; bounded, so that a long queue is not read to its end."""
    last = select(func.max(LogLeaf.record_id)).where(LogLeaf.position >= size).scalar_subquery()
    has_place = exists().where(
        LogLeaf.kind == LogWaiting.kind, LogLeaf.record_id == LogWaiting.record_id
    )
    db.execute(
        delete(LogWaiting)
        .where(LogWaiting.record_id <= last, has_place)
        .execution_options(synchronize_session=False)
    )
