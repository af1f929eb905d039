"""A learner's day as a line: each session's stretches and what became of them, checks, releases.

The stored evidence is judged again; the ledger, the cuts, the checks and the holds say the rest.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.identity.rules.local_days import SHANGHAI
from app.learning.models.catalogue import Lesson
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import StudyCut, StudySession
from app.learning.repository import ledger as ledger_rows
from app.learning.repository import study as rows
from app.learning.repository.study_states import cut_line, lesson_of
from app.learning.rules import bands
from app.learning.rules.bands import Band, Piece
from app.learning.rules.lessons import page_number
from app.learning.rules.moments import day_of, epoch_ms, moment_of
from app.learning.rules.states import Cut, LessonKind
from app.learning.rules.timeline import Fate, Line, Release, Segment, lines, segments
from app.learning.rules.wording import CUTS, NEXT_TIME
from app.learning.services import evidence, ledger, line_marks
from app.learning.services.line_marks import Mark

_GOOD = {Fate.CONFIRMED: "已计入学时。", Fate.WAITING: "已记录，等身份核对通过后计入。"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What is read as one line. `sentence` says why, `next_time` what helps; a cut has an id.

    `from_ms` and `to_ms` are positions in the lesson; `pages` are a document's instead.
    """

    start_at: dt.datetime
    end_at: dt.datetime
    fate: Fate
    code: Cut | None
    ms: int
    lesson_id: str
    lesson_number: int
    lesson_title: str
    from_ms: int
    to_ms: int
    pages: tuple[int, int] | None
    sentence: str
    next_time: str
    cut_id: str
    granted_ms: int

    @property
    def at(self) -> dt.datetime:
        return self.start_at

    @property
    def is_refused(self) -> bool:
        return self.fate in (Fate.REFUSED, Fate.TAKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """One session's part of the day; amounts in lesson time."""

    session_id: str
    course_title: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    confirmed_ms: int
    waiting_ms: int
    refused_ms: int
    pieces: tuple[Piece, ...]
    bands: tuple[Band, ...]
    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...]

    @property
    def is_short(self) -> bool:
        """Whether minutes alone would say one moment for two: a stretch within one, or all of it.

        Then every moment of the session is read to the second.
        """
        spans = [(each.start_at, each.end_at) for each in self.stretches]
        spans += [(each.start_at, each.end_at) for each in self.bands]
        return any(epoch_ms(start) // 60_000 == epoch_ms(end) // 60_000 for start, end in spans)

    @property
    def entries(self) -> list[Stretch | Mark]:
        """Everything in the order of the server's clock, as it is read."""
        return sorted((*self.stretches, *self.marks), key=lambda each: each.at)


@dataclass(frozen=True, slots=True)
class DayLine:
    """`confirmed_ms` is the ledger's of the day, corrections included."""

    day: dt.date
    confirmed_ms: int
    sessions: tuple[SessionLine, ...]

    @property
    def appealable(self) -> list[str]:
        """The ids of the cuts and holds that can be appealed against."""
        cuts = [each.cut_id for line in self.sessions for each in line.stretches if each.is_refused]
        holds = [each.hold_id for line in self.sessions for each in line.marks]
        return [ref_id for ref_id in (*cuts, *holds) if ref_id]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What all sessions of the day look things up in."""

    cuts: dict[str, StudyCut]
    lessons: dict[str, Lesson]
    titles: dict[str, str]


def day_line(db: Session, learner_id: str, day: dt.date) -> DayLine:
    """Tell a learner's local day. A day without study has no sessions."""
    sessions = _sessions(db, learner_id, day)
    cuts = rows.list_cuts(db, learner_id, first_day=day, last_day=day)
    entries = ledger_rows.entries_on(db, learner_id, day)
    parts = _segments(db, sessions, day, cuts, entries)
    marks = line_marks.marks(db, sessions, entries, day)
    shelf = _Shelf(
        {cut.id: cut for cut in cuts},
        rows.lessons_by_id(db, sorted({part.lesson_id for part in parts})),
        rows.course_titles(db, sorted({session.enrolment_id for session in sessions})),
    )
    found = [
        _session_line(
            session, [part for part in parts if part.session_id == session.id],
            marks.get(session.id, ()), shelf,
        )
        for session in sessions
    ]  # fmt: skip
    return DayLine(day, sum(entry.ms for entry in entries), tuple(found))


def _sessions(db: Session, learner_id: str, day: dt.date) -> list[StudySession]:
    begin = dt.datetime.combine(day, dt.time(), SHANGHAI)
    return rows.sessions_between(db, learner_id, begin, begin + dt.timedelta(days=1))


def _segments(
    db: Session,
    sessions: Sequence[StudySession],
    day: dt.date,
    cuts: Sequence[StudyCut],
    entries: Sequence[LedgerEntry],
) -> list[Segment]:
    number = day_of(day)
    told = [
        [line for line in evidence.told(db, session) if line.day == number] for session in sessions
    ]
    by_session = {
        session.id: [cut_line(cut) for cut in cuts if cut.session_id == session.id]
        for session in sessions
    }
    releases = [
        Release(
            enrolment_id=entry.enrolment_id, lesson_id=entry.lesson_id,
            at_ms=epoch_ms(entry.at), ms=entry.ms,
        )
        for entry in entries if entry.kind == ledger.RELEASE
    ]  # fmt: skip
    return segments(told, by_session, releases)


def _session_line(
    session: StudySession, parts: list[Segment], marks: Sequence[Mark], shelf: _Shelf
) -> SessionLine:
    first = parts[0].start_ms if parts else epoch_ms(session.opened_at)
    last = parts[-1].end_ms if parts else first
    within = [epoch_ms(mark.at) for mark in marks if mark.is_within]
    pieces = bands.joined(parts)
    return SessionLine(
        session_id=session.id, course_title=shelf.titles.get(session.enrolment_id, ""),
        opened_at=session.opened_at, closed_at=session.closed_at,
        confirmed_ms=_sum(parts, Fate.CONFIRMED), waiting_ms=_sum(parts, Fate.WAITING),
        refused_ms=_sum(parts, Fate.REFUSED, Fate.TAKEN),
        pieces=tuple(pieces),
        bands=tuple(bands.bands(pieces, min([first, *within]), max([last, *within]))),
        stretches=tuple(_stretch(line, shelf) for line in lines(parts)),
        marks=tuple(marks),
    )  # fmt: skip


def _sum(parts: Sequence[Segment], *fates: Fate) -> int:
    return sum(part.ms for part in parts if part.fate in fates)


def _stretch(line: Line, shelf: _Shelf) -> Stretch:
    lesson, cut = shelf.lessons[line.lesson_id], shelf.cuts.get(line.cut_id)
    return Stretch(
        start_at=moment_of(line.start_ms), end_at=moment_of(line.end_ms), fate=line.fate,
        code=line.code, ms=line.ms, lesson_id=lesson.id, lesson_number=lesson.position,
        lesson_title=lesson.title, from_ms=line.from_ms, to_ms=line.to_ms,
        pages=_pages(lesson, line), cut_id=line.cut_id,
        sentence=CUTS[line.code] if line.code else _GOOD[line.fate],
        next_time=NEXT_TIME[line.code] if line.code else "",
        granted_ms=cut.granted_ms if cut else 0,
    )  # fmt: skip


def _pages(row: Lesson, line: Line) -> tuple[int, int] | None:
    lesson = lesson_of(row)
    if lesson.kind is LessonKind.VIDEO:
        return None
    last = max(line.from_ms, line.to_ms - 1)
    return page_number(lesson, line.from_ms), page_number(lesson, last)
