"""What may be decided on each kind of case, and in what words it is told to the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to decide: its code, the button's word, and the sentence for the person."""

    decision: str
    label: str
    told: str


_REVIEW = (
    Choice("approve", "通过", "人工审核已通过。"),
    Choice("reject", "不通过", "人工审核没有通过。"),
)
_APPEAL = (
    Choice("uphold", "支持申诉", "您的申诉得到支持。"),
    Choice("deny", "不支持", "您的申诉没有得到支持。"),
)

CHOICES: Mapping[str, tuple[Choice, ...]] = MappingProxyType(
    {
        "identity_review": _REVIEW,
        "face_review": _REVIEW,
        "hold": (
            Choice("release", "解除暂停", "学习暂停已解除，待确认的时长已计入。"),
            Choice("uphold", "维持暂停", "核查后维持暂停，待确认的时长不计入。"),
        ),
        "risk": (
            Choice("dismiss", "排除", "核查后未发现问题。"),
            Choice("escalate", "移交", "事项已移交进一步核查。"),
        ),
        "appeal": _APPEAL,
        "complaint": (Choice("answer", "答复", "您的投诉已有答复。"),),
        "certificate_revocation": (
            Choice("revoke", "吊销证书", "您的一份证书已被吊销。"),
            Choice("keep", "不吊销", "核查后证书继续有效。"),
        ),
        "certificate_glyph": (
            Choice("issue_again", "重新出证", "字库已补充，证书正在重新生成。"),
            Choice("close", "关闭", "证书的字形问题已处理。"),
        ),
    }
)
SHORTEST_REASON = 5


def choice_of(kind: str, decision: str) -> Choice | None:
    """Find a way to decide; None where this kind of case knows no such decision."""
    return next((c for c in CHOICES.get(kind, ()) if c.decision == decision), None)


def labels_of(kind: str) -> tuple[tuple[str, str], ...]:
    """The choices of a kind as (code, word)."""
    return tuple((c.decision, c.label) for c in CHOICES.get(kind, ()))
