"""Which tables' rows are locked, in the order in which PostgreSQL is asked for it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

_ASKED = re.compile(r"FROM (\w+).*FOR UPDATE", re.DOTALL)
_WRITTEN = re.compile(r"^(?:UPDATE|DELETE FROM) (\w+)")


@contextmanager
def locked(engine: Engine, *, with_written: bool = False) -> Iterator[list[str]]:
    """Note the table of every `SELECT … FOR UPDATE`, and of what is changed or deleted.

    SQLite has one writer at a time, and none of the first.
    """
    tables: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        found = _ASKED.search(statement) or (with_written and _WRITTEN.search(statement))
        if found:
            tables.append(found[1])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield tables
    finally:
        event.remove(engine, "before_cursor_execute", note)
