"""Suspending a certificate 暂停: at once and by one reviewer, and never for long."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate, CertificateSuspension
from app.certs.rules import suspensions as rules
from app.certs.services import register
from app.core import audit
from app.core.errors import ConflictError, ForbiddenError, InvalidError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind

SUSPENDED, LIFTED = "certificate.suspended", "certificate.suspension_lifted"


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspension in force: its last day, and the reason that everybody is told."""

    ends_on: dt.date
    reason: str


def in_force(
    db: Session, certificate_ids: Collection[str], *, now: dt.datetime
) -> dict[str, Suspension]:
    """Return the suspensions in force now, by certificate."""
    today = local_day(now)
    return {
        row.certificate_id: Suspension(row.ends_on, row.reason)
        for row in rows.suspensions_of(db, certificate_ids)
        if _holds(row, today)
    }


def _holds(row: CertificateSuspension, today: dt.date) -> bool:
    return rules.is_in_force(ends_on=row.ends_on, is_lifted=row.lifted_at is not None, today=today)


def suspend(
    db: Session, certificate_id: str, *, reason: str, actor: Actor, now: dt.datetime
) -> Suspension:
    """Suspend a certificate at once; it stands again by itself after its last day.

    Whoever suspended it once cannot do so again: another reviewer has to see the need. Raises
    NotFoundError, InvalidError without a reason, ForbiddenError for one's own and for the second
    time, ConflictError where it is revoked, out of use or suspended already.
    """
    row = _lock(db, certificate_id, reason, actor)
    if row.revoked_at is not None:
        raise ConflictError("这张证书已经撤销，不用再暂停。", code="revoked", remedy="请刷新页面")
    if row.superseded_at is not None:
        raise out_of_use()
    today = local_day(now)
    known = rows.suspensions_of(db, [certificate_id])
    if any(_holds(each, today) for each in known):
        raise ConflictError("这张证书已经暂停了。", code="suspended", remedy="请刷新页面")
    if any(each.suspended_by == actor.learner_id for each in known):
        raise ForbiddenError(
            "这张证书您已经暂停过一次，再次暂停要由另一位审核人来办。", code="same_person",
            remedy="请交给另一位审核人，或者提出撤销",
        )  # fmt: skip
    made = CertificateSuspension(
        id=new_id(now), certificate_id=certificate_id, reason=reason.strip(), suspended_at=now,
        suspended_by=actor.learner_id, ends_on=rules.last_day(today),
    )  # fmt: skip
    db.add(made)
    db.flush()
    audit.record(
        db, SUSPENDED, now=now, actor_id=actor.learner_id, subject_id=certificate_id,
        number=row.number, suspension=made.id, until=made.ends_on.isoformat(),
    )  # fmt: skip
    inbox.notify(
        db, row.learner_id, NoticeKind.CERTIFICATE_SUSPENDED, now=now, number=row.number,
        until=made.ends_on.isoformat(), reason=as_sentence(made.reason),
    )  # fmt: skip
    return Suspension(made.ends_on, made.reason)


def lift(db: Session, certificate_id: str, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Lift a suspension before its last day; the holder is told why.

    Raises NotFoundError, InvalidError without a reason, ForbiddenError for one's own,
    ConflictError where none is in force.
    """
    row = _lock(db, certificate_id, reason, actor)
    today = local_day(now)
    found = [each for each in rows.suspensions_of(db, [certificate_id]) if _holds(each, today)]
    if not found:
        raise ConflictError("这张证书现在没有暂停。", code="not_suspended", remedy="请刷新页面")
    for each in found:
        each.lifted_at, each.lifted_by = now, actor.learner_id
        each.lift_reason = reason.strip()
        audit.record(
            db, LIFTED, now=now, actor_id=actor.learner_id, subject_id=certificate_id,
            number=row.number, suspension=each.id,
        )  # fmt: skip
    inbox.notify(
        db, row.learner_id, NoticeKind.CERTIFICATE_RESTORED, now=now, number=row.number,
        reason=as_sentence(reason.strip()),
    )  # fmt: skip


def out_of_use() -> ConflictError:
    return ConflictError(
        "这张证书已经换发，不再使用。", code="superseded", remedy="请查找新的那一张，在那里处理"
    )


def _lock(db: Session, certificate_id: str, reason: str, actor: Actor) -> Certificate:
    row = register.handed_out(rows.lock(db, certificate_id))
    if row.learner_id == actor.learner_id:
        raise ForbiddenError("不能处理自己的证书。", code="own_case", remedy="请由其他审核人处理")
    if not reason.strip():
        raise InvalidError("请写明理由，持证人会看到。", field="/reason")
    return row


def as_sentence(text: str) -> str:
    return text if text.endswith(("。", "！", "？")) else text + "。"
