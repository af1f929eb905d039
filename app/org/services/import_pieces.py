"""An import's file in pieces: opened, judged, and compared with the roster as it is now.

Each piece is one transaction, so that nobody waits for longer than that. Whoever is killed in
between begins anew: lines that are written already change nothing.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from sqlalchemy.orm import Session

from app.core.crypto import KeyGoneError, Vault
from app.core.db import Database
from app.core.errors import InvalidError
from app.core.resealing import SealedColumn
from app.identity.rules.local_days import local_day
from app.identity.services import person_keys, roster_bulk
from app.identity.services.roster_bulk import Written
from app.org.models.imports import RosterImport
from app.org.providers import roster_files
from app.org.repository import imports as import_rows
from app.org.repository import tags as tag_rows
from app.org.rules.imports import ImportState
from app.org.rules.organisations import StaffState
from app.org.rules.roster_changes import Changes, Standing, changes_of, is_other_name
from app.org.rules.roster_tags import UnknownTagError, named_in
from app.org.rules.rosters import (
    HEADING_WITHIN,
    Column,
    Fault,
    Line,
    MissingColumnError,
    Reader,
    layout_of,
    letters,
    remarks,
)

PIECE = 1000
"""Lines of one transaction."""
_GONE = "上传这份文件的人已经注销，文件打不开了。请重新上传"


def context_of(import_id: str) -> str:
    """What the file of an import is bound to."""
    return f"roster_import.file_sealed:{import_id}"


COLUMNS = (
    SealedColumn(
        RosterImport.id, RosterImport.file_sealed, context_of,
        RosterImport.made_by,
    ),
)  # fmt: skip
"""Where this room holds sealed values."""


@dataclass(slots=True)
class Sheet:
    """A file under way: where its columns stand, what is not read, and its lines in pieces."""

    places: dict[Column, int]
    remarks: str
    pieces: Iterator[list[Line | tuple[Fault, ...]]]


@dataclass(slots=True)
class Sorted:
    """A piece's lines by what they would do."""

    faults: list[Fault] = field(default_factory=list)
    fresh: list[Line] = field(default_factory=list)
    renewed: list[tuple[Line, Standing]] = field(default_factory=list)
    changed: list[tuple[Line, Standing, Changes]] = field(default_factory=list)
    unchanged: int = 0
    faulty: int = 0
    written: dict[str, Written] = field(default_factory=dict)
    """Who has an entry already, by number; of those not in `fresh`, and at times of one there."""
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The names of the tags that a line names, by number."""
    tag_ids: dict[str, str] = field(default_factory=dict)
    """All of the organisation's tags, by name."""

    def tags_of(self, line: Line) -> list[str]:
        """The ids of the tags that a line names."""
        return [self.tag_ids[name] for name in self.tags[line.number]]

    def places(self) -> tuple[set[str], set[str]]:
        """The units and the positions in which whoever changes would stand."""
        stand = {(each.unit or "", each.position or "") for each in self.fresh}
        stand |= {(line.unit or "", line.position or "") for line, _ in self.renewed}
        stand |= {
            (changes.unit or now.unit, changes.position or now.position)
            for _, now, changes in self.changed
        }
        return {unit for unit, _ in stand}, {position for _, position in stand}


def begin(database: Database, vault: Vault, import_id: str, state: ImportState) -> bytes | None:
    """Set the counts back and open the file; None where there is nothing to do any more."""
    with database.transaction() as db:
        row = import_rows.import_under_way(db, import_id)
        if row is None or row.state != state:
            return None
        row.lines_done = 0
        if state is ImportState.READING:
            row.lines = row.faulty = row.fresh = row.changed = row.unchanged = row.new_places = 0
            import_rows.drop_findings(db, import_id)
    with database.reading() as db:
        found = import_rows.with_file(db, import_id)
        if found is None or found.file_sealed is None:
            return None
        own = person_keys.vault_of(db, vault, found.made_by)
        try:
            return own.open_bytes(found.file_sealed, context=context_of(import_id))
        except KeyGoneError:
            pass
    fail(database, import_id, _GONE)
    return None


def still(db: Session, import_id: str, state: ImportState, done: int) -> RosterImport | None:
    """The import, if it goes on where this run left it; another run began anew otherwise."""
    row = import_rows.import_under_way(db, import_id)
    return row if row is not None and row.state == state and row.lines_done == done else None


def fail(database: Database, import_id: str, trouble: str) -> None:
    with database.transaction() as db:
        row = import_rows.import_under_way(db, import_id)
        if row is not None:
            row.state, row.trouble, row.file_sealed = ImportState.FAILED, trouble[:300], None
            import_rows.drop_findings(db, import_id)


def opened(content: bytes, now: dt.datetime) -> Sheet:
    """Find the heading. Raises InvalidError, also while the pieces are read."""
    table = roster_files.table_of(content)
    rows = table.rows
    first = list(islice(rows, HEADING_WITHIN))
    try:
        layout = layout_of([cells for _, cells in first])
    except MissingColumnError as error:
        wanted = "、".join(error.missing)
        raise InvalidError(
            f"没有找到“{wanted}”这一列。", field="/file", code="columns",
            remedy="第一行请写列名：姓名、证件号码、部门、岗位，可以先下载模板。"
            + remarks((), table.other_sheets).removesuffix("。"),
        ) from None  # fmt: skip
    today = local_day(now)
    reader = Reader(layout, today=today, merged=table.merged)
    judged = (reader.read(row, cells) for row, cells in chain(first[layout.row :], rows))
    filled = (each for each in judged if each is not None)
    told = remarks(layout.unread, table.other_sheets)
    return Sheet(layout.places, told, iter(lambda: list(islice(filled, PIECE)), []))


def sort_piece(
    db: Session, vault: Vault, org_id: str, piece: list[Line | tuple[Fault, ...]],
    places: dict[Column, int],
) -> Sorted:  # fmt: skip
    """Compare a piece with the roster as it is now."""
    lines = [each for each in piece if isinstance(each, Line)]
    found = Sorted(written=roster_bulk.written(db, vault, org_id, [line.number for line in lines]))
    standings = _standings(db, org_id, found.written)
    found.tag_ids = {row.name: row.id for row in tag_rows.list_tags(db, org_id)}
    for each in piece:
        if not isinstance(each, Line):
            found.faults += each
            found.faulty += 1
        elif (fault := _unknown_tag(each, found, places)) is not None:
            found.faults.append(fault)
            found.faulty += 1
        elif (now := standings.get(each.number)) is None:
            found.fresh.append(each)
        elif not now.is_on_roster:
            found.renewed.append((each, now))
        elif is_other_name(each, now):
            found.faulty += 1
            found.faults.append(_other_name(each, now, places))
        elif changes := changes_of(each, now, found.tags[each.number]):
            found.changed.append((each, now, changes))
        else:
            found.unchanged += 1
    return found


def _unknown_tag(line: Line, found: Sorted, places: dict[Column, int]) -> Fault | None:
    """Note which tags a line names; a fault where one of them is none of the organisation's."""
    try:
        found.tags[line.number] = named_in(line.tags, found.tag_ids)
    except UnknownTagError:
        cell = f"{letters(places[Column.TAGS])}{line.row}"
        return Fault(
            line.row, cell, "这里有一个本单位还没有的标签。",
            "请先在“部门、岗位和标签”里建好；几个标签之间用“、”隔开",
        )  # fmt: skip
    return None


def _other_name(line: Line, now: Standing, places: dict[Column, int]) -> Fault:
    """Who has joined is called by the proven name, which only the table can follow."""
    cell = f"{letters(places[Column.NAME])}{line.row}"
    if now.has_joined:
        return Fault(
            line.row, cell, "这个证件号码的人已经加入，本人实名是另一个姓名。",
            "请照名单里的实名改表格；号码写错的，请改号码",
        )  # fmt: skip
    return Fault(
        line.row, cell, "名单里这个证件号码登记的是另一个姓名。",
        "请核对是姓名写错还是号码写错；名单里的姓名请在员工页更正",
    )  # fmt: skip


def _standings(db: Session, org_id: str, written: dict[str, Written]) -> dict[str, Standing]:
    """How those of a piece stand who are written down already, by number."""
    staff = {
        row.roster_id: row
        for row in import_rows.staff_of_entries(
            db, org_id, [each.roster_id for each in written.values()]
        )
    }
    tags = tag_rows.names_of(db, [row.id for row in staff.values()])
    return {
        number: Standing(
            row.id, each.name, row.unit, row.position, row.state != StaffState.LEFT,
            row.state == StaffState.JOINED, frozenset(tags.get(row.id, ())),
        )
        for number, each in written.items()
        if (row := staff.get(each.roster_id)) is not None
    }  # fmt: skip
