"""Who opened whose file, when and what for: written at each opening, readable by the person."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.ids import new_id
from app.identity.models.people import NAME, AccessEntry
from app.identity.repository import people as rows
from app.identity.rules.names import mask_name
from app.identity.services.person_keys import own_vault

_MOST = 200
_WHAT = {
    "file": "实名信息",
    "claim": "填报的姓名和证件号码",
    "contact": "联系方式",
    "licence": "单位的证明文件",
    "paper": "单位登记的证书文件",
}
# Purposes that the product itself states; everything else was written by a reviewer.
_PURPOSES = {
    "certificate": "生成您的证书",
    "certificate_document": "制作证书的文件",
    "certificate_reissue": "核对证书是否要更正",
    "certificate_code": "查验人凭您给的一次性码核对",
    "certificate_code_made": "生成核对全名的一次性码",
    "certificate_share": "有人打开您分享的证书链接",
    "certificate_share_made": "生成带全名的证书链接",
    "certificate_share_pdf": "有人从您分享的链接下载证书 PDF",
    "organisation": "审核单位入驻",
    "qualification": "审核单位资质",
    "roster_export": "单位导出员工名单",
    "contest_results": "主办单位导出竞赛成绩",
    "joining": "您用邀请码加入单位",
    "proof_of_hours": "单位开具学时证明",
    "stated_certificate": "单位查看登记的证书",
}


@dataclass(frozen=True, slots=True)
class AccessLine:
    at: dt.datetime
    what: str
    purpose: str
    by: str


def note(
    db: Session,
    person_id: str,
    *,
    purpose: str,
    actor_id: str | None,
    now: dt.datetime,
    what: str = "file",
    case_id: str | None = None,
) -> None:
    """Write down that a file was opened; `actor_id` is None for the product itself."""
    db.add(
        AccessEntry(
            id=new_id(now), person_id=person_id, actor_id=actor_id, purpose=purpose, at=now,
            what=what, case_id=case_id,
        )
    )  # fmt: skip


def note_many(
    db: Session, person_ids: Sequence[str], *, purpose: str, actor_id: str, now: dt.datetime
) -> None:
    """Write down that somebody opened the files of many at once."""
    rows.add_access(
        db,
        [
            {"id": new_id(now), "person_id": each, "actor_id": actor_id, "purpose": purpose,
             "at": now, "what": "file", "case_id": None}
            for each in person_ids
        ],
    )  # fmt: skip


def has_opened(db: Session, actor_id: str, case_id: str) -> bool:
    """Tell whether somebody opened what a case is about."""
    return rows.has_opened(db, actor_id, case_id)


def list_access(db: Session, vault: Vault, person_id: str) -> list[AccessLine]:
    """Return who opened a person's file, the newest first; who did it is masked."""
    return told_of(db, vault, person_id, rows.access_of(db, person_id, _MOST))


def told_of(
    db: Session, vault: Vault, person_id: str, found: Sequence[AccessEntry]
) -> list[AccessLine]:
    """Put entries into words for the person whose file was opened."""
    actors = {row.actor_id for row in found if row.actor_id}
    names = {
        person.id: mask_name(own_vault(vault, person).open(person.name_sealed, context=NAME))
        for person in rows.by_ids(db, sorted(actors))
        if person.name_sealed
    }
    return [
        AccessLine(
            row.at, _WHAT[row.what], _PURPOSES.get(row.purpose, row.purpose),
            _by(row, person_id, names),
        )
        for row in found
    ]  # fmt: skip


def _by(row: AccessEntry, person_id: str, names: dict[str, str]) -> str:
    if row.actor_id is None:
        return "平台自动处理"
    if row.actor_id == person_id:
        return "本人"
    return "工作人员 " + names.get(row.actor_id, "（未实名）")
