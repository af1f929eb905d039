"""The old phone objects to a change of phones, and two people decide what becomes of it."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit, outbox
from app.core.crypto import Vault
from app.core.errors import ConflictError, NotFoundError
from app.identity.models.phone_changes import OLD_PHONE, PhoneChange
from app.identity.repository import passwords as password_rows
from app.identity.repository import people as person_rows
from app.identity.repository import phone_changes as rows
from app.identity.rules.phone_changes import HOLD, ChangeState, DeskReason
from app.identity.services import cases, phone_changes, phone_holds
from app.identity.services.person_keys import own_vault

UNDONE, STOPPED = "phone.changed_back", "phone.objected"


def object_to(db: Session, vault: Vault, row: PhoneChange, *, now: dt.datetime) -> None:
    """The old phone says that this is not its owner's doing: nothing goes on but by people.

    What waits stops; what is done holds until they decide. Raises NotFoundError where it is over.
    """
    is_recent = row.done_at is not None and now < row.done_at + HOLD
    if row.state not in (ChangeState.WAITING, ChangeState.AT_DESK) and not (
        row.state == ChangeState.DONE and is_recent
    ):
        raise NotFoundError("这次换号已经结束，不能在这里停止。", remedy="请点“找人帮忙”说明情况")
    person = phone_changes.locked(db, row)
    case_id = phone_holds.case_about(db, row)
    if row.state == ChangeState.WAITING:
        row.state, row.due_at = ChangeState.AT_DESK, None
    if case_id is None:
        phone_changes.open_desk_case(db, vault, row, person, DeskReason.OBJECTED, now)
    else:
        cases.add_facts(db, case_id, phone_case=DeskReason.OBJECTED.value)
    audit.record(db, STOPPED, now=now, actor_id=None, subject_id=person.id, kind=row.kind)


def old_phone(db: Session, vault: Vault, change_id: str) -> str:
    """The phone that a change is about to take away, in clear; empty where it has gone."""
    row = rows.change(db, change_id)
    person = person_rows.by_id(db, row.person_id) if row and row.person_id else None
    if row is None or person is None or row.old_phone_sealed is None:
        return ""
    return own_vault(vault, person).open(row.old_phone_sealed, context=OLD_PHONE)


def object_to_own(db: Session, vault: Vault, person_id: str, *, now: dt.datetime) -> None:
    """The same from a sign-in with the old phone. Raises NotFoundError where nothing waits."""
    row = rows.pending(db, person_id)
    if row is None:
        raise NotFoundError("没有正在办的换号。", remedy="请刷新“我的”页面")
    object_to(db, vault, row, now=now)


def decide(
    db: Session, vault: Vault, change_id: str, *, is_approved: bool, actor_id: str,
    now: dt.datetime,
) -> bool:  # fmt: skip
    """Two people have decided: it is done or refused; one that was done stands or goes back.

    Tells whether the account has another phone by this. Raises ConflictError where the number that
    would be given is another account's, or there is nothing left to decide about.
    """
    row = rows.change_to_move(db, change_id)
    if row is None or row.state not in (ChangeState.AT_DESK, ChangeState.DONE):
        raise ConflictError(
            "这次换号已经结束，不能再决定。", code="change_over",
            remedy="请刷新列表；当事人还要换号的，请他重新申请",
        )  # fmt: skip
    if row.state == ChangeState.DONE and is_approved:
        return False
    if row.state == ChangeState.DONE:
        _undo(db, vault, row, actor_id, now)
        return True
    if is_approved:
        phone_changes.do(db, vault, row, now=now)
        return True
    row.state = ChangeState.REFUSED
    outbox.enqueue(db, phone_changes.TELL, now=now, change_id=row.id, says="refused")
    return False


def _undo(db: Session, vault: Vault, row: PhoneChange, actor_id: str, now: dt.datetime) -> None:
    person = phone_changes.locked(db, row)
    own = own_vault(vault, person)
    old = own.open(row.old_phone_sealed or b"", context=OLD_PHONE)
    phone_changes.put_phone(db, vault, person, old, now)
    row.state, row.done_at = ChangeState.UNDONE, now
    phone_changes.end_sign_ins(db, person.id, None, now)
    password_rows.forget(db, person.id)
    audit.record(db, UNDONE, now=now, actor_id=actor_id, subject_id=person.id)
    outbox.enqueue(db, phone_changes.TELL, now=now, change_id=row.id, says="undone")
