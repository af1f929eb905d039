"""Review cases: what people look at, in which states, and how it may end."""

from enum import StrEnum


class CaseKind(StrEnum):
    """Why a person has to look."""

    IDENTITY_REVIEW = "identity_review"
    FACE_REVIEW = "face_review"
    HOLD = "hold"
    RISK = "risk"
    APPEAL = "appeal"
    COMPLAINT = "complaint"
    CERTIFICATE_REVOCATION = "certificate_revocation"
    CERTIFICATE_GLYPH = "certificate_glyph"


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
    ANSWER = "answer"
    REVOKE = "revoke"


CASE_NAMES: dict[CaseKind, str] = {
    CaseKind.IDENTITY_REVIEW: "实名核对",
    CaseKind.FACE_REVIEW: "人脸核对",
    CaseKind.HOLD: "学习暂停",
    CaseKind.RISK: "风险线索",
    CaseKind.APPEAL: "申诉",
    CaseKind.COMPLAINT: "投诉",
    CaseKind.CERTIFICATE_REVOCATION: "证书撤销",
    CaseKind.CERTIFICATE_GLYPH: "证书缺字",
}
DECISION_NAMES: dict[Decision, str] = {
    Decision.APPROVE: "通过",
    Decision.REJECT: "不通过",
    Decision.RELEASE: "解除暂停",
    Decision.UPHOLD: "维持原处理",
    Decision.DISMISS: "不成立",
    Decision.ESCALATE: "上报",
    Decision.ANSWER: "已答复",
    Decision.REVOKE: "撤销证书",
}
DECISIONS: dict[CaseKind, tuple[Decision, ...]] = {
    CaseKind.IDENTITY_REVIEW: (Decision.APPROVE, Decision.REJECT),
    CaseKind.FACE_REVIEW: (Decision.APPROVE, Decision.REJECT),
    CaseKind.HOLD: (Decision.RELEASE, Decision.UPHOLD),
    CaseKind.RISK: (Decision.DISMISS, Decision.ESCALATE),
    CaseKind.APPEAL: (Decision.APPROVE, Decision.REJECT),
    CaseKind.COMPLAINT: (Decision.ANSWER,),
    CaseKind.CERTIFICATE_REVOCATION: (Decision.REVOKE, Decision.DISMISS),
    CaseKind.CERTIFICATE_GLYPH: (Decision.ANSWER,),
}


def may_end_as(kind: CaseKind, decision: Decision) -> bool:
    """Tell whether a case of this kind can end with this decision."""
    return decision in DECISIONS[kind]
