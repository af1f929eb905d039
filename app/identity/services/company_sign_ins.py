"""An organisation's own sign-in: what it is set to, by whom, on or off."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.models.company_sign_ins import COMPANY_SECRET, CompanySignIn
from app.identity.providers.company_doors import Door
from app.identity.repository import company_sign_ins as rows
from app.identity.repository import signing
from app.identity.rules.company_sign_ins import WECOM_API, CompanyKind, is_issuer
from app.identity.services import company_accounts

SET, SWITCHED, ENDED = "company_sign_in.set", "company_sign_in.switched", "company_sign_in.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be set; an empty secret keeps the one that is there."""

    kind: CompanyKind
    name: str
    issuer: str
    client_id: str
    agent_id: str
    secret: str
    trusts_second_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingView:
    """`linked` says how many people have linked an account."""

    setting_id: str
    org_id: str
    kind: CompanyKind
    name: str
    issuer: str
    client_id: str
    agent_id: str
    trusts_second_factor: bool
    is_on: bool
    set_at: dt.datetime
    linked: int


def view(db: Session, org_id: str) -> SettingView | None:
    """Return what an organisation's sign-in is set to, without the secret."""
    row = rows.standing(db, org_id)
    if row is None:
        return None
    return SettingView(
        setting_id=row.id, org_id=row.org_id, kind=CompanyKind(row.kind), name=row.name,
        issuer=row.issuer, client_id=row.client_id, agent_id=row.agent_id,
        trusts_second_factor=row.trusts_second_factor, is_on=row.is_on,
        set_at=row.set_at, linked=len(rows.accounts_at(db, row.id)),
    )  # fmt: skip


def put(
    db: Session, vault: Vault, org_id: str, wanted: Wanted, *, may_be_plain: bool, actor_id: str,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Set an organisation's sign-in up, or change it; it is on then.

    Another issuer or client is another sign-in: every link ends, since its subjects are others.
    Raises InvalidError that names the field.
    """
    _check(wanted, may_be_plain=may_be_plain)
    row = rows.standing(db, org_id)
    if row is not None and (row.kind, row.issuer, row.client_id) != (
        wanted.kind,
        wanted.issuer,
        wanted.client_id,
    ):
        _end(db, row, actor_id=actor_id, now=now)
        row = None
    if row is None and not wanted.secret:
        raise InvalidError(
            "请填写客户端密钥。", field="/secret", code="missing", remedy="密钥由单位的登录系统生成"
        )
    if row is None:
        row = CompanySignIn(
            id=new_id(now),
            org_id=org_id,
            kind=wanted.kind.value,
            issuer=wanted.issuer,
            client_id=wanted.client_id,
        )
        db.add(row)
    if wanted.secret:
        row.secret_sealed = vault.seal(wanted.secret, context=COMPANY_SECRET)
    row.agent_id = wanted.agent_id
    row.name, row.trusts_second_factor = wanted.name, wanted.trusts_second_factor
    row.is_on, row.set_by, row.set_at = True, actor_id, now
    audit.record(
        db, SET, now=now, actor_id=actor_id, subject_id=row.id, org=org_id, issuer=wanted.issuer,
        trusts_second_factor=wanted.trusts_second_factor,
    )  # fmt: skip


def _check(wanted: Wanted, *, may_be_plain: bool) -> None:
    """Raises InvalidError for what cannot be spoken to, or would let anybody vouch."""
    is_wecom = wanted.kind is CompanyKind.WECOM
    is_reached = is_issuer(wanted.issuer, may_be_plain=may_be_plain)
    if not is_reached or (is_wecom and wanted.issuer != WECOM_API and not may_be_plain):
        raise InvalidError(
            "发行方地址要以 https:// 开头，不带问号后面的部分。", field="/issuer", code="issuer",
            remedy=f"请照单位登录系统给的 issuer 填写；企业微信填 {WECOM_API}",
        )  # fmt: skip
    if is_wecom and not wanted.agent_id.isdigit():
        raise InvalidError(
            "请填写企业微信应用的 AgentId。", field="/agent_id", code="missing",
            remedy="在企业微信管理后台的应用详情里查看",
        )  # fmt: skip
    if is_wecom and wanted.trusts_second_factor:
        raise InvalidError(
            "企业微信不说明有没有做过二次验证。", field="/trusts_second_factor",
            code="second_factor", remedy="请去掉这一项",
        )  # fmt: skip


def switch(db: Session, org_id: str, *, is_on: bool, actor_id: str, now: dt.datetime) -> None:
    """Switch an organisation's sign-in on or off; off ends what it opened. Raises NotFoundError."""
    found = rows.standing(db, org_id)
    # Locked: who comes in at this moment comes before, and is ended, or after, and is refused.
    row = rows.lock_setting(db, found.id) if found else None
    if row is None or row.ended_at is not None:
        raise NotFoundError("这个单位没有设置公司账号登录。", remedy="请先填写并保存")
    row.is_on = is_on
    if not is_on:
        accounts = [each.id for each in rows.accounts_at(db, row.id)]
        signing.revoke_by_company(db, accounts, reason="company_off", now=now)
    audit.record(db, SWITCHED, now=now, actor_id=actor_id, subject_id=row.id, is_on=is_on)


def _end(db: Session, row: CompanySignIn, *, actor_id: str, now: dt.datetime) -> None:
    rows.lock_setting(db, row.id)
    count = company_accounts.end_at(db, row.id, actor_id=actor_id, now=now)
    row.ended_at, row.is_on = now, False
    audit.record(db, ENDED, now=now, actor_id=actor_id, subject_id=row.id, links=count)


def door_of(vault: Vault, row: CompanySignIn) -> Door:
    """Open what the provider is spoken to with."""
    secret = vault.open(row.secret_sealed, context=COMPANY_SECRET)
    return Door(
        CompanyKind(row.kind), row.issuer, row.client_id, row.agent_id, secret,
        row.trusts_second_factor,
    )  # fmt: skip
