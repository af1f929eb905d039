"""Whether the keys at hand are those that a database was begun with.

What a key that never changes made cannot be made again: with another `blind_index` nobody who
signed up is found, and nothing says so. So the database keeps a mark of each: a MAC by which the
key is known again, and which does not tell it.
"""

import hashlib
import hmac
import logging
from collections.abc import Mapping

from sqlalchemy import String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from app.core.crypto import KeyRing, same
from app.core.db import Base, Database
from app.core.errors import UnavailableError
from app.core.key_purposes import PURPOSES, Change

NEVER_CHANGED = tuple(name for name, (change, _) in PURPOSES.items() if change is Change.NEVER)
_TEXT = b"shixue: the key that this database was begun with"
_log = logging.getLogger("shixue.keys")


class KeyMark(Base):
    """By what one purpose's key is known again."""

    __tablename__ = "key_mark"

    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64))


class LostKeyError(RuntimeError):
    """A key that cannot be made again is not the one that the database was begun with."""

    def __init__(self, purposes: list[str]) -> None:
        files = ", ".join(f"{purpose}.json" for purpose in purposes)
        super().__init__(
            f"{files}: lost, or not the key that this database was begun with. Put it back from "
            "the backup of the keys (SHIXUE_KEYS_DIR); a new one would find none of the people"
        )
        self.purposes = purposes


def check(database: Database, keys: KeyRing) -> None:
    """Look at the marks, and leave those that are missing. Raises LostKeyError.

    A database that is away, or has no tables yet, cannot be asked; the log says so.
    """
    try:
        marks = read(database)
        if lost := changed(marks, keys):
            raise LostKeyError(lost)
        if missing := [purpose for purpose in NEVER_CHANGED if purpose not in marks]:
            _leave(database, {purpose: _mark(keys, purpose) for purpose in missing})
            if lost := changed(read(database), keys):  # another process began with other keys
                raise LostKeyError(lost)
    except (UnavailableError, DBAPIError) as error:
        _log.warning("the keys could not be compared with the database: %s", type(error).__name__)


def read(database: Database) -> dict[str, str]:
    """The marks of a database, by purpose."""
    with database.reading() as db:
        return {row.purpose: row.mark for row in db.scalars(select(KeyMark))}


def changed(marks: Mapping[str, str], keys: KeyRing) -> list[str]:
    """Which purposes' keys are not at hand, or are others than they were; makes none."""
    return [
        purpose for purpose in NEVER_CHANGED
        if purpose in marks
        and not (keys.is_kept(purpose) and same(marks[purpose], _mark(keys, purpose)))
    ]  # fmt: skip


def _mark(keys: KeyRing, purpose: str) -> str:
    text = _TEXT + b"\x00" + purpose.encode()
    return hmac.new(keys.secret(purpose), text, hashlib.sha256).hexdigest()


def _leave(database: Database, marks: Mapping[str, str]) -> None:
    """Of two processes that begin at once, the first one's marks stay."""
    insert = postgresql.insert if database.dialect == "postgresql" else sqlite.insert
    rows = [{"purpose": purpose, "mark": mark} for purpose, mark in marks.items()]
    with database.transaction() as db:
        db.execute(insert(KeyMark).values(rows).on_conflict_do_nothing())
