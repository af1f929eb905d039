"""Many batches of beats written at once: plain statements, one call for all rows of a table.

No objects are made for rows here: of a beat's cost that was the larger part.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPICursor

from app.learning.models.study import StudyCut
from app.learning.rules.coverage import measure, pack
from app.learning.rules.cuts import CutLine
from app.learning.rules.moments import date_of, moment_of
from app.learning.rules.states import LearnerState, LessonState, Piece, SessionState

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatWrite:
    """One batch as it is stored; judged on the learner's row at `version`."""

    version: int
    learner: LearnerState
    next_expiry_ms: int | None
    is_expiry_new: bool
    session: SessionState
    lesson_id: str
    lesson: LessonState
    pieces: tuple[Piece, ...]
    previous: str
    head: str
    body: bytes
    reading: bytes
    credited_ms: int
    answer: bytes
    cuts: tuple[CutLine, ...]


@dataclass(frozen=True, slots=True)
class _Many:
    """A statement over many rows; `row` has their types, which PostgreSQL wants to be told.

    One statement for many rows and not one for each: the database works through all of them
    without coming back, and meanwhile other batches are judged.
    """

    text: str
    row: tuple[str, ...]

    def run(self, cursor: DBAPICursor, rows: Sequence[Row], *, is_postgres: bool) -> list[Any]:
        """Execute in few steps, through the driver itself; gives the first column returned."""
        found: list[Any] = []
        start, left = 0, len(rows)
        while left:
            size = min(left, _MOST)
            if is_postgres:
                size = 1 << (size.bit_length() - 1)
            values = tuple(chain.from_iterable(rows[start : start + size]))
            cursor.execute(_text_of(self, size, is_postgres=is_postgres), values)
            if cursor.description is not None:
                found += [row[0] for row in cursor.fetchall()]
            start, left = start + size, left - size
        return found


# Each size is a statement of its own, prepared once a connection. PostgreSQL plans what it has not
# prepared, so there only powers of two are used.
_MOST = 64


@cache
def _text_of(many: _Many, size: int, *, is_postgres: bool) -> str:
    marks = [f"%s::{kind}" if is_postgres else "?" for kind in many.row]
    rows = ", ".join([f"({', '.join(marks)})"] * size)
    return many.text.format(rows=rows, json="::jsonb" if is_postgres else "")


_INT, _TEXT, _BYTES, _BOOL = "bigint", "text", "bytea", "boolean"
_LEARNER = _Many(
    "UPDATE study_learner SET version = version + 1, clock_ms = v.column3, day = v.column4,"
    " day_used_ms = v.column5, since_presence_ms = v.column6, since_identity_ms = v.column7"
    " FROM (VALUES {rows}) AS v"
    " WHERE study_learner.learner_id = v.column1 AND study_learner.version = v.column2"
    " RETURNING learner_id",
    (_TEXT, *[_INT] * 6),
)
_EXPIRY = _Many(
    "UPDATE study_learner SET next_expiry_ms = v.column2 FROM (VALUES {rows}) AS v"
    " WHERE study_learner.learner_id = v.column1",
    (_TEXT, _INT),
)
_SESSION = _Many(
    "UPDATE study_session SET heard_at_ms = v.column2, allowance_ms = v.column3,"
    " ack_seq = v.column4, last_t_ms = v.column5, is_restarted = v.column6,"
    " run = v.column7{json}, lesson_id = v.column8, head = v.column9, last_prev = v.column10,"
    " last_answer = v.column11 FROM (VALUES {rows}) AS v WHERE study_session.id = v.column1",
    (_TEXT, *[_INT] * 4, _BOOL, *[_TEXT] * 4, _BYTES),
)
_COVERAGE = _Many(
    "INSERT INTO lesson_coverage"
    " (learner_id, enrolment_id, lesson_id, covered, covered_ms, frontier_ms) VALUES {rows}"
    " ON CONFLICT (learner_id, enrolment_id, lesson_id) DO UPDATE SET"
    " covered = excluded.covered, covered_ms = excluded.covered_ms,"
    " frontier_ms = excluded.frontier_ms",
    (*[_TEXT] * 3, _BYTES, _INT, _INT),
)
_PIECE = _Many(
    "INSERT INTO pending_piece (learner_id, enrolment_id, lesson_id, session_id, day, pass_number,"
    " is_ripe, first_at_ms, expires_at_ms, stretches, ms) VALUES {rows}"
    " ON CONFLICT (learner_id, enrolment_id, lesson_id, session_id, day, pass_number, is_ripe)"
    " DO UPDATE SET first_at_ms = excluded.first_at_ms, expires_at_ms = excluded.expires_at_ms,"
    " stretches = excluded.stretches, ms = excluded.ms",
    (*[_TEXT] * 4, _INT, _INT, _BOOL, _INT, _INT, _BYTES, _INT),
)
_LOCK = "SELECT 1 FROM study_learner WHERE learner_id = ANY(%s) ORDER BY learner_id FOR UPDATE"
_BATCH = _Many(
    "INSERT INTO study_batch"
    " (learner_id, session_id, ack_seq, lesson_id, body, head, reading, credited_ms)"
    " VALUES {rows}",
    (_TEXT, _TEXT, _INT, _TEXT, _BYTES, _TEXT, _BYTES, _INT),
)


def write_beats(connection: Connection, writes: Sequence[BeatWrite]) -> list[bool]:
    """Store all that were judged on the newest version; tells for each whether it was.

    The one whose learner was written by somebody else meanwhile is left out, whole.
    """
    is_postgres = connection.dialect.name == "postgresql"
    with closing(connection.connection.cursor()) as cursor:
        run = partial(_Many.run, cursor=cursor, is_postgres=is_postgres)
        if is_postgres:
            # In one order: two workers with the same learners must not wait for each other.
            cursor.execute(_LOCK, (sorted({write.learner.learner_id for write in writes}),))
        found = set(run(_LEARNER, rows=[_learner_row(write) for write in writes]))
        taken = [write.learner.learner_id in found for write in writes]
        kept = [write for write, is_taken in zip(writes, taken, strict=True) if is_taken]
        expiring = [write for write in kept if write.is_expiry_new]
        run(_EXPIRY, rows=[(w.learner.learner_id, w.next_expiry_ms) for w in expiring])
        run(_SESSION, rows=[_session_row(write) for write in kept])
        run(_COVERAGE, rows=[_coverage_row(write) for write in kept])
        run(_PIECE, rows=[_piece_row(write, piece) for write in kept for piece in write.pieces])
        run(_BATCH, rows=[_batch_row(write) for write in kept])
    _write_cuts(connection, kept)
    return taken


def _learner_row(write: BeatWrite) -> tuple[Any, ...]:
    learner = write.learner
    return (
        learner.learner_id, write.version, learner.clock_ms, learner.day,
        learner.day_used_ms, learner.since_presence_ms, learner.since_identity_ms,
    )  # fmt: skip


def _session_row(write: BeatWrite) -> tuple[Any, ...]:
    session, run = write.session, write.session.run
    stretch = f'["{run.lesson_id}", {run.end_ms}, {run.played_ms}]'
    return (
        session.session_id, session.heard_at_ms, session.allowance_ms, session.ack_seq,
        session.last_t_ms, session.is_restarted, stretch, write.lesson_id, write.head,
        write.previous, write.answer,
    )  # fmt: skip


def _coverage_row(write: BeatWrite) -> tuple[Any, ...]:
    covered = write.lesson.covered
    return (
        write.learner.learner_id, write.session.enrolment_id, write.lesson_id, pack(covered),
        measure(covered), write.lesson.frontier_ms,
    )  # fmt: skip


def _piece_row(write: BeatWrite, piece: Piece) -> tuple[Any, ...]:
    return (
        write.learner.learner_id, piece.enrolment_id, piece.lesson_id, piece.session_id,
        piece.day, piece.pass_number, piece.is_ripe, piece.first_at_ms, piece.expires_at_ms,
        pack(piece.stretches), piece.ms,
    )  # fmt: skip


def _batch_row(write: BeatWrite) -> tuple[Any, ...]:
    return (
        write.learner.learner_id, write.session.session_id, write.session.ack_seq,
        write.lesson_id, write.body, write.head, write.reading, write.credited_ms,
    )  # fmt: skip


def _write_cuts(connection: Connection, writes: Iterable[BeatWrite]) -> None:
    rows = [_cut_row(write, line) for write in writes for line in write.cuts]
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(StudyCut)
    newer = {name: statement.excluded[name] for name in ("ms", "last_at")}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=newer), rows)


def _cut_row(write: BeatWrite, line: CutLine) -> dict[str, Any]:
    return {
        "id": line.cut_id, "learner_id": write.learner.learner_id,
        "session_id": write.session.session_id, "enrolment_id": write.session.enrolment_id,
        "lesson_id": line.lesson_id, "day": date_of(line.day), "code": line.code.value,
        "ms": line.ms, "first_at": moment_of(line.first_at_ms),
        "last_at": moment_of(line.last_at_ms),
    }  # fmt: skip
