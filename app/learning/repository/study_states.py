"""Between rows and the states that the rules read: nothing is decided here."""

from collections.abc import Iterable

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.learning.models.catalogue import Lesson as LessonRow
from app.learning.models.study import (
    LessonCoverage,
    PendingPiece,
    StudyCut,
    StudyLearner,
    StudySession,
)
from app.learning.models.study_checks import StudyChallenge
from app.learning.repository import study as rows
from app.learning.rules.coverage import EMPTY, measure, pack, unpack
from app.learning.rules.cuts import CutLine
from app.learning.rules.moments import day_of, epoch_ms
from app.learning.rules.pending import next_expiry
from app.learning.rules.states import (
    Challenge,
    ChallengeKind,
    Cut,
    Hold,
    LearnerState,
    Lesson,
    LessonKind,
    LessonState,
    Phase,
    Piece,
    Run,
    SessionState,
)

# Lines of what was not counted that may go on: one for each reason, and some to spare.
CUTS_AT_ONCE = 30
_SAME = (
    "open_session_id", "clock_ms", "pass_number", "day", "day_used_ms", "since_presence_ms",
    "since_identity_ms", "presence_due_ms", "identity_due_ms", "is_under_review", "silent_run",
    "uncertain_run", "silent_day", "silent_count", "check_day", "check_count", "identity_at_ms",
    "identity_device", "stint_ms", "stint_at_ms",
)  # fmt: skip
_SAME_SESSION = (
    "enrolment_id", "opened_at_ms", "heard_at_ms", "allowance_ms", "ack_seq", "last_t_ms",
    "is_restarted",
)  # fmt: skip
_SAME_CHALLENGE = (
    "method", "session_id", "enrolment_id", "raised_at_ms", "expires_at_ms", "tries_left",
    "is_heard", "is_on_hold", "is_scheduled", "judging_until_ms",
)  # fmt: skip
_SAME_PIECE = (
    "enrolment_id", "lesson_id", "session_id", "day", "pass_number", "is_ripe", "first_at_ms",
    "expires_at_ms",
)  # fmt: skip


def learner_state(db: Session, row: StudyLearner) -> LearnerState:
    """The learner's state with pending time and the open challenge."""
    challenge = db.get(StudyChallenge, row.challenge_id) if row.challenge_id else None
    return learner_state_of(row, rows.list_pending(db, row.learner_id), challenge)


def learner_state_of(
    row: StudyLearner, pending: Iterable[PendingPiece], challenge: StudyChallenge | None
) -> LearnerState:
    return LearnerState(
        learner_id=row.learner_id,
        pending=tuple(map(_piece, pending)),
        challenge=challenge_state(challenge) if challenge else None,
        hold=Hold(row.hold) if row.hold else None,
        misses=tuple((enrolment_id, count) for enrolment_id, count in row.misses),
        **{name: getattr(row, name) for name in _SAME},
    )


def store_learner(
    db: Session, row: StudyLearner, before: LearnerState, after: LearnerState
) -> None:
    """Write what changed of the learner: the row, the open challenge, the pending time.

    The row is written even where nothing of it changed: its version also stands for the sessions,
    the coverage and the pending time, and whoever judged on an older one must find that out.
    """
    flag_modified(row, "clock_ms")
    for name in _SAME:
        setattr(row, name, getattr(after, name))
    row.hold = after.hold.value if after.hold else None
    row.misses = [list(pair) for pair in after.misses]
    row.challenge_id = after.challenge.challenge_id if after.challenge else None
    row.next_expiry_ms = next_expiry(after.pending)
    if after.challenge is not None:
        _store_challenge(db, after.challenge)
    _store_pending(db, after.learner_id, before.pending, after.pending)


def _store_challenge(db: Session, challenge: Challenge) -> None:
    row = db.get_one(StudyChallenge, challenge.challenge_id)
    for name in _SAME_CHALLENGE:
        setattr(row, name, getattr(challenge, name))


def challenge_state(row: StudyChallenge) -> Challenge:
    return Challenge(
        challenge_id=row.id,
        kind=ChallengeKind(row.kind),
        **{name: getattr(row, name) for name in _SAME_CHALLENGE},
    )


def _place(piece: Piece) -> tuple[str, str, str, int, int, bool]:
    return (
        piece.enrolment_id, piece.lesson_id, piece.session_id, piece.day, piece.pass_number,
        piece.is_ripe,
    )  # fmt: skip


def _piece(row: PendingPiece) -> Piece:
    return Piece(
        stretches=unpack(row.stretches), **{name: getattr(row, name) for name in _SAME_PIECE}
    )


def _store_pending(
    db: Session, learner_id: str, before: tuple[Piece, ...], after: tuple[Piece, ...]
) -> None:
    old, new = ({_place(piece): piece for piece in pieces} for pieces in (before, after))
    for place in old.keys() - new.keys():
        db.delete(db.get_one(PendingPiece, (learner_id, *place)))
    for place, piece in new.items():
        if old.get(place) == piece:
            continue
        row = db.get(PendingPiece, (learner_id, *place)) if place in old else None
        if row is None:
            row = PendingPiece(learner_id=learner_id)
            db.add(row)
        for name in _SAME_PIECE:
            setattr(row, name, getattr(piece, name))
        row.stretches, row.ms = pack(piece.stretches), piece.ms


def session_state(row: StudySession) -> SessionState:
    return SessionState(
        session_id=row.id,
        run=Run(*row.run),
        phase=Phase(row.phase),
        **{name: getattr(row, name) for name in _SAME_SESSION},
    )


def store_session(row: StudySession, state: SessionState) -> None:
    for name in _SAME_SESSION:
        setattr(row, name, getattr(state, name))
    row.run = [state.run.lesson_id, state.run.end_ms, state.run.played_ms]
    row.phase = state.phase.value


def lesson_of(row: LessonRow) -> Lesson:
    """What the rules need of a lesson; a document's pages lie one after the other."""
    starts: list[int] = []
    edge = 0
    for page in row.pages:
        starts.append(edge)
        edge += int(page["ms"])
    return Lesson(row.id, LessonKind(row.kind), row.length_ms, tuple(starts))


def lesson_state(row: LessonCoverage | None) -> LessonState:
    if row is None:
        return LessonState(EMPTY, 0)
    return LessonState(unpack(row.covered), row.frontier_ms)


def store_lesson(db: Session, key: tuple[str, str, str], state: LessonState) -> None:
    """Write a lesson's coverage; `key` is learner, enrolment, lesson."""
    row = rows.get_coverage(db, *key)
    if row is None:
        row = LessonCoverage(learner_id=key[0], enrolment_id=key[1], lesson_id=key[2])
        db.add(row)
    row.covered, row.covered_ms = pack(state.covered), measure(state.covered)
    row.frontier_ms = state.frontier_ms


def cut_line(row: StudyCut) -> CutLine:
    return CutLine(
        cut_id=row.id,
        lesson_id=row.lesson_id,
        day=day_of(row.day),
        code=Cut(row.code),
        ms=row.ms,
        first_at_ms=epoch_ms(row.first_at),
        last_at_ms=epoch_ms(row.last_at),
    )
