"""Databases lent to one test at a time, at few addresses: what an engine compiled stays useful.

A PostgreSQL database is emptied after each test and made anew where a test changed its shape.
Copying the template for every test cost 0.3 s each, a third of the whole suite.
"""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

# Everything a test could have changed but rows: columns, triggers and whether they fire, rules.
_SHAPE = """
SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (
  SELECT 'c' || c.relname || a.attname || a.atttypid || a.attnotnull FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND a.attnum > 0
  UNION ALL SELECT 't' || tgrelid::regclass || tgname || tgenabled::text FROM pg_trigger
    WHERE NOT tgisinternal
  UNION ALL SELECT 'k' || conrelid::regclass || conname FROM pg_constraint
  UNION ALL SELECT 'f' || proname || prosrc FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
) AS lines (line)
"""
# Without triggers: some refuse deletion, and foreign keys would want an order.
_EMPTY = """
DO $$ DECLARE name text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'policy_revision')
  LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
  -- The platform's first revision came with the tables.
  DELETE FROM policy_revision WHERE scope <> 'platform' OR number > 1;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
  LOOP PERFORM setval(name::regclass, 1, false); END LOOP;
END $$
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class SqliteFiles:
    """Copies of a migrated file, in as few places as are in use at once."""

    def __init__(self, template: Path, folder: Path) -> None:
        self._template = template
        self._folder = folder
        self._free: list[Path] = []
        self._made = 0

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Yield the address of an empty database."""
        if not self._free:
            self._made += 1
            self._free.append(self._folder / str(self._made) / "test.db")
            self._free[-1].parent.mkdir()
        path = self._free.pop()
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"
        for left in path.parent.iterdir():
            left.unlink()
        self._free.append(path)


class PostgresDatabases:
    """Copies of a migrated template, as few as are in use at once."""

    def __init__(self, template: str) -> None:
        self._base, _, self._template = template.rpartition("/")
        self._free: list[str] = []
        self._shape: str | None = None

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Yield the address of an empty database."""
        url = self._free.pop() if self._free else self._copied()
        yield url
        if self._emptied(url):
            self._free.append(url)
        else:
            self._dropped(url)

    def _copied(self) -> str:
        name = f"test_{uuid.uuid4().hex}"
        run_on(f"{self._base}/postgres", f"CREATE DATABASE {name} TEMPLATE {self._template}")
        with _connected(f"{self._base}/{name}") as connection:
            self._shape = connection.scalar(text(_SHAPE))
        return f"{self._base}/{name}"

    def _emptied(self, url: str) -> bool:
        with _connected(url) as connection:
            connection.execute(text(_END_OTHERS))
            if connection.scalar(text(_SHAPE)) != self._shape:
                return False
            connection.execute(text(_EMPTY))
            return True

    def _dropped(self, url: str) -> None:
        name = url.rpartition("/")[2]
        run_on(f"{self._base}/postgres", f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def run_on(url: str, statement: str) -> None:
    """Run one statement outside of any transaction."""
    with _connected(url) as connection:
        connection.execute(text(statement))
