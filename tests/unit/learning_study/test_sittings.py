"""R19: a session's beginning and end; whole states are compared."""

import pytest
from msgspec.structs import replace
from study_cases import NOON, POLICY, books
from test_challenges import ASKED, DAY, DRAW, EXPIRED_AT, LEARNER, piece, taken

from app.learning.rules import sittings
from app.learning.rules.challenges import Ruling
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.sittings import Opened
from app.learning.rules.states import Cut, Hold, LearnerState, Phase, Run, SessionState

UNRIPE = replace(piece(), is_ripe=False)
SHORT = taken(Cut.TOO_SHORT)
FREE = StudyPolicy(check_on_open="none")


def opened(learner: LearnerState, now_ms: int = NOON + 5, policy: StudyPolicy = POLICY) -> Opened:
    return sittings.open_session(
        policy, learner, session_id="new", enrolment_id="e9", device="phone", now_ms=now_ms,
        draw=DRAW,
    )  # fmt: skip


def test_a_session_opens_at_nothing_and_the_due_points_are_drawn() -> None:
    found = opened(replace(LEARNER, open_session_id="old"))
    session = SessionState(
        session_id="new", enrolment_id="e9", opened_at_ms=NOON + 5, heard_at_ms=NOON + 5
    )
    learner = replace(
        LEARNER, clock_ms=NOON + 5, open_session_id="new", hold=Hold.OPENING,
        identity_due_ms=905_000, presence_due_ms=70_400,
    )  # fmt: skip
    assert found == Opened(session, learner, None, ())


def test_a_clock_that_went_back_opens_no_session_in_the_past() -> None:
    session = opened(LEARNER, NOON - 3_600_000).session
    assert (session.opened_at_ms, session.heard_at_ms) == (NOON, NOON)


def test_opening_takes_back_what_was_too_short_and_settles_what_is_over() -> None:
    late = replace(piece(expires_at_ms=NOON + 1), lesson_id="book")
    held = replace(LEARNER, pending=(UNRIPE, late), challenge=ASKED)
    found = opened(held, EXPIRED_AT)
    assert found.ruling is Ruling.SILENT
    assert found.taken == (SHORT, replace(taken(Cut.EXPIRED), lesson_id="book"))
    assert (found.learner.pending, found.learner.day_used_ms) == ((), 7_000)
    assert found.learner.challenge is None


def test_a_miss_that_is_allowed_is_drawn_again_at_the_opening_too() -> None:
    held = replace(LEARNER, challenge=replace(ASKED, is_heard=True))
    found = opened(held, EXPIRED_AT, StudyPolicy(misses_allowed=1))
    assert found.ruling is Ruling.ALLOWED_MISS
    assert found.learner.identity_due_ms == 905_000


@pytest.mark.parametrize(
    ("values", "policy", "hold"),
    [
        ({}, POLICY, Hold.OPENING),
        ({}, FREE, Hold.OPENING),
        ({"identity_at_ms": 0, "identity_device": "phone"}, FREE, None),
        ({"identity_at_ms": NOON, "identity_device": "other"}, FREE, Hold.OPENING),
        ({"hold": Hold.MISSED}, POLICY, Hold.MISSED),
        ({"hold": Hold.MISSED}, FREE, Hold.MISSED),
        ({"hold": Hold.OPENING}, FREE, Hold.OPENING),
        ({"hold": Hold.OPENING, "identity_at_ms": 0, "identity_device": "phone"}, FREE, None),
        ({"identity_at_ms": NOON - 599_999, "identity_device": "phone"}, POLICY, None),
        ({"identity_at_ms": NOON - 600_000, "identity_device": "phone"}, POLICY, Hold.OPENING),
        ({"identity_at_ms": NOON, "identity_device": "other"}, POLICY, Hold.OPENING),
        (
            {"identity_at_ms": NOON, "identity_device": "phone", "hold": Hold.OPENING},
            POLICY,
            None,
        ),
    ],
)
def test_only_a_fresh_check_on_this_device_opens_without_a_hold(values, policy, hold) -> None:
    assert opened(replace(LEARNER, **values), NOON, policy).learner.hold is hold


def test_a_session_that_ends_leaves_what_is_pending_and_takes_back_what_is_too_short() -> None:
    session = replace(books().session, run=Run("video", 5, 5), allowance_ms=7)
    held = replace(LEARNER, open_session_id="s", pending=(piece(), UNRIPE))
    after = replace(LEARNER, pending=(piece(),), day_used_ms=8_000)
    ended = replace(session, run=Run(), phase=Phase.CLOSED)
    assert sittings.close_session(session, held, Phase.CLOSED) == (ended, after, (SHORT,))


def test_a_session_that_was_superseded_ends_without_touching_the_one_that_is_open() -> None:
    session = books().session
    held = replace(LEARNER, open_session_id="other", pending=(UNRIPE,))
    ended = replace(session, phase=Phase.SUPERSEDED)
    assert sittings.close_session(session, held, Phase.SUPERSEDED) == (ended, held, ())


def test_a_silent_session_is_idle_after_the_policys_time() -> None:
    session = books().session
    assert not sittings.is_idle(POLICY, session, NOON + 300_000)
    assert sittings.is_idle(POLICY, session, NOON + 300_001)


def test_a_check_stands_where_and_when_it_passed() -> None:
    stands = replace(LEARNER, identity_at_ms=NOON, identity_device="phone")
    assert sittings.stand(LEARNER, "phone") == stands
    assert stands.day == DAY


def test_r1_when_a_hold_ends_the_allowance_begins_at_nothing_and_from_now() -> None:
    session = replace(books().session, allowance_ms=90_000, last_t_ms=4)
    again = replace(session, allowance_ms=0, is_restarted=True)
    assert sittings.restart_clock(session, NOON + 7) == replace(again, heard_at_ms=NOON + 7)
    assert sittings.restart_clock(session, NOON - 7) == again
