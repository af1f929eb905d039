"""Separate consent for the face: given knowingly, withdrawn as easily."""

import datetime as dt
import hashlib

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.models.faces import Consent
from app.identity.providers import VendorFaces
from app.identity.repository import faces as rows
from app.identity.repository import people as person_rows
from app.identity.rules.face_vendors import COMPANIES, VENDOR_FACE, FaceVendorKind, consent_kind
from app.identity.services import portraits, vendor_faces, ways

TEXT = (
    "我同意平台采集我的人脸，转换成一串数字加密保存，只用于学习中核对是不是我本人；不保存照片。"
    "不同意也可以学习：改用短信验证码加保密问题，学时认定完全一样。"
    "我可以随时在“我的”里撤回，撤回后这串数字立即删除。培训项目结束后自动删除。"
)
VERSION = hashlib.sha256(TEXT.encode()).hexdigest()
_VENDOR_TEXT = (
    "我同意平台在每次核对时，把我的姓名和证件号码交给{company}，由我在它的页面上拍摄人脸，"
    "由它和证件照片比对、判断是不是真人，只用于学习中核对是不是我本人。平台收到的是结果和编号，"
    "不收也不存我的照片、视频；它怎样保存由它的隐私政策说明。"
    "不同意也可以学习：改用短信验证码加保密问题，学时认定完全一样。"
    "我可以随时在“我的”里撤回，撤回后平台不再把这些信息交给它。"
)


def vendor_text(vendor: FaceVendorKind) -> str:
    """What is agreed to before name, number and face go to this one recipient."""
    return _VENDOR_TEXT.format(company=COMPANIES[vendor])


def vendor_version(vendor: FaceVendorKind) -> str:
    return hashlib.sha256(vendor_text(vendor).encode()).hexdigest()


def give(db: Session, *, learner_id: str, version: str, now: dt.datetime) -> None:
    """Write a person's yes down. Raises InvalidError where another text was shown."""
    _note(db, learner_id, kind=rows.FACE, shown=version, current=VERSION, now=now)


def give_to_vendor(
    db: Session, vault: Vault, vendor: VendorFaces | None, *, learner_id: str, version: str,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Write down the yes to passing name, number and face to the vendor that is configured.

    Raises ConflictError where there is none, or it does not take this person's document.
    """
    if vendor is None or not vendor_faces.may_use(db, vault, vendor, learner_id):
        raise ConflictError(
            "现在不能用核身方核对您的证件。", code="face_vendor_refused",
            remedy="请选不用人脸的方式",
        )  # fmt: skip
    current = vendor_version(vendor.kind)
    kind = consent_kind(vendor.kind)
    _note(db, learner_id, kind=kind, shown=version, current=current, now=now)


def give_for_portrait(db: Session, *, learner_id: str, version: str, now: dt.datetime) -> None:
    """Write down the yes to a picture on certificates. Raises as `give`."""
    _note(db, learner_id, kind=portraits.KIND, shown=version, current=portraits.VERSION, now=now)


def _note(
    db: Session, learner_id: str, *, kind: str, shown: str, current: str, now: dt.datetime
) -> None:
    person = person_rows.by_id(db, learner_id)
    if person is None or person.verified_at is None:
        raise ConflictError("请先完成实名认证。", code="not_verified", remedy="先填写姓名和证件号")
    if shown != current:
        raise InvalidError("同意书已更新，请重新阅读。", field="/version", remedy="请刷新页面")
    if rows.standing_consent(db, learner_id, kind) is not None:
        return
    db.add(Consent(id=new_id(now), person_id=learner_id, kind=kind, version=shown, given_at=now))
    audit.record(
        db, "consent.given", now=now, actor_id=learner_id, subject_id=learner_id, kind=kind
    )


def withdraw(db: Session, *, learner_id: str, now: dt.datetime) -> None:
    """Take the yes back: the template is gone at once, and another way is chosen next.

    What is chosen then replaces this one and counts once somebody looked (`ways`).
    """
    if not rows.withdraw(db, learner_id, now):
        raise NotFoundError("您没有同意过使用人脸。", remedy="无需撤回")
    person = person_rows.lock(db, learner_id)
    if person is not None and person.method in {rows.FACE, VENDOR_FACE}:
        ways.give_up(person, now=now)
    audit.record(db, "consent.withdrawn", now=now, actor_id=learner_id, subject_id=learner_id)
