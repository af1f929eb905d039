"""What last month's hours would have been under a revision that is not made yet (R20, R23)."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.learning.repository import policies as rows
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.policy_fields import FIELDS
from app.learning.rules.replay import JUDGED
from app.learning.services import evidence, policies
from app.learning.services.policies import NewRevision

DAYS = 30
MOST_SESSIONS = 40
"""Each is judged batch by batch while somebody waits."""
_BIGGEST = 10


@dataclass(frozen=True, slots=True)
class Change:
    """A field that would be another one in at least one course of the scope."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTrial:
    """Judged again under the policy in force and the one tried; `credited_ms` is what it got then.

    All are credited time: what a check took back later is in them.
    """

    session_id: str
    course_title: str
    opened_at: dt.datetime
    credited_ms: int
    before_ms: int
    after_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTrial:
    course_id: str
    title: str
    sessions: int
    credited_ms: int
    before_ms: int
    after_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`drawn` of `total` sessions were judged again; `unseen` fields are nothing that shows so."""

    drawn: int
    total: int
    changes: tuple[Change, ...]
    unseen: tuple[str, ...]
    courses: tuple[CourseTrial, ...]
    biggest: tuple[SessionTrial, ...]

    @property
    def was_other(self) -> bool:
        """Whether something was credited under another policy than the one in force now."""
        of_courses = any(each.credited_ms != each.before_ms for each in self.courses)
        return of_courses or any(each.credited_ms != each.before_ms for each in self.biggest)


def trial(db: Session, new: NewRevision, *, now: dt.datetime) -> Trial:
    """Judge a part of the last month's stored evidence under the revision; nothing is written.

    And under what is in force now: a revision since then, or one taken back, is no change of this.
    Of more sessions than MOST_SESSIONS as many are drawn, evenly over the time. Each report is
    judged on what its judgement read then (the day's use, the hold, what was delivered), so what
    only shows over time, such as checks that come sooner, is not in it.
    Raises NotFoundError, InvalidError.
    """
    wanted = policies.tried(db, new, now=now)
    courses = {course.id: course for course in rows.courses(db, list(wanted))}
    current = policies.in_force_of_all(db, courses.values(), now=now)
    changes = _changes(current, wanted)
    found, total = rows.sessions_since(
        db, list(wanted), since=now - dt.timedelta(days=DAYS), most=MOST_SESSIONS
    )
    judged = [
        (
            course_id,
            SessionTrial(
                session_id=session.id, course_title=courses[course_id].title,
                opened_at=session.opened_at, credited_ms=evidence.credited_ms(db, session.id),
                before_ms=evidence.judge_again(db, session.id, current[course_id]).credited_ms,
                after_ms=evidence.judge_again(db, session.id, wanted[course_id]).credited_ms,
            ),
        )
        for session, course_id in found
    ]  # fmt: skip
    moved = sorted(
        (each for _, each in judged if each.before_ms != each.after_ms),
        key=lambda each: -abs(each.after_ms - each.before_ms),
    )
    return Trial(
        drawn=len(found), total=total, changes=changes,
        unseen=tuple(change.name for change in changes if change.name not in JUDGED),
        courses=tuple(_course_trial(course_id, judged) for course_id in _seen(judged)),
        biggest=tuple(moved[:_BIGGEST]),
    )  # fmt: skip


def _seen(judged: list[tuple[str, SessionTrial]]) -> list[str]:
    titles = {course_id: each.course_title for course_id, each in judged}
    return sorted(titles, key=lambda course_id: titles[course_id])


def _course_trial(course_id: str, judged: list[tuple[str, SessionTrial]]) -> CourseTrial:
    own = [each for key, each in judged if key == course_id]
    return CourseTrial(
        course_id=course_id, title=own[0].course_title, sessions=len(own),
        credited_ms=sum(each.credited_ms for each in own),
        before_ms=sum(each.before_ms for each in own), after_ms=sum(each.after_ms for each in own),
    )  # fmt: skip


def _changes(current: dict[str, StudyPolicy], wanted: dict[str, StudyPolicy]) -> tuple[Change, ...]:
    found = []
    for name in FIELDS:
        pairs = [
            (getattr(current[key], name), getattr(policy, name)) for key, policy in wanted.items()
        ]
        moved = [pair for pair in pairs if pair[0] != pair[1]]
        if moved:
            found.append(Change(name, *moved[0]))
    return tuple(found)
