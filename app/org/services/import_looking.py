"""Looking at an import's file: what it would do is written down, nothing on the roster changes."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.db import Database
from app.core.errors import InvalidError
from app.org.models.imports import RosterImport
from app.org.repository import imports as import_rows
from app.org.rules.imports import Finding, ImportState
from app.org.rules.roster_changes import Changes, Standing
from app.org.rules.rosters import HEADINGS, Column, Line, letters
from app.org.services.import_pieces import Sorted, begin, fail, opened, sort_piece, still
from app.org.services.places import NewPlaces

LOOK = "look_at_roster"


def look(database: Database, vault: Vault, import_id: str, *, now: dt.datetime) -> None:
    """Look at a file and write down what it would do; nothing on the roster changes."""
    content = begin(database, vault, import_id, ImportState.READING)
    if content is None:
        return
    done, new_places = 0, NewPlaces(set(), set())
    try:
        sheet = opened(content, now)
        _remark(database, import_id, sheet.remarks)
        for piece in sheet.pieces:
            with database.transaction() as db:
                row = still(db, import_id, ImportState.READING, done)
                if row is None:
                    return
                found = sort_piece(db, vault, row.org_id, piece, sheet.places)
                told = _new_places(db, row, found, new_places, sheet.places)
                _note(db, row, found, sheet.places, told)
                done = row.lines_done = done + len(piece)
        _end(database, import_id, ImportState.READING, ImportState.READY)
    except InvalidError as error:
        fail(database, import_id, f"{error.message}{error.remedy}")


def _remark(database: Database, import_id: str, remarks: str) -> None:
    """Write down what of a file is not read."""
    with database.transaction() as db:
        row = still(db, import_id, ImportState.READING, 0)
        if row is not None:
            row.remarks = remarks


def _end(database: Database, import_id: str, state: ImportState, after: ImportState) -> None:
    with database.transaction() as db:
        row = import_rows.import_under_way(db, import_id)
        if row is not None and row.state == state:
            row.state = after


_Told = tuple[int, str, Finding, str, str]


def _new_places(
    db: Session, row: RosterImport, found: Sorted, before: NewPlaces, places: dict[Column, int]
) -> list[_Told]:
    """Units and positions that nobody has yet, each at the line that names it first."""
    units, positions = before.notice(db, row.org_id, *found.places())
    row.new_places += len(units) + len(positions)
    told: list[_Told] = []
    lines = [
        *found.fresh,
        *(each[0] for each in found.renewed),
        *(each[0] for each in found.changed),
    ]
    for line in sorted(lines, key=lambda each: each.row):
        for column, words, new in (
            (Column.UNIT, line.unit, units), (Column.POSITION, line.position, positions),
        ):  # fmt: skip
            if words in new:
                new.discard(words)
                cell = f"{letters(places[column])}{line.row}"
                told.append((line.row, cell, Finding.NEW, f"新{HEADINGS[column]}：{words}", ""))
    return told


def _note(
    db: Session, row: RosterImport, found: Sorted, places: dict[Column, int], new: list[_Told]
) -> None:
    """Count a piece, and write down its faults, its changes, and the places that are new."""
    row.lines += (
        found.faulty + len(found.fresh) + len(found.renewed) + len(found.changed) + found.unchanged
    )
    row.faulty += found.faulty
    row.fresh += len(found.fresh) + len(found.renewed)
    row.changed += len(found.changed)
    row.unchanged += found.unchanged
    told = [(each.row, each.cell, Finding.FAULT, each.cause, each.remedy) for each in found.faults]
    told += new
    for line, now, changes in found.changed:
        told += _changes(line, now, changes, places)
    told.sort(key=lambda each: each[0])
    first = row.lines_done * 10  # no line has as many findings as that
    import_rows.add_findings(
        db,
        [
            {"import_id": row.id, "number": number, "row": at, "cell": cell, "kind": kind,
             "cause": cause[:200], "remedy": remedy[:200]}
            for number, (at, cell, kind, cause, remedy) in enumerate(told, start=first)
        ],
    )  # fmt: skip


def _changes(line: Line, now: Standing, changes: Changes, places: dict[Column, int]) -> list[_Told]:
    found = []
    for column, before, after in (
        (Column.UNIT, now.unit, changes.unit), (Column.POSITION, now.position, changes.position),
    ):  # fmt: skip
        if after is not None:
            cell = f"{letters(places[column])}{line.row}"
            says = f"{HEADINGS[column]}：{before or '（空）'} → {after}"
            found.append((line.row, cell, Finding.CHANGE, says, ""))
    if changes.tags:
        cell = f"{letters(places[Column.TAGS])}{line.row}"
        says = f"{HEADINGS[Column.TAGS]}：加上 {'、'.join(changes.tags)}"
        found.append((line.row, cell, Finding.CHANGE, says, ""))
    return found
