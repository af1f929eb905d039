"""Pending time in pieces: joined, ripened, taken back or released (R10-R12)."""

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from app.learning.rules.coverage import Intervals, union
from app.learning.rules.states import Cut, LearnerState, Piece, Taken


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """One line for the ledger: a release, a session, a lesson, a local day."""

    enrolment_id: str
    lesson_id: str
    session_id: str
    day: int
    ms: int


def pending_ms(learner: LearnerState, enrolment_id: str) -> int:
    total = 0
    for piece in learner.pending:
        if piece.enrolment_id == enrolment_id:
            total += piece.ms
    return total


def next_expiry(pieces: tuple[Piece, ...]) -> int | None:
    """When the first of them expires; the calendar looks for it."""
    return min([piece.expires_at_ms for piece in pieces], default=None)


def _account(piece: Piece) -> tuple[str, str, str, int, int, bool]:
    return (
        piece.enrolment_id,
        piece.lesson_id,
        piece.session_id,
        piece.day,
        piece.pass_number,
        piece.is_ripe,
    )


def join(pieces: tuple[Piece, ...], fresh: Piece) -> tuple[Piece, ...]:
    """The pieces with a fresh one; time of one lesson, day and pass is one piece.

    The older piece's moments stand: what waits longest decides when it expires.
    """
    account = _account(fresh)
    for index, piece in enumerate(pieces):
        if _account(piece) == account:
            joined = replace(piece, stretches=union(piece.stretches, fresh.stretches))
            return (*pieces[:index], joined, *pieces[index + 1 :])
    return (*pieces, fresh)


def ripen(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """R10: the unbroken stretch reached its least length, all of it counts."""
    ripe = tuple(piece for piece in pieces if piece.is_ripe)
    for piece in pieces:
        if not piece.is_ripe:
            ripe = join(ripe, replace(piece, is_ripe=True))
    return ripe


def take_back(
    learner: LearnerState, reason: Cut, is_taken: Callable[[Piece], bool]
) -> tuple[LearnerState, tuple[Taken, ...]]:
    """R12: the stretches leave the coverage, and the day gets its time back."""
    taken = tuple(
        Taken(
            enrolment_id=piece.enrolment_id,
            lesson_id=piece.lesson_id,
            session_id=piece.session_id,
            day=piece.day,
            stretches=piece.stretches,
            reason=reason,
        )
        for piece in learner.pending
        if is_taken(piece)
    )
    if not taken:
        return learner, ()
    kept = tuple(piece for piece in learner.pending if not is_taken(piece))
    today = sum(part.ms for part in taken if part.day == learner.day)
    return replace(learner, pending=kept, day_used_ms=learner.day_used_ms - today), taken


def forfeit_since_pass(learner: LearnerState) -> tuple[LearnerState, tuple[Taken, ...]]:
    number = learner.pass_number
    return take_back(learner, Cut.FORFEITED, lambda piece: piece.pass_number == number)


def forfeit_all(learner: LearnerState) -> tuple[LearnerState, tuple[Taken, ...]]:
    return take_back(learner, Cut.FORFEITED, lambda _: True)


def drop_unripe(learner: LearnerState) -> tuple[LearnerState, tuple[Taken, ...]]:
    """R10: the stretch broke before its least length."""
    return take_back(learner, Cut.TOO_SHORT, lambda piece: not piece.is_ripe)


def expire(learner: LearnerState, now_ms: int) -> tuple[LearnerState, tuple[Taken, ...]]:
    """R12: pending time does not wait for ever, except for a person's decision."""
    if learner.is_under_review:
        return learner, ()
    return take_back(learner, Cut.EXPIRED, lambda piece: piece.expires_at_ms <= now_ms)


def release(learner: LearnerState) -> tuple[LearnerState, tuple[Entry, ...]]:
    """R11: a passed identity check releases all pending time, one entry a session, lesson and day.

    Each session is charged its own: what was released of it is never more than it was credited.
    A stretch still too short to count stays behind: it is not yet time at all.
    """
    kept = tuple(piece for piece in learner.pending if not piece.is_ripe)
    entries = _entries(piece for piece in learner.pending if piece.is_ripe)
    return replace(learner, pending=kept), entries


def _entries(pieces: Iterable[Piece]) -> tuple[Entry, ...]:
    lines: dict[tuple[str, str, str, int], Entry] = {}
    for piece in pieces:
        place = (piece.session_id, piece.enrolment_id, piece.lesson_id, piece.day)
        earlier = lines[place].ms if place in lines else 0
        lines[place] = Entry(
            enrolment_id=piece.enrolment_id,
            lesson_id=piece.lesson_id,
            session_id=piece.session_id,
            day=piece.day,
            ms=earlier + piece.ms,
        )
    return tuple(lines.values())


def stretches_taken(taken: Iterable[Taken], enrolment_id: str, lesson_id: str) -> Intervals:
    stretches: Intervals = ()
    for part in taken:
        if (part.enrolment_id, part.lesson_id) == (enrolment_id, lesson_id):
            stretches = union(stretches, part.stretches)
    return stretches
