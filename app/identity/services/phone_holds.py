"""What a change of phones holds up: certificates, another change, leaving, new accounts."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import ConflictError
from app.identity.models.phone_changes import PhoneChange
from app.identity.repository import people as person_rows
from app.identity.repository import phone_changes as rows
from app.identity.rules.local_days import SHANGHAI
from app.identity.rules.phone_changes import HOLD, LOOK_AGAIN
from app.identity.services import cases, people
from app.identity.services.cases import CaseKind, CaseState


def is_claimed(db: Session, person_id: str) -> bool:
    """Tell whether a change waits or is before people that the person, it seems, has asked for."""
    row = rows.pending(db, person_id)
    return row is not None and row.way is not None


def held_until(db: Session, person_id: str, *, now: dt.datetime) -> dt.datetime | None:
    """Until when a changed phone holds up certificates, another change and leaving.

    None where it does not. While people decide on an objection it is a day from now, again and
    again.
    """
    row = rows.newest_done(db, person_id)
    if row is None or row.done_at is None:
        return None
    until = row.done_at + HOLD
    if case_about(db, row) is not None:
        return max(until, now + LOOK_AGAIN)
    return until if until > now else None


def case_about(db: Session, row: PhoneChange) -> str | None:
    """Return the open case about a change."""
    found = cases.cases_about(db, [row.id], CaseKind.PHONE_CHANGE)
    return next((case.case_id for case in found if case.state is CaseState.OPEN), None)


def check_begins(db: Session, vault: Vault, phone: str, *, now: dt.datetime) -> None:
    """Stand before a new account for a phone whose code was right. Raises ConflictError.

    A phone that an account is about to get, or has just given up, would take its own account's
    place: the change could not be done, or not be taken back.
    """
    index = people.phone_index(vault, phone)
    if person_rows.by_phone(db, index) is not None:
        return
    coming, left = rows.proven_to(db, index), rows.newest_away_from(db, index)
    if coming is not None:
        raise ConflictError(
            f"这个手机号正在换到您的账号上，{_said_at(coming.due_at)}。", code="phone_waiting",
            remedy="到时再用它登录，现在不用做什么",
        )  # fmt: skip
    until = held_until(db, left.person_id or "", now=now) if left is not None else None
    if until is not None:
        raise ConflictError(
            f"这个手机号刚从一个账号上换下来，{_local(until)} 以前不能用它开新账号。",
            code="phone_left",
            remedy="是您换的，请用新手机号登录；不是您办的，请照短信里的编号停止",
        )  # fmt: skip


def _said_at(due_at: dt.datetime | None) -> str:
    return f"{_local(due_at)} 生效" if due_at else "正在人工核对，2 个工作日内办完"


def _local(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%m月%d日 %H:%M}"


def check_not_held(db: Session, person_id: str, *, now: dt.datetime) -> None:
    """Raises ConflictError while a changed phone holds things up."""
    if (until := held_until(db, person_id, now=now)) is not None:
        raise ConflictError(
            f"刚换过手机号，{_local(until)} 以前不能办这件事。", code="phone_held",
            remedy="到时再来；急的话请找人帮忙",
        )  # fmt: skip
