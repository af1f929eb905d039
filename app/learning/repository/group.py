"""Many batches of beats written at once: plain statements, one call for all rows of a table.

No objects are made for rows here: of a beat's cost that was the larger part.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPICursor

from app.learning.models.study import StudyCut
from app.learning.rules.coverage import measure, pack
from app.learning.rules.cuts import CutLine
from app.learning.rules.moments import date_of, moment_of
from app.learning.rules.states import LearnerState, LessonState, Piece, SessionState

Row = tuple[Any, ...]


class BeatWrite(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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
    verdicts: bytes
    answer: bytes
    cuts: tuple[CutLine, ...]


@dataclass(frozen=True, slots=True)
class _Many:
    """A statement over many rows; `{source}` holds them as column1, column2 and so on.

    One statement for many rows and not one for each: the database works through all of them
    without coming back, and meanwhile other batches are judged.
    """

    text: str
    row: tuple[str, ...]

    def on_sqlite(self, cursor: DBAPICursor, rows: Sequence[Row]) -> None:
        """Each number of rows is a statement of its own, prepared once a connection."""
        for start in range(0, len(rows), _MOST):
            some = rows[start : start + _MOST]
            cursor.execute(_text_of(self, len(some)), tuple(chain.from_iterable(some)))

    def on_postgres(self, cursor: DBAPICursor, rows: Sequence[Row]) -> None:
        """All rows travel as one value: to bind each of many hundred costs more than to read it."""
        if rows:
            cursor.execute(_text_of(self, 0), (_encode(rows).decode(),))


_MOST = 64
_encode = msgspec.json.Encoder().encode  # bytes become base64
_decode = msgspec.json.Decoder(list[str]).decode


@cache
def _text_of(many: _Many, count: int) -> str:
    """For so many rows on SQLite; for any number on PostgreSQL, where it is 0."""
    if count:
        row = f"({', '.join('?' * len(many.row))})"
        return many.text.format(source=f"(VALUES {', '.join([row] * count)}) AS v", json="")
    columns = [
        f"decode(e->>{index}, 'base64')" if kind == _BYTES else f"(e->>{index})::{kind}"
        for index, kind in enumerate(many.row)
    ]
    named = ", ".join(f"{text} AS column{number}" for number, text in enumerate(columns, 1))
    source = f"(SELECT {named} FROM jsonb_array_elements(%s::jsonb) AS e) AS v"  # noqa: S608
    return many.text.format(source=source, json="::jsonb")


_INT, _TEXT, _BYTES, _BOOL = "bigint", "text", "bytea", "boolean"
_LOCK = "SELECT 1 FROM study_learner WHERE learner_id = ANY(%s) ORDER BY learner_id FOR UPDATE"
_CURRENT = _Many(
    "SELECT json_group_array(l.learner_id) FROM {source} JOIN study_learner AS l"
    " ON l.learner_id = v.column1 AND l.version = v.column2",
    (_TEXT, _INT),
)
_LEARNER = _Many(
    "UPDATE study_learner SET version = version + 1, clock_ms = v.column3, day = v.column4,"
    " day_used_ms = v.column5, since_presence_ms = v.column6, since_identity_ms = v.column7"
    " FROM {source}"
    " WHERE study_learner.learner_id = v.column1 AND study_learner.version = v.column2",
    (_TEXT, *[_INT] * 6),
)
_LEARNER_TAKEN = _Many(_LEARNER.text + " RETURNING learner_id", _LEARNER.row)
_EXPIRY = _Many(
    "UPDATE study_learner SET next_expiry_ms = v.column2 FROM {source}"
    " WHERE study_learner.learner_id = v.column1",
    (_TEXT, _INT),
)
_SESSION = _Many(
    "UPDATE study_session SET heard_at_ms = v.column2, allowance_ms = v.column3,"
    " ack_seq = v.column4, last_t_ms = v.column5, is_restarted = v.column6,"
    " run = v.column7{json}, lesson_id = v.column8, head = v.column9, last_prev = v.column10,"
    " last_verdicts = v.column11 FROM {source} WHERE study_session.id = v.column1",
    (_TEXT, *[_INT] * 4, _BOOL, *[_TEXT] * 4, _BYTES),
)
_COVERAGE = _Many(
    "INSERT INTO lesson_coverage"
    " (learner_id, enrolment_id, lesson_id, covered, covered_ms, frontier_ms)"
    " SELECT * FROM {source} WHERE true"
    " ON CONFLICT (learner_id, enrolment_id, lesson_id) DO UPDATE SET"
    " covered = excluded.covered, covered_ms = excluded.covered_ms,"
    " frontier_ms = excluded.frontier_ms",
    (*[_TEXT] * 3, _BYTES, _INT, _INT),
)
_PIECE = _Many(
    "INSERT INTO pending_piece (learner_id, enrolment_id, lesson_id, session_id, day, pass_number,"
    " is_ripe, first_at_ms, expires_at_ms, stretches, ms) SELECT * FROM {source} WHERE true"
    " ON CONFLICT (learner_id, enrolment_id, lesson_id, session_id, day, pass_number, is_ripe)"
    " DO UPDATE SET first_at_ms = excluded.first_at_ms, expires_at_ms = excluded.expires_at_ms,"
    " stretches = excluded.stretches, ms = excluded.ms",
    (*[_TEXT] * 4, _INT, _INT, _BOOL, _INT, _INT, _BYTES, _INT),
)
_BATCH = _Many(
    "INSERT INTO study_batch"
    " (learner_id, session_id, ack_seq, lesson_id, body, head, reading, credited_ms)"
    " SELECT * FROM {source}",
    (_TEXT, _TEXT, _INT, _TEXT, _BYTES, _TEXT, _BYTES, _INT),
)


def write_beats(connection: Connection, writes: Sequence[BeatWrite]) -> list[bool]:
    """Store all that were judged on the newest version; tells for each whether it was.

    The one whose learner was written by somebody else meanwhile is left out, whole.
    """
    is_postgres = connection.dialect.name == "postgresql"
    run = _Many.on_postgres if is_postgres else _Many.on_sqlite
    take = _take_on_postgres if is_postgres else _take_on_sqlite
    with closing(connection.connection.cursor()) as cursor:
        found = take(cursor, writes)
        kept = [write for write in writes if write.learner.learner_id in found]
        expiring = [write for write in kept if write.is_expiry_new]
        run(_EXPIRY, cursor, [(w.learner.learner_id, w.next_expiry_ms) for w in expiring])
        run(_SESSION, cursor, [_session_row(write) for write in kept])
        run(_COVERAGE, cursor, [_coverage_row(write) for write in kept])
        run(_PIECE, cursor, [_piece_row(write, each) for write in kept for each in write.pieces])
        run(_BATCH, cursor, [_batch_row(write) for write in kept])
    _write_cuts(connection, kept)
    return [write.learner.learner_id in found for write in writes]


def _take_on_sqlite(cursor: DBAPICursor, writes: Sequence[BeatWrite]) -> set[str]:
    """Compare and set the learners' rows; gives the learners that were at their version.

    They are looked for before, as one value: nobody else writes meanwhile, and every row that
    a statement gives back lets another thread have the interpreter.
    """
    found: set[str] = set()
    for start in range(0, len(writes), _MOST):
        rows = [_learner_row(write) for write in writes[start : start + _MOST]]
        _CURRENT.on_sqlite(cursor, [row[:2] for row in rows])
        (current,) = cursor.fetchall()
        found.update(_decode(current[0]))
        _LEARNER.on_sqlite(cursor, rows)
    return found


def _take_on_postgres(cursor: DBAPICursor, writes: Sequence[BeatWrite]) -> set[str]:
    """The same; locked in one order: two workers with the same learners must not wait for ever."""
    cursor.execute(_LOCK, (sorted({write.learner.learner_id for write in writes}),))
    _LEARNER_TAKEN.on_postgres(cursor, [_learner_row(write) for write in writes])
    return {row[0] for row in cursor.fetchall()}


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
        write.previous, write.verdicts,
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
