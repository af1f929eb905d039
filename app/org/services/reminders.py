"""One tap of an employer: remind a person of a course that was asked of them."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.rules.outgoing import Way
from app.identity.services import inbox, outgoing
from app.identity.services.inbox import NoticeKind
from app.identity.services.outgoing import Wish
from app.learning.services import catalogue
from app.org.models.assignments import AssignmentMember
from app.org.models.staff import StaffMember
from app.org.repository import assignments as assignment_rows
from app.org.repository import organisations as organisation_rows
from app.org.rules.attention import Pressing
from app.org.rules.deadlines import Progress, progress_of
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.services import reminder_settings, rounds
from app.org.services.organisations import acting_for
from app.org.services.reminder_facts import facts_of, line_of

_PAUSE = dt.timedelta(hours=20)


def remind(
    db: Session, actor: Actor, *, staff_id: str, course_id: str, open_ways: Iterable[Way],
    now: dt.datetime,
) -> None:  # fmt: skip
    """Remind a person in their inbox and by what else they take, at most once a day for a course.

    Raises NotFoundError where nothing was asked, ConflictError for who has not joined yet, who
    studies a round that nobody asked for, and who was reminded less than a day ago.
    """
    organisation = acting_for(db, actor, Power.REMIND)
    organisation_rows.lock_organisation(db, organisation.org_id)
    rows = assignment_rows.list_member_rows(
        db, organisation.org_id, course_id=course_id, staff_id=staff_id
    )
    if not rows:
        raise NotFoundError("没有给这个人指派这门课。", remedy="请刷新后再试")
    member, assignment, person = rows[0]
    person_id = _reached(db, member, person, now)
    title = catalogue.course_title(db, course_id)
    wish = Wish(
        person_id=person_id, org_id=organisation.org_id, about=course_id, courses=(course_id,),
        reason=_pressing(assignment.due_on, now).value, notice=NoticeKind.REMINDED,
        asked_by=actor.learner_id,
        notice_facts={
            "employer": organisation.name, "course": title, "course_id": course_id,
            "due": assignment.due_on.isoformat(),
        },
        facts=facts_of(organisation.name, [line_of(title, assignment.due_on)]),
    )  # fmt: skip
    ways = reminder_settings.ways_of(db, organisation.org_id, open_ways)
    planned = outgoing.plan(db, wish, open_ways=ways, now=now)
    if Way.IN_APP not in planned.used:
        raise ConflictError(
            "本人今天收到的提醒已经够多。", code="already_reminded", remedy="明天可以再提醒"
        )
    audit.record(
        db, "assignment.reminded", now=now, actor_id=actor.learner_id, subject_id=assignment.id,
        org_id=organisation.org_id, staff=person.id,
    )  # fmt: skip


def _reached(
    db: Session, member: AssignmentMember, person: StaffMember, now: dt.datetime
) -> str:  # fmt: skip
    """The account that a reminder of this share goes to. Raises ConflictError where none may go."""
    if person.state != StaffState.JOINED or person.learner_id is None:
        raise ConflictError(
            "本人还没有确认加入单位，消息送不到。", code="not_joined",
            remedy="请当面告诉本人：登录后在“我的”里确认",
        )  # fmt: skip
    seen = rounds.newest(db, member, person)
    if seen is not None and not seen.is_asked:
        raise ConflictError(
            f"这是本人自己开始的第 {seen.number} 轮学习，没有截止日期，不能催。", code="own_round",
            remedy="要定截止日期，请把这门课再指派一次",
        )  # fmt: skip
    if inbox.was_told(
        db, person.learner_id, NoticeKind.REMINDED, since=now - _PAUSE, course_id=member.course_id
    ) or member.course_id in outgoing.told_today(
        db, [person.learner_id], person.org_id, now=now
    ).get(person.learner_id, ()):
        raise ConflictError(
            "今天已经提醒过本人。", code="already_reminded", remedy="明天可以再提醒"
        )
    return person.learner_id


def _pressing(due_on: dt.date, now: dt.datetime) -> Pressing:
    """What a reminder is for, as a deadline stands today."""
    state = progress_of(due_on=due_on, today=local_day(now), is_done=False, has_joined=True)
    found = {Progress.OVERDUE: Pressing.OVERDUE, Progress.DUE_SOON: Pressing.DUE_SOON}
    return found.get(state, Pressing.STUCK)
