"""Another phone for an account: what follows from a proof, doing it, objecting, what it holds up.

How it is proven stands in `phone_proofs.py`. Closing what is studied meanwhile is the caller's
(`app/oversight/services/phone_changes.py`).
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import audit, outbox
from app.core.crypto import Vault, b64url
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.models.people import PHONE, Person
from app.identity.models.phone_changes import NEW_PHONE, OLD_PHONE, PhoneChange
from app.identity.repository import passwords as password_rows
from app.identity.repository import people as person_rows
from app.identity.repository import phone_changes as rows
from app.identity.repository import signing
from app.identity.rules.actors import Role
from app.identity.rules.names import mask_phone
from app.identity.rules.phone_changes import (
    ChangeKind,
    ChangeState,
    DeskReason,
    Way,
    wait_after,
)
from app.identity.services import cases, company_accounts, inbox, people, phone_holds, roles
from app.identity.services.cases import CaseKind
from app.identity.services.inbox import NoticeKind
from app.identity.services.person_keys import own_vault, sealing_vault
from app.identity.services.sealed_fields import WORDS

TELL, FINISH = "tell_of_phone_change", "finish_phone_change"
PUT_AT_DESK = "put_phone_change_at_desk"
DONE = "phone.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A change as its person sees it; phones are masked.

    `is_proven` says whether whoever asked has shown that they are the person.
    """

    change_id: str
    person_id: str | None
    kind: ChangeKind
    state: ChangeState
    masked_phone: str
    due_at: dt.datetime | None
    is_proven: bool


def view(vault: Vault, row: PhoneChange, person: Person | None) -> ChangeView:
    phone = ""
    if person is not None and row.phone_sealed is not None:
        phone = mask_phone(own_vault(vault, person).open(row.phone_sealed, context=NEW_PHONE))
    return ChangeView(
        change_id=row.id, person_id=row.person_id, kind=ChangeKind(row.kind),
        state=ChangeState(row.state), masked_phone=phone, due_at=row.due_at,
        is_proven=row.way is not None,
    )  # fmt: skip


def pending(db: Session, vault: Vault, person_id: str) -> ChangeView | None:
    """The change of a person's phone that waits or is before people."""
    row = rows.pending(db, person_id)
    return view(vault, row, person_rows.by_id(db, person_id)) if row is not None else None


def is_free(db: Session, vault: Vault, phone: str) -> bool:
    return person_rows.by_phone(db, people.phone_index(vault, phone)) is None


def refuse_taken() -> ConflictError:
    """For somebody who has shown that the number is in their hand: they may know."""
    return ConflictError(
        "这个手机号已经有账号。", field="/phone", code="phone_taken",
        remedy="请换一个手机号，或者先用它登录，把那个账号注销",
    )  # fmt: skip


def after_proof(
    db: Session, vault: Vault, row: PhoneChange, way: Way | None, *, now: dt.datetime
) -> None:
    """The person has shown who they are: done, waiting, or before people. Raises ConflictError.

    Before people comes whoever works here, whoever changed within the hold, and the second of two
    who proved to be the same person: nobody but people can say which of them it is.
    """
    person = locked(db, row)
    row.way = way.value if way else None
    other = rows.pending(db, person.id)
    reason = _why_people(db, row, person, other, now)
    if other is not None:
        _give_way(db, other, now)
    if reason is not None:
        to_desk(db, vault, row, reason, now=now)
        return
    wait = wait_after(ChangeKind(row.kind))
    _remember_old(db, vault, row, person, now)
    if wait:
        row.state, row.due_at = ChangeState.WAITING, now + wait
        db.flush()
        outbox.enqueue(db, FINISH, now=now, run_at=row.due_at, change_id=row.id)
        outbox.enqueue(db, TELL, now=now, change_id=row.id, says="waiting")
        inbox.notify(db, person.id, NoticeKind.PHONE_ASKED, now=now)
        return
    do(db, vault, row, now=now)


def locked(db: Session, row: PhoneChange) -> Person:
    """Return whose change it is, locked. Raises NotFoundError where they have left."""
    person = person_rows.lock(db, row.person_id) if row.person_id else None
    if person is None or person.deleted_at is not None:
        raise NotFoundError("没有这个账号。", remedy="请重新开始")
    return person


def _why_people(
    db: Session, row: PhoneChange, person: Person, other: PhoneChange | None, now: dt.datetime
) -> DeskReason | None:
    is_recovery = row.kind == ChangeKind.RECOVERY
    if is_recovery and roles.roles_of(db, person.id) - {Role.LEARNER}:
        return DeskReason.STAFF
    if phone_holds.held_until(db, person.id, now=now) is not None:
        return DeskReason.HELD
    is_claimed = other is not None and other.way is not None
    return DeskReason.SECOND if is_claimed else None


def _give_way(db: Session, other: PhoneChange, now: dt.datetime) -> None:
    """An earlier change gives way to one that is proven: who proved nothing blocks nobody."""
    other.state, other.due_at = ChangeState.STOPPED, None
    db.flush()
    if (case_id := phone_holds.case_about(db, other)) is not None:
        cases.lapse(db, case_id, reason="后来有人核对通过，另行处理。", actor_id=None, now=now)


def _remember_old(
    db: Session, vault: Vault, row: PhoneChange, person: Person, now: dt.datetime
) -> None:
    own = sealing_vault(db, vault, person, now=now)
    phone = own.open(person.phone_sealed, context=PHONE)
    row.old_phone_sealed = own.seal(phone, context=OLD_PHONE)
    row.old_phone_index = person.phone_index


def leave_to_people(
    db: Session, row: PhoneChange, reason: DeskReason, *, now: dt.datetime
) -> None:  # fmt: skip
    """Leave a change to people, by the same writes whether there is such a person or not.

    How long an answer takes must not tell: the case is written by a job.
    """
    row.state = ChangeState.LEFT
    db.flush()
    outbox.enqueue(db, PUT_AT_DESK, now=now, change_id=row.id, reason=reason.value)


def put_at_desk(
    db: Session, vault: Vault, change_id: str, reason: str, *, now: dt.datetime
) -> None:  # fmt: skip
    """Put a change that was left to people before them; done twice it is the same."""
    row = rows.change_to_move(db, change_id)
    if row is not None and row.state == ChangeState.LEFT:
        to_desk(db, vault, row, DeskReason(reason), now=now)


def to_desk(
    db: Session, vault: Vault, row: PhoneChange, reason: DeskReason, *, now: dt.datetime
) -> None:
    """Put a change before people, two of whom decide (`rules/cases.py`).

    Of nobody's account, or of one that is before them already, it only looks so from outside.
    """
    person = person_rows.lock(db, row.person_id) if row.person_id else None
    other = rows.pending(db, person.id) if person else None
    is_second = other is not None and other.id != row.id
    if person is None or person.deleted_at is not None or is_second:
        row.state = ChangeState.STOPPED
        return
    if row.old_phone_sealed is None:
        _remember_old(db, vault, row, person, now)
    row.state, row.due_at = ChangeState.AT_DESK, None
    db.flush()
    open_desk_case(db, vault, row, person, reason, now)
    outbox.enqueue(db, TELL, now=now, change_id=row.id, says="at_desk")
    inbox.notify(db, person.id, NoticeKind.PHONE_ASKED, now=now)


def open_desk_case(
    db: Session, vault: Vault, row: PhoneChange, person: Person, reason: DeskReason,
    now: dt.datetime,
) -> None:  # fmt: skip
    """What reviewers are told: what was proven, and the new phone to call, sealed.

    Both phones are read off the change (`phone_cases.py`): a case keeps none in clear.
    """
    own = sealing_vault(db, vault, person, now=now)
    new = own.open(row.phone_sealed or b"", context=NEW_PHONE)
    cases.open_case(
        db, kind=CaseKind.PHONE_CHANGE, learner_id=person.id, now=now, ref_id=row.id,
        phone_case=reason.value, change=row.kind, way=row.way, tries=row.tries,
        contact=b64url(own.seal(new, context=WORDS)),
    )  # fmt: skip


def do(db: Session, vault: Vault, row: PhoneChange, *, now: dt.datetime) -> None:
    """Give the account its new phone; every sign-in but that of the browser that changed it ends.

    A password goes with a lost phone: whoever found it may have set one. Raises ConflictError where
    the number has become another account's.
    """
    person = locked(db, row)
    own = sealing_vault(db, vault, person, now=now)
    phone = own.open(row.phone_sealed or b"", context=NEW_PHONE)
    put_phone(db, vault, person, phone, now)
    row.state, row.due_at, row.done_at = ChangeState.DONE, None, now
    is_here = row.kind == ChangeKind.CHANGE
    end_sign_ins(db, person.id, row.device_id if is_here else None, now)
    if not is_here:
        password_rows.forget(db, person.id)
    audit.record(
        db, DONE, now=now, actor_id=person.id, subject_id=person.id, kind=row.kind, method=row.way
    )
    inbox.notify(db, person.id, NoticeKind.PHONE_CHANGED, now=now)
    outbox.enqueue(db, TELL, now=now, change_id=row.id, says="done")


def put_phone(db: Session, vault: Vault, person: Person, phone: str, now: dt.datetime) -> None:
    """Make a phone the account's. Raises ConflictError where it is another's."""
    if not is_free(db, vault, phone):
        raise refuse_taken()
    person.phone_sealed = sealing_vault(db, vault, person, now=now).seal(phone, context=PHONE)
    person.phone_index = people.phone_index(vault, phone)
    try:
        db.flush()
    except IntegrityError:  # somebody began an account with it at this very moment
        raise refuse_taken() from None


def end_sign_ins(db: Session, person_id: str, but_on: str | None, now: dt.datetime) -> None:
    """End a person's sign-ins, but for those of one browser, and every company account.

    Who changes a phone back from a thief must not leave the thief's own way in behind.
    """
    company_accounts.end_all(db, person_id, actor_id=None, now=now)
    for row in signing.open_sign_ins(db, person_id, now):
        if row.device_id != but_on:
            signing.revoke(db, row.id, reason="phone_changed", now=now)


def finish(db: Session, vault: Vault, change_id: str, *, now: dt.datetime) -> str | None:
    """Do what has waited long enough; returns whose it was, None where it was stopped.

    What has come up meanwhile, people look at: the number became another account's, the account
    has a role for others by now, or has lost its name.
    """
    row = rows.change_to_move(db, change_id)
    if row is None or row.state != ChangeState.WAITING or row.due_at is None or row.due_at > now:
        return None
    person = locked(db, row)
    if (reason := _came_up(db, vault, row, person)) is not None:
        to_desk(db, vault, row, reason, now=now)
        return None
    do(db, vault, row, now=now)
    return row.person_id


def _came_up(db: Session, vault: Vault, row: PhoneChange, person: Person) -> DeskReason | None:
    if roles.roles_of(db, person.id) - {Role.LEARNER}:
        return DeskReason.STAFF
    if person.verified_at is None:
        return DeskReason.UNNAMED
    phone = own_vault(vault, person).open(row.phone_sealed or b"", context=NEW_PHONE)
    return None if is_free(db, vault, phone) else DeskReason.TAKEN


def refuse_same(db: Session, vault: Vault, person_id: str, phone: str) -> None:
    """Raises InvalidError where the new phone is the old one."""
    if people.own_phone(db, vault, person_id) == phone:
        raise InvalidError("这就是您现在的手机号。", field="/phone", remedy="请填新的手机号")
