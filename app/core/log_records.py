"""Walks records beside what the log holds of them, for those who check one against the other."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.log_audit import DifferenceError
from app.core.translog import Kind, LogLeaf, LogWaiting, commit_to

Look = Callable[["Entered", bytes], None]
"""Is shown each record, as it was entered and as its bytes are now."""


class Entered(Struct, frozen=True, gc=False):
    """How a record was entered; `position` is None while it waits."""

    kind: Kind
    record_id: str
    position: int | None
    salt: bytes
    commitment: bytes

    def fits(self, record: bytes) -> bool:
        """Whether the record is, byte for byte, the one that was entered."""
        return commit_to(self.kind, record, self.salt) == self.commitment

    @property
    def positions(self) -> range | None:
        return None if self.position is None else range(self.position, self.position + 1)


def beside_log(
    kind: Kind, key: InstrumentedAttribute[str], *columns: InstrumentedAttribute[Any]
) -> Select[Any]:
    """Select columns of a table of records, with what the log holds of each."""
    return (
        select(
            key.label("record_id"), *columns,
            LogLeaf.position.label("log_position"), LogLeaf.salt.label("log_salt"),
            LogLeaf.commitment.label("log_commitment"),
            LogWaiting.salt.label("waiting_salt"),
            LogWaiting.commitment.label("waiting_commitment"),
        )
        .select_from(key.class_)
        .outerjoin(LogLeaf, and_(LogLeaf.kind == kind, LogLeaf.record_id == key))
        .outerjoin(LogWaiting, and_(LogWaiting.kind == kind, LogWaiting.record_id == key))
    )  # fmt: skip


def entered(kind: Kind, row: Row[Any]) -> Entered:
    """What the log holds of a row of `beside_log`; raises DifferenceError where that is nothing."""
    # By place and not by name: this is done for every record there is.
    position, salt, commitment, waiting_salt, waiting_commitment = tuple(row)[-5:]
    if salt is not None:
        return Entered(kind, row[0], position, salt, commitment)
    if waiting_salt is not None:
        return Entered(kind, row[0], None, waiting_salt, waiting_commitment)
    sentence = "the record is not in the log, and does not wait for it"
    raise DifferenceError(str(kind), row[0], sentence)
