"""Opening a class: the application before the desk, its decision, and cancelling."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit, outbox
from app.core.crypto import Vault
from app.core.errors import ConflictError, ForbiddenError, InvalidError
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import cases, inbox, roles
from app.identity.services.cases import CaseKind
from app.identity.services.inbox import NoticeKind
from app.org.models.classes import TrainingClass
from app.org.repository import class_people as people_rows
from app.org.repository import classes as rows
from app.org.repository import organisations as organisation_rows
from app.org.rules import classes as rules
from app.org.rules.classes import ClassState, Step
from app.org.rules.duties import Power
from app.org.services import class_changes, class_members, class_plan, class_studies, classes
from app.org.services.class_changes import ChangeView
from app.org.services.class_plan import UnitView
from app.org.services.classes import ClassView, TeacherView, check_step, own_class


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFile:
    """An application as the desk judges it, with what was changed since it was approved."""

    view: ClassView
    organisation: str
    uscc: str
    units: tuple[UnitView, ...]
    teachers: tuple[TeacherView, ...]
    changes: tuple[ChangeView, ...]


def apply(db: Session, actor: Actor, class_id: str, *, now: dt.datetime) -> None:
    """Put a class before the desk.

    Raises InvalidError for what is missing, ConflictError in the wrong state or after its last day.
    """
    _, row = own_class(db, actor, Power.KEEP_CLASSES, class_id, locks=True)
    check_step(row, Step.APPLY)
    if row.ends_on < local_day(now):
        raise ConflictError("结班日期已经过去。", code="past", remedy="请先改开班和结班日期")
    missing = rules.lacking(
        courses=len(rows.courses_of(db, [row.id])), units=len(rows.units_of(db, row.id)),
        teachers=len(rows.teachers_of(db, row.id)),
    )  # fmt: skip
    if missing:
        said = "".join(sentence for _, sentence in missing)
        raise InvalidError(said, field=f"/{missing[0][0]}", remedy="请补齐以后再提交")
    row.case_id = cases.open_case(
        db, kind=CaseKind.CLASS_OPENING, learner_id=actor.learner_id, ref_id=row.id, now=now
    )
    row.state, row.applied_by, row.applied_at = ClassState.APPLIED, actor.learner_id, now
    row.reason = None
    audit.record(
        db, "class.applied", now=now, actor_id=actor.account_id, subject_id=row.id,
        org_id=row.org_id,
    )  # fmt: skip


def withdraw(db: Session, actor: Actor, class_id: str, *, now: dt.datetime) -> None:
    """Take an application back; the class is a draft again. Raises ConflictError."""
    _, row = own_class(db, actor, Power.KEEP_CLASSES, class_id, locks=True)
    check_step(row, Step.WITHDRAW)
    _end_case(db, row, actor, "单位撤回", now)
    row.state, row.applied_at, row.applied_by = ClassState.DRAFT, None, None
    audit.record(
        db, "class.application_withdrawn", now=now, actor_id=actor.account_id, subject_id=row.id
    )


def _end_case(db: Session, row: TrainingClass, actor: Actor, reason: str, now: dt.datetime) -> None:
    if row.case_id is not None:
        cases.lapse(db, row.case_id, reason=reason, actor_id=actor.learner_id, now=now)


def cancel(db: Session, actor: Actor, class_id: str, reason: str, *, now: dt.datetime) -> None:
    """End a class before its time; everybody in it reads why. What was studied stays theirs.

    Raises InvalidError without a reason, ConflictError where it is over.
    """
    organisation, row = own_class(db, actor, Power.KEEP_CLASSES, class_id, locks=True)
    check_step(row, Step.CANCEL)
    if not reason.strip():
        raise InvalidError("请写明取消的理由。", field="/reason", remedy="班里的人会看到")
    if row.state == ClassState.APPLIED:
        _end_case(db, row, actor, "班级取消", now)
    row.state, row.reason = ClassState.CANCELLED, reason.strip()
    row.closed_at, row.closed_by = now, actor.learner_id
    said = row.reason if row.reason.endswith(("。", "！", "？")) else f"{row.reason}。"
    for member in people_rows.members_of(db, row.id):
        inbox.notify(
            db, member.learner_id, NoticeKind.CLASS_CANCELLED, now=now,
            employer=organisation.name, title=row.title, reason=said,
        )  # fmt: skip
    audit.record(
        db, "class.cancelled", now=now, actor_id=actor.account_id, subject_id=row.id,
        reason=row.reason,
    )  # fmt: skip


def decide(
    db: Session, class_id: str, *, is_approved: bool, reason: str, actor: Actor, now: dt.datetime
) -> None:
    """Do what the desk decided: the class may begin, or is a draft again with the reason.

    Raises ForbiddenError for who acts for the organisation, ConflictError where it was withdrawn,
    its last day has passed, or the organisation is suspended.
    """
    row = rows.lock_class(db, class_id)
    if row is None:
        raise ConflictError("这个班级不在了。", code="class_state", remedy="请刷新列表")
    # Whoever acts for several organisations is asked for all of them, not for the one chosen now.
    own_ids = roles.org_ids_of(db, actor.account_id)
    if row.org_id in own_ids or actor.learner_id in (row.applied_by, row.created_by):
        raise ForbiddenError(
            "不能审核自己单位的开班申请。", code="own_case", remedy="请由其他审核人处理"
        )
    check_step(row, Step.APPROVE if is_approved else Step.REFUSE)
    row.reason = reason
    if not is_approved:
        row.state = ClassState.DRAFT
    else:
        _check_may_begin(db, row, now)
        row.state, row.approved_by, row.approved_at = ClassState.RUNNING, actor.learner_id, now
        organisation = organisation_rows.get_organisation(db, row.org_id)
        class_members.announce(db, row, organisation.name if organisation else "", now=now)
        outbox.enqueue(
            db, class_studies.BEGIN, now=now, key=f"{class_studies.BEGIN}:{row.id}",
            class_id=row.id,
        )  # fmt: skip
    audit.record(
        db, "class.decided", now=now, actor_id=actor.account_id, subject_id=row.id,
        decision=row.state,
    )  # fmt: skip


def _check_may_begin(db: Session, row: TrainingClass, now: dt.datetime) -> None:
    if row.ends_on < local_day(now):
        raise ConflictError(
            "结班日期已经过去，不能再批准。", code="past", remedy="请退回，让单位改日期"
        )
    if organisation_rows.is_suspended(db, row.org_id):
        raise ConflictError(
            "这个单位暂停使用，现在不能批准它开班。", code="org_suspended",
            remedy="请退回并写明理由，或者等单位恢复后再办",
        )  # fmt: skip


def file_of(db: Session, vault: Vault, class_id: str, *, now: dt.datetime) -> ClassFile | None:
    """A class as the desk sees it: the application, and every change since."""
    row = rows.get_class(db, class_id)
    organisation = organisation_rows.get_organisation(db, row.org_id) if row else None
    if row is None or organisation is None:
        return None
    return ClassFile(
        view=classes.views(db, [row], now=now)[0], organisation=organisation.name,
        uscc=organisation.uscc, units=class_plan.plan_of(db, row.id),
        teachers=classes.teachers(db, vault, row.id),
        changes=class_changes.list_changes(db, vault, row.id),
    )  # fmt: skip
