"""Shows how long each class of what is kept stays, on which basis, the oldest, and what is due."""

import argparse
import datetime as dt
import sys

from app.core.clock import SystemClock
from app.core.db import Database
from app.core.settings import Settings
from app.oversight.services import keeping
from app.oversight.services.keeping import Standing

LATE = dt.timedelta(days=2)
"""A worker lets go four times a day: what has been due for longer says that none runs."""


def run(_arguments: argparse.Namespace) -> None:
    """Print a block for each class."""
    for standing in look(Settings(), now=SystemClock().now()):
        oldest = f"{standing.oldest:%Y-%m-%d}" if standing.oldest else "none"
        sys.stdout.write(
            f"{standing.kept}: {standing.days} days from {standing.period.since}"
            f" (least {standing.period.least_days})\n"
            f"    oldest {oldest}, due {standing.due}; remains: {standing.period.remains}\n"
            f"    basis: {standing.period.basis}\n"
        )


def look(settings: Settings, *, now: dt.datetime) -> list[Standing]:
    """How every class stands in the settings' database."""
    database = Database(settings.resolved_database_url)
    try:
        with database.reading() as db:
            return keeping.standings(db, settings.keeping, now=now)
    finally:
        database.close()
