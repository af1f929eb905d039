"""The person's side of what an employer states for them: yes or no, and the last day that comes."""

import datetime as dt

from sqlalchemy.orm import Session

from app.certs.rules import expiry
from app.core import audit
from app.core.crypto import Vault
from app.core.db import Database
from app.core.errors import ConflictError, NotFoundError
from app.identity.rules.local_days import local_day
from app.identity.services import inbox, person_keys
from app.identity.services.inbox import NoticeKind
from app.org.repository import organisations as organisation_rows
from app.org.repository import stated_certificates as rows
from app.org.rules.stated_certificates import KIND_NAMES, StatedState, may_answer
from app.org.services.stated_views import reason_context

_MOST = 1000


def answer(
    db: Session, vault: Vault, learner_id: str, stated_id: str, *, refusal: str | None,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Say yes to a statement, or no with what is wrong; who said yes may say no later.

    Raises NotFoundError for anybody else's, ConflictError where it has ended or was answered so.
    """
    row = rows.get_stated(db, stated_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这份登记。", remedy="请从“单位登记的证书”重新进入")
    organisation_rows.lock_organisation(db, row.org_id)
    row = rows.lock(db, stated_id)
    if row is None or not may_answer(StatedState(row.state), agrees=refusal is None):
        raise ConflictError("这份登记已经答复过，或者单位已经撤回。", remedy="请刷新页面")
    row.state, row.answered_at = StatedState.CONFIRMED, now
    if refusal is not None:
        own = person_keys.sealing_vault_of(db, vault, learner_id, now=now)
        row.state = StatedState.REFUSED
        row.reason_sealed = own.seal(refusal.strip(), context=reason_context(row.id))
    db.flush()
    audit.record(
        db, "certificate.stated_answered", now=now, actor_id=learner_id, subject_id=row.id,
        org_id=row.org_id, agrees=refusal is None,
    )  # fmt: skip


def remind_of_last_days(database: Database, *, now: dt.datetime) -> int:
    """Tell everybody whose confirmed certificate nears its last day, once a stage; how many.

    Each is a transaction of its own; done again, nobody is told twice.
    """
    today = local_day(now)
    told = 0
    for stage in expiry.STAGES:
        with database.reading() as db:
            last = today + dt.timedelta(days=stage)
            found = rows.nearing(db, first=today, last=last, stage=stage, most=_MOST)
        for stated_id in found:
            with database.transaction() as db:
                told += _remind(db, stated_id, today, now)
    return told


def _remind(db: Session, stated_id: str, today: dt.date, now: dt.datetime) -> bool:
    row = rows.get_stated(db, stated_id)
    if row is None:
        return False
    # The organisation first, as everywhere: who leaves is taken off under its lock.
    organisation_rows.lock_organisation(db, row.org_id)
    row = rows.lock(db, stated_id)
    if row is None or row.state != StatedState.CONFIRMED:
        return False
    stage = expiry.stage_due(row.valid_until, today, row.reminded_days)
    if stage is None:
        return False
    row.reminded_days = stage
    inbox.notify(
        db, row.learner_id, NoticeKind.STATED_EXPIRING, now=now, title=KIND_NAMES[row.kind],
        until=row.valid_until.isoformat(), left=str((row.valid_until - today).days),
    )  # fmt: skip
    return True
