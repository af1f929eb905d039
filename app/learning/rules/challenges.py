"""Challenges: when one is due, what is raised, and what silence alone decides (R15, R16)."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from app.learning.rules import pending
from app.learning.rules.crediting import TRIES, is_identity_due, turn_day
from app.learning.rules.pending import Entry
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import (
    Challenge,
    ChallengeKind,
    Draw,
    Hold,
    LearnerState,
    Taken,
)

JUDGING_MS = 120_000
ARRIVING_MS = 15_000
"""An answer whose first byte was here in time may still be on its way in."""


class Ruling(StrEnum):
    """What became of a challenge."""

    PASSED = "passed"
    WRONG = "wrong"
    FAILED = "failed"
    MISSED = "missed"
    ALLOWED_MISS = "allowed_miss"
    SILENT = "silent"
    LAPSED = "lapsed"
    RETRY = "retry"
    UNCERTAIN = "uncertain"
    UNPROVEN = "unproven"
    WRONG_FACE = "wrong_face"
    REPLACED = "replaced"


class Settled(Struct, frozen=True, gc=False):
    """The learner afterwards, what was decided, and what it took back or released."""

    learner: LearnerState
    ruling: Ruling | None = None
    taken: tuple[Taken, ...] = ()
    entries: tuple[Entry, ...] = ()


class Ask(Struct, frozen=True, gc=False):
    """A challenge to be raised: whose, in which session, and how it can be answered."""

    challenge_id: str
    kind: ChallengeKind
    method: str
    session_id: str
    enrolment_id: str


def plan(learner: LearnerState, draw: Draw) -> LearnerState:
    """R15: due points are drawn once, at the first opening; opening again draws nothing."""
    if learner.identity_due_ms is None:
        learner = replace(learner, identity_due_ms=learner.since_identity_ms + draw.identity_ms)
    if learner.presence_due_ms is None and draw.presence_ms is not None:
        learner = replace(learner, presence_due_ms=learner.since_presence_ms + draw.presence_ms)
    return learner


def due_kind(policy: StudyPolicy, learner: LearnerState) -> ChallengeKind | None:
    """R15: what must be asked now; identity comes before presence and replaces it."""
    if learner.hold is not None:
        return None
    is_asked = learner.challenge.kind if learner.challenge else None
    if is_identity_due(policy, learner):
        return None if is_asked is ChallengeKind.IDENTITY else ChallengeKind.IDENTITY
    if is_asked is not None or policy.presence_gap_s is None or learner.presence_due_ms is None:
        return None
    is_due = learner.since_presence_ms >= learner.presence_due_ms
    return ChallengeKind.PRESENCE if is_due else None


def raise_challenge(
    policy: StudyPolicy, learner: LearnerState, ask: Ask, now_ms: int
) -> LearnerState:
    now_ms = max(now_ms, learner.clock_ms)
    challenge = Challenge(
        challenge_id=ask.challenge_id,
        kind=ask.kind,
        method=ask.method,
        session_id=ask.session_id,
        enrolment_id=ask.enrolment_id,
        raised_at_ms=now_ms,
        expires_at_ms=now_ms + policy.ttl_ms(ask.method),
        tries_left=TRIES,
        is_on_hold=learner.hold is not None,
        is_scheduled=ask.kind is ChallengeKind.PRESENCE or is_identity_due(policy, learner),
    )
    return replace(learner, challenge=challenge)


def move(learner: LearnerState, session_id: str, enrolment_id: str) -> LearnerState:
    """R19: a challenge outlives its session, with the tries and the time that are left of it."""
    if learner.challenge is None:
        return learner
    moved = replace(learner.challenge, session_id=session_id, enrolment_id=enrolment_id)
    return replace(learner, challenge=moved)


def begin_judging(learner: LearnerState, arrived_ms: int) -> LearnerState:
    """R17: what counts is when the answer arrived, not how long the engine takes over it."""
    if learner.challenge is None:
        return learner
    until_ms = arrived_ms + JUDGING_MS
    return replace(
        learner, challenge=replace(learner.challenge, is_heard=True, judging_until_ms=until_ms)
    )


def hear(learner: LearnerState) -> LearnerState:
    """A batch or an answer arrived while the challenge was open: the learner knows of it."""
    if learner.challenge is None or learner.challenge.is_heard:
        return learner
    return replace(learner, challenge=replace(learner.challenge, is_heard=True))


def settle(policy: StudyPolicy, learner: LearnerState, now_ms: int, draw: Draw) -> Settled:
    """R16: what time alone decides, before anything that arrives at `now` is judged."""
    now_ms = max(now_ms, learner.clock_ms)
    learner = turn_day(replace(learner, clock_ms=now_ms), policy.local_day(now_ms))
    learner, expired = pending.expire(learner, now_ms)
    challenge = learner.challenge
    if challenge is None or _is_running(challenge, now_ms):
        return Settled(learner, taken=expired)
    settled = lapse(policy, learner, challenge, draw)
    return replace(settled, taken=expired + settled.taken)


def is_in_time(challenge: Challenge, arrived_ms: int) -> bool:
    """R17: an answer counts by the arrival of its first byte."""
    return arrived_ms <= challenge.expires_at_ms


def _is_running(challenge: Challenge, now_ms: int) -> bool:
    until_ms = challenge.judging_until_ms
    return now_ms <= (challenge.expires_at_ms + ARRIVING_MS if until_ms is None else until_ms)


def lapse(policy: StudyPolicy, learner: LearnerState, challenge: Challenge, draw: Draw) -> Settled:
    """R16: the challenge's time is over without an answer that counts."""
    learner = replace(learner, challenge=None)
    if challenge.judging_until_ms is not None:
        return Settled(learner, Ruling.RETRY)  # our judging was lost, not the learner's answer
    if challenge.is_on_hold:
        return Settled(learner, Ruling.LAPSED)  # nothing was credited meanwhile; the hold stands
    if challenge.is_heard:
        return _miss(policy, learner, challenge, draw)
    count = learner.silent_count + 1 if learner.silent_day == learner.day else 1
    learner = replace(
        learner,
        silent_day=learner.day,
        silent_count=count,
        silent_run=learner.silent_run + 1,
    )
    if count > policy.silent_misses_per_day:
        return _miss(policy, learner, challenge, draw)
    if learner.silent_run >= 2:
        return Settled(replace(learner, hold=Hold.SILENT), Ruling.SILENT)
    return Settled(learner, Ruling.SILENT)


def _miss(policy: StudyPolicy, learner: LearnerState, challenge: Challenge, draw: Draw) -> Settled:
    learner = conclude(learner, challenge)
    missed = dict(learner.misses)
    count = missed.get(challenge.enrolment_id, 0)
    if count < policy.misses_allowed:
        missed[challenge.enrolment_id] = count + 1
        learner = replace(learner, misses=tuple(sorted(missed.items())))
        return Settled(_draw_again(learner, challenge.kind, draw), Ruling.ALLOWED_MISS)
    learner, taken = pending.forfeit_since_pass(learner)
    return Settled(replace(learner, hold=Hold.MISSED), Ruling.MISSED, taken)


def conclude(learner: LearnerState, challenge: Challenge) -> LearnerState:
    """For rules that count checks a day: one that was due has been answered or missed."""
    if challenge.kind is ChallengeKind.PRESENCE or not challenge.is_scheduled:
        return learner
    count = learner.check_count if learner.check_day == learner.day else 0
    return replace(learner, check_day=learner.day, check_count=count + 1)


def _draw_again(learner: LearnerState, kind: ChallengeKind, draw: Draw) -> LearnerState:
    if kind is ChallengeKind.IDENTITY:
        return replace(learner, identity_due_ms=learner.since_identity_ms + draw.identity_ms)
    gap_ms = draw.presence_ms
    due_ms = None if gap_ms is None else learner.since_presence_ms + gap_ms
    return replace(learner, presence_due_ms=due_ms)
