"""Taking an import back, and letting go of what is needed no more."""

import datetime as dt

from app.core import audit
from app.core.db import Database
from app.org.models.imports import RosterStep
from app.org.models.staff import StaffMember
from app.org.repository import imports as import_rows
from app.org.repository import organisations as organisation_rows
from app.org.repository import tags as tag_rows
from app.org.rules.imports import FORGET_AFTER, UNDO_WITHIN, ImportState, Step
from app.org.rules.organisations import StaffState
from app.org.services import places, standings
from app.org.services.import_pieces import PIECE
from app.org.services.places import Places
from app.org.services.staff import end_membership

TAKE_BACK = "take_roster_back"


def take_back(database: Database, import_id: str, *, now: dt.datetime) -> None:
    """Undo an import; what has happened since to a line is kept and counted.

    While the organisation is suspended nobody leaves; its restoring asks for this again.
    """
    while True:
        with database.transaction() as db:
            row = import_rows.import_under_way(db, import_id)
            if row is None or row.state != ImportState.UNDOING:
                return
            organisation = organisation_rows.lock_organisation(db, row.org_id)
            if organisation is None or organisation.suspended_at is not None:
                return
            steps = import_rows.some_steps(db, import_id, PIECE)
            if not steps:
                row.state, row.undone_at = ImportState.UNDONE, now
                audit.record(
                    db, "staff.import_undone", now=now, actor_id=row.undone_by or row.made_by,
                    subject_id=row.id, org_id=row.org_id, rows=row.lines_done, staff=row.kept,
                )  # fmt: skip
                return
            staff = import_rows.staff_by_ids(db, row.org_id, [each.staff_id for each in steps])
            before = places.taken(
                db, row.org_id, [each.unit_before for each in steps],
                [each.position_before for each in steps], now=now,
            )  # fmt: skip
            for each in steps:
                if not _undone(each, staff.get(each.staff_id), before, now):
                    row.kept += 1
                    continue
                for tag_id in each.tags_added or ():
                    tag_rows.take_off(db, each.staff_id, tag_id)
            standings.refresh(db, list(staff.values()))
            row.lines_done += len(steps)
            import_rows.drop_steps(db, import_id, [each.staff_id for each in steps])


def _undone(step: RosterStep, member: StaffMember | None, before: Places, now: dt.datetime) -> bool:
    """Take one step back; tells False where the line is no longer as the import left it."""
    if member is None or member.changes != step.changes_after:
        return False
    if (member.unit, member.position) != (step.unit_after, step.position_after):
        return False
    if step.step == Step.CHANGED:
        if member.state == StaffState.LEFT:
            return False
        before.stand(member, step.unit_before, step.position_before)
        # As it was for an import before this one, which may be taken back, too.
        member.changes -= 1
        return True
    if member.state != StaffState.INVITED:
        return False
    end_membership(member, now=now)
    return True


def forget(database: Database, *, now: dt.datetime) -> None:
    """Let files and steps go whose time is over."""
    with database.transaction() as db:
        import_rows.let_go(db, waited=now - FORGET_AFTER, done=now - UNDO_WITHIN)
