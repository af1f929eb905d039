"""What a look at a certificate's PDF can find, and the sentence that says it."""

from enum import StrEnum

from app.certs.rules.verdicts import UNKNOWN_KEY

CREDENTIAL, RECORD = "credential.json", "record.json"
"""The files that a certificate's PDF carries."""


class Finding(StrEnum):
    """Why a file is not taken for one of ours."""

    NOT_A_PDF = "not_a_pdf"
    TOO_BIG = "too_big"
    ENCRYPTED = "encrypted"
    UNSIGNED = "unsigned"
    NOT_OURS = "not_ours"
    UNKNOWN_KEY = "unknown_key"
    ALTERED = "altered"
    APPENDED_TO = "appended_to"
    DAMAGED = "damaged"


SENTENCES: dict[Finding, str] = {
    Finding.NOT_A_PDF: "这不是 PDF 文件。请选择证书的 PDF 原件；照片和截图请用扫码查验。",
    Finding.TOO_BIG: "文件太大，不是本平台签发的证书原件。请选择证书的 PDF 原件。",
    Finding.ENCRYPTED: "文件加了密码，读不了。本平台签发的原件没有密码，请向持证人索要原件。",
    Finding.UNSIGNED: (
        "文件里没有电子签名。打印、转换会使签名丢失，较早签发的原件也没有；"
        "请扫证书上的方块码查验，或向持证人索要原件。"
        "学时证明和班级档案的 PDF 不带签名，请选一起下载的 .json 文件。"
    ),
    Finding.NOT_OURS: "文件里的电子签名不是本平台的。请向持证人索要本平台签发的原件。",
    Finding.UNKNOWN_KEY: UNKNOWN_KEY,
    Finding.ALTERED: "文件与签发时不一致，已被改过，请勿采信。请向持证人索要原件。",
    Finding.APPENDED_TO: "文件在签发之后被加过内容，不能按原件采信。请向持证人索要没有改动的原件。",
    Finding.DAMAGED: "文件不完整或已损坏，无法查验。请让持证人重新下载后再发给您。",
}
