"""What the page is told of a session: policy, lessons, totals, the open challenge, the hold."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing
from app.core.errors import NotFoundError
from app.learning.models.catalogue import Lesson as LessonRow
from app.learning.models.catalogue import MediaAsset
from app.learning.models.study import StudySession
from app.learning.repository import study as rows
from app.learning.repository import study_checks as check_rows
from app.learning.repository import versions
from app.learning.repository.study_states import lesson_of, lesson_state
from app.learning.rules.coverage import Intervals, measure
from app.learning.rules.hours import Totals
from app.learning.rules.lessons import open_lessons, resume_at
from app.learning.rules.moments import epoch_ms, moment_of
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Hold, LessonState
from app.learning.rules.wording import HOLDS
from app.learning.services import frozen_policies, ledger, media, package_addresses, policies
from app.learning.services.prompts import challenge_view

_TOLD = (
    "beat_s", "offline_grace_s", "idle_timeout_s", "max_rate", "seek_ahead", "gap_tolerance_s",
    "background", "media_proof", "min_dwell_s", "min_continuous_s", "daily_cap_s", "order_lock",
    "coverage_required", "hour_s",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonInSession:
    id: str
    title: str
    kind: str
    length_ms: int
    resume_at: int
    frontier: int
    credited_ms: int
    covered: Intervals
    open: bool
    media: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    session_id: str
    enrolment_id: str
    course_id: str
    course_title: str
    lesson_id: str
    state: str
    policy: dict[str, Any]
    lessons: tuple[LessonInSession, ...]
    totals: Totals
    head: str
    ack_seq: int
    last_t: int
    challenge: dict[str, Any] | None
    hold: bool
    hold_reason: str | None


def told_policy(policy: StudyPolicy) -> dict[str, Any]:
    """What the player goes by; when a challenge comes is not in it."""
    return {name: getattr(policy, name) for name in _TOLD}


def totals(
    db: Session, enrolment_id: str, *, now: dt.datetime, policy: StudyPolicy | None = None
) -> Totals:
    """A learner's confirmed and pending time in a course. Raises NotFoundError.

    What the day still takes is the session's policy to say; without one, that of a session which
    would be opened now.
    """
    enrolment = rows.get_enrolment(db, enrolment_id)
    if enrolment is None:
        raise NotFoundError("没有这条报名记录。", remedy="请从“我的学习”进入")
    policy = policy or policies.for_session(db, enrolment, now=now)
    learner = rows.get_learner(db, enrolment.learner_id)
    pending = rows.list_pending(db, enrolment.learner_id)
    is_today = learner is not None and learner.day == policy.local_day(epoch_ms(now))
    return Totals(
        confirmed_ms=ledger.confirmed_ms(db, enrolment_id),
        pending_ms=sum(piece.ms for piece in pending if piece.enrolment_id == enrolment_id),
        required_ms=enrolment.required_ms,
        day_left_ms=policy.day_left_ms(learner.day_used_ms if learner and is_today else 0),
    )


def last_studied(db: Session, enrolment_id: str) -> dt.datetime | None:
    """When a course was last studied; None before it was begun."""
    heard_ms = rows.last_heard_ms(db, enrolment_id)
    return moment_of(heard_ms) if heard_ms is not None else None


def course_lessons(db: Session, enrolment_id: str) -> list[LessonRow]:
    """The lessons of the version that an enrolment is on, in order."""
    enrolment = rows.get_enrolment(db, enrolment_id)
    return versions.lessons(db, versions.version_id(enrolment)) if enrolment else []


def lesson_states(db: Session, learner_id: str, enrolment_id: str) -> dict[str, LessonState]:
    found = rows.list_coverage(db, learner_id, enrolment_id)
    return {row.lesson_id: lesson_state(row) for row in found}


def open_lesson_ids(
    policy: StudyPolicy, lessons: list[LessonRow], known: dict[str, LessonState]
) -> frozenset[str]:
    covered = {lesson_id: state.covered for lesson_id, state in known.items()}
    return open_lessons(policy, [lesson_of(row) for row in lessons], covered)


def session_view(
    db: Session, keys: KeyRing, session: StudySession, *, now: dt.datetime
) -> SessionView:
    """Put together what opening and resuming answer."""
    enrolment = rows.get_enrolment(db, session.enrolment_id)
    learner = rows.get_learner(db, session.learner_id)
    if enrolment is None or learner is None:
        raise NotFoundError("没有这次学习。", remedy="请回到课程页重新进入")
    policy = frozen_policies.thaw(db, session.policy_version)
    is_current = learner.open_session_id == session.id
    challenge_id = learner.challenge_id if is_current else None
    asked = check_rows.get_challenge(db, challenge_id) if challenge_id else None
    hold = Hold(learner.hold) if learner.hold else None
    return SessionView(
        session_id=session.id, enrolment_id=enrolment.id, course_id=enrolment.course_id,
        course_title=versions.of_enrolment(db, enrolment).title,
        lesson_id=session.lesson_id, state=session.phase,
        policy=told_policy(policy), lessons=_lessons(db, keys, session, policy, now),
        totals=totals(db, enrolment.id, now=now, policy=policy), head=session.head,
        ack_seq=session.ack_seq, last_t=session.last_t_ms,
        challenge=challenge_view(asked, epoch_ms(now)), hold=hold is not None,
        hold_reason=HOLDS[hold] if hold else None,
    )  # fmt: skip


def _medium(
    keys: KeyRing, session: StudySession, row: LessonRow, asset: MediaAsset | None,
    now: dt.datetime,
) -> dict[str, Any]:  # fmt: skip
    if row.kind == "package":
        return package_addresses.describe(keys, session.id, row, asset, now=now)
    return media.describe(keys, session.id, row, asset, now)


def _lessons(
    db: Session, keys: KeyRing, session: StudySession, policy: StudyPolicy, now: dt.datetime
) -> tuple[LessonInSession, ...]:
    lessons = course_lessons(db, session.enrolment_id)
    known = lesson_states(db, session.learner_id, session.enrolment_id)
    is_open = open_lesson_ids(policy, lessons, known)
    found = []
    for row in lessons:
        state = known.get(row.id, LessonState())
        asset = rows.get_asset(db, row.asset_id) if row.asset_id else None
        found.append(
            LessonInSession(
                id=row.id,
                title=row.title,
                kind=row.kind,
                length_ms=row.length_ms,
                resume_at=resume_at(policy, lesson_of(row), state),
                frontier=state.frontier_ms,
                credited_ms=measure(state.covered),
                covered=state.covered,
                open=row.id in is_open,
                media=_medium(keys, session, row, asset, now),
            )
        )
    return tuple(found)
