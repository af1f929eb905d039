"""Certificates of an employer's people, and whose last day comes: who has to be trained again."""

import datetime as dt
import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.db import Database
from app.core.sheet_stream import Look, Styled, stream
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import roster, roster_bulk
from app.learning.services import catalogue
from app.org.repository import staff_certificates as rows
from app.org.repository.staff_certificates import Held, HeldRow, Place
from app.org.rules.certificates_held import Ending, Source, says_of, span_of
from app.org.rules.duties import Power
from app.org.rules.standings import NO_DAY
from app.org.services import stated_views
from app.org.services.organisations import acting_for
from app.org.services.paging import SIZE
from app.org.services.stated_views import StatedView

HEADING = ("姓名", "部门", "课程或证书", "来源", "证书编号", "有效期至", "到期", "复训")
_WIDTHS = (12, 18, 30, 24, 26, 14, 16, 12)
_PIECE = 500
_BUFFERED = 5000
"""Certificates that a file holds at a time, over all the assignments that it draws from."""
_Piece = Callable[[Session, Place | None, int], list[HeldRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """One certificate; `until` is None where it is good for ever.

    `stated` is the employer's statement where it comes from elsewhere; `title` is that of the
    course or of that certificate.
    """

    held_id: str
    staff_id: str
    name: str
    unit: str
    course_id: str
    title: str
    number: str
    until: dt.date | None
    says: str
    is_over: bool
    is_renewing: bool
    """A later round of the course is under way."""
    stated: StatedView | None


@dataclass(frozen=True, slots=True)
class HeldPage:
    items: tuple[HeldView, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks for: its page and its file show the same.

    `text` is a name or a number's end, as on the roster.
    """

    ending: Ending
    source: Source = Source.ALL
    unit: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Whose certificates are read, which of them, and out of which rows, each in one order."""

    org_id: str
    pieces: tuple[_Piece, ...]


def sheet_of(db: Session, vault: Vault, actor: Actor, asked: Asked, *, now: dt.datetime) -> Sheet:
    """Look up what an address means. A search begins with the people that it means.

    Certificates in the courses that were asked for, and those from elsewhere that the organisation
    states; others of the people are their own affair.
    """
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    first, last = span_of(asked.ending, local_day(now))
    unit, text = asked.unit.strip(), asked.text.strip()
    people = None
    if unit or text:
        named = sorted(roster.search(db, vault, org_id, text)) if text else None
        people = rows.few_people(db, org_id, unit=unit, roster_ids=named)
    wanted = Held(first=first, last=last, unit=unit, staff_ids=people)
    pieces: list[_Piece] = []
    if asked.source is not Source.ELSEWHERE:
        pieces += _of_courses(db, org_id, wanted)
    if asked.source is not Source.HOUSE:
        pieces.append(lambda db, place, most: rows.stated_in(db, org_id, wanted, place, most))
    return Sheet(org_id, tuple(pieces))


def _of_courses(db: Session, org_id: str, wanted: Held) -> list[_Piece]:
    if wanted.staff_ids is not None:
        return [lambda db, place, most: rows.held_by(db, wanted, place, most)]

    def of(assignment_id: str, db: Session, place: Place | None, most: int) -> list[HeldRow]:
        return rows.held_in(db, assignment_id, wanted, place, most)

    return [partial(of, each) for each in rows.that_hold(db, org_id)]


def list_held(
    db: Session, vault: Vault, actor: Actor, asked: Asked, *, after: str = "", now: dt.datetime
) -> HeldPage:
    """A page, the nearest last day first; `after` is the certificate behind which it begins."""
    sheet = sheet_of(db, vault, actor, asked, now=now)
    place = rows.place_of(db, sheet.org_id, after) if after else None
    # A page of each by its index: together they hold the page of all.
    found = [row for piece in sheet.pieces for row in piece(db, place, SIZE + 1)]
    found.sort(key=lambda row: row.place)
    return HeldPage(tuple(_views(db, vault, found[:SIZE], now)), len(found) > SIZE)


def count_near(db: Session, org_id: str, *, now: dt.datetime) -> int:
    """How many certificates of an organisation's people end soon: of its courses, and stated."""
    first, last = span_of(Ending.NEAR, local_day(now))
    return rows.count_ending(db, org_id, first, last)


def _views(db: Session, vault: Vault, found: Sequence[HeldRow], now: dt.datetime) -> list[HeldView]:
    names = roster_bulk.names(db, vault, sorted({row.roster_id for row in found}))
    titles = catalogue.titles(db, sorted({row.course_id for row in found if row.course_id}))
    ids = [row.id for row in found if row.is_stated]
    stated = {
        view.stated_id: view
        for view in stated_views.views(db, vault, rows.stated_by_ids(db, ids), now=now)
    }
    # Whoever left since the row was read is left out, and a statement that went.
    kept = [
        row for row in found
        if row.roster_id in names and (not row.is_stated or row.id in stated)
    ]  # fmt: skip
    return [
        _view(row, names[row.roster_id], titles.get(row.course_id, ""), stated.get(row.id),
              local_day(now))
        for row in kept
    ]  # fmt: skip


def _view(
    row: HeldRow, name: str, course: str, stated: StatedView | None, today: dt.date
) -> HeldView:
    return HeldView(
        held_id=row.id, staff_id=row.staff_id, name=name, unit=row.unit, course_id=row.course_id,
        title=stated.title if stated else course, number=stated.number if stated else row.number,
        until=None if row.until == NO_DAY else row.until, says=says_of(row.until, today),
        is_over=row.until < today, is_renewing=row.is_renewing, stated=stated,
    )  # fmt: skip


def note_export(db: Session, sheet: Sheet, actor: Actor, *, now: dt.datetime) -> None:
    """Write down who takes the list of certificates out of the house."""
    audit.record(
        db, "staff.certificates_exported", now=now, actor_id=actor.learner_id,
        subject_id=sheet.org_id,
    )  # fmt: skip


def as_xlsx(database: Database, vault: Vault, sheet: Sheet, *, now: dt.datetime) -> Iterator[bytes]:
    """The list as a table in pieces; each certificate is read once, and no lock is held."""
    return stream("员工证书", _WIDTHS, _lines(database, vault, sheet, now))


def _lines(
    database: Database, vault: Vault, sheet: Sheet, now: dt.datetime
) -> Iterator[Sequence[Styled]]:
    yield [(title, Look.HEADING) for title in HEADING]
    most = max(SIZE, min(_PIECE, _BUFFERED // max(1, len(sheet.pieces))))
    merged = heapq.merge(
        *(_walk(database, piece, most) for piece in sheet.pieces), key=lambda row: row.place
    )
    while piece := list(islice(merged, _PIECE)):
        with database.reading() as db:
            found = _views(db, vault, piece, now)
        for each in found:
            yield _line(each)


def _walk(database: Database, piece: _Piece, most: int) -> Iterator[HeldRow]:
    """All of one source in order, some at a time, each time of one moment."""
    place: Place | None = None
    while True:
        with database.reading() as db:
            found = piece(db, place, most)
        yield from found
        if len(found) < most:
            return
        place = found[-1].place


def source_of(view: HeldView) -> str:
    """Where a certificate comes from, in words."""
    return f"单位登记，{view.stated.state_name}" if view.stated else "本平台"


def _line(view: HeldView) -> Sequence[Styled]:
    until = view.until.isoformat() if view.until else "—"
    words = (
        view.name, view.unit, view.title, source_of(view), view.number, until, view.says,
        "正在复训" if view.is_renewing else "—",
    )  # fmt: skip
    return [
        (word, Look.RED if view.is_over and place == HEADING.index("到期") else Look.PLAIN)
        for place, word in enumerate(words)
    ]
