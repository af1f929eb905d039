"""Another certificate for a name that was corrected 更正换发: asked, and granted by the desk."""

import datetime as dt

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.services import register, succession, suspensions
from app.certs.services.records import commitment
from app.core import audit
from app.core.crypto import KeyRing, Vault
from app.core.errors import ConflictError
from app.identity.rules.actors import Actor
from app.identity.services import people, standing
from app.learning.services import progress

GRANTED = "certificate.reissue_granted"


def check_may_be_asked(
    db: Session, vault: Vault, keys: KeyRing, certificate_id: str, *, learner_id: str,
    now: dt.datetime,
) -> str:  # fmt: skip
    """Return the commitment to the name and document that another one would be issued to.

    Of a revocation that the desk looks at nothing is said: that is for the desk to know. Of two who
    ask at once the second waits here, and finds what the first has asked. Raises
    NotFoundError for anybody else's, ConflictError where it does not stand, the name is not proven,
    or nothing differs: it says what the holder's proven name says now.
    """
    row = register.own(rows.lock(db, certificate_id), learner_id)
    _check_stands(db, row, now)
    if not standing.standing(db, learner_id).is_verified:
        raise ConflictError(
            "您的账号现在没有实名，证书上没有可以更正成的姓名。", code="unverified",
            remedy="请先在“我的”里完成实名核验，再来申请",
        )  # fmt: skip
    holder = people.full(
        db, vault, learner_id, purpose="certificate_reissue", actor_id=None, now=now
    )
    bound = commitment(keys, row.number, holder)
    if bound == row.facts["commitment"]:
        raise ConflictError(
            "证书上的姓名和证件号码与您现在的实名一致，不用换发。", code="nothing_to_correct",
            remedy="文件丢了可以再保存一份；实名不对，请先更正实名",
        )  # fmt: skip
    return bound


def grant(
    db: Session, certificate_id: str, *, bound: str | None, actor: Actor, now: dt.datetime
) -> None:
    """Let the issuing job make another in this one's place, which stands until that is ready.

    `bound` is the commitment from when it was asked: for no other name is it granted. Raises
    NotFoundError, ConflictError where it does not stand, or may be about to stand no more.
    """
    row = register.found(rows.lock(db, certificate_id))
    _check_stands(db, row, now)
    if succession.is_before_the_desk(db, row.id):
        raise ConflictError(
            "这张证书还有撤销的事项没有办结，不能换发。", code="in_doubt",
            remedy="请先办结撤销的事项，再来确认",
        )  # fmt: skip
    if bound is None:
        raise ConflictError(
            "这件申请没有登记换发给哪个姓名，不能同意。", code="unbound",
            remedy="请选“不换发”，请持证人重新申请",
        )  # fmt: skip
    row.reissue_granted_at, row.reissue_bound = now, bound
    audit.record(
        db, GRANTED, now=now, actor_id=actor.learner_id, subject_id=row.id, number=row.number,
        bound=bound,
    )  # fmt: skip
    progress.order_certificate(db, row.enrolment_id, now=now)


def _check_stands(db: Session, row: Certificate, now: dt.datetime) -> None:
    if row.revoked_at is not None or row.holder_gone_at is not None:
        raise ConflictError("这张证书已经撤销，不能换发。", code="revoked", remedy="请刷新页面")
    if row.superseded_at is None and row.reissue_granted_at is not None:
        raise ConflictError(
            "已经同意换发，新证书正在制作。", code="granted",
            remedy="做好了会发消息给您；在那以前这一张照常有效",
        )  # fmt: skip
    if row.superseded_at is not None:
        raise ConflictError(
            "这张证书已经换发过了。", code="superseded", remedy="请到“我的证书”看新的那一张"
        )
    if suspensions.in_force(db, [row.id], now=now):
        raise ConflictError(
            "这张证书暂停使用，恢复以前不能换发。", code="suspended", remedy="请等核查有了结果再来"
        )
