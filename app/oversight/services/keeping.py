"""The clocks of keeping: every room lets go of what has reached its period, piece by piece."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.core import audit, outbox
from app.core.crypto import Vault
from app.core.db import Database
from app.core.keeping import PERIODS, Kept, Period, cut_off, days_of
from app.core.letting_go import Keeper, LetGo, Shelf, joint, keeper_of
from app.identity.services import keeping as identity
from app.learning.services import evidence_letting_go, prompts_letting_go
from app.org.services import keeping as work

LET_GO: Final = "keeping.let_go"
PIECE: Final = 500
"""Rows of one transaction: writers wait for no more than that."""
MOST_PIECES: Final = 200
"""Of one class in one run; the next run goes on."""
_JOBS = Shelf(outbox.OutboxJob, outbox.OutboxJob.finished_at, outbox.finished)
KEEPERS: Mapping[Kept, Keeper] = {
    **identity.KEEPERS, **work.KEEPERS, Kept.JOBS: keeper_of(_JOBS),
    Kept.STUDY_REPORTS: evidence_letting_go.KEEPER,
    Kept.CHECK_DETAILS: joint(identity.KEEPERS[Kept.CHECK_DETAILS], prompts_letting_go.KEEPER),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How a class stands: its period in days, the oldest that is kept, how many are due."""

    kept: Kept
    period: Period
    days: int
    oldest: dt.datetime | None
    due: int


def let_go_due(
    database: Database,
    vault: Vault,
    own: Mapping[str, int],
    *,
    now: dt.datetime,
    piece: int = PIECE,
) -> dict[Kept, int]:
    """Let go of everything that is due; `own` are the operator's periods. Tells how many rows.

    A piece and the event that counts it are one transaction: whoever is killed in between goes on
    where that was, and the log says neither more nor less than what is gone.
    """
    gone = {
        kept: _let_go(database, kept, keeper.let_go, cut_off(kept, own, now), piece, now)
        for kept, keeper in KEEPERS.items() if keeper.let_go is not None
    }  # fmt: skip
    before = cut_off(Kept.STUDY_REPORTS, own, now)
    reports = evidence_letting_go.let_go_due(database, vault, before, now=now)
    return gone | {Kept.STUDY_REPORTS: reports}


def _let_go(
    database: Database, kept: Kept, let_go: LetGo, before: dt.datetime, piece: int,
    now: dt.datetime,
) -> int:  # fmt: skip
    total = 0
    for _ in range(MOST_PIECES):
        with database.transaction() as db:
            gone = let_go(db, before, piece, now)
            if gone:
                audit.record(
                    db, LET_GO, now=now, actor_id=None, subject_id=kept.value, rows=gone,
                    before=before.isoformat(timespec="seconds"),
                )  # fmt: skip
        total += gone
        if gone < piece:
            break
    return total


def standings(db: Session, own: Mapping[str, int], *, now: dt.datetime) -> list[Standing]:
    """How every class stands."""
    found = []
    for kept in Kept:
        days = days_of(kept, own)
        keeper = KEEPERS[kept]
        due = keeper.due(db, cut_off(kept, own, now))
        found.append(Standing(kept, PERIODS[kept], days, keeper.oldest(db, now), due))
    return found
