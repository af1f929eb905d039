"""The platform's switches as its administrators see them: what is stopped, by whom and why."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import flags
from app.core.crypto import Vault
from app.core.flags import NAMES, Switch
from app.identity.services import people

_DOES = {
    Switch.NO_NEW_SIGNUPS: (
        "没有账号的手机号不能登录，页面写明“暂停新用户注册”。已有账号照常登录、学习、考试。"
    ),
    Switch.NO_ISSUANCE: (
        "不出新证书，也不换发。学习、考试、已发的证书和查验照常。学完的人看到“暂停出证”，"
        "恢复后一小时内自动补发，谁也不用再做什么。"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchView:
    """`by` is masked, or says that the machine's operator did it; empty where nobody ever did."""

    switch: Switch
    name: str
    does: str
    is_on: bool
    changed_at: dt.datetime | None
    by_id: str | None
    by: str
    reason: str


def list_switches(db: Session, vault: Vault) -> tuple[SwitchView, ...]:
    """Every switch, thrown or not."""
    rows = {switch: flags.state(db, switch) for switch in Switch}
    ids = [row.changed_by for row in rows.values() if row is not None and row.changed_by]
    views = people.views(db, vault, ids)
    found = []
    for switch, row in rows.items():
        view = views.get(row.changed_by) if row is not None and row.changed_by else None
        found.append(
            SwitchView(
                switch=switch, name=NAMES[switch], does=_DOES[switch],
                is_on=row is not None and row.is_on,
                changed_at=row.changed_at if row is not None else None,
                by_id=row.changed_by if row is not None else None,
                by=_said(view.masked_name if view else None, row),
                reason=row.reason if row is not None else "",
            )
        )  # fmt: skip
    return tuple(found)


def _said(name: str | None, row: flags.SwitchState | None) -> str:
    if row is None:
        return ""
    return (name or "一位管理员") if row.changed_by else "运维人员（命令行）"
