"""Rows of which the database holds one: of two that are added at the same moment, the first."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.db import Base

# A key or a unique index refused it: SQLite's extended result codes, PostgreSQL's state.
_SQLITE = frozenset({1555, 2067})
_POSTGRES = "23505"


def add_first(db: Session, row: Base) -> bool:
    """Add a row; False where another one stands in its place already.

    On PostgreSQL that may have come since anybody looked: a second request waits for the first to
    commit, and reads what it wrote from then on. What is refused for another reason raises.
    """
    db.flush()
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError as error:
        if not _is_taken(error):
            raise
        return False
    return True


def _is_taken(error: IntegrityError) -> bool:
    code, state = (getattr(error.orig, name, None) for name in ("sqlite_errorcode", "sqlstate"))
    return code in _SQLITE or state == _POSTGRES
