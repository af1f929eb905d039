"""Taking an import over: new people are invited, those who are there are changed."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.db import Database
from app.core.ids import new_id
from app.identity.services import inbox, roster_bulk
from app.identity.services.inbox import NoticeKind
from app.org.models.imports import RosterImport
from app.org.models.staff import StaffMember
from app.org.repository import imports as import_rows
from app.org.repository import organisations as organisation_rows
from app.org.repository import tags as tag_rows
from app.org.rules.imports import ImportState, Step
from app.org.rules.organisations import StaffState
from app.org.services import places, standings
from app.org.services.import_pieces import Sorted, begin, opened, sort_piece, still
from app.org.services.places import NewPlaces, Places

WRITE = "write_roster"


def write(database: Database, vault: Vault, import_id: str, *, now: dt.datetime) -> None:
    """Take the good lines of a file over; those that are there already change nothing.

    While the organisation is suspended nobody is invited; its restoring asks for this again.
    """
    content = begin(database, vault, import_id, ImportState.WRITING)
    if content is None:
        return
    sheet, done, faulty = opened(content, now), 0, 0
    for piece in sheet.pieces:
        with database.transaction() as db:
            row = still(db, import_id, ImportState.WRITING, done)
            if row is None:
                return
            organisation = organisation_rows.lock_organisation(db, row.org_id)
            if organisation is None or organisation.suspended_at is not None:
                return
            found = sort_piece(db, vault, row.org_id, piece, sheet.places)
            write_piece(db, vault, row, found, now)
            faulty += found.faulty
            done = row.lines_done = done + len(piece)
    with database.transaction() as db:
        row = still(db, import_id, ImportState.WRITING, done)
        if row is not None:
            row.state, row.done_at, row.file_sealed = ImportState.DONE, now, None
            _count(db, row, faulty)
            audit.record(
                db, "staff.imported", now=now, actor_id=_by(row), subject_id=row.id,
                org_id=row.org_id, rows=row.lines, staff=row.fresh,
            )  # fmt: skip


def _count(db: Session, row: RosterImport, faulty: int) -> None:
    """Count what was done: the roster may have changed since it was told what would be."""
    steps = import_rows.count_steps(db, row.id)
    row.fresh, row.changed = steps[Step.ADDED] + steps[Step.RENEWED], steps[Step.CHANGED]
    row.faulty = faulty
    row.unchanged = max(0, row.lines - faulty - row.fresh - row.changed)


def _by(row: RosterImport) -> str:
    """Who answers for what an import does: who said yes to it, whoever had brought the file."""
    return row.confirmed_by or row.made_by


def write_piece(
    db: Session, vault: Vault, row: RosterImport, found: Sorted, now: dt.datetime
) -> None:
    steps: list[dict[str, object]] = []
    units, positions = found.places()
    made = NewPlaces(set(), set()).notice(db, row.org_id, units, positions)
    row.new_places += sum(map(len, made))
    there = places.taken(db, row.org_id, units, positions, now=now)
    asked = _add_fresh(db, vault, row, found, there, steps, now=now)
    asked += _renew(db, vault, row, found, there, steps, now=now)
    _change(db, row, found, there, steps)
    import_rows.add_steps(db, steps)
    organisation = organisation_rows.get_organisation(db, row.org_id)
    for person_id in asked:
        inbox.notify(
            db, person_id, NoticeKind.INVITED, now=now,
            employer=organisation.name if organisation else "",
        )  # fmt: skip
    db.flush()


def _add_fresh(
    db: Session, vault: Vault, row: RosterImport, found: Sorted, there: Places,
    steps: list[dict[str, object]], *, now: dt.datetime,
) -> list[str]:  # fmt: skip
    """Write new people down; returns those who are known here and are to be asked."""
    # Somebody may be written down without a line: the line's period was over before the entry's.
    lines, written = found.fresh, found.written
    invited = roster_bulk.invite_many(
        db, vault, org_id=row.org_id, now=now,
        people=[(line.name, line.number) for line in lines if line.number not in written],
    )  # fmt: skip
    fresh: list[dict[str, object]] = []
    for line in lines:
        entry = invited.get(line.number)
        roster_id = entry.roster_id if entry else written[line.number].roster_id
        fresh.append(
            {
                "id": new_id(now), "org_id": row.org_id, "roster_id": roster_id,
                "state": StaffState.INVITED, "unit": line.unit or "",
                "unit_id": there.units.get(line.unit or ""), "position": line.position or "",
                "position_id": there.positions.get(line.position or ""), "shows_all_courses": False,
                "invited_by": _by(row), "invited_at": now, "changes": 0,
            }
        )  # fmt: skip
    import_rows.add_staff(db, fresh)
    for line, each in zip(lines, fresh, strict=True):
        tag_rows.add_tags(db, str(each["id"]), found.tags_of(line))
    steps += [_step(row, str(each["id"]), Step.ADDED, "", "", each) for each in fresh]
    return [each.person_id for each in invited.values() if each.person_id]


def _step(
    row: RosterImport, staff_id: str, step: Step, unit: str, position: str,
    after: dict[str, object],
) -> dict[str, object]:  # fmt: skip
    return {
        "import_id": row.id, "staff_id": staff_id, "step": step, "unit_before": unit,
        "position_before": position, "unit_after": after["unit"],
        "position_after": after["position"], "changes_after": after["changes"],
        "tags_added": None,
    }  # fmt: skip


def _after(member: StaffMember) -> dict[str, object]:
    """How an import leaves a line that was there; its change is counted."""
    member.changes += 1
    return {"unit": member.unit, "position": member.position, "changes": member.changes}


def _renew(
    db: Session, vault: Vault, row: RosterImport, found: Sorted, there: Places,
    steps: list[dict[str, object]], *, now: dt.datetime,
) -> list[str]:  # fmt: skip
    """Ask those anew who had left."""
    lines = found.renewed
    staff = import_rows.staff_by_ids(db, row.org_id, [was.staff_id for _, was in lines])
    tag_rows.drop_tags_of(db, list(staff))
    names: dict[str, str] = {}
    for line, was in lines:
        member = staff[was.staff_id]
        member.state, member.learner_id = StaffState.INVITED, None
        member.joined_at = member.left_at = None
        member.shows_all_courses, member.invited_at, member.invited_by = False, now, _by(row)
        there.stand(member, line.unit or "", line.position or "")
        tag_rows.add_tags(db, member.id, found.tags_of(line))
        names[member.roster_id] = line.name
        steps.append(_step(row, member.id, Step.RENEWED, was.unit, was.position, _after(member)))
    standings.refresh(db, list(staff.values()))
    return [each for each in roster_bulk.rename_many(db, vault, names).values() if each]


def _change(
    db: Session, row: RosterImport, found: Sorted, there: Places, steps: list[dict[str, object]]
) -> None:
    people = [was.staff_id for _, was, _ in found.changed]
    staff = import_rows.staff_by_ids(db, row.org_id, people)
    for _, was, changes in found.changed:
        member = staff[was.staff_id]
        there.stand(member, changes.unit or member.unit, changes.position or member.position)
        put_on = [found.tag_ids[name] for name in changes.tags]
        tag_rows.add_tags(db, member.id, put_on)
        step = _step(row, member.id, Step.CHANGED, was.unit, was.position, _after(member))
        steps.append(step | {"tags_added": put_on or None})
    standings.refresh(db, list(staff.values()))
