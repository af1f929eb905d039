"""Review cases: what people look at, in which states, and how it may end."""

from enum import StrEnum

from app.identity.rules.actors import Role
from app.identity.rules.checks import CheckOutcome
from app.identity.rules.registry import RegistryOutcome, counts_as_strike


class CaseKind(StrEnum):
    """Why a person has to look."""

    IDENTITY_REVIEW = "identity_review"
    NUMBER_HELD = "number_held"
    IDENTITY_WITHDRAWAL = "identity_withdrawal"
    FACE_REVIEW = "face_review"
    HOLD = "hold"
    RISK = "risk"
    RISK_SCORE = "risk_score"
    RISK_REPORT = "risk_report"
    APPEAL = "appeal"
    COMPLAINT = "complaint"
    PRIVACY_REQUEST = "privacy_request"
    CERTIFICATE_REVOCATION = "certificate_revocation"
    CERTIFICATE_GLYPH = "certificate_glyph"
    CERTIFICATE_VOID = "certificate_void"
    CERTIFICATE_REISSUE = "certificate_reissue"
    POLICY_CHANGE = "policy_change"
    ROLE_CHANGE = "role_change"
    PHONE_CHANGE = "phone_change"
    ORGANISATION = "organisation"
    QUALIFICATION = "qualification"
    CLASS_OPENING = "class_opening"
    EXAM_REVIEW = "exam_review"


class CaseState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"


class Decision(StrEnum):
    """How a case may end; what it does is the business of the desk."""

    APPROVE = "approve"
    REJECT = "reject"
    RELEASE = "release"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    ESCALATE = "escalate"
    CHECK = "check"
    ANSWER = "answer"
    REVOKE = "revoke"
    VOID = "void"
    WITHDRAW = "withdraw"
    """Not the desk's: the person took the matter back, or it has settled itself."""


CASE_NAMES: dict[CaseKind, str] = {
    CaseKind.IDENTITY_REVIEW: "实名核对",
    CaseKind.NUMBER_HELD: "证件号码被他人占用",
    CaseKind.IDENTITY_WITHDRAWAL: "撤回实名",
    CaseKind.FACE_REVIEW: "人脸核对",
    CaseKind.HOLD: "学习暂停",
    CaseKind.RISK: "风险线索",
    CaseKind.RISK_SCORE: "学习线索",
    CaseKind.RISK_REPORT: "上报的线索",
    CaseKind.APPEAL: "申诉",
    CaseKind.COMPLAINT: "投诉",
    CaseKind.PRIVACY_REQUEST: "个人信息权利请求",
    CaseKind.CERTIFICATE_REVOCATION: "证书撤销",
    CaseKind.CERTIFICATE_GLYPH: "证书没有出成",
    CaseKind.CERTIFICATE_VOID: "证书编号待处理",
    CaseKind.CERTIFICATE_REISSUE: "证书更正换发",
    CaseKind.POLICY_CHANGE: "平台政策修改",
    CaseKind.ROLE_CHANGE: "管理员变更",
    CaseKind.PHONE_CHANGE: "换手机号",
    CaseKind.ORGANISATION: "单位入驻",
    CaseKind.QUALIFICATION: "单位资质",
    CaseKind.CLASS_OPENING: "开班申请",
    CaseKind.EXAM_REVIEW: "考试成绩复核",
}
DECISION_NAMES: dict[Decision, str] = {
    Decision.APPROVE: "通过",
    Decision.REJECT: "不通过",
    Decision.RELEASE: "解除暂停",
    Decision.UPHOLD: "维持原处理",
    Decision.DISMISS: "不成立",
    Decision.ESCALATE: "上报",
    Decision.CHECK: "加一次核对",
    Decision.ANSWER: "已答复",
    Decision.REVOKE: "撤销",
    Decision.VOID: "作废",
    Decision.WITHDRAW: "已撤回",
}
DECISIONS: dict[CaseKind, tuple[Decision, ...]] = {
    CaseKind.IDENTITY_REVIEW: (Decision.APPROVE, Decision.REJECT),
    CaseKind.NUMBER_HELD: (Decision.APPROVE, Decision.REJECT),
    CaseKind.IDENTITY_WITHDRAWAL: (Decision.REVOKE, Decision.DISMISS),
    CaseKind.FACE_REVIEW: (Decision.APPROVE, Decision.REJECT),
    CaseKind.HOLD: (Decision.RELEASE, Decision.UPHOLD),
    CaseKind.RISK: (Decision.DISMISS, Decision.ESCALATE),
    CaseKind.RISK_SCORE: (Decision.DISMISS, Decision.CHECK, Decision.ESCALATE),
    CaseKind.RISK_REPORT: (Decision.DISMISS, Decision.ANSWER),
    CaseKind.APPEAL: (Decision.APPROVE, Decision.REJECT),
    CaseKind.COMPLAINT: (Decision.ANSWER,),
    CaseKind.PRIVACY_REQUEST: (Decision.ANSWER,),
    CaseKind.CERTIFICATE_REVOCATION: (Decision.REVOKE, Decision.DISMISS),
    CaseKind.CERTIFICATE_GLYPH: (Decision.ANSWER,),
    CaseKind.CERTIFICATE_VOID: (Decision.VOID, Decision.ANSWER),
    CaseKind.CERTIFICATE_REISSUE: (Decision.APPROVE, Decision.REJECT),
    CaseKind.POLICY_CHANGE: (Decision.APPROVE, Decision.REJECT),
    CaseKind.ROLE_CHANGE: (Decision.APPROVE, Decision.REJECT),
    CaseKind.PHONE_CHANGE: (Decision.APPROVE, Decision.REJECT),
    CaseKind.ORGANISATION: (Decision.APPROVE, Decision.REJECT),
    CaseKind.QUALIFICATION: (Decision.APPROVE, Decision.REJECT),
    CaseKind.CLASS_OPENING: (Decision.APPROVE, Decision.REJECT),
    CaseKind.EXAM_REVIEW: (Decision.RELEASE, Decision.VOID),
}


def may_end_as(kind: CaseKind, decision: Decision) -> bool:
    """Tell whether a case of this kind can end with this decision."""
    return decision in DECISIONS[kind]


# A claim gives a name to an account: who decides on one must have read it.
CLAIMS = frozenset({CaseKind.IDENTITY_REVIEW, CaseKind.NUMBER_HELD})
# An organisation's licence, or what says what it is.
WITH_PAPER = frozenset({CaseKind.ORGANISATION, CaseKind.QUALIFICATION})
# What staff handed up: the regulator's, not the desk's.
REPORTS = frozenset({CaseKind.RISK_REPORT})
# What comes before others than the desk: the regulator, the security administrators.
ELSEWHERE = REPORTS | {CaseKind.ROLE_CHANGE}
_GRAVE = frozenset(
    {
        (CaseKind.NUMBER_HELD, Decision.APPROVE),
        (CaseKind.IDENTITY_WITHDRAWAL, Decision.REVOKE),
        (CaseKind.CERTIFICATE_REVOCATION, Decision.REVOKE),
        (CaseKind.CERTIFICATE_REISSUE, Decision.APPROVE),
        (CaseKind.POLICY_CHANGE, Decision.APPROVE),
        (CaseKind.ROLE_CHANGE, Decision.APPROVE),
        (CaseKind.PHONE_CHANGE, Decision.APPROVE),
        (CaseKind.PHONE_CHANGE, Decision.REJECT),
        (CaseKind.EXAM_REVIEW, Decision.VOID),
    }
)


def needs_second(kind: CaseKind, decision: Decision, outcome: str) -> bool:
    """Tell whether another person must confirm; `outcome` is the registry's or a check's answer.

    What takes something away from somebody is grave, what puts another name on a paper, what
    changes everybody's hours, and so is a name that the registry denied; whose phone opens an
    account either way: one of two loses it. So is an exam's result at which another face was seen.
    """
    if (kind, decision) in _GRAVE:
        return True
    if (kind, decision) == (CaseKind.EXAM_REVIEW, Decision.RELEASE):
        return outcome == CheckOutcome.WRONG_FACE
    is_denied = outcome in set(RegistryOutcome) and counts_as_strike(RegistryOutcome(outcome))
    return kind is CaseKind.IDENTITY_REVIEW and decision is Decision.APPROVE and is_denied


def role_of(kind: CaseKind) -> Role:
    """Whose matter a kind is: who proposes in it, and who confirms, holds this role."""
    return Role.SECURITY_ADMIN if kind is CaseKind.ROLE_CHANGE else Role.REVIEWER


def needs_reading(kind: CaseKind, decision: Decision) -> bool:
    """Tell whether the decider must have opened what the case is about.

    A claim's name, an organisation's paper, or the two phones: nobody is called whose number was
    not looked at.
    """
    read = CLAIMS | WITH_PAPER | {CaseKind.PHONE_CHANGE}
    return kind in read and decision is Decision.APPROVE
