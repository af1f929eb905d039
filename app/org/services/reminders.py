"""One tap of an employer: remind a person of a course that was asked of them."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.services import catalogue
from app.org.repository import assignments as assignment_rows
from app.org.repository import organisations as organisation_rows
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.services import rounds
from app.org.services.organisations import acting_for

_PAUSE = dt.timedelta(hours=20)


def remind(db: Session, actor: Actor, *, staff_id: str, course_id: str, now: dt.datetime) -> None:
    """Put a reminder into the person's inbox, at most one a day for a course.

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
        db, person.learner_id, NoticeKind.REMINDED, since=now - _PAUSE, course_id=course_id
    ):
        raise ConflictError(
            "今天已经提醒过本人。", code="already_reminded", remedy="明天可以再提醒"
        )
    inbox.notify(
        db, person.learner_id, NoticeKind.REMINDED, now=now, employer=organisation.name,
        course=catalogue.course_title(db, course_id), course_id=course_id,
        due=assignment.due_on.isoformat(),
    )  # fmt: skip
    audit.record(
        db, "assignment.reminded", now=now, actor_id=actor.learner_id, subject_id=assignment.id,
        org_id=organisation.org_id, staff=person.id,
    )  # fmt: skip
