"""Separate consent for the face: given knowingly, withdrawn as easily."""

import datetime as dt
import hashlib

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.models.faces import Consent
from app.identity.repository import faces as rows
from app.identity.repository import people as person_rows

TEXT = (
    "我同意平台采集我的人脸，转换成一串数字加密保存，只用于学习中核对是不是我本人；不保存照片。"
    "不同意也可以学习：改用短信验证码加保密问题，学时认定完全一样。"
    "我可以随时在“我的”里撤回，撤回后这串数字立即删除。培训项目结束后自动删除。"
)
VERSION = hashlib.sha256(TEXT.encode()).hexdigest()


def give(db: Session, *, learner_id: str, version: str, now: dt.datetime) -> None:
    """Write a person's yes down. Raises InvalidError where another text was shown."""
    person = person_rows.by_id(db, learner_id)
    if person is None or person.verified_at is None:
        raise ConflictError("请先完成实名认证。", code="not_verified", remedy="先填写姓名和证件号")
    if version != VERSION:
        raise InvalidError("同意书已更新，请重新阅读。", field="/version", remedy="请刷新页面")
    if rows.standing_consent(db, learner_id) is not None:
        return
    db.add(
        Consent(id=new_id(now), person_id=learner_id, kind=rows.FACE, version=version, given_at=now)
    )
    audit.record(db, "consent.given", now=now, actor_id=learner_id, subject_id=learner_id)


def withdraw(db: Session, *, learner_id: str, now: dt.datetime) -> None:
    """Take the yes back: the template is gone at once, and another way is chosen next."""
    if not rows.withdraw(db, learner_id, now):
        raise NotFoundError("您没有同意过使用人脸。", remedy="无需撤回")
    person = person_rows.by_id(db, learner_id)
    if person is not None and person.method == rows.FACE:
        person.method = None
    audit.record(db, "consent.withdrawn", now=now, actor_id=learner_id, subject_id=learner_id)
