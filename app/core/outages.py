"""Tells a database that is away, full or overrun from one that was asked something wrong."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.core.errors import UnavailableError

# SQLite's own result codes, low byte: busy, locked, out of memory, read-only, I/O error, full,
# cannot open, locking protocol. Over network drives and full disks all of them pass by themselves.
_SQLITE = frozenset({5, 6, 7, 8, 10, 13, 14, 15})
# PostgreSQL's classes: connection, rolled back (deadlock), resources (disk full), lock not given,
# operator (shutdown, crash, starting up), system (I/O error).
_POSTGRES = ("08", "40", "53", "55", "57", "58")


def outage_of(error: BaseException) -> UnavailableError | None:
    """Return what people are told where it passes by itself; None for a fault of the product.

    Whether a transaction that was at its commit is stored is not known then: who comes again with
    the same must bear both.
    """
    if isinstance(error, PoolTimeoutError):
        return _told()
    is_broken = isinstance(error, DBAPIError) and error.connection_invalidated
    driver = error.orig if isinstance(error, DBAPIError) else error
    code, state = getattr(driver, "sqlite_errorcode", None), getattr(driver, "sqlstate", None)
    is_sqlite = code is not None and code & 0xFF in _SQLITE
    is_postgres = state is not None and state.startswith(_POSTGRES)
    return _told() if is_broken or is_sqlite or is_postgres or _is_unreached(driver) else None


def _is_unreached(driver: object) -> bool:
    """Psycopg: no connection, or one that broke before the server could say why."""
    kind = type(driver)
    is_psycopg = kind.__module__.partition(".")[0] == "psycopg"
    return is_psycopg and kind.__name__ == "OperationalError"


def _told() -> UnavailableError:
    return UnavailableError(
        "系统暂时存取不了数据。", code="database_away", retry_after_s=5,
        remedy="请过一会儿刷新页面，再看这次有没有存上；学习进度会自动补报，不会丢",
    )  # fmt: skip
