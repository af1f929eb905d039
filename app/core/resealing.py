"""Sealing anew with the newest key what older ones sealed, piece by piece, beside the product.

A value is taken over by compare-and-set: what somebody writes meanwhile stays theirs. What was done
is seen from the values themselves, so a run that was killed goes on where it stood.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core import key_files
from app.core.crypto import FIELDS, OWN, KeyRing, Vault
from app.core.db import Database

AT_ONCE: Final = 200
_ID = key_files.ID_LETTERS

VaultOf = Callable[[Session, str], Vault]
"""The vault of a person, by id; makes the person's key where there is none yet."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column that holds sealed values: where they stand and what binds them to their place.

    `owner` is the column with whose person's own key the value is sealed; None for the ring's.
    """

    key: InstrumentedAttribute[str]
    value: InstrumentedAttribute[Any]
    context: Callable[[str], str]
    owner: InstrumentedAttribute[Any] | None = None

    @property
    def name(self) -> str:
        return f"{self.value.class_.__tablename__}.{self.value.key}"

    @property
    def key_id(self) -> ColumnElement[bytes]:
        """The id in front of each value, as bytes."""
        return func.substr(self.value, 1, _ID)


def count_with(db: Session, column: SealedColumn, key_id: str) -> int:
    """How many values one key has sealed."""
    query = select(func.count()).where(column.key_id == key_id.encode())
    return db.scalar(query) or 0


def reseal(
    database: Database, keys: KeyRing, column: SealedColumn, vault_of: VaultOf
) -> Iterator[int]:
    """Seal a column's older values anew; yields after each piece how many values it took over.

    Each piece is a transaction of its own, so writers wait for milliseconds.
    """
    after = ""
    while True:
        with database.transaction() as db:
            rows = _older(db, keys, column, after)
            if not rows:
                return
            after = rows[-1][0]
            done = sum(_take_over(db, keys, column, row, vault_of) for row in rows)
        yield done


def _older(
    db: Session, keys: KeyRing, column: SealedColumn, after: str
) -> list[Row[str, bytes, str]]:
    newest = list(keys.secrets(FIELDS))[-1].encode()
    owner: Any = column.key if column.owner is None else column.owner
    query = (
        select(column.key, column.value, owner)
        .where(
            column.key > after, func.length(column.value) > _ID,
            column.key_id.not_in([newest] if column.owner is None else [OWN]),
        )
        .order_by(column.key)
        .limit(AT_ONCE)
    )  # fmt: skip
    return list(db.execute(query).all())


def _take_over(
    db: Session, keys: KeyRing, column: SealedColumn, row: Row[str, bytes, str],
    vault_of: VaultOf,
) -> int:  # fmt: skip
    key, sealed, owner = row
    ring, context = Vault(keys), column.context(key)
    into = ring if column.owner is None else vault_of(db, owner)
    fresh = into.seal_bytes(ring.open_bytes(sealed, context=context), context=context)
    taken = db.execute(
        update(column.value.class_)
        .where(column.key == key, column.value == sealed)
        .values({column.value: fresh})
        .returning(column.key)
        .execution_options(synchronize_session=False)
    )
    return len(taken.all())
