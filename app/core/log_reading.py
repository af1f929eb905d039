"""What the log shows: checkpoints, tiles, entries and proofs."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.core import merkle
from app.core.checkpoints import VerifierKey
from app.core.errors import NotFoundError
from app.core.log_sequencer import hashes_of, newest_checkpoint
from app.core.merkle import HASH_BYTES, WIDTH
from app.core.tiles import TileAddress, bundle
from app.core.translog import Kind, LogCheckpoint, LogCosignature, LogLeaf, LogTile

_TILE: Final = select(LogTile.hashes).where(
    LogTile.level == bindparam("level"), LogTile.index == bindparam("index")
)
_LEAF: Final = select(LogLeaf.position, LogLeaf.salt, LogLeaf.commitment).where(
    LogLeaf.kind == bindparam("kind"), LogLeaf.record_id == bindparam("record_id")
)
_LINES: Final = (
    select(LogCosignature.line)
    .where(LogCosignature.size == bindparam("size"))
    .order_by(LogCosignature.witness)
)
_NO_LOG: Final = "日志还没有检查点。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """That a record stands in the log: what its leaf was made of, and the path to the root."""

    kind: Kind
    record_id: str
    position: int
    salt: bytes
    commitment: bytes
    path: tuple[bytes, ...]
    size: int
    root: bytes
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the log of `old` entries is the beginning of the log of `new`."""

    old: int
    new: int
    path: tuple[bytes, ...]


class Nodes:
    """Reads nodes of the tree out of its tiles, each tile once; good for one tree size."""

    def __init__(self, db: Session, size: int) -> None:
        self._db = db
        self._size = size
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        height = level // merkle.HEIGHT
        tile = (index << level % merkle.HEIGHT) // WIDTH
        if (height, tile) not in self._tiles:
            end = min((tile + 1) * WIDTH, self._size >> merkle.HEIGHT * height)
            self._tiles[height, tile] = tile_hashes(self._db, height, tile, end - tile * WIDTH)
        return merkle.node_in_tile(self._tiles[height, tile], level, index)


def tile_hashes(db: Session, level: int, index: int, width: int) -> list[bytes]:
    """The first `width` hashes of a tile: as kept where it is full, else from below."""
    kept = db.connection().execute(_TILE, {"level": level, "index": index}).scalar()
    if kept is None:
        return hashes_of(db, level, index * WIDTH, index * WIDTH + width)
    return [kept[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)]


def newest(db: Session) -> LogCheckpoint:
    """Raises NotFoundError before the first batch."""
    found = newest_checkpoint(db)
    if found is None:
        raise NotFoundError(_NO_LOG, remedy="请稍后再试")
    return found


def checkpoint_at(db: Session, size: int) -> LogCheckpoint:
    """Raises NotFoundError for a size at which no checkpoint was signed."""
    found = db.get(LogCheckpoint, size)
    if found is None:
        raise NotFoundError("没有这个大小的检查点。", field="/size", remedy="请取最新的检查点")
    return found


def newest_cosigned(db: Session) -> LogCheckpoint | None:
    """The newest checkpoint that a witness has signed too."""
    query = select(LogCheckpoint).join(LogCosignature, LogCosignature.size == LogCheckpoint.size)
    return db.scalars(query.order_by(LogCheckpoint.size.desc()).limit(1)).first()


def newest_signed_by(db: Session, witnesses: Collection[VerifierKey]) -> LogCheckpoint | None:
    """The newest checkpoint that each of these witnesses has signed, by whichever of its keys."""
    # A line from before the column named the key has the name alone.
    names = {name: key.name for key in witnesses for name in (key.name, key.key_id)}
    whose = case(names, value=LogCosignature.witness)
    sizes = (
        select(LogCosignature.size)
        .where(LogCosignature.witness.in_(names))
        .group_by(LogCosignature.size)
        .having(func.count(whose.distinct()) == len(set(names.values())))
        .order_by(LogCosignature.size.desc())
        .limit(1)
    )
    size = db.scalar(sizes)
    return None if size is None else db.get(LogCheckpoint, size)


def newest_over(db: Session, position: int) -> LogCheckpoint:
    """The newest cosigned checkpoint where that reaches a position, else the newest of all.

    Witnesses sign once a minute, so the newest rarely has their lines. Raises NotFoundError before
    the first batch.
    """
    cosigned = newest_cosigned(db)
    return cosigned if cosigned is not None and cosigned.size > position else newest(db)


def note_of(db: Session, checkpoint: LogCheckpoint) -> str:
    """The checkpoint as it is served: with the lines of its witnesses."""
    lines = db.connection().execute(_LINES, {"size": checkpoint.size}).scalars()
    return checkpoint.note + "".join(lines)


def read_tile(db: Session, address: TileAddress) -> bytes:
    """A tile's bytes, or a bundle of entries.

    Raises NotFoundError for what the newest checkpoint does not reach.
    """
    if not address.fits(newest(db).size):
        raise NotFoundError("日志还没有到这一块。", remedy="请按检查点的大小取块")
    if address.level is not None:
        return b"".join(tile_hashes(db, address.level, address.index, address.width))
    start = address.index * WIDTH
    entries = select(LogLeaf.commitment).where(
        LogLeaf.position >= start, LogLeaf.position < start + address.width
    )
    return bundle(db.scalars(entries.order_by(LogLeaf.position)))


def has_place(db: Session, kind: Kind, record_id: str) -> bool:
    return position_of(db, kind, record_id) is not None


def position_of(db: Session, kind: Kind, record_id: str) -> int | None:
    """A record's place in the log; None while it waits for one."""
    leaf = leaf_of(db, kind, record_id)
    return None if leaf is None else leaf.position


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the log holds of a record, and where."""

    position: int
    salt: bytes
    commitment: bytes


def leaf_of(db: Session, kind: Kind, record_id: str) -> Leaf | None:
    """A record's entry in the log; None while it waits for a place."""
    found = db.connection().execute(_LEAF, {"kind": kind, "record_id": record_id}).first()
    return None if found is None else Leaf(int(found.position), found.salt, found.commitment)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands, and when a checkpoint was first signed over it."""

    leaf: Leaf
    since: dt.datetime


def place_of(db: Session, kind: Kind, record_id: str) -> Place | None:
    """Return a record's place in the log; None while it waits for one."""
    leaf = leaf_of(db, kind, record_id)
    if leaf is None:
        return None
    over = select(LogCheckpoint.at).where(LogCheckpoint.size > leaf.position)
    since = db.scalar(over.order_by(LogCheckpoint.size).limit(1))
    return Place(leaf, since) if since is not None else None


def prove_inclusion(
    db: Session, kind: Kind, record_id: str, *, size: int | None = None
) -> Inclusion:
    """Prove that a record stands in the log of `size` entries, or in the newest.

    `size` must be that of a checkpoint. Raises NotFoundError where it is not, and where the
    record has no place in a log of this size.
    """
    checkpoint = newest(db) if size is None else checkpoint_at(db, size)
    leaf = leaf_of(db, kind, record_id)
    if leaf is None or leaf.position >= checkpoint.size:
        raise NotFoundError("这条记录还没有写进日志。", remedy="通常一分钟内写入，请稍后再试")
    path = merkle.prove_inclusion(leaf.position, checkpoint.size, Nodes(db, checkpoint.size))
    return Inclusion(
        kind=kind, record_id=record_id, position=leaf.position, salt=leaf.salt,
        commitment=leaf.commitment, path=tuple(path), size=checkpoint.size, root=checkpoint.root,
        checkpoint=note_of(db, checkpoint),
    )  # fmt: skip


def prove_consistency(db: Session, old: int, new: int) -> Consistency:
    """Prove that the log of `old` entries is the beginning of the log of `new`.

    Raises NotFoundError where the log is not as long, or `old` is longer than `new`.
    """
    if not old <= new <= newest(db).size:
        raise NotFoundError(
            "日志没有这么长，或旧的比新的长。", field="/new", remedy="请按检查点的大小填写"
        )
    return Consistency(old, new, tuple(merkle.prove_consistency(old, new, Nodes(db, new))))
