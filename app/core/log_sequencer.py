"""Gives entries their place in the log: one appender at a time, a batch and its checkpoint at once.

Everything of a batch (leaves, full tiles, checkpoint, what no longer waits) is one transaction, so
a crash leaves all of it or nothing, and the next run goes on from the newest checkpoint.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Session

from app.core.checkpoints import Checkpoint, parse_note
from app.core.db import Database
from app.core.log_keys import LogKeys
from app.core.merkle import Edge, Tile, leaf_hash, partial_widths
from app.core.translog import LogCheckpoint, LogLeaf, LogTile, LogWaiting

# A batch keeps who studies waiting while it is written; what waits longer comes in many of them.
BATCH: Final = 128
# Built once: building a statement takes longer than running it, and while an entry is placed who
# studies waits.
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
_HAS_PLACE: Final = exists().where(
    LogLeaf.kind == LogWaiting.kind, LogLeaf.record_id == LogWaiting.record_id
)
_OLDEST: Final = (
    select(LogWaiting.record_id, LogWaiting.kind, LogWaiting.salt, LogWaiting.commitment)
    .where(~_HAS_PLACE)
    .order_by(LogWaiting.record_id, LogWaiting.kind)
    .limit(bindparam("most", type_=Integer))
    .subquery()
)
_PLACE: Final = insert(LogLeaf).from_select(
    ["position", "kind", "record_id", "salt", "commitment"],
    select(
        func.row_number().over(order_by=(_OLDEST.c.record_id, _OLDEST.c.kind))
        + bindparam("before_first", type_=BigInteger),
        _OLDEST.c.kind, _OLDEST.c.record_id, _OLDEST.c.salt, _OLDEST.c.commitment,
    ),
)  # fmt: skip
_ENTRIES: Final = (
    select(LogLeaf.commitment)
    .where(LogLeaf.position >= bindparam("start"))
    .order_by(LogLeaf.position)
)
_STOP_WAITING: Final = delete(LogWaiting).where(
    LogWaiting.record_id
    <= select(func.max(LogLeaf.record_id))
    .where(LogLeaf.position >= bindparam("start"))
    .scalar_subquery(),
    _HAS_PLACE,
)
_NEWEST: Final = select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)
_KEEP: Final = insert(LogCheckpoint)
_APPENDER: Final = 0x7368_6978_7565  # the advisory lock's number on PostgreSQL


def sequence(database: Database, log: LogKeys, *, now: dt.datetime, most: int = BATCH) -> int:
    """Append up to `most` waiting entries and sign the tree that has them; returns how many."""
    with database.transaction() as db:
        _be_the_only_appender(db)
        newest = newest_checkpoint(db)
        size = newest.size if newest else 0
        connection = db.connection()
        entries = _place(connection, size, most)
        if not entries:
            return 0
        edge = load_edge(db, size)
        _keep_tiles(db, (tile for entry in entries for tile in edge.append(leaf_hash(entry))))
        # Struck off is what has a place now; bounded, so that a long queue is not read to its end.
        connection.execute(_STOP_WAITING, {"start": size})
        origin = origin_of(newest) if newest else log.origin
        signed = Checkpoint(origin, edge.size, edge.root())
        kept = {"size": signed.size, "root": signed.root, "note": log.sign(signed), "at": now}
        connection.execute(_KEEP, kept)
        return len(entries)


def sequence_all(database: Database, log: LogKeys, *, now: dt.datetime) -> int:
    """Append until nothing waits; returns how many entries got a place."""
    total = 0
    while (count := sequence(database, log, now=now)) > 0:
        total += count
    return total


def newest_checkpoint(db: Session) -> LogCheckpoint | None:
    return db.scalars(_NEWEST).first()


def origin_of(checkpoint: LogCheckpoint) -> str:
    """The name that the log began with."""
    return Checkpoint.parse(parse_note(checkpoint.note)[0]).origin


def _be_the_only_appender(db: Session) -> None:
    """Wait for the appender before us; on SQLite the write transaction itself is the lock."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_APPENDER)))


def _place(db: Connection, size: int, most: int) -> list[bytes]:
    """Copy the oldest waiting entries to their places; one that has a place is passed over."""
    db.execute(_PLACE, {"before_first": size - 1, "most": most})
    return list(db.execute(_ENTRIES, {"start": size}).scalars())


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
