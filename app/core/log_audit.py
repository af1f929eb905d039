"""Checks the log against itself: leaves, tiles, and every checkpoint that was ever signed.

All checks stop at the *first* difference and name it. What a leaf commits to is checked by
whoever owns the records: `audit.check_events` for audit events, the learning room for the ledger.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.checkpoints import (
    Checkpoint,
    MalformedError,
    VerifierKey,
    is_signed,
    parse_note,
    parse_signature,
    signers,
)
from app.core.log_keys import LogKeys
from app.core.merkle import HASH_BYTES, HEIGHT, Edge, Tile, fold, leaf_hash
from app.core.translog import (
    Kind,
    LogCheckpoint,
    LogCosignature,
    LogLeaf,
    LogTile,
    LogWaiting,
)

AT_ONCE: Final = 10_000
_LEAVES: Final = (
    select(LogLeaf.position, LogLeaf.kind, LogLeaf.commitment)
    .order_by(LogLeaf.position)
    .execution_options(yield_per=AT_ONCE)
)
_CHECKPOINTS: Final = (
    select(LogCheckpoint.size, LogCheckpoint.root, LogCheckpoint.note)
    .order_by(LogCheckpoint.size)
    .execution_options(yield_per=1000)
)
_COSIGNATURES: Final = (
    select(
        LogCosignature.size, LogCosignature.witness, LogCosignature.stamp, LogCosignature.line,
        LogCheckpoint.note,
    )
    .join(LogCheckpoint, LogCheckpoint.size == LogCosignature.size)
    .order_by(LogCosignature.size, LogCosignature.witness)
    .execution_options(yield_per=1000)
)  # fmt: skip


class DifferenceError(Exception):
    """The first thing that is not as it was written: table, record, field where it can be told.

    `positions` is where in the log it lies, if it lies there.
    """

    def __init__(
        self,
        table: str,
        record: str,
        sentence: str,
        *,
        field: str | None = None,
        positions: range | None = None,
    ) -> None:
        place = f"{table}, record {record}" + (f", field {field}" if field else "")
        super().__init__(f"{place}: {sentence}")
        self.table, self.record, self.field, self.positions = table, record, field, positions


@dataclass(slots=True)
class Looked:
    """What was gone through, for the person who reads the result.

    `strangers` are lines by keys that are configured no more, whose signatures were not checked.
    """

    leaves: int = 0
    tiles: int = 0
    checkpoints: int = 0
    cosignatures: int = 0
    strangers: int = 0
    kinds: dict[str, int] = field(default_factory=dict)


def check_log(db: Session, log: LogKeys) -> Looked:
    """Grow the tree again from its leaves; compare every full tile and every checkpoint.

    Raises DifferenceError.
    """
    looked, edge = Looked(), Edge()
    connection = db.connection()  # rows alone, without the cost of objects
    with connection.execute(_CHECKPOINTS) as checkpoints, connection.execute(_LEAVES) as leaves:
        marks = _Marks(iter(checkpoints), log)
        for leaf in leaves:
            marks.expect_leaf(edge.size, leaf.position)
            looked.kinds[leaf.kind] = looked.kinds.get(leaf.kind, 0) + 1
            for tile in edge.append(leaf_hash(leaf.commitment)):
                looked.tiles += 1
                _compare_tile(db, tile)
            marks.compare(edge)
    if marks.next is not None:
        raise _missing_leaf(edge.size)
    looked.leaves, looked.checkpoints = edge.size, marks.count
    _refuse_extra_tiles(db, edge.size, looked.tiles)
    _check_cosignatures(db, log, looked)
    if strange := sorted(set(looked.kinds) - set(Kind)):
        raise DifferenceError(
            "log_leaf", f"kind {strange[0]}", "no table holds records of this kind", field="kind"
        )
    return looked


class _Marks:
    """The stored checkpoints in order, each compared when the tree has grown to its size."""

    def __init__(self, rows: Iterator[Row[int, bytes, str]], log: LogKeys) -> None:
        self._rows = rows
        self._log = log
        self._good = 0
        self.count = 0
        self.next = self._step()

    def _step(self) -> Row[int, bytes, str] | None:
        row = next(self._rows, None)
        if row is not None:
            _check_signed(row, self._log)
        return row

    def expect_leaf(self, place: int, found: int) -> None:
        if found != place:
            raise _missing_leaf(place)
        if self.next is None:
            raise DifferenceError(
                "log_leaf", f"position {place}", "a leaf that no checkpoint was signed for"
            )

    def compare(self, edge: Edge) -> None:
        if self.next is None or edge.size != self.next.size:
            return
        if edge.root() != self.next.root:
            start, end = self._good, self.next.size
            raise DifferenceError(
                "log_leaf", f"positions {start} to {end - 1}",
                f"one of them is not what the signed checkpoint of size {end} was made of",
                field="commitment", positions=range(start, end),
            )  # fmt: skip
        self._good, self.count = self.next.size, self.count + 1
        self.next = self._step()


def _check_signed(row: Row[int, bytes, str], log: LogKeys) -> None:
    """The note is ours, and says what the columns beside it say."""
    record = f"size {row.size}"
    try:
        text, _ = parse_note(row.note)
        stated = Checkpoint.parse(text)
        known = signers(row.note, log.verifier_keys(stated.origin))
    except MalformedError as error:
        sentence = f"the signed note cannot be read or verified ({error})"
        raise DifferenceError("log_checkpoint", record, sentence, field="note") from error
    if not known:
        raise DifferenceError("log_checkpoint", record, "no key of the log signed it", field="note")
    for name in ("size", "root"):
        if getattr(stated, name) != getattr(row, name):
            sentence = "differs from the signed note beside it"
            raise DifferenceError("log_checkpoint", record, sentence, field=name)


def _check_cosignatures(db: Session, log: LogKeys, looked: Looked) -> None:
    """Every line is what its columns say, and good where its witness's key is still configured.

    The signature of one who is not cannot be checked by anybody here: such lines are counted.
    """
    known = {key.key_id: key for key in log.witnesses}
    with db.connection().execute(_COSIGNATURES) as lines:
        for row in lines:
            try:
                is_known = _check_line(row, known)
            except MalformedError as error:
                sentence = f"a witness's line that does not verify ({error})"
                raise DifferenceError(
                    "log_cosignature", f"size {row.size}", sentence, field="line"
                ) from error
            looked.cosignatures += is_known
            looked.strangers += not is_known


def _check_line(row: Row[int, str, int, str, str], known: Mapping[str, VerifierKey]) -> bool:
    """Whether its key is configured; raises MalformedError for a line that is not as it should.

    The column has the key, or of a line from before it did the name of its witness.
    """
    signature = parse_signature(row.line.removesuffix("\n"))
    text, _ = parse_note(row.note)
    if row.witness not in (signature.key_id, signature.name) or row.stamp != signature.stamp:
        raise MalformedError("it is not what its columns say")
    key = known.get(signature.key_id)
    if key is not None and not is_signed(text, signature, key):
        raise MalformedError("the signature is wrong")
    return key is not None


def _compare_tile(db: Session, tile: Tile) -> None:
    kept = db.execute(
        select(LogTile.hashes, LogTile.root).where(
            LogTile.level == tile.level, LogTile.index == tile.index
        )
    ).first()
    record = f"level {tile.level} index {tile.index}"
    if kept is None:
        raise DifferenceError("log_tile", record, "the full tile is missing")
    if kept.hashes != b"".join(tile.hashes):
        raise _altered_tile_or_leaf(tile, kept.hashes, kept.root, record)
    if kept.root != tile.root:
        raise DifferenceError("log_tile", record, "is not the root of its hashes", field="root")


def _altered_tile_or_leaf(tile: Tile, hashes: bytes, root: bytes, record: str) -> DifferenceError:
    """Where a tile still has its own root, what lies under it was altered, and not the tile."""
    width = len(tile.hashes) * HASH_BYTES
    parts = [hashes[at : at + HASH_BYTES] for at in range(0, width, HASH_BYTES)]
    if tile.level == 0 and len(hashes) == width and fold(parts) == root:
        place = next(i for i, part in enumerate(parts) if part != tile.hashes[i])
        position = tile.index * len(parts) + place
        return DifferenceError(
            "log_leaf", f"position {position}", "is not what its tile was made of",
            field="commitment", positions=range(position, position + 1),
        )  # fmt: skip
    sentence = "are not those of the leaves under it"
    return DifferenceError("log_tile", record, sentence, field="hashes")


def _missing_leaf(position: int) -> DifferenceError:
    sentence = "the leaf is missing, though a signed checkpoint or a later leaf counts it"
    return DifferenceError("log_leaf", f"position {position}", sentence)


def _refuse_extra_tiles(db: Session, size: int, seen: int) -> None:
    if (db.scalar(select(func.count()).select_from(LogTile)) or 0) == seen:
        return
    for level, index in db.execute(select(LogTile.level, LogTile.index)):
        if level > 7 or index >= size >> HEIGHT * (level + 1):
            raise DifferenceError(
                "log_tile", f"level {level} index {index}", "a tile that the log has not come to"
            )


def refuse_extra(
    db: Session, kind: Kind, record_key: InstrumentedAttribute[str], *, placed: int, waiting: int
) -> None:
    """Name a leaf or waiting entry whose record is not there.

    `placed` and `waiting` count the records that were found to have one. Raises DifferenceError.
    """
    seen: tuple[tuple[Any, int], ...] = ((LogLeaf, placed), (LogWaiting, waiting))
    for place, count in seen:
        mine = select(func.count()).select_from(place).where(place.kind == kind)
        if db.scalar(mine) == count:
            continue
        alone = select(place.record_id).outerjoin(
            record_key.class_, record_key == place.record_id
        )  # fmt: skip
        orphan = alone.where(place.kind == kind, record_key.is_(None))
        record_id = db.scalars(orphan.order_by(place.record_id).limit(1)).first()
        if record_id is None:
            raise DifferenceError(
                place.__tablename__, f"kind {kind}", "an entry stands there twice"
            )
        sentence = f"stands in {place.__tablename__}, but the record is gone or was renamed"
        raise DifferenceError(str(kind), str(record_id), sentence)
