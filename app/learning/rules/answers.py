"""Answers to challenges: what each one releases, forfeits or leaves open (R11, R12, R17)."""

from enum import StrEnum

from msgspec.structs import replace

from app.learning.rules import pending
from app.learning.rules.challenges import JUDGING_MS, Ruling, Settled, conclude, hear
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Challenge, ChallengeKind, Draw, Hold, LearnerState


class Answer(StrEnum):
    """What the picture, the engine or the person at the roll-call says about one answer."""

    PASSED = "passed"
    WRONG = "wrong"
    WRONG_FACE = "wrong_face"
    UNCERTAIN = "uncertain"
    UNPROVEN = "unproven"
    """A pass in a way that replaced another one and that nobody has looked at."""
    UNUSABLE = "unusable"
    PROVIDER_ERROR = "provider_error"


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
        return passed(conclude(learner, challenge), challenge.kind, draw)
    if said is Answer.WRONG:
        return _wrong(policy, learner, challenge, max(now_ms, learner.clock_ms))
    if said is Answer.UNUSABLE:
        return _again(learner, challenge, max(now_ms, learner.clock_ms))
    learner = replace(learner, challenge=None)
    if said is Answer.WRONG_FACE:
        learner, taken = pending.forfeit_all(learner)
        return Settled(replace(learner, hold=Hold.WRONG_FACE), Ruling.WRONG_FACE, taken)
    if said in {Answer.UNCERTAIN, Answer.UNPROVEN}:
        return _uncertain(learner, said)
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
    learner = conclude(replace(learner, challenge=None), challenge)
    learner, taken = pending.forfeit_since_pass(learner)
    return Settled(replace(learner, hold=Hold.FAILED), Ruling.FAILED, taken)


def _again(learner: LearnerState, challenge: Challenge, now_ms: int) -> Settled:
    """R17: too dark, no face in the picture: the same try again, in the time that is left of it.

    Only the time that we took to judge is given back.
    """
    until_ms = challenge.judging_until_ms
    arrived_ms = now_ms if until_ms is None else until_ms - JUDGING_MS
    again = replace(
        challenge,
        is_heard=True,
        judging_until_ms=None,
        expires_at_ms=challenge.expires_at_ms + max(0, now_ms - arrived_ms),
    )
    return Settled(replace(learner, challenge=again), Ruling.RETRY)


def _uncertain(learner: LearnerState, said: Answer) -> Settled:
    """The first is nobody's fault; the second is for a person to look at, and time waits.

    Whose way it is that passed, no second try can show.
    """
    if said is Answer.UNPROVEN:
        return _wait_for_a_person(learner, Hold.UNPROVEN, Ruling.UNPROVEN)
    if learner.uncertain_run == 0:
        return Settled(replace(learner, uncertain_run=1), Ruling.RETRY)
    return _wait_for_a_person(learner, Hold.UNCERTAIN, Ruling.UNCERTAIN)


def _wait_for_a_person(learner: LearnerState, hold: Hold, ruling: Ruling) -> Settled:
    """Nothing is credited and nothing lost until somebody has looked."""
    learner = replace(
        learner,
        uncertain_run=learner.uncertain_run + 1,
        hold=hold,
        is_under_review=True,
    )
    return Settled(learner, ruling)


def decide_review(learner: LearnerState, draw: Draw, *, is_same_person: bool) -> Settled:
    """A person looked at it: the decision is a passed check, or all pending time is forfeited."""
    if is_same_person:
        return passed(learner, ChallengeKind.IDENTITY, draw)
    learner, taken = pending.forfeit_all(replace(learner, is_under_review=False))
    return Settled(replace(learner, hold=Hold.WRONG_FACE), Ruling.WRONG_FACE, taken)
