"""Looks whether what is kept of shares and their totals is what the rows say, and mends it."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.db import Database
from app.org.repository import organisations as organisation_rows
from app.org.repository import standings as rows
from app.org.services import standings

_PIECE = 20
"""People of one transaction: up to a thousand shares, a few hundredths of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """What was wrong in one organisation and is right now."""

    org_id: str
    people: int
    shares: int
    totals: int

    @property
    def is_clean(self) -> bool:
        return not (self.shares or self.totals)


def recount_all(database: Database, *, now: dt.datetime) -> list[Recount]:
    """Look through every organisation that has assigned anything."""
    with database.reading() as db:
        org_ids = rows.orgs_that_ask(db)
    return [recount(database, org_id, now=now) for org_id in org_ids]


def recount(database: Database, org_id: str, *, now: dt.datetime) -> Recount:
    """Read everybody's study anew, piece by piece, then the totals; what was wrong is audited.

    Nobody waits for longer than a piece takes. What is right is not written.
    """
    people = shares = 0
    after = ""
    while True:
        with database.transaction() as db:
            organisation_rows.lock_organisation(db, org_id)
            piece = rows.staff_after(db, org_id, after, _PIECE)
            shares += standings.refresh(db, piece)
        people += len(piece)
        if len(piece) < _PIECE:
            break
        after = piece[-1].id
    totals = _mend_totals(database, org_id)
    found = Recount(org_id=org_id, people=people, shares=shares, totals=totals)
    if not found.is_clean:
        with database.transaction() as db:
            audit.record(
                db, "assignment.recounted", now=now, actor_id=None, subject_id=org_id,
                rows=shares, totals=totals,
            )  # fmt: skip
    return found


def _mend_totals(database: Database, org_id: str) -> int:
    """Compare without anybody's turn to write; only what differs is counted again with the lock."""
    with database.reading() as db:
        if not _differing(db, org_id):
            return 0
    with database.transaction() as db:
        organisation_rows.lock_organisation(db, org_id)
        wrong = _differing(db, org_id)
        if wrong:
            rows.replace_totals(db, org_id, rows.recounted(db, org_id))
        return wrong


def _differing(db: Session, org_id: str) -> int:
    kept, counted = rows.totals(db, org_id), rows.recounted(db, org_id)
    return sum(kept[bucket] != counted[bucket] for bucket in kept.keys() | counted.keys())
