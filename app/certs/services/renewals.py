"""Renewing a certificate that nears its last day: reminders, and beginning its course again."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.rules import expiry
from app.certs.services import register
from app.core.db import Database
from app.core.errors import ConflictError
from app.identity.rules.local_days import local_day
from app.identity.services import inbox, standing
from app.identity.services.inbox import NoticeKind
from app.learning.services import enrolments
from app.learning.services.enrolments import EnrolmentView

_MOST = 1000


class Step(StrEnum):
    """What a holder can do about a last day that comes."""

    NONE = "none"  # nothing is to be done yet
    BEGIN = "begin"
    GO_ON = "go_on"
    CLOSED = "closed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Renewal:
    """`left` are the days until the last one, below 0 after it."""

    step: Step
    enrolment_id: str
    left: int


_NOTHING = Renewal(Step.NONE, "", 0)


def renewal_of(db: Session, certificate_id: str, *, learner_id: str, now: dt.datetime) -> Renewal:
    """Say what the holder can do. Raises NotFoundError for anybody else's."""
    row = register.own(rows.get(db, certificate_id), learner_id)
    today = local_day(now)
    is_out = row.revoked_at is not None or row.superseded_at is not None
    if row.expires_on is None or is_out or not expiry.is_near(row.expires_on, today):
        return _NOTHING
    return Renewal(*_step(db, row), (row.expires_on - today).days)


def _step(db: Session, row: Certificate) -> tuple[Step, str]:
    newest = enrolments.newest_after(db, row.enrolment_id)
    if newest.enrolment_id != row.enrolment_id:
        return (Step.DONE if newest.is_completed else Step.GO_ON), newest.enrolment_id
    return (Step.BEGIN if newest.is_open else Step.CLOSED), ""


def is_due(db: Session, enrolment_id: str, *, now: dt.datetime) -> bool:
    """Tell whether a course may be begun again: its certificate stands, and nears its last day.

    False where it was begun again already, or is closed.
    """
    row = rows.by_enrolment(db, enrolment_id)
    if row is None or row.ready_at is None or row.revoked_at is not None or row.expires_on is None:
        return False
    today = local_day(now)
    return expiry.is_near(row.expires_on, today) and _step(db, row)[0] is Step.BEGIN


def begin(db: Session, certificate_id: str, *, learner_id: str, now: dt.datetime) -> EnrolmentView:
    """Enrol a holder in the course of their certificate again; done twice it is one enrolment.

    The certificate stays as it is until its own last day. Raises NotFoundError for anybody else's,
    ConflictError where its last day is far, it does not stand, the name is not proven or the
    course is closed.
    """
    row = register.own(rows.get(db, certificate_id), learner_id)
    step = renewal_of(db, certificate_id, learner_id=learner_id, now=now).step
    if step is Step.NONE:
        raise _not_now(row)
    if not standing.standing(db, learner_id).is_verified:
        raise ConflictError(
            "报名前请先完成实名核验。", code="unverified", remedy="到“我的”里完成实名核验"
        )
    return enrolments.enrol_again(db, row.enrolment_id, learner_id=learner_id, now=now)


def _not_now(row: Certificate) -> ConflictError:
    """Why nothing is to be renewed."""
    if row.revoked_at is not None or row.superseded_at is not None:
        return ConflictError(
            "这张证书不再使用，不能凭它复训。",
            code="out_of_use",
            remedy="请用“我的证书”里有效的一张",
        )
    if row.expires_on is None:
        return ConflictError("这张证书长期有效，不用复训。", code="endless", remedy="照常使用即可")
    return ConflictError(
        "这张证书还不到复训的时候。", code="too_early",
        remedy=f"到期前 {expiry.NEAR.days} 天内可以报名复训，到时会发消息提醒您",
    )  # fmt: skip


def remind_of_expiry(database: Database, *, now: dt.datetime) -> int:
    """Tell every holder whose certificate nears its last day, once a stage; returns how many.

    Each is a transaction of its own; done again, nobody is told twice.
    """
    today = local_day(now)
    told = 0
    for stage in expiry.STAGES:
        with database.reading() as db:
            last = today + dt.timedelta(days=stage)
            found = rows.unreminded(db, first=today, last=last, stage=stage, most=_MOST)
        for certificate_id in found:
            with database.transaction() as db:
                told += _remind(db, certificate_id, today, now)
    return told


def _remind(db: Session, certificate_id: str, today: dt.date, now: dt.datetime) -> bool:
    """Note the stage and tell the holder, unless they renew already or were told meanwhile."""
    row = rows.lock(db, certificate_id)
    if row is None or row.expires_on is None:
        return False
    stage = expiry.stage_due(row.expires_on, today, row.reminded_days)
    if stage is None:
        return False
    row.reminded_days = stage
    step, _ = _step(db, row)
    if step not in (Step.BEGIN, Step.CLOSED):
        return False
    inbox.notify(
        db, row.learner_id, NoticeKind.CERTIFICATE_EXPIRING, now=now, number=row.number,
        course=row.facts["course"], until=row.expires_on.isoformat(),
        left=str((row.expires_on - today).days),
        how="请在“我的证书”里打开它，报名复训。" if step is Step.BEGIN
        else "这门课已停止报名，要复训请联系原培训机构。",
    )  # fmt: skip
    return True
