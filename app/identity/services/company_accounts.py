"""Links between people and the accounts that their companies gave them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.core.ids import new_id
from app.identity.models.company_sign_ins import CompanyAccount
from app.identity.repository import company_sign_ins as rows
from app.identity.repository import people as person_rows
from app.identity.repository import signing
from app.identity.rules.company_sign_ins import Trouble
from app.identity.rules.notices import NoticeKind
from app.identity.services import inbox

LINKED, UNLINKED = "company_account.linked", "company_account.unlinked"


@dataclass(frozen=True, slots=True)
class LinkView:
    account_id: str
    setting_id: str
    name: str
    linked_at: dt.datetime
    used_at: dt.datetime | None


def links_of(db: Session, person_id: str) -> tuple[LinkView, ...]:
    """A person's company accounts, the oldest first."""
    return tuple(
        LinkView(account.id, setting.id, setting.name, account.linked_at, account.used_at)
        for account, setting in rows.accounts_of(db, person_id)
    )


def subject_index(vault: Vault, setting_id: str, subject: str) -> str:
    """Return the keyed hash under which a company's name of a person is kept."""
    return vault.blind_index(subject, context=f"company_account:{setting_id}")


def link(
    db: Session, vault: Vault, person_id: str, setting_id: str, subject: str, *, now: dt.datetime
) -> Trouble | None:
    """Link a person to a subject; theirs from before gives way. Another's stays: TAKEN."""
    row = rows.lock_setting(db, setting_id)
    is_open = row is not None and row.is_on and row.ended_at is None
    if not is_open or person_rows.lock(db, person_id) is None:
        return Trouble.LOST
    index = subject_index(vault, setting_id, subject)
    holder = rows.by_subject(db, setting_id, index)
    if holder is not None:
        return None if holder.person_id == person_id else Trouble.TAKEN
    for account, setting in rows.accounts_of(db, person_id):
        if setting.id == setting_id:
            _end(db, account, actor_id=person_id, now=now)
    fresh = CompanyAccount(
        id=new_id(now), company_sign_in_id=setting_id, person_id=person_id, subject_index=index,
        linked_at=now,
    )  # fmt: skip
    db.add(fresh)
    audit.record(db, LINKED, now=now, actor_id=person_id, subject_id=fresh.id, setting=setting_id)
    inbox.notify(db, person_id, NoticeKind.COMPANY_LINKED, now=now)
    return None


def unlink(db: Session, person_id: str, account_id: str, *, now: dt.datetime) -> None:
    """End one of a person's own links. Raises NotFoundError for another's."""
    for account, _ in rows.accounts_of(db, person_id):
        if account.id == account_id:
            _end(db, account, actor_id=person_id, now=now)
            return
    raise NotFoundError("没有这个绑定。", remedy="请刷新页面")


def end_all(db: Session, person_id: str, *, actor_id: str | None, now: dt.datetime) -> None:
    """End every link of a person: what somebody else may have linked must not stay a way in."""
    for account, _ in rows.accounts_of(db, person_id):
        _end(db, account, actor_id=actor_id, now=now)


def end_in(
    db: Session, person_id: str, org_id: str, *, actor_id: str | None, now: dt.datetime
) -> None:
    """End a person's links with an organisation that they act for no more."""
    for account, setting in rows.accounts_of(db, person_id):
        if setting.org_id == org_id:
            _end(db, account, actor_id=actor_id, now=now)


def end_at(db: Session, setting_id: str, *, actor_id: str | None, now: dt.datetime) -> int:
    """End every link with a sign-in that is no more; returns how many there were."""
    found = rows.accounts_at(db, setting_id)
    for account in found:
        _end(db, account, actor_id=actor_id, now=now)
    return len(found)


def _end(db: Session, account: CompanyAccount, *, actor_id: str | None, now: dt.datetime) -> None:
    """Take a link away, and end the sign-ins that it opened."""
    signing.revoke_by_company(db, [account.id], reason="company_unlinked", now=now)
    audit.record(
        db, UNLINKED, now=now, actor_id=actor_id, subject_id=account.id,
        setting=account.company_sign_in_id,
    )  # fmt: skip
    rows.delete_account(db, account.id)
