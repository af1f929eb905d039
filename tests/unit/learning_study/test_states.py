"""Who has done nothing yet stands at nothing: a default counts like any other number."""

from msgspec.structs import asdict

from app.learning.rules import chain, ledger
from app.learning.rules.states import (
    Batch,
    Challenge,
    ChallengeKind,
    LearnerState,
    LessonState,
    Phase,
    Run,
    SessionState,
)

NUMBERS = (
    "clock_ms", "pass_number", "day", "day_used_ms", "since_presence_ms", "since_identity_ms",
    "silent_run", "uncertain_run", "silent_day", "silent_count", "check_day", "check_count",
    "stint_ms", "stint_at_ms",
)  # fmt: skip
ABSENT = (
    "open_session_id", "presence_due_ms", "identity_due_ms", "challenge", "hold", "identity_at_ms",
)  # fmt: skip


def test_a_learner_begins_at_nothing() -> None:
    nothing = dict.fromkeys(NUMBERS, 0) | dict.fromkeys(ABSENT)
    assert asdict(LearnerState(learner_id="l")) == nothing | {
        "learner_id": "l", "pending": (), "is_under_review": False, "misses": (),
        "identity_device": "",
    }  # fmt: skip


def test_a_session_and_a_lesson_begin_at_nothing() -> None:
    session = SessionState(session_id="s", enrolment_id="e", opened_at_ms=7, heard_at_ms=8)
    assert asdict(session) == {
        "session_id": "s", "enrolment_id": "e", "opened_at_ms": 7, "heard_at_ms": 8,
        "allowance_ms": 0, "ack_seq": 0, "last_t_ms": 0, "is_restarted": False,
        "run": Run("", 0, 0), "phase": Phase.OPEN,
    }  # fmt: skip
    assert LessonState() == LessonState((), 0)
    assert Batch("video", ()) == Batch("video", (), is_close=False)


def test_a_challenge_begins_unheard() -> None:
    asked = Challenge(
        challenge_id="c", kind=ChallengeKind.IDENTITY, method="face", session_id="s",
        enrolment_id="e", raised_at_ms=1, expires_at_ms=2, tries_left=3,
    )  # fmt: skip
    begins = (asked.is_heard, asked.is_on_hold, asked.is_scheduled, asked.judging_until_ms)
    assert begins == (False, False, False, None)


def test_keys_heads_and_the_first_line_have_their_widths() -> None:
    assert (chain.KEY_BYTES, chain.MAC_BYTES, ledger.FIRST) == (32, 32, "0" * 64)
