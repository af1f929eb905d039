"""An application to be an organisation here: what is entered, and the licence beside it."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.identity.rules.names import without_unseen
from app.org.rules import uscc as codes
from app.org.rules.organisations import OrganisationKind

MOST_LICENCE_BYTES = 3 * 2**20
"""Of the picture or PDF; the page makes a phone's picture smaller before it is sent."""
LEAST_LICENCE_BYTES = 1024
"""Nothing can be read in less."""


class ApplicationState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    ApplicationState.OPEN: "正在审核",
    ApplicationState.APPROVED: "已通过",
    ApplicationState.REFUSED: "没有通过",
    ApplicationState.WITHDRAWN: "已撤回",
}


class LicenceKind(StrEnum):
    """What a licence may be, by its first bytes and never by its name."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"


_SIGNS = {
    LicenceKind.JPEG: b"\xff\xd8\xff",
    LicenceKind.PNG: b"\x89PNG\r\n\x1a\n",
    LicenceKind.PDF: b"%PDF-",
}


class ApplicationFlawError(ValueError):
    """What is wrong with an application, by field, and what to do about it."""

    def __init__(self, field: str, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence, self.remedy = field, sentence, remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What an applicant enters; `type_code` is empty for an employer."""

    kind: OrganisationKind
    type_code: str
    name: str
    uscc: str
    prefecture_code: str
    responsible: str
    contact: str


def read(given: Entered, *, types: Collection[str], prefectures: Collection[str]) -> Entered:
    """The application in its one spelling. Raises ApplicationFlawError for the first flaw."""
    is_institution = given.kind is OrganisationKind.INSTITUTION
    if is_institution and given.type_code not in types:
        raise ApplicationFlawError("type_code", "请选机构的类别。", "请从列表里选一种")
    name = tidy(given.name)
    if len(name) < 4:
        raise ApplicationFlawError("name", "单位名称不完整。", "请照营业执照写全称")
    code = codes.normalise(given.uscc)
    if not codes.is_valid(code):
        sentence = "统一社会信用代码不对：应当是 18 位，最后两位是校验位。"
        raise ApplicationFlawError("uscc", sentence, "请对照营业执照逐位核对")
    if given.prefecture_code not in prefectures:
        raise ApplicationFlawError("prefecture_code", "请选单位所在的市（州）。", "请从列表里选")
    return Entered(
        kind=given.kind, type_code=given.type_code if is_institution else "", name=name, uscc=code,
        prefecture_code=given.prefecture_code, responsible=tidy(given.responsible),
        contact=tidy(given.contact),
    )  # fmt: skip


def tidy(text: str) -> str:
    """A name as a licence has it: single spaces, and brackets of one kind."""
    return without_unseen(text).translate(str.maketrans("()", "（）"))


def read_licence(text: str) -> tuple[bytes, LicenceKind]:
    """The licence out of base64. Raises ApplicationFlawError."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ApplicationFlawError("licence", "营业执照没有传完整。", "请重新选一次") from None
    if len(content) > MOST_LICENCE_BYTES:
        sentence = f"营业执照的文件超过 {MOST_LICENCE_BYTES // 2**20} MB。"
        raise ApplicationFlawError("licence", sentence, "请重新拍一张，或者存成小一点的 PDF")
    if len(content) < LEAST_LICENCE_BYTES:
        sentence = "营业执照的文件是空的。" if not content else "营业执照的文件太小，里面没有内容。"
        raise ApplicationFlawError("licence", sentence, "请重新拍照或选文件")
    for kind, sign in _SIGNS.items():
        if content.startswith(sign):
            return content, kind
    sentence = "营业执照只收照片（JPEG、PNG）或 PDF。"
    raise ApplicationFlawError("licence", sentence, "请用手机拍一张照片再选")
