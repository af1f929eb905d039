"""What the doctor asks the database: opened once, whatever is asked of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.certs.services import statuses
from app.cli.keeping import LATE
from app.core import key_marks
from app.core.clock import SystemClock
from app.core.db import Database
from app.core.errors import UnavailableError
from app.core.key_files import UnreadableKeyFileError
from app.core.key_marks import LostKeyError
from app.core.settings import Settings
from app.identity.services import face_filing
from app.main import open_keys
from app.oversight.services import keeping


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy` is empty where all is well."""

    what: str
    says: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One question to the database, and what it is called where it cannot be asked."""

    what: str
    ask: Callable[[Settings, Database], Finding]


def look(settings: Settings, *checks: Check) -> list[Finding]:
    """Ask all that there is to ask, or what is named, over one opening of the database."""
    wanted = checks or CHECKS
    url = settings.resolved_database_url
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        return [Finding(check.what, "no database yet") for check in wanted]
    database = Database(url)
    try:
        return [_asked(check, settings, database) for check in wanted]
    finally:
        database.close()


def _asked(check: Check, settings: Settings, database: Database) -> Finding:
    try:
        return check.ask(settings, database)
    except DatabaseError as error:
        return Finding(
            check.what, type(error).__name__, "check SHIXUE_DATABASE_URL, then ./run migrate"
        )
    except Exception as error:  # noqa: BLE001 -- whatever is wrong with the machine is the finding
        return Finding(check.what, f"{type(error).__name__}: {error}", "./run clean, ./run setup")


def _schema(settings: Settings, database: Database) -> Finding:
    with database.reading() as db:
        version = str(db.scalar(text("SELECT version_num FROM alembic_version")))
    where = "" if settings.database_url else f" in {settings.data_dir}"
    return Finding("database", f"{database.engine.dialect.name}{where}, schema {version}")


def _stored_faces(settings: Settings, database: Database) -> Finding:
    """Say how many people's faces are stored, and what that asks for."""
    del settings
    with database.reading() as db:
        stored = face_filing.stored_faces(db)
    return Finding("stored faces", f"of {stored.people} people", stored.advice)


def _periods(settings: Settings, database: Database) -> Finding:
    """Say what has reached its period and is still there for longer than a worker takes."""
    with database.reading() as db:
        found = keeping.standings(db, settings.keeping, now=SystemClock().now() - LATE)
    late = [f"{each.kept} {each.due}" for each in found if each.due]
    if late:
        return Finding("periods of keeping", f"overdue: {', '.join(late)}", "./run cli worker")
    return Finding("periods of keeping", "nothing is overdue")


def _kept_keys(settings: Settings, database: Database) -> Finding:
    """Say whether the keys are there that the database was begun with; makes none."""
    try:
        lost = key_marks.changed(key_marks.read(database), open_keys(settings))
    except (UnreadableKeyFileError, UnavailableError, RuntimeError) as error:
        return Finding("keys", type(error).__name__, str(error))
    if lost:
        return Finding("keys", f"lost: {', '.join(lost)}", str(LostKeyError(lost)))
    return Finding("keys", "those that the database was begun with")


def _addresses(settings: Settings, database: Database) -> Finding:
    """Say whether the address that the first certificates name is one that is answered for."""
    with database.reading() as db:
        named = statuses.first_address(db)
    if named in {None, settings.public_url, *settings.former_urls}:
        return Finding("addresses", "certificates name those that are answered for")
    says = f"certificates name {named}, and nothing answers for it"
    return Finding("addresses", says, f"set SHIXUE_FORMER_URLS='[\"{named}\"]'")


SCHEMA = Check("database", _schema)
STORED_FACES = Check("stored faces", _stored_faces)
PERIODS = Check("periods of keeping", _periods)
KEPT_KEYS = Check("keys", _kept_keys)
ADDRESSES = Check("addresses", _addresses)
CHECKS = (SCHEMA, STORED_FACES, PERIODS, KEPT_KEYS, ADDRESSES)
