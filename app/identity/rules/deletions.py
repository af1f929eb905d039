"""Deleting an account: how long it can be taken back, what stands in its way, what is told.

Personal Information Protection Law, article 47: what the person asks to be deleted is deleted;
accounts within 15 working days (App 违法违规收集使用个人信息行为认定方法, article 6). Seven days
to think it over lie within that.
"""

import datetime as dt
from typing import Final

from app.identity.rules.cases import CaseKind

WAIT: Final = dt.timedelta(days=7)
PAUSE: Final = dt.timedelta(days=1)
"""How long an account waits again whose matters at the desk came up meanwhile."""
IN_THE_WAY: Final = (
    CaseKind.RISK, CaseKind.RISK_SCORE, CaseKind.RISK_REPORT, CaseKind.FACE_REVIEW, CaseKind.HOLD,
    CaseKind.IDENTITY_WITHDRAWAL, CaseKind.CERTIFICATE_REVOCATION,
)  # fmt: skip
"""Open matters about the person: nobody leaves in the middle of an inquiry into their hours.
So does another phone whose asker has shown who they are; who has shown nothing keeps nobody."""
TAKEN_BACK: Final = (
    CaseKind.APPEAL, CaseKind.COMPLAINT, CaseKind.PRIVACY_REQUEST, CaseKind.PHONE_CHANGE,
    CaseKind.CERTIFICATE_REISSUE, CaseKind.ORGANISATION, CaseKind.QUALIFICATION,
)  # fmt: skip
"""Open matters that end with the person: nobody can be answered, no phone be given any more."""
CONSEQUENCES: Final = (
    "姓名、证件号码、手机号、人脸数据、保密问题、消息和登录记录全部销毁，找不回来。",
    "单位名单里您的那一行会删除，单位不能再给您出具学时证明。",
    "学时和证书作为数字保留，证书仍能查验真伪，但上面不再有您的姓名，平台不能再证明它是您的。",
    "还没有领到的培训补贴，注销后无法再核对是您本人，请先办完。",
    "以后可以用同一个手机号和证件重新注册，但是从零开始，接不上现在的学时。",
)
"""What the person reads before asking."""
RECEIPT: Final = "账号已按您的申请注销，姓名、证件号码、手机号和人脸数据已销毁"


def number_of(request_id: str) -> str:
    """The number on the receipt."""
    return f"ZX{request_id[-10:]}"
