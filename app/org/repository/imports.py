"""Questions about imports of rosters."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, undefer

from app.core.listing import Asked, Order, Piece, piece_of
from app.org.models.imports import RosterFinding, RosterImport, RosterStep
from app.org.models.staff import StaffMember
from app.org.rules.imports import UNDER_WAY, WITHOUT_TRACE, Finding, ImportState


def get_import(db: Session, org_id: str, import_id: str) -> RosterImport | None:
    query = select(RosterImport).where(RosterImport.id == import_id, RosterImport.org_id == org_id)
    return db.scalars(query).first()


def import_under_way(db: Session, import_id: str) -> RosterImport | None:
    """The worker's own way to an import, locked until the transaction ends."""
    return db.get(RosterImport, import_id, with_for_update=True)


def with_file(db: Session, import_id: str) -> RosterImport | None:
    """An import with its sealed file, which is read nowhere else."""
    query = select(RosterImport).where(RosterImport.id == import_id)
    return db.scalars(query.options(undefer(RosterImport.file_sealed))).first()


def unfinished(db: Session, org_id: str) -> RosterImport | None:
    """An import of the organisation that is under way."""
    query = select(RosterImport).where(
        RosterImport.org_id == org_id, RosterImport.state.in_(UNDER_WAY)
    )
    return db.scalars(query.limit(1)).first()


ORDER = Order(
    keys={
        "made": RosterImport.made_at, "file": RosterImport.file_name, "state": RosterImport.state,
        "lines": RosterImport.lines,
    },
    last=RosterImport.id,
    own="-made",
)  # fmt: skip


def list_imports(db: Session, org_id: str, text: str, asked: Asked) -> Piece[RosterImport]:
    """A piece of what was imported, of files whose name holds a text."""
    query = select(RosterImport).where(
        RosterImport.org_id == org_id, RosterImport.file_name.contains(text, autoescape=True)
    )
    return piece_of(db, query, ORDER, asked)


def add_findings(db: Session, found: Sequence[Mapping[str, object]]) -> None:
    if found:
        db.execute(insert(RosterFinding), [dict(each) for each in found])


def drop_findings(db: Session, import_id: str) -> None:
    db.execute(delete(RosterFinding).where(RosterFinding.import_id == import_id))


def list_findings(
    db: Session, import_id: str, kind: Finding, *, offset: int, limit: int
) -> tuple[list[RosterFinding], int]:
    """A page of an import's findings in the order of its rows, and how many there are."""
    wanted = RosterFinding.import_id == import_id, RosterFinding.kind == kind
    total = db.scalar(select(func.count()).select_from(RosterFinding).where(*wanted)) or 0
    query = select(RosterFinding).where(*wanted).order_by(RosterFinding.number)
    return list(db.scalars(query.offset(offset).limit(limit))), total


def staff_of_entries(db: Session, org_id: str, roster_ids: Sequence[str]) -> list[StaffMember]:
    query = select(StaffMember).where(
        StaffMember.org_id == org_id, StaffMember.roster_id.in_(roster_ids)
    )
    return list(db.scalars(query))


def add_staff(db: Session, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        db.execute(insert(StaffMember), [dict(each) for each in rows])


def add_steps(db: Session, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        db.execute(insert(RosterStep), [dict(each) for each in rows])


def some_steps(db: Session, import_id: str, most: int) -> list[RosterStep]:
    query = select(RosterStep).where(RosterStep.import_id == import_id)
    return list(db.scalars(query.order_by(RosterStep.staff_id).limit(most)))


def count_steps(db: Session, import_id: str) -> Counter[str]:
    """What an import has done so far: how many lines of the roster by the kind of step."""
    query = select(RosterStep.step, func.count()).where(RosterStep.import_id == import_id)
    counted: Counter[str] = Counter()
    for step, number in db.execute(query.group_by(RosterStep.step)):
        counted[step] = number
    return counted


def staff_by_ids(db: Session, org_id: str, staff_ids: Sequence[str]) -> dict[str, StaffMember]:
    query = select(StaffMember).where(StaffMember.org_id == org_id, StaffMember.id.in_(staff_ids))
    return {row.id: row for row in db.scalars(query)}


def drop_steps(db: Session, import_id: str, staff_ids: Sequence[str]) -> None:
    db.execute(
        delete(RosterStep).where(
            RosterStep.import_id == import_id, RosterStep.staff_id.in_(staff_ids)
        )
    )


def let_go(db: Session, *, waited: dt.datetime, done: dt.datetime) -> int:
    """Forget what is needed no more; returns how many imports.

    Files that nobody took over before `waited`, and what imports did that were done before `done`
    and can be undone no more.
    """
    stale = update(RosterImport).where(
        RosterImport.state.in_(WITHOUT_TRACE),
        RosterImport.made_at < waited,
    )
    gone = list(
        db.scalars(
            stale.values(state=ImportState.DROPPED, file_sealed=None).returning(RosterImport.id)
        )
    )
    over = select(RosterImport.id).where(
        RosterImport.state.in_((ImportState.DONE, ImportState.UNDONE)), RosterImport.done_at < done
    )
    for table in (RosterFinding, RosterStep):
        db.execute(delete(table).where(table.import_id.in_(over) | table.import_id.in_(gone)))
    return len(gone)
