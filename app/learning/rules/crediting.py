"""Judging a batch of beats that arrives at `now`: what is credited, what is cut, why.

R1 to R10, R24 and R29.
"""

from msgspec import Struct
from msgspec.structs import replace

from app.learning.rules import pending
from app.learning.rules.coverage import Intervals, clip, leading, measure, subtract, union
from app.learning.rules.lessons import frontier_after, is_ahead, playable_end
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.policy_values import FULL_RATE
from app.learning.rules.states import (
    Batch,
    Beat,
    ChallengeKind,
    Cut,
    LearnerState,
    Lesson,
    LessonKind,
    LessonState,
    Piece,
    Run,
    SessionState,
    Taken,
    Verdict,
)

TRIES = 3


class Books(Struct, frozen=True, gc=False):
    """The three states a batch is judged against, and the three it leaves behind."""

    session: SessionState
    learner: LearnerState
    lesson: LessonState


class Judgement(Struct, frozen=True, gc=False):
    books: Books
    verdicts: tuple[Verdict, ...]
    taken: tuple[Taken, ...] = ()

    @property
    def credited_ms(self) -> int:
        return sum(verdict.credited_ms for verdict in self.verdicts)


class _Scene(Struct, frozen=True, gc=False):
    """What stays the same for every beat of a batch."""

    policy: StudyPolicy
    lesson: Lesson
    delivered: Intervals
    now_ms: int
    is_open_hour: bool
    is_held: bool


def judge_batch(
    policy: StudyPolicy,
    lesson: Lesson,
    books: Books,
    batch: Batch,
    *,
    delivered: Intervals,
    now_ms: int,
) -> Judgement:
    """R1 to R10 for every beat in order. Pure: the same arguments give the same judgement."""
    now_ms = max(now_ms, books.learner.clock_ms)
    books = catch_up(policy, books, now_ms)
    if not policy.media_proof:
        delivered = ((0, lesson.length_ms),)
    scene = _Scene(
        policy,
        lesson,
        clip(delivered, 0, lesson.length_ms),
        now_ms,
        policy.is_open_at(now_ms),
        is_held(policy, books.learner),
    )
    verdicts = []
    taken: tuple[Taken, ...] = ()
    for beat in batch.beats:
        verdict, books, lost = _judge_beat(scene, books, beat)
        verdicts.append(verdict)
        taken += lost
    return Judgement(books, tuple(verdicts), taken)


def catch_up(policy: StudyPolicy, books: Books, now_ms: int) -> Books:
    """R1: the server's own clock fills the allowance. R8: a new local day starts at nothing."""
    session, learner = books.session, books.learner
    full = session.allowance_ms + max(0, now_ms - session.heard_at_ms)
    most = policy.offline_grace_s * 1000
    session = replace(
        session,
        allowance_ms=min(full, most),
        heard_at_ms=max(now_ms, session.heard_at_ms),
        is_restarted=session.is_restarted or full > most,
    )
    learner = replace(turn_day(learner, policy.local_day(now_ms)), clock_ms=now_ms)
    if policy.continuous_max_s is not None:
        learner = _rest(policy, learner, now_ms)
    return Books(session, learner, books.lesson)


def _rest(policy: StudyPolicy, learner: LearnerState, now_ms: int) -> LearnerState:
    """R24: so long without any credit was a break; continuous study starts again at nothing."""
    if now_ms - learner.stint_at_ms < policy.break_s * 1000:
        return learner
    return replace(learner, stint_ms=0)


def turn_day(learner: LearnerState, day: int) -> LearnerState:
    if day <= learner.day:
        return learner
    return replace(learner, day=day, day_used_ms=0)


def _judge_beat(
    scene: _Scene, books: Books, beat: Beat
) -> tuple[Verdict, Books, tuple[Taken, ...]]:
    dt = beat.t_ms - books.session.last_t_ms
    span = min(_asked_for(books.session, beat, dt), books.session.allowance_ms)  # R2
    session = replace(
        books.session,
        ack_seq=beat.seq,
        last_t_ms=beat.t_ms,
        is_restarted=False,
        allowance_ms=books.session.allowance_ms - span,
    )
    books = Books(session, books.learner, books.lesson)
    dropped = _dropped(scene, books, beat, dt)
    if dropped is not None:
        books, taken = _break_run(scene, books, dropped)
        return Verdict(beat.seq, 0, ((dropped, beat.to_ms - beat.from_ms),)), books, taken
    return _count(scene, books, beat, span)


def _asked_for(session: SessionState, beat: Beat, dt: int) -> int:
    """R2: the server time that a beat uses up, played or not.

    Where the server let time go (a hold, a pause longer than the grace), the first beat uses no
    more than its own stretch: the client's waiting must not be charged to what was not counted.
    """
    if session.is_restarted:
        dt = min(dt, -(-(beat.to_ms - beat.from_ms) * FULL_RATE // beat.rate))
    return max(dt, 0)


def _dropped(scene: _Scene, books: Books, beat: Beat, dt: int) -> Cut | None:
    """R3: the first of these that applies drops the whole beat."""
    policy = scene.policy
    reasons = (
        (Cut.HELD, scene.is_held),
        (Cut.CLOCK, dt < 0),
        (Cut.PAUSED, beat.from_ms == beat.to_ms),
        (Cut.TOO_FAST, beat.rate > policy.max_rate),
        (Cut.HIDDEN, not beat.is_visible and not policy.background),
        (Cut.CLOSED_HOURS, not scene.is_open_hour),
        (Cut.AHEAD, is_ahead(policy, scene.lesson, books.lesson, beat.from_ms)),
    )
    return next((reason for reason, applies in reasons if applies), None)


def is_held(policy: StudyPolicy, learner: LearnerState) -> bool:
    """A hold; or R9: an identity check is owed for longer than its tries can last."""
    if learner.hold is not None:
        return True
    challenge = learner.challenge
    is_asked = challenge is not None and challenge.kind is ChallengeKind.IDENTITY
    if not is_asked and not is_identity_due(policy, learner):
        return False
    ttl_ms = policy.ttl_ms(challenge.method) if challenge and is_asked else policy.least_ttl_ms()
    due_ms = learner.identity_due_ms
    if due_ms is None:
        due_ms = policy.identity_gap_s[1] * 1000
    return learner.since_identity_ms >= due_ms + TRIES * ttl_ms


def is_identity_due(policy: StudyPolicy, learner: LearnerState) -> bool:
    """R15: enough was studied since the last pass, and the day's number is not asked yet."""
    asked_today = learner.check_count if learner.check_day == learner.day else 0
    if policy.checks_per_day is not None and asked_today >= policy.checks_per_day:
        return False
    due_ms = learner.identity_due_ms
    return due_ms is not None and learner.since_identity_ms >= due_ms


def _count(
    scene: _Scene, books: Books, beat: Beat, span: int
) -> tuple[Verdict, Books, tuple[Taken, ...]]:
    """R4 to R8 and R24, then the stretch is pending (R10, R11)."""
    books, taken = _continue_run(scene, books, beat.from_ms)
    end_ms = playable_end(scene.lesson, beat.from_ms, beat.to_ms)
    played = min(end_ms - beat.from_ms, span * beat.rate // FULL_RATE)
    stop_ms = beat.from_ms + played
    rest = clip(scene.delivered, beat.from_ms, stop_ms)
    fresh = subtract(rest, clip(books.lesson.covered, beat.from_ms, stop_ms))
    in_day = leading(fresh, scene.policy.day_left_ms(books.learner.day_used_ms))
    credited, most_s = in_day, scene.policy.continuous_max_s
    if most_s is not None:  # R24: what continuous study still takes before a break is due
        credited = leading(in_day, most_s * 1000 - books.learner.stint_ms)
    rest_ms, fresh_ms, in_day_ms = measure(rest), measure(fresh), measure(in_day)
    amount = measure(credited)
    cuts = (
        (Cut.AHEAD, beat.to_ms - end_ms),
        (Cut.LATE, end_ms - stop_ms),
        (Cut.NOT_DELIVERED, played - rest_ms),
        (Cut.REPEATED, rest_ms - fresh_ms),
        (Cut.DAILY_CAP, fresh_ms - in_day_ms),
        (Cut.BREAK_DUE, in_day_ms - amount),
    )
    lesson = LessonState(union(books.lesson.covered, credited), books.lesson.frontier_ms)
    lesson = replace(
        lesson, frontier_ms=frontier_after(scene.policy, scene.lesson, lesson, stop_ms)
    )
    learner = _earn(scene, books, credited, amount)
    books = _go_on(scene.policy, Books(books.session, learner, lesson), stop_ms, played)
    return Verdict(beat.seq, amount, tuple([cut for cut in cuts if cut[1]])), books, taken


def _towards_presence(scene: _Scene, amount: int) -> int:
    """R29: what happens inside a package nobody sees, so its time may count for more than time."""
    if scene.lesson.kind is not LessonKind.PACKAGE:
        return amount
    return amount * scene.policy.package_checks // FULL_RATE


def _earn(scene: _Scene, books: Books, credited: Intervals, amount: int) -> LearnerState:
    learner = books.learner
    if not amount:
        return learner
    piece = Piece(
        enrolment_id=books.session.enrolment_id,
        lesson_id=scene.lesson.lesson_id,
        session_id=books.session.session_id,
        day=learner.day,
        pass_number=learner.pass_number,
        is_ripe=scene.policy.min_continuous_s == 0,
        first_at_ms=scene.now_ms,
        expires_at_ms=scene.now_ms + scene.policy.pending_ttl_s * 1000,
        stretches=credited,
    )
    if scene.policy.continuous_max_s is not None:
        learner = replace(learner, stint_ms=learner.stint_ms + amount, stint_at_ms=scene.now_ms)
    return replace(
        learner,
        pending=pending.join(learner.pending, piece),
        day_used_ms=learner.day_used_ms + amount,
        since_presence_ms=learner.since_presence_ms + _towards_presence(scene, amount),
        since_identity_ms=learner.since_identity_ms + amount,
    )


def _go_on(policy: StudyPolicy, books: Books, stop_ms: int, played: int) -> Books:
    """R10: the unbroken stretch grew; when it is long enough, all of it counts."""
    if policy.min_continuous_s == 0:
        return books
    run = replace(books.session.run, end_ms=stop_ms, played_ms=books.session.run.played_ms + played)
    learner = books.learner
    if run.played_ms >= policy.min_continuous_s * 1000:
        learner = replace(learner, pending=pending.ripen(learner.pending))
    return Books(replace(books.session, run=run), learner, books.lesson)


def _break_run(scene: _Scene, books: Books, dropped: Cut) -> tuple[Books, tuple[Taken, ...]]:
    """R10: any dropped beat ends the stretch, but the pause that a challenge asks for does not."""
    is_asked = dropped is Cut.PAUSED and books.learner.challenge is not None
    if scene.policy.min_continuous_s == 0 or is_asked:
        return books, ()
    return drop_run(books, scene.lesson.lesson_id)


def _continue_run(scene: _Scene, books: Books, from_ms: int) -> tuple[Books, tuple[Taken, ...]]:
    """R10: the stretch goes on where it stood, or a new one begins."""
    run = books.session.run
    place = (scene.lesson.lesson_id, from_ms)
    if scene.policy.min_continuous_s == 0 or (run.lesson_id, run.end_ms) == place:
        return books, ()
    books, taken = drop_run(books, scene.lesson.lesson_id)
    run = Run(scene.lesson.lesson_id)  # the beat that begins it says where it ends
    return Books(replace(books.session, run=run), books.learner, books.lesson), taken


def drop_run(books: Books, lesson_id: str) -> tuple[Books, tuple[Taken, ...]]:
    """What the broken stretch had earned is taken back, here from the coverage of this lesson."""
    learner, taken = pending.drop_unripe(books.learner)
    session = replace(books.session, run=Run())
    gone = pending.stretches_taken(taken, session.enrolment_id, lesson_id)
    lesson = replace(books.lesson, covered=subtract(books.lesson.covered, gone))
    return Books(session, learner, lesson), taken
