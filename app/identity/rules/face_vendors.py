"""What certified vendors answer about a face session, brought to our outcomes (docs/face.md).

The tables follow the vendors' lists of codes: Tencent Cloud 人脸核身 for H5 pages (product 1007)
with the codes of liveness by digits, actions and light; Alibaba Cloud 金融级实人认证. A code that
stands in no table is PROVIDER_ERROR. What a vendor compares with is an old portrait in a registry,
so that it finds no likeness is a wrong try and never "another person".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.identity.rules.documents import DocumentType
from app.identity.rules.face_decisions import FaceOutcome

THRESHOLD = 70.0
"""From this likeness on Tencent calls two pictures one person; it cannot be set."""
MOST_NAME = 32


class FaceVendorKind(StrEnum):
    TENCENT = "tencent"
    ALIYUN = "aliyun"


COMPANIES: Mapping[FaceVendorKind, str] = {
    FaceVendorKind.TENCENT: "腾讯云计算（北京）有限责任公司",
    FaceVendorKind.ALIYUN: "阿里云计算有限公司",
}
"""Who receives name, number and face: a consent names them (PIPL, article 23)."""
SHORT_NAMES: Mapping[FaceVendorKind, str] = {
    FaceVendorKind.TENCENT: "腾讯云人脸核身",
    FaceVendorKind.ALIYUN: "阿里云实人认证",
}
VENDOR_FACE = "vendor_face"
"""A person's way of being checked: by the face, at a vendor."""
LIFE_MS = 30 * 60 * 1000
"""How long a session may be used: the shorter of what the vendors give (30 min, 2 h)."""
_DOCUMENTS: Mapping[FaceVendorKind, frozenset[DocumentType]] = {
    FaceVendorKind.TENCENT: frozenset({DocumentType.RESIDENT_ID, DocumentType.RESIDENCE_PERMIT}),
    FaceVendorKind.ALIYUN: frozenset({DocumentType.RESIDENT_ID}),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One code of a vendor: what it comes to, and what the person reads."""

    outcome: FaceOutcome
    sentence: str


UNKNOWN = Said(FaceOutcome.PROVIDER_ERROR, "核身服务没有给出能用的结果，没有记次数，请再来一次")
UNFINISHED = Said(FaceOutcome.RETRY, "还没有完成核身，请重新开始，跟着提示做完")
AGAINST_ITSELF = Said(FaceOutcome.PROVIDER_ERROR, "核身服务的结果前后不符，没有记次数，请再来一次")
MOST_LEFT = 3
"""Failed sessions of a day from which nobody came back, before no other is begun."""
TOO_MANY_LEFT = Said(
    FaceOutcome.FAILED, "今天有几次核身没有通过，也没有回来确认，请明天再用核身方核对"
)


def consent_kind(vendor: FaceVendorKind) -> str:
    """The name of the consent to this one recipient: another vendor wants another yes."""
    return f"face_{vendor.value}"


def takes(vendor: FaceVendorKind, document_type: DocumentType, name: str) -> bool:
    """Tell whether a vendor documents that it takes this kind of document, and so long a name."""
    return document_type in _DOCUMENTS[vendor] and len(name) <= MOST_NAME


def _group(outcome: FaceOutcome, sentence: str, *codes: int) -> dict[int, Said]:
    return dict.fromkeys(codes, Said(outcome, sentence))


def _lines(outcome: FaceOutcome, sentences: Mapping[int, str]) -> dict[int, Said]:
    return {code: Said(outcome, sentence) for code, sentence in sentences.items()}


_AWAY = "核身服务暂时出错，没有记次数，请过一会儿再试"
_NOT_LIVE = "没有通过真人检测，请本人对着镜头，跟着提示慢慢做"
_NOT_ALIKE = "和证件上的照片比对没有通过，请摘下帽子、口罩，正对镜头"
_DISTANCE = "离屏幕太近、太远或者偏了，请把脸放在框里"
TENCENT: Mapping[int, Said] = {
    0: Said(FaceOutcome.PASSED, ""),
    17: UNFINISHED,
    **_group(FaceOutcome.PROVIDER_ERROR, _AWAY, 1, 2, 3, 4, 8, 10, 12, 13, 14),
    **_group(FaceOutcome.PROVIDER_ERROR, _AWAY, 203, 204, 1001, 1006, 1007, 2001, 2017),
    **_group(FaceOutcome.RETRY, "画面没有取到，请再来一次", 201, 202, 1004, 1105, 2004),
    **_group(FaceOutcome.RETRY, "声音没有听清，请到安静的地方大声慢读", 1101, 1106),
    **_group(FaceOutcome.RETRY, "脸没有完整露出来，请正对镜头", 1102, 1210, 2010, 2013),
    **_group(FaceOutcome.RETRY, "画面不够清楚，请擦一下镜头，或换一部手机", 1104, 1107, 1108, 2014),
    **_group(FaceOutcome.RETRY, "光线不好，请到亮一点、不逆光的地方", 1201, 1202),
    **_group(FaceOutcome.RETRY, _DISTANCE, 1203, 1204, 1205, 1206),
    **_lines(FaceOutcome.RETRY, {
        15: "核身的时间过了，请重新开始",
        303: "证件没有认出来，请重新拍",
        1008: "手机的网络不稳，请换个网络再试",
        1303: "录得太短，请录两秒以上",
        2012: "画面里不止一张脸，请一个人对着镜头",
    }),
    **_group(FaceOutcome.FAILED, _NOT_LIVE, 1002, 1003, 1005, 1301, 1302, 1401, 2011),
    **_group(FaceOutcome.FAILED, "读的数字没有对上，请大声慢读屏幕上的数字", 1103, 1109),
    **_group(FaceOutcome.FAILED, "没有看到按提示做动作，请跟着提示慢慢做", 1207, 1208, 1209),
    **_group(FaceOutcome.FAILED, _NOT_ALIKE, 2015, 2016),
    16: Said(FaceOutcome.FAILED, "在核身页面里试的次数用完了，请重新开始"),
    301: Said(FaceOutcome.FAILED, "拍的证件不是您实名的那一张，请用本人的证件"),
    **_lines(FaceOutcome.UNCERTAIN, {
        302: "证件已过有效期，核身方不能用它核对",
        2002: "核身方不接受这个姓名的写法",
        2003: "核身方不接受这个证件号码",
        2005: "核身方查不到您的身份信息",
        2006: "核身方说姓名和证件号码对不上",
        2007: "核身方没有您的证件照片",
        2008: "核身方没有您的证件照片",
        2009: "核身方存的证件照片不够清楚",
    }),
}  # fmt: skip
"""Text.ErrCode of GetDetectInfoEnhanced."""

ALIYUN_RESULTS: Mapping[str, Said] = {
    "200": Said(FaceOutcome.PASSED, ""),
    "201": Said(FaceOutcome.UNCERTAIN, "核身方说姓名和证件号码对不上"),
    "202": Said(FaceOutcome.UNCERTAIN, "核身方查不到您的身份信息"),
    "203": Said(FaceOutcome.UNCERTAIN, "核身方没有您的证件照片"),
    "204": Said(FaceOutcome.FAILED, _NOT_ALIKE),
    "205": Said(FaceOutcome.FAILED, _NOT_LIVE),
    "206": Said(FaceOutcome.UNCERTAIN, "核身方要求人工确认"),
    "207": Said(FaceOutcome.FAILED, _NOT_ALIKE),
    "209": Said(FaceOutcome.PROVIDER_ERROR, _AWAY),
    # "By our policy we advise to let this pass": nothing was compared, so nothing is shown.
    "210": Said(FaceOutcome.UNCERTAIN, "核身方没有和证件照片比对"),
}
"""ResultObject.SubCode of DescribeFaceVerify beside Code "200"."""
ALIYUN_CALLS: Mapping[str, Said] = {
    "403": UNFINISHED,
    "424": UNFINISHED,
    "427": Said(FaceOutcome.UNCERTAIN, "核身方要求人工确认"),
    **dict.fromkeys(
        ("400", "401", "402", "404", "406", "410", "411", "412", "500"),
        Said(FaceOutcome.PROVIDER_ERROR, _AWAY),
    ),
    **dict.fromkeys(
        ("414", "415", "416"), Said(FaceOutcome.RETRY, "这部手机或浏览器不能核身，请换一部再试")
    ),
    "417": Said(FaceOutcome.UNCERTAIN, "核身方没有可以比对的身份信息"),
    "418": Said(FaceOutcome.RETRY, "今天核身的次数太多，请明天再来，或换不用人脸的方式"),
}
"""Code of DescribeFaceVerify and of InitFaceVerify, other than "200"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentResult:
    """What decides of Tencent's `Text`; None where it is missing or not of its kind.

    `is_ours` tells that it names our session, this name and this number.
    """

    code: int | None
    live: int | None
    compared: int | None
    likeness: float | None
    is_ours: bool


def judge_tencent(result: TencentResult) -> Said:
    """A pass says so in every member; an answer about anybody else is none."""
    if not result.is_ours:
        return AGAINST_ITSELF
    said = TENCENT.get(result.code, UNKNOWN) if result.code is not None else UNKNOWN
    if said.outcome is not FaceOutcome.PASSED:
        return said
    is_alike = result.likeness is not None and THRESHOLD <= result.likeness <= 100
    is_sure = result.live == 0 and result.compared == 0 and is_alike
    return said if is_sure else AGAINST_ITSELF


@dataclass(frozen=True, slots=True, kw_only=True)
class AliyunResult:
    """What decides of Alibaba's answer; None where it is missing or not text.

    `is_attack` is None where the answer's word about an attack cannot be read.
    """

    code: str | None
    passed: str | None = None
    sub_code: str | None = None
    is_attack: bool | None = False


def judge_aliyun(result: AliyunResult) -> Said:
    """`Passed` decides, says the vendor; a pass with any other reason than success is none."""
    if result.code != "200":
        return ALIYUN_CALLS.get(result.code or "", UNKNOWN)
    said = ALIYUN_RESULTS.get(result.sub_code or "", UNKNOWN)
    if result.passed not in ("T", "F"):
        return UNKNOWN
    if (result.passed == "T") is not (result.sub_code in ("200", "210")):
        return AGAINST_ITSELF if said is not UNKNOWN else UNKNOWN
    if said.outcome is not FaceOutcome.PASSED or result.is_attack is False:
        return said
    return ALIYUN_RESULTS["205"] if result.is_attack else AGAINST_ITSELF
