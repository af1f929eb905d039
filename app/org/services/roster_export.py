"""The roster as the employer's own table; imported again it changes nothing."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.core import audit, spreadsheet
from app.core.crypto import Vault
from app.core.db import Database
from app.core.spreadsheet import Cell
from app.identity.rules.actors import Actor
from app.identity.services import access, roster_bulk
from app.org.providers.roster_files import TEMPLATE_ROWS, WIDTHS
from app.org.repository import staff as staff_rows
from app.org.repository import tags as tag_rows
from app.org.rules.duties import Power
from app.org.services.organisations import acting_for

_PIECE = 1000
_SHEET = "员工名单"


def template() -> bytes:
    """An empty roster with its heading; columns of text, so that Excel keeps numbers whole."""
    return spreadsheet.write_sheets([(_SHEET, WIDTHS, TEMPLATE_ROWS)], is_text=True)


def note_export(db: Session, actor: Actor, *, now: dt.datetime) -> str:
    """Write down who takes the whole roster out, also for everybody on it; returns whose it is."""
    organisation = acting_for(db, actor, Power.KEEP_STAFF, looks=True)
    count = 0
    for piece in _pieces(db, organisation.org_id):
        joined = [learner_id for _, _, _, _, learner_id in piece if learner_id]
        access.note_many(
            db, joined, purpose="roster_export", actor_id=actor.learner_id, now=now
        )  # fmt: skip
        count += len(piece)
    audit.record(
        db, "staff.exported", now=now, actor_id=actor.learner_id,
        subject_id=organisation.org_id, rows=count,
    )  # fmt: skip
    return organisation.org_id


def make_export(database: Database, vault: Vault, org_id: str) -> bytes:
    """The table as xlsx; however long it is, a piece of it is in memory at a time."""
    with database.reading() as db:
        rows = _rows(db, vault, org_id)
        return spreadsheet.write_sheets([(_SHEET, WIDTHS, rows)], is_text=True)


def _rows(db: Session, vault: Vault, org_id: str) -> Iterator[tuple[Cell, ...]]:
    yield TEMPLATE_ROWS[0]
    for piece in _pieces(db, org_id):
        opened = roster_bulk.opened(db, vault, [roster_id for _, roster_id, *_ in piece])
        tags = tag_rows.names_of(db, [staff_id for staff_id, *_ in piece])
        for staff_id, roster_id, unit, position, _ in piece:
            entry, own = opened[roster_id], "、".join(tags.get(staff_id, ()))
            yield entry.name, entry.number, "", unit, position, own


def _pieces(db: Session, org_id: str) -> Iterator[list[staff_rows.RosterRow]]:
    after = ""
    while piece := staff_rows.roster_after(db, org_id, after, _PIECE):
        yield piece
        after = piece[-1][0]
