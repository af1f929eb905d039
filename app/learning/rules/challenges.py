"""Challenges: when one is due, what an answer or silence does, and what then happens (R15-R17)."""

from dataclasses import dataclass, replace
from enum import StrEnum

from app.learning.rules import pending
from app.learning.rules.crediting import TRIES, turn_day
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
    WRONG_FACE = "wrong_face"
    REPLACED = "replaced"


class Answer(StrEnum):
    """What the picture, the engine or the person at the roll-call says about one answer."""

    PASSED = "passed"
    WRONG = "wrong"
    WRONG_FACE = "wrong_face"
    UNCERTAIN = "uncertain"
    PROVIDER_ERROR = "provider_error"


@dataclass(frozen=True, slots=True)
class Settled:
    """The learner afterwards, what was decided, and what it took back or released."""

    learner: LearnerState
    ruling: Ruling | None = None
    taken: tuple[Taken, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
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
    if _is_identity_due(policy, learner):
        return None if is_asked is ChallengeKind.IDENTITY else ChallengeKind.IDENTITY
    if is_asked is not None or policy.presence_gap_s is None or learner.presence_due_ms is None:
        return None
    is_due = learner.since_presence_ms >= learner.presence_due_ms
    return ChallengeKind.PRESENCE if is_due else None


def _is_identity_due(policy: StudyPolicy, learner: LearnerState) -> bool:
    asked_today = learner.check_count if learner.check_day == learner.day else 0
    if policy.checks_per_day is not None and asked_today >= policy.checks_per_day:
        return False
    due_ms = learner.identity_due_ms
    return due_ms is not None and learner.since_identity_ms >= due_ms


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
        is_scheduled=ask.kind is ChallengeKind.PRESENCE or _is_identity_due(policy, learner),
    )
    return replace(learner, challenge=challenge)


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
    settled = _lapse(policy, replace(learner, challenge=None), challenge, draw)
    return replace(settled, taken=expired + settled.taken)


def _is_running(challenge: Challenge, now_ms: int) -> bool:
    until_ms = challenge.judging_until_ms
    return now_ms <= (challenge.expires_at_ms if until_ms is None else until_ms)


def _lapse(policy: StudyPolicy, learner: LearnerState, challenge: Challenge, draw: Draw) -> Settled:
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
    learner = _conclude(learner, challenge)
    missed = dict(learner.misses)
    count = missed.get(challenge.enrolment_id, 0)
    if count < policy.misses_allowed:
        missed[challenge.enrolment_id] = count + 1
        learner = replace(learner, misses=tuple(sorted(missed.items())))
        return Settled(_draw_again(learner, challenge.kind, draw), Ruling.ALLOWED_MISS)
    learner, taken = pending.forfeit_since_pass(learner)
    return Settled(replace(learner, hold=Hold.MISSED), Ruling.MISSED, taken)


def _conclude(learner: LearnerState, challenge: Challenge) -> LearnerState:
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


def answer(
    policy: StudyPolicy, learner: LearnerState, said: Answer, now_ms: int, draw: Draw
) -> Settled:
    """R17: an answer to the open challenge that arrived in time."""
    challenge = learner.challenge
    if challenge is None:
        message = "no challenge is open"
        raise ValueError(message)
    learner = hear(learner)
    if said is Answer.PASSED:
        return passed(_conclude(learner, challenge), challenge.kind, draw)
    if said is Answer.WRONG:
        return _wrong(policy, learner, challenge, max(now_ms, learner.clock_ms))
    learner = replace(learner, challenge=None)
    if said is Answer.WRONG_FACE:
        learner, taken = pending.forfeit_all(learner)
        return Settled(replace(learner, hold=Hold.WRONG_FACE), Ruling.WRONG_FACE, taken)
    if said is Answer.UNCERTAIN:
        return _uncertain(learner)
    return Settled(learner, Ruling.RETRY)


def passed(learner: LearnerState, kind: ChallengeKind, draw: Draw) -> Settled:
    """R11, R15: both kinds vouch for what came before; identity releases it and ends a hold."""
    learner = replace(
        learner,
        challenge=None,
        pass_number=learner.pass_number + 1,
        since_presence_ms=0,
        presence_due_ms=draw.presence_ms,
        silent_run=0,
        uncertain_run=0,
    )
    if kind is ChallengeKind.PRESENCE:
        return Settled(learner, Ruling.PASSED)
    learner = replace(
        learner,
        since_identity_ms=0,
        identity_due_ms=draw.identity_ms,
        hold=None,
        is_under_review=False,
    )
    learner, entries = pending.release(learner)
    return Settled(learner, Ruling.PASSED, entries=entries)


def _wrong(
    policy: StudyPolicy, learner: LearnerState, challenge: Challenge, now_ms: int
) -> Settled:
    """Three tries, each with a new prompt and its own time."""
    if challenge.tries_left > 1:
        again = replace(
            challenge,
            is_heard=True,
            judging_until_ms=None,
            tries_left=challenge.tries_left - 1,
            expires_at_ms=now_ms + policy.ttl_ms(challenge.method),
        )
        return Settled(replace(learner, challenge=again), Ruling.WRONG)
    learner = _conclude(replace(learner, challenge=None), challenge)
    learner, taken = pending.forfeit_since_pass(learner)
    return Settled(replace(learner, hold=Hold.FAILED), Ruling.FAILED, taken)


def _uncertain(learner: LearnerState) -> Settled:
    """The first is nobody's fault; the second is for a person to look at, and time waits."""
    if learner.uncertain_run == 0:
        return Settled(replace(learner, uncertain_run=1), Ruling.RETRY)
    learner = replace(
        learner,
        uncertain_run=learner.uncertain_run + 1,
        hold=Hold.UNCERTAIN,
        is_under_review=True,
    )
    return Settled(learner, Ruling.UNCERTAIN)


def decide_review(learner: LearnerState, draw: Draw, *, is_same_person: bool) -> Settled:
    """A person looked at it: the decision is a passed check, or all pending time is forfeited."""
    if is_same_person:
        return passed(learner, ChallengeKind.IDENTITY, draw)
    learner, taken = pending.forfeit_all(replace(learner, is_under_review=False))
    return Settled(replace(learner, hold=Hold.WRONG_FACE), Ruling.WRONG_FACE, taken)
