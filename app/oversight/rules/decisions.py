"""What may be decided on each kind of case, and in what words it is told to the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.identity.rules.cases import DECISION_NAMES, DECISIONS, CaseKind, Decision


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to decide: its code, the button's word, and the sentence for the person."""

    decision: Decision
    label: str
    told: str


_WORDS: Mapping[tuple[CaseKind, Decision], tuple[str, str]] = MappingProxyType(
    {
        (CaseKind.IDENTITY_REVIEW, Decision.APPROVE): ("通过", "实名核对已通过。"),
        (CaseKind.IDENTITY_REVIEW, Decision.REJECT): ("不通过", "实名核对没有通过。"),
        (CaseKind.NUMBER_HELD, Decision.APPROVE): (
            "号码归申请人",
            "证件号码归您，您的账号已实名。",
        ),
        (CaseKind.NUMBER_HELD, Decision.REJECT): ("号码不变", "核查后证件号码仍归原账号。"),
        (CaseKind.IDENTITY_WITHDRAWAL, Decision.REVOKE): ("撤回实名", "账号上的实名已撤回。"),
        (CaseKind.IDENTITY_WITHDRAWAL, Decision.DISMISS): ("维持实名", "核查后实名继续有效。"),
        (CaseKind.FACE_REVIEW, Decision.APPROVE): ("是本人", "人工核对确认是本人，时间已计入。"),
        (CaseKind.FACE_REVIEW, Decision.REJECT): ("不是本人", "人工核对认为不是本人。"),
        (CaseKind.HOLD, Decision.RELEASE): ("解除暂停", "学习暂停已解除，待核对的时间已计入。"),
        (CaseKind.HOLD, Decision.UPHOLD): ("维持暂停", "核查后维持暂停，待核对的时间不计入。"),
        (CaseKind.RISK, Decision.DISMISS): ("排除", "核查后没有发现问题。"),
        (CaseKind.RISK, Decision.ESCALATE): ("上报监管", "事项已移交进一步核查。"),
        (CaseKind.RISK_SCORE, Decision.DISMISS): ("不处理", "核查后没有发现问题。"),
        (CaseKind.RISK_SCORE, Decision.CHECK): ("加一次身份核对", "下次学习时会多核对一次身份。"),
        (CaseKind.RISK_SCORE, Decision.ESCALATE): ("上报监管", "事项已移交进一步核查。"),
        (CaseKind.RISK_REPORT, Decision.DISMISS): ("不成立", "核查后没有发现问题。"),
        (CaseKind.RISK_REPORT, Decision.ANSWER): ("已核查", "核查已结束。"),
        (CaseKind.APPEAL, Decision.APPROVE): ("支持申诉", "您的申诉得到支持。"),
        (CaseKind.APPEAL, Decision.REJECT): ("不支持", "您的申诉没有得到支持。"),
        (CaseKind.COMPLAINT, Decision.ANSWER): ("答复", "您的投诉已有答复。"),
        (CaseKind.CERTIFICATE_REVOCATION, Decision.REVOKE): ("撤销证书", "证书已被撤销。"),
        (CaseKind.CERTIFICATE_REVOCATION, Decision.DISMISS): ("不撤销", "核查后证书继续有效。"),
        (CaseKind.CERTIFICATE_GLYPH, Decision.ANSWER): ("重新出证", "证书正在重新生成。"),
        (CaseKind.CERTIFICATE_VOID, Decision.VOID): (
            "作废编号，重新出证",
            "原来的编号没有出过证，已作废，证书会用新的编号出。",
        ),
        (CaseKind.CERTIFICATE_VOID, Decision.ANSWER): ("按原编号出证", "证书正在重新生成。"),
        (CaseKind.CERTIFICATE_REISSUE, Decision.APPROVE): (
            "换发新证书",
            "同意换发，新证书做好后会发到“我的证书”，原来的那张到时停用。",
        ),
        (CaseKind.CERTIFICATE_REISSUE, Decision.REJECT): ("不换发", "核查后不换发，原证书不变。"),
        (CaseKind.POLICY_CHANGE, Decision.APPROVE): ("同意修改", "政策修改已同意。"),
        (CaseKind.POLICY_CHANGE, Decision.REJECT): ("不修改", "政策维持原样。"),
        (CaseKind.PHONE_CHANGE, Decision.APPROVE): ("用新手机号", "账号用新的手机号。"),
        (CaseKind.PHONE_CHANGE, Decision.REJECT): ("用原手机号", "账号仍用原来的手机号。"),
        (CaseKind.ORGANISATION, Decision.APPROVE): (
            "通过，开通单位",
            "单位入驻通过了，您是负责人。做过二次验证就可以进入单位页面。",
        ),
        (CaseKind.ORGANISATION, Decision.REJECT): (
            "不通过",
            "单位入驻没有通过，改好以后可以在“我的”里重新申请。",
        ),
        (CaseKind.QUALIFICATION, Decision.APPROVE): ("确认", "单位资质核对无误，已经生效。"),
        (CaseKind.QUALIFICATION, Decision.REJECT): (
            "不确认",
            "单位资质没有通过核对，改好以后可以重新填报。",
        ),
        (CaseKind.CLASS_OPENING, Decision.APPROVE): (
            "同意开班",
            "开班申请通过了，可以按计划上课。",
        ),
        (CaseKind.CLASS_OPENING, Decision.REJECT): (
            "退回修改",
            "开班申请退回了，改好以后可以重新提交。",
        ),
        (CaseKind.EXAM_REVIEW, Decision.RELEASE): (
            "成绩有效",
            "人工复核后成绩有效。",
        ),
        (CaseKind.EXAM_REVIEW, Decision.VOID): (
            "成绩作废",
            "人工复核后这次答卷作废，算已经答过一次。",
        ),
        (CaseKind.PRIVACY_REQUEST, Decision.ANSWER): ("答复", "您的个人信息权利请求已有答复。"),
    }
)


def choices_of(kind: CaseKind) -> tuple[Choice, ...]:
    """The ways in which a case of this kind may end, in the order of its buttons."""
    return tuple(Choice(decision, *_WORDS[kind, decision]) for decision in DECISIONS[kind])


def is_barred(kind: CaseKind, decision: Decision, *, number_held: bool) -> bool:
    """Tell whether another account's hold on the number forbids a decision.

    A review of one account takes nothing from another: whose a number is has a case of its own.
    """
    return number_held and kind is CaseKind.IDENTITY_REVIEW and decision is Decision.APPROVE


def is_told(kind: CaseKind, decision: Decision) -> bool:
    """Tell whether the person reads of a decision on such a case.

    What was found by signals alone and led to nothing is no reason to frighten anybody; a check
    that is asked for has a notice of its own, and so has a certificate that is revoked.
    """
    is_signal = kind in (CaseKind.RISK_SCORE, CaseKind.RISK_REPORT)
    return not is_signal and decision is not Decision.REVOKE


def told_of(kind: CaseKind, decision: Decision) -> str:
    """The sentence that tells the person."""
    return _WORDS[kind, decision][1]


def decision_name(kind: CaseKind, decision: Decision) -> str:
    """What a decided case says: the button's word, or why no button was needed."""
    words = _WORDS.get((kind, decision))
    return words[0] if words else DECISION_NAMES[decision]
