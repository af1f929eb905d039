"""A session's beginning, resuming and end: one open session a learner, everywhere (R19)."""

from msgspec import Struct
from msgspec.structs import replace

from app.learning.rules import pending
from app.learning.rules.challenges import Ruling, plan, settle
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import (
    Draw,
    Hold,
    LearnerState,
    Phase,
    Run,
    SessionState,
    Taken,
)


class Opened(Struct, frozen=True, gc=False):
    session: SessionState
    learner: LearnerState
    ruling: Ruling | None
    taken: tuple[Taken, ...]


def open_session(
    policy: StudyPolicy,
    learner: LearnerState,
    *,
    session_id: str,
    enrolment_id: str,
    device: str,
    now_ms: int,
    draw: Draw,
) -> Opened:
    """R19: the learner's other session ends with this; time starts at nothing.

    A check that passed on this device a short while ago stands, with its own moment; without one
    nothing is credited until an identity check passes. Where a policy asks for none at opening, a
    device other than that of the last check is still asked for one: who signs in from elsewhere
    is first shown to be the same person.
    """
    learner, unripe = pending.drop_unripe(learner)
    settled = settle(policy, plan(learner, draw), now_ms, draw)
    learner = settled.learner
    learner = replace(
        learner,
        open_session_id=session_id,
        hold=_hold_at_opening(policy, learner, device),
    )
    session = SessionState(
        session_id=session_id,
        enrolment_id=enrolment_id,
        opened_at_ms=learner.clock_ms,
        heard_at_ms=learner.clock_ms,
    )
    return Opened(session, learner, settled.ruling, unripe + settled.taken)


def _hold_at_opening(policy: StudyPolicy, learner: LearnerState, device: str) -> Hold | None:
    if learner.hold not in (None, Hold.OPENING):
        return learner.hold
    passed_ms = learner.identity_at_ms
    if passed_ms is None or learner.identity_device != device:
        return Hold.OPENING
    is_fresh = learner.clock_ms - passed_ms < policy.check_valid_s * 1000
    return None if is_fresh or policy.check_on_open == "none" else Hold.OPENING


def close_session(
    session: SessionState, learner: LearnerState, phase: Phase
) -> tuple[SessionState, LearnerState, tuple[Taken, ...]]:
    """R19: what is pending stays pending; a stretch still too short is taken back."""
    taken: tuple[Taken, ...] = ()
    if learner.open_session_id == session.session_id:
        learner, taken = pending.drop_unripe(replace(learner, open_session_id=None))
    return replace(session, phase=phase, run=Run()), learner, taken


def is_idle(policy: StudyPolicy, session: SessionState, now_ms: int) -> bool:
    return now_ms - session.heard_at_ms > policy.idle_timeout_s * 1000


def stand(learner: LearnerState, device: str) -> LearnerState:
    """R19: where and when the last identity check passed; it may open the next session."""
    return replace(learner, identity_at_ms=learner.clock_ms, identity_device=device)


def restart_clock(session: SessionState, now_ms: int) -> SessionState:
    """R1: when a hold ends, the allowance starts again at nothing and from now."""
    heard_at_ms = max(now_ms, session.heard_at_ms)
    return replace(session, allowance_ms=0, heard_at_ms=heard_at_ms, is_restarted=True)
