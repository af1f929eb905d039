"""Giving up a number under which nothing was handed out, so that its enrolment gets another."""

import datetime as dt

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.core import audit
from app.core.errors import ConflictError, NotFoundError
from app.identity.rules.actors import Actor
from app.learning.services import progress

VOIDED = "certificate.voided"


def void(db: Session, certificate_id: str, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Give up a certificate that was never ready; its number is used for nothing else.

    One person is enough: nobody has a paper, and what is issued instead goes through the gate.
    Raises NotFoundError, ConflictError where it was handed out, or nothing is to be done any more.
    """
    row = rows.lock(db, certificate_id)
    if row is None:
        raise NotFoundError("没有这张证书。", remedy="请回到列表刷新")
    _check_unused(row)
    row.voided_at, row.voided_by, row.void_reason = now, actor.learner_id, reason.strip()
    audit.record(
        db, VOIDED, now=now, actor_id=actor.learner_id, subject_id=row.id, number=row.number
    )
    progress.order_certificate(db, row.enrolment_id, now=now)


def _check_unused(row: Certificate) -> None:
    if row.ready_at is not None:
        raise ConflictError(
            "这张证书已经做好，发给持证人了，编号不能作废。", code="handed_out",
            remedy="请选“按原编号出证”办结；证书有问题的，到“证书”里提出撤销",
        )  # fmt: skip
    if row.voided_at is not None or row.holder_gone_at is not None:
        raise ConflictError(
            "这个编号已经不用了，不用再作废。", code="out_of_use",
            remedy="请选“按原编号出证”办结，不会再出这一张",
        )  # fmt: skip
