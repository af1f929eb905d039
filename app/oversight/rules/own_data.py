"""Everything about a person that the product keeps, as one record: `data.json` of the download.

Version 1 of the schema: fields are added, never renamed or given another meaning; whatever does
otherwise is version 2. JSON as msgspec writes it: times are ISO 8601 in UTC, days are dates.
"""

import datetime as dt
from typing import Final

from msgspec import Struct

from app.certs.rules.own_data import (
    OwnCertificate,
    OwnCertificateShare,
    OwnCode,
    OwnExternalCertificate,
    OwnSuspension,
)
from app.identity.rules.own_data import OwnIdentity
from app.learning.rules.own_data import OwnStudy
from app.org.rules.own_data import OwnWork

SCHEMA: Final = "shixue.own-data/1"
A_DAY: Final = 3
"""Most downloads of one person in a day: each opens every sealed value that is theirs."""


class OwnData(Struct, frozen=True, kw_only=True):
    """The whole file."""

    schema: str = SCHEMA
    made_at: dt.datetime
    identity: OwnIdentity
    study: OwnStudy
    certificates: list[OwnCertificate]
    certificate_shares: list[OwnCertificateShare]
    certificate_suspensions: list[OwnSuspension]
    certificate_codes: list[OwnCode]
    external_certificates: list[OwnExternalCertificate]
    work: OwnWork


NOT_INSIDE: Final = (
    "人脸的数字特征：它只能用来认脸，放进文件反而不安全；文件里写明有没有保存、什么时候存的。",
    "密码、验证码、保密问题的答案：平台自己也没有原文，只有算不回去的核对值。",
    "考题和标准答案：文件里有您每次考试选的选项和成绩。",
    "风险评分的信号和分数、下次核对的时间、没有办结的核查：写出来等于教人绕过核对。评分不会扣学时。",
    "工作人员办理事项时的内部操作，和是谁操作的：文件里有结果、理由，和谁看过您的信息（姓名打码）。",
    "每一秒的上报记录和签名：它们在每门课的学时证据包里，按课程下载，别人可以用它核验您的学时。",
)
"""What the page says is left out, and why (Personal Information Protection Law, 18 and 45)."""
