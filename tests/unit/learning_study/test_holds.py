"""R9, R15: when nothing is credited, and when an identity check is due."""

import pytest
from msgspec.structs import replace
from study_cases import POLICY
from test_challenges import ASKED, DAY, LEARNER, PRESENCE

from app.learning.rules.crediting import is_held, is_identity_due, turn_day
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Hold

TTL = (("picture", 60), ("face", 90), ("code", 80), ("roll_call", 1800))
LIMITED = StudyPolicy(ttl_s=TTL, checks_per_day=2)
BY_CODE = replace(ASKED, method="code_and_questions")
BY_ROLL_CALL = replace(ASKED, method="roll_call")


@pytest.mark.parametrize(
    ("values", "most_ms"),
    [
        # Asked: three tries of the way it was asked in, from the drawn point on.
        ({"challenge": ASKED, "identity_due_ms": 1_000}, 271_000),
        ({"challenge": BY_CODE, "identity_due_ms": 1_000}, 241_000),
        ({"challenge": BY_ROLL_CALL, "identity_due_ms": 1_000}, 5_401_000),
        ({"challenge": ASKED}, 1_800_000 + 270_000),
        # Due and not asked, or something else is asked: the shortest way there is.
        ({"identity_due_ms": 1_000}, 241_000),
        ({"identity_due_ms": 1_000, "challenge": replace(ASKED, kind=PRESENCE)}, 241_000),
    ],
)
def test_r9_an_owed_check_stops_the_counting_when_its_tries_are_over(values, most_ms) -> None:
    policy = StudyPolicy(ttl_s=TTL)
    learner = replace(LEARNER, **values)
    assert not is_held(policy, replace(learner, since_identity_ms=most_ms - 1))
    assert is_held(policy, replace(learner, since_identity_ms=most_ms))


def test_r9_what_is_not_owed_stops_nothing() -> None:
    long_ago = replace(LEARNER, since_identity_ms=9_000_000)
    assert not is_held(POLICY, long_ago)
    assert not is_held(POLICY, replace(long_ago, challenge=replace(ASKED, kind=PRESENCE)))
    asked_enough = replace(long_ago, identity_due_ms=1, check_day=DAY, check_count=2)
    assert not is_held(LIMITED, asked_enough)
    assert is_held(LIMITED, replace(asked_enough, check_count=1))


@pytest.mark.parametrize("hold", Hold)
def test_a_hold_holds(hold: Hold) -> None:
    assert is_held(POLICY, replace(LEARNER, hold=hold))


@pytest.mark.parametrize(
    ("policy", "values", "is_due"),
    [
        (POLICY, {}, False),
        (POLICY, {"identity_due_ms": 5_001}, False),
        (POLICY, {"identity_due_ms": 5_000}, True),
        (POLICY, {"identity_due_ms": 5_000, "check_day": DAY, "check_count": 99}, True),
        (LIMITED, {"identity_due_ms": 5_000, "check_day": DAY, "check_count": 1}, True),
        (LIMITED, {"identity_due_ms": 5_000, "check_day": DAY, "check_count": 2}, False),
        (LIMITED, {"identity_due_ms": 5_000, "check_day": DAY - 1, "check_count": 2}, True),
    ],
)
def test_r15_a_check_is_due_by_study_and_by_the_days_number(policy, values, is_due) -> None:
    assert is_identity_due(policy, replace(LEARNER, **values)) is is_due


def test_r15_where_one_check_a_day_is_asked_the_first_is() -> None:
    yesterday = replace(LEARNER, check_day=DAY - 1, check_count=1, identity_due_ms=5_000)
    assert is_identity_due(StudyPolicy(checks_per_day=1), yesterday)


def test_r8_a_new_day_begins_at_nothing_and_an_old_one_never_comes_back() -> None:
    assert turn_day(LEARNER, DAY + 1) == replace(LEARNER, day=DAY + 1, day_used_ms=0)
    assert turn_day(LEARNER, DAY) == LEARNER
    assert turn_day(LEARNER, DAY - 1) == LEARNER
