"""A person asks for their account to be deleted, takes it back, or it is done.

The other rooms' share is the caller's (`app/oversight/services/deletions.py`).
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import OWN, Vault, same
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.models.deletions import DeletionRequest
from app.identity.models.people import PHONE, Person
from app.identity.models.signing import MESSAGE_PHONE
from app.identity.repository import deletions as rows
from app.identity.repository import people as person_rows
from app.identity.rules import phones
from app.identity.rules.actors import Role
from app.identity.rules.cases import CaseKind, CaseState
from app.identity.rules.deletions import IN_THE_WAY, TAKEN_BACK, WAIT, number_of
from app.identity.services import (
    cases,
    device_keys,
    inbox,
    person_keys,
    phone_holds,
    roles,
    sealed_fields,
    verification,
)
from app.identity.services.inbox import NoticeKind
from app.identity.services.people import document_index, own_phone

_GONE = "当事人已注销账号。"
DELETED = "person.deleted"


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as its person sees it: the receipt's number, and when it will be done."""

    request_id: str
    person_id: str
    number: str
    asked_at: dt.datetime
    due_at: dt.datetime
    is_open: bool


def _view(row: DeletionRequest) -> RequestView:
    is_open = row.done_at is None and row.cancelled_at is None
    return RequestView(row.id, row.person_id, number_of(row.id), row.asked_at, row.due_at, is_open)


def standing_request(db: Session, person_id: str) -> RequestView | None:
    """Return the request that waits, if there is one."""
    row = rows.open_request(db, person_id)
    return _view(row) if row is not None else None


def request(db: Session, request_id: str) -> RequestView:
    """Return a request. Raises NotFoundError."""
    row = rows.request(db, request_id)
    if row is None:
        raise NotFoundError("没有这个注销申请。", remedy="请刷新页面")
    return _view(row)


def is_done(db: Session, request_id: str) -> bool:
    """Tell whether a request was carried out."""
    row = rows.request(db, request_id)
    return row is not None and row.done_at is not None


def _person(db: Session, person_id: str) -> Person:
    person = person_rows.by_id(db, person_id)
    if person is None or person.deleted_at is not None:
        raise NotFoundError("没有这个账号。", remedy="请重新登录")
    return person


def check_may_ask(
    db: Session, vault: Vault, person_id: str, number: str, *, now: dt.datetime
) -> None:
    """Refuse before the proof is spent; what is written besides is the document's number.

    Who has proven no name writes the phone's.
    Raises InvalidError for another number, ConflictError where something stands in the way.
    """
    check_free_to_go(db, person_id, now=now)
    person = _person(db, person_id)
    if person.document_index is None:
        is_theirs = same(phones.normalise(number) or "", own_phone(db, vault, person_id))
    else:
        is_theirs = same(document_index(vault, number), person.document_index)
    if not is_theirs:
        raise InvalidError(
            "号码和您账号上的不一致。", field="/number", remedy="请照证件（没有实名的照手机号）填写"
        )


def check_free_to_go(db: Session, person_id: str, *, now: dt.datetime) -> None:
    """Raises ConflictError where something stands in the way; asked before anything is proven."""
    if rows.open_request(db, person_id) is not None:
        raise ConflictError("您已经申请过注销。", code="asked", remedy="要改主意，请先撤回")
    if roles.roles_of(db, person_id) - {Role.LEARNER}:
        raise ConflictError(
            "您的账号还有单位或工作人员的权限。",
            code="has_roles",
            remedy="请先交接，取消权限后再来",
        )
    phone_holds.check_not_held(db, person_id, now=now)
    if is_in_the_way(db, person_id):
        raise ConflictError(
            "有一件和您有关的事项正在处理，办结后才能注销。", code="open_case",
            remedy="请留意消息，或在“找人帮忙”里询问",
        )  # fmt: skip


def is_in_the_way(db: Session, person_id: str) -> bool:
    """Tell whether an open matter about the person has to end first."""
    held = cases.cases_about(db, [person_id], CaseKind.NUMBER_HELD)
    is_disputed = any(case.state is CaseState.OPEN for case in held)
    if is_disputed or phone_holds.is_claimed(db, person_id):
        return True
    return cases.has_open_case(db, person_id, IN_THE_WAY)


def ask(db: Session, person_id: str, *, now: dt.datetime) -> RequestView:
    """Write the request down; it is done after the wait, unless it is taken back."""
    view = _ask(db, person_id, due_at=now + WAIT, actor_id=person_id, now=now)
    inbox.notify(db, person_id, NoticeKind.DELETION_ASKED, now=now, number=view.number)
    return view


def _ask(
    db: Session, person_id: str, *, due_at: dt.datetime, actor_id: str | None, now: dt.datetime
) -> RequestView:
    row = DeletionRequest(id=new_id(now), person_id=person_id, asked_at=now, due_at=due_at)
    db.add(row)
    db.flush()
    audit.record(
        db, "person.deletion_asked", now=now, actor_id=actor_id, subject_id=person_id,
        number=number_of(row.id),
    )  # fmt: skip
    return _view(row)


def keyless(db: Session) -> list[str]:
    """People whose fields are under a key of their own that is not there.

    A backup was restored that is older than their deletion, and their key was not.
    """
    return rows.keyless(db)


def ask_again(db: Session, person_id: str, *, now: dt.datetime) -> RequestView:
    """The request of somebody who had left before a backup brought them back."""
    waiting = standing_request(db, person_id)
    return waiting or _ask(db, person_id, due_at=now, actor_id=None, now=now)


def cancel(db: Session, person_id: str, *, now: dt.datetime) -> None:
    """Take the request back. Raises NotFoundError where nothing waits."""
    if _drop(db, person_id, actor_id=person_id, now=now) is None:
        raise NotFoundError("没有等待中的注销申请。", remedy="请刷新页面")


def drop_for_new_phone(db: Session, person_id: str, *, now: dt.datetime) -> None:
    """End a request that waits: who had the old phone may have asked for it. The person is told."""
    if (number := _drop(db, person_id, actor_id=None, now=now)) is not None:
        inbox.notify(db, person_id, NoticeKind.DELETION_STOPPED, now=now, number=number)


def _drop(db: Session, person_id: str, *, actor_id: str | None, now: dt.datetime) -> str | None:
    """End the request that waits; returns its number, None where nothing waits."""
    row = rows.open_request(db, person_id)
    if row is None or not rows.settle(db, row.id, now=now, is_done=False):
        return None
    number = number_of(row.id)
    audit.record(
        db, "person.deletion_cancelled", now=now, actor_id=actor_id, subject_id=person_id,
        number=number,
    )  # fmt: skip
    return number


def roster_ids(db: Session, person_id: str) -> list[str]:
    """The lines of employers that mean the person."""
    return [entry.id for entry in rows.roster_of(db, _person(db, person_id))]


def erase(db: Session, vault: Vault, view: RequestView, *, now: dt.datetime) -> bool:
    """Do it: destroy the key and all that is the person's alone; tells False where it was done.

    What stays under the id (hours, evidence, log, the public halves of device keys, consents with
    their days) says nothing of who it was.
    """
    if not rows.settle(db, view.request_id, now=now, is_done=True):
        return False
    person = _person(db, view.person_id)
    if person.key is not None or not person.phone_sealed.startswith(OWN):
        _delete_messages(db, vault, person)
    sealed_fields.seal_own_cases(db, vault, person.id, now=now)
    _close_own_cases(db, person.id, now)
    for key in rows.standing_keys(db, person.id):
        device_keys.remove(db, person.id, key.id, now=now)
    for entry in rows.roster_of(db, person):
        db.delete(entry)
    rows.take_rows(db, person.id, person.phone_index, now)
    _blank(person, now)
    db.flush()
    rows.destroy_key(db, person.id)
    db.expire(person)
    audit.record(db, DELETED, now=now, actor_id=None, subject_id=person.id, number=view.number)
    return True


def _close_own_cases(db: Session, person_id: str, now: dt.datetime) -> None:
    verification.withdraw_review(db, person_id, reason=_GONE, now=now)
    while (case := cases.open_case_of(db, person_id, TAKEN_BACK)) is not None:
        cases.lapse(db, case.case_id, reason=_GONE, actor_id=person_id, now=now)


def _delete_messages(db: Session, vault: Vault, person: Person) -> None:
    phone = person_keys.own_vault(vault, person).open(person.phone_sealed, context=PHONE)
    for message in rows.all_messages(db):
        if vault.open(message.phone_sealed, context=MESSAGE_PHONE) == phone:
            db.delete(message)


def _blank(person: Person, now: dt.datetime) -> None:
    """The columns ask for a phone and its index: neither is one any more."""
    person.phone_sealed, person.phone_index = b"", f"deleted:{person.id}"
    person.name_sealed = person.document_sealed = None
    person.document_type = person.document_index = person.verified_at = None
    person.method = person.way_doubted_at = None
    person.deleted_at = now
