"""The ledger: what is confirmed, for which lesson and day, and that nobody changed it since."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.core import log_reading, translog
from app.core.errors import InvalidError, NotFoundError
from app.core.ids import new_id
from app.core.translog import Kind
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import StudySession
from app.learning.repository import ledger as rows
from app.learning.repository import study as study_rows
from app.learning.rules.ledger import FIRST, Line, binding, broken_at, line_bytes
from app.learning.rules.moments import date_of
from app.learning.rules.pending import Entry
from app.learning.services import steps
from app.learning.services.evidence import last_standing
from app.learning.services.study_books import StudyBooks

RELEASE, CORRECTION = "release", "correction"


@dataclass(frozen=True, slots=True)
class DayHours:
    """Confirmed time of one lesson on one local day."""

    day: dt.date
    enrolment_id: str
    lesson_id: str
    ms: int


def release(books: StudyBooks, entries: Sequence[Entry], *, evidence: str) -> int:
    """Enter released time, one entry a session, lesson and day; returns how much it was.

    `evidence` names the check that released it; each entry's hash binds it to the reports of the
    session that earned the time, and to how each of them was judged.
    """
    bound: dict[str, str] = {}
    for entry in entries:
        session = books.session_row(entry.session_id)
        if session.id not in bound:
            bound[session.id] = _bound(books.db, session, evidence)
        _append(
            books.db,
            learner_id=books.learner_id,
            entry=entry,
            policy_version=session.policy_version,
            evidence_hash=bound[session.id],
            reason="",
            author_id=None,
            at=books.now,
        )
    return sum(entry.ms for entry in entries)


def grant(books: StudyBooks, entry: Entry, *, evidence: str, reason: str, author_id: str) -> str:
    """Enter time that people gave back after an appeal, as a correction; returns its id.

    The caller has put the stretch into the coverage: what is confirmed stays what is covered.
    """
    session = books.session_row(entry.session_id)
    return _append(
        books.db, learner_id=books.learner_id, entry=entry, policy_version=session.policy_version,
        evidence_hash=_bound(books.db, session, evidence), reason=reason.strip(),
        author_id=author_id, at=books.now,
    )  # fmt: skip


def correct(
    db: Session,
    entry_id: str,
    *,
    ms: int,
    reason: str,
    author_id: str,
    now: dt.datetime,
) -> str:
    """Enter a correction of an earlier entry, with its reason and author; returns its id.

    Raises InvalidError without a reason, or where more than the entry would be taken back.
    """
    earlier = db.get_one(LedgerEntry, entry_id)
    if not reason.strip():
        raise InvalidError("请写明更正的理由。", field="/reason")
    if ms == 0 or earlier.ms + ms < 0:
        raise InvalidError("更正的时长不能为零，也不能超过原记录。", field="/ms")
    # The learner's version goes up: totals that another worker remembers are old from here on.
    flag_modified(study_rows.lock_learner(db, earlier.learner_id), "clock_ms")
    entry = Entry(
        enrolment_id=earlier.enrolment_id, lesson_id=earlier.lesson_id,
        session_id=earlier.session_id, day=(earlier.day - date_of(0)).days, ms=ms,
    )  # fmt: skip
    steps.note(db, earlier.enrolment_id, now=now)
    return _append(
        db,
        learner_id=earlier.learner_id,
        entry=entry,
        policy_version=earlier.policy_version,
        evidence_hash=_digest(f"correction:{earlier.hash}"),
        reason=reason.strip(),
        author_id=author_id,
        at=now,
    )


def _append(
    db: Session,
    *,
    learner_id: str,
    entry: Entry,
    policy_version: str,
    evidence_hash: str,
    reason: str,
    author_id: str | None,
    at: dt.datetime,
) -> str:
    last = rows.newest(db, learner_id)
    previous = last.hash if last else FIRST
    line = Line(
        learner_id=learner_id, number=last.number + 1 if last else 1,
        enrolment_id=entry.enrolment_id, lesson_id=entry.lesson_id, session_id=entry.session_id,
        day=date_of(entry.day), ms=entry.ms, kind=CORRECTION if reason else RELEASE,
        policy_version=policy_version, evidence_hash=evidence_hash, reason=reason,
        author_id=author_id, at=at,
    )  # fmt: skip
    record = line_bytes(line, previous)
    row = LedgerEntry(
        id=new_id(at), prev_hash=previous, hash=hashlib.sha256(record).hexdigest(),
        **{name: getattr(line, name) for name in Line.__struct_fields__},
    )  # fmt: skip
    db.add(row)
    translog.enter(db, translog.Kind.LEDGER_ENTRY, row.id, record)
    db.flush()
    return row.id


def _bound(db: Session, session: StudySession, evidence: str) -> str:
    return binding(evidence, session.id, last_standing(db, session))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def check_own(db: Session, entry_id: str, learner_id: str) -> None:
    """Raises NotFoundError for an entry that is not there, or another learner's."""
    row = db.get(LedgerEntry, entry_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这条学时记录。", remedy="请从“我的学习”进入")


def confirmed_ms(db: Session, enrolment_id: str) -> int:
    """A learner's hours in a course: the sum of the ledger and nothing else."""
    return rows.sum_in(db, enrolment_id)


def hours_by_day(
    db: Session, learner_id: str, *, first_day: dt.date, last_day: dt.date
) -> list[DayHours]:
    """Return confirmed time by local day, enrolment and lesson."""
    found = rows.sums_by_day(db, learner_id, first_day=first_day, last_day=last_day)
    return [DayHours(*row) for row in found]


def evidence_hash(db: Session, enrolment_id: str) -> str:
    """One hash over all entries of an enrolment, for what is stated on a certificate."""
    return _digest("\n".join(entry.hash for entry in rows.entries_in(db, enrolment_id)))


@dataclass(frozen=True, slots=True)
class LedgerStanding:
    """How many entries an enrolment has, one hash over them, and the last one's hash and place."""

    entries: int
    evidence: str
    last_hash: str
    position: int | None


def standing_of(db: Session, enrolment_id: str) -> LedgerStanding:
    """Where the ledger stands now; `position` is None while the last entry waits for its place."""
    found = rows.entries_in(db, enrolment_id)
    last = found[-1] if found else None
    position = log_reading.position_of(db, Kind.LEDGER_ENTRY, last.id) if last else None
    evidence = evidence_hash(db, enrolment_id)
    return LedgerStanding(len(found), evidence, last.hash if last else "", position)


def broken_entry(db: Session, learner_id: str) -> int | None:
    """Return the number of the first entry that does not follow from the others, if any."""
    return broken_at(
        (
            Line(**{name: getattr(row, name) for name in Line.__struct_fields__}),
            row.prev_hash,
            row.hash,
        )
        for row in rows.entries_of(db, learner_id)
    )
