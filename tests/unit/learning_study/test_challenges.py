"""R15, R16: when a challenge is due, what it is raised with, and what silence alone decides.

Whole states are compared: a field that changes without being named here fails the test.
"""

import pytest
from msgspec.structs import replace
from study_cases import NOON, POLICY

from app.learning.rules import challenges
from app.learning.rules.challenges import ARRIVING_MS, JUDGING_MS, Ask, Ruling, Settled
from app.learning.rules.crediting import TRIES
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import (
    Challenge,
    ChallengeKind,
    Cut,
    Draw,
    Hold,
    LearnerState,
    Piece,
    Taken,
)

DAY = POLICY.local_day(NOON)
DRAW = Draw(70_000, 900_000)
IDENTITY, PRESENCE = ChallengeKind.IDENTITY, ChallengeKind.PRESENCE
LEARNER = LearnerState(
    learner_id="l",
    clock_ms=NOON,
    day=DAY,
    day_used_ms=9_000,
    since_presence_ms=400,
    since_identity_ms=5_000,
)
ASKED = Challenge(
    challenge_id="c", kind=IDENTITY, method="face", session_id="s", enrolment_id="e",
    raised_at_ms=NOON, expires_at_ms=NOON + 90_000, tries_left=3,
)  # fmt: skip
EXPIRED_AT = NOON + 90_000 + ARRIVING_MS + 1


def piece(pass_number=0, expires_at_ms=NOON + 10_000_000, stretches=((0, 1000),)) -> Piece:
    return Piece(
        enrolment_id="e", lesson_id="video", session_id="s", day=DAY, pass_number=pass_number,
        is_ripe=True, first_at_ms=NOON, expires_at_ms=expires_at_ms, stretches=stretches,
    )  # fmt: skip


def taken(reason: Cut, stretches=((0, 1000),)) -> Taken:
    return Taken(
        enrolment_id="e", lesson_id="video", session_id="s", day=DAY, stretches=stretches,
        reason=reason,
    )  # fmt: skip


def test_the_numbers_that_no_policy_changes() -> None:
    assert (TRIES, JUDGING_MS, ARRIVING_MS) == (3, 120_000, 15_000)


def test_due_points_are_drawn_once_from_where_study_stands() -> None:
    planned = challenges.plan(LEARNER, DRAW)
    assert planned == replace(LEARNER, identity_due_ms=905_000, presence_due_ms=70_400)
    assert challenges.plan(planned, Draw(1, 1)) == planned
    assert challenges.plan(LEARNER, Draw(None, 1)) == replace(LEARNER, identity_due_ms=5_001)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({"presence_due_ms": 401}, None),
        ({"presence_due_ms": 400}, PRESENCE),
        ({"presence_due_ms": 399}, PRESENCE),
        ({"identity_due_ms": 5_001}, None),
        ({"identity_due_ms": 5_000}, IDENTITY),
        ({"identity_due_ms": 5_000, "presence_due_ms": 1}, IDENTITY),
        ({"identity_due_ms": 5_000, "hold": Hold.MISSED}, None),
        ({"identity_due_ms": 5_000, "challenge": ASKED}, None),
        ({"identity_due_ms": 5_000, "challenge": replace(ASKED, kind=PRESENCE)}, IDENTITY),
        ({"presence_due_ms": 1, "challenge": ASKED}, None),
        ({"presence_due_ms": 1, "challenge": replace(ASKED, kind=PRESENCE)}, None),
    ],
)
def test_what_is_due(values, expected) -> None:
    assert challenges.due_kind(POLICY, replace(LEARNER, **values)) is expected


def test_without_presence_checks_none_is_due() -> None:
    policy = StudyPolicy(presence_gap_s=None)
    assert challenges.due_kind(policy, replace(LEARNER, presence_due_ms=1)) is None


@pytest.mark.parametrize(
    ("kind", "values", "is_on_hold", "is_scheduled"),
    [
        (IDENTITY, {}, False, False),
        (IDENTITY, {"identity_due_ms": 5_000}, False, True),
        (PRESENCE, {}, False, True),
        (IDENTITY, {"hold": Hold.OPENING}, True, False),
    ],
)
def test_a_challenge_is_raised_whole(kind, values, is_on_hold, is_scheduled) -> None:
    learner = replace(LEARNER, **values)
    asked = Ask("c2", kind, "code_and_questions", "s2", "e2")
    expected = Challenge(
        challenge_id="c2", kind=kind, method="code_and_questions", session_id="s2",
        enrolment_id="e2", raised_at_ms=NOON + 7, expires_at_ms=NOON + 7 + 300_000,
        tries_left=TRIES, is_on_hold=is_on_hold, is_scheduled=is_scheduled,
    )  # fmt: skip
    raised = challenges.raise_challenge(POLICY, learner, asked, NOON + 7)
    assert raised == replace(learner, challenge=expected)
    early = challenges.raise_challenge(POLICY, learner, asked, NOON - 3_600_000).challenge
    assert early is not None
    assert (early.raised_at_ms, early.expires_at_ms) == (NOON, NOON + 300_000)


def test_it_moves_with_the_learner_and_is_heard() -> None:
    learner = replace(LEARNER, challenge=ASKED)
    moved = replace(ASKED, session_id="s2", enrolment_id="e2")
    assert challenges.move(learner, "s2", "e2") == replace(learner, challenge=moved)
    assert challenges.move(LEARNER, "s2", "e2") == LEARNER
    heard = replace(learner, challenge=replace(ASKED, is_heard=True))
    assert challenges.hear(learner) == heard
    assert challenges.hear(heard) == heard
    assert challenges.hear(LEARNER) == LEARNER


def test_judging_takes_none_of_the_learners_time() -> None:
    judged = replace(ASKED, is_heard=True, judging_until_ms=NOON + 5 + 120_000)
    learner = replace(LEARNER, challenge=ASKED)
    assert challenges.begin_judging(learner, NOON + 5) == replace(learner, challenge=judged)
    assert challenges.begin_judging(LEARNER, NOON) == LEARNER
    assert challenges.is_in_time(ASKED, NOON + 90_000)
    assert not challenges.is_in_time(ASKED, NOON + 90_001)


def settle(learner: LearnerState, now_ms: int, policy: StudyPolicy = POLICY) -> Settled:
    return challenges.settle(policy, learner, now_ms, DRAW)


def test_time_goes_on_and_what_waited_too_long_is_taken_back() -> None:
    waiting = replace(LEARNER, pending=(piece(expires_at_ms=NOON + 10),))
    assert settle(waiting, NOON + 9) == Settled(replace(waiting, clock_ms=NOON + 9))
    late = settle(waiting, NOON + 11)
    assert late == Settled(
        replace(LEARNER, clock_ms=NOON + 11, day_used_ms=8_000), taken=(taken(Cut.EXPIRED),)
    )  # fmt: skip
    assert settle(LEARNER, NOON - 3_600_000) == Settled(LEARNER)
    tomorrow = settle(replace(LEARNER, day_used_ms=9), NOON + 86_400_000).learner
    assert (tomorrow.day, tomorrow.day_used_ms) == (DAY + 1, 0)


@pytest.mark.parametrize(
    ("values", "last_ms"),
    [
        ({}, NOON + 90_000 + ARRIVING_MS),
        ({"judging_until_ms": NOON + 500_000}, NOON + 500_000),
        ({"judging_until_ms": NOON + 50}, NOON + 50),
    ],
)
def test_a_challenge_runs_to_its_last_moment(values, last_ms) -> None:
    learner = replace(LEARNER, challenge=replace(ASKED, **values))
    assert settle(learner, last_ms) == Settled(replace(learner, clock_ms=last_ms))
    assert settle(learner, last_ms + 1).ruling is not None


def lapsed(challenge: Challenge, policy: StudyPolicy = POLICY, **values) -> Settled:
    """What becomes of it a moment after its end; the learner is compared without the clock."""
    until = challenge.judging_until_ms
    learner = replace(LEARNER, challenge=challenge, **values)
    settled = settle(learner, EXPIRED_AT if until is None else until + 1, policy)
    return replace(settled, learner=replace(settled.learner, clock_ms=NOON))


def test_lost_judging_is_tried_again() -> None:
    assert lapsed(replace(ASKED, judging_until_ms=NOON)) == Settled(LEARNER, Ruling.RETRY)


def test_on_hold_the_hold_stands() -> None:
    asked = replace(ASKED, is_on_hold=True, is_heard=True)
    assert lapsed(asked, hold=Hold.MISSED) == Settled(
        replace(LEARNER, hold=Hold.MISSED), Ruling.LAPSED
    )


def test_heard_and_not_answered_is_missed() -> None:
    heard = replace(ASKED, is_heard=True)
    old, new = piece(0), piece(1, stretches=((2000, 3000),))
    assert lapsed(heard, pass_number=1, pending=(old, new)) == Settled(
        replace(LEARNER, pass_number=1, pending=(old,), hold=Hold.MISSED, day_used_ms=8_000),
        Ruling.MISSED,
        (taken(Cut.FORFEITED, ((2000, 3000),)),),
    )


def test_what_expired_and_what_is_forfeited_are_both_told() -> None:
    heard, short = replace(ASKED, is_heard=True), piece(0, NOON + 1)
    new = piece(1, stretches=((2000, 3000),))
    settled = lapsed(heard, pass_number=1, pending=(short, new))
    assert settled.taken == (taken(Cut.EXPIRED), taken(Cut.FORFEITED, ((2000, 3000),)))


def test_silence_costs_nothing_twice_a_day_and_never_twice_running() -> None:
    once = replace(LEARNER, silent_day=DAY, silent_count=1, silent_run=1)
    assert lapsed(ASKED) == Settled(once, Ruling.SILENT)
    yesterday = {"silent_day": DAY - 1, "silent_count": 2}
    assert lapsed(ASKED, **yesterday) == Settled(once, Ruling.SILENT)
    again = lapsed(ASKED, silent_day=DAY, silent_count=1, silent_run=1)
    twice = replace(LEARNER, silent_day=DAY, silent_count=2, silent_run=2)
    assert again == Settled(replace(twice, hold=Hold.SILENT), Ruling.SILENT)
    third = lapsed(ASKED, silent_day=DAY, silent_count=2)
    missed = replace(LEARNER, silent_day=DAY, silent_count=3, silent_run=1, hold=Hold.MISSED)
    assert third == Settled(missed, Ruling.MISSED)


@pytest.mark.parametrize(
    ("kind", "due"),
    [(IDENTITY, {"identity_due_ms": 905_000}), (PRESENCE, {"presence_due_ms": 70_400})],
)
def test_where_some_may_be_missed_it_is_drawn_again(kind, due) -> None:
    policy = StudyPolicy(misses_allowed=2)
    heard = replace(ASKED, kind=kind, is_heard=True)
    held = {"misses": (("a", 2), ("e", 1))}
    expected = replace(LEARNER, misses=(("a", 2), ("e", 2)), **due)
    assert lapsed(heard, policy, **held) == Settled(expected, Ruling.ALLOWED_MISS)
    first = replace(LEARNER, misses=(("a", 2), ("e", 1)), **due)
    assert lapsed(heard, policy, misses=(("a", 2),)) == Settled(first, Ruling.ALLOWED_MISS)
    assert lapsed(heard, policy, misses=(("e", 2),)).ruling is Ruling.MISSED


def test_silence_too_often_is_a_miss_like_any_other() -> None:
    policy = StudyPolicy(misses_allowed=1)
    often = {"silent_day": DAY, "silent_count": 2}
    settled = lapsed(ASKED, policy, **often)
    assert settled.ruling is Ruling.ALLOWED_MISS
    assert settled.learner.identity_due_ms == 905_000


def test_without_presence_checks_none_is_drawn_again() -> None:
    heard = replace(LEARNER, challenge=replace(ASKED, kind=PRESENCE, is_heard=True))
    policy = StudyPolicy(misses_allowed=1, presence_gap_s=None)
    settled = challenges.settle(policy, heard, EXPIRED_AT, Draw(None, 900_000))
    assert settled.ruling is Ruling.ALLOWED_MISS
    assert settled.learner.presence_due_ms is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {}),
        ({"is_scheduled": True}, {"check_day": DAY, "check_count": 3}),
        ({"is_scheduled": True, "kind": PRESENCE}, {}),
    ],
)
def test_scheduled_identity_checks_are_counted_by_day(values, expected) -> None:
    before = replace(LEARNER, check_day=DAY, check_count=2)
    concluded = challenges.conclude(before, replace(ASKED, **values))
    assert concluded == replace(before, **expected)
    scheduled = replace(ASKED, is_scheduled=True)
    next_day = challenges.conclude(replace(before, check_day=DAY - 1), scheduled)
    assert next_day == replace(before, check_count=1)
