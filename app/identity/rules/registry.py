"""What the population registry can answer about a name and a number, and what follows."""

from dataclasses import dataclass
from enum import StrEnum

from app.identity.rules.documents import DocumentType

MISMATCHES_BEFORE_REVIEW = 3


class RegistryOutcome(StrEnum):
    """Every vendor's answer is brought to one of these; only MATCH is a pass."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NO_RECORD = "no_record"
    BAD_ID = "bad_id"
    BAD_NAME = "bad_name"
    UPSTREAM_ERROR = "upstream_error"
    RATE_LIMITED = "rate_limited"
    PENDING_MANUAL = "pending_manual"


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """One answer with the vendor's transaction id, which is kept.

    `earlier_ids` are those of attempts that came to nothing; `source` is who was asked.
    """

    outcome: RegistryOutcome
    transaction_id: str
    earlier_ids: tuple[str, ...] = ()
    source: str = ""


SENTENCES: dict[RegistryOutcome, str] = {
    RegistryOutcome.MATCH: "实名核验通过。",
    RegistryOutcome.MISMATCH: "姓名与证件号码不一致，请对照证件逐字检查后重试。",
    RegistryOutcome.NO_RECORD: "人口库中查不到这个证件号码，已转人工核对，一般 1 个工作日内答复。",
    RegistryOutcome.BAD_ID: "核验方不接受这个证件号码，请对照证件检查。",
    RegistryOutcome.BAD_NAME: "核验方不接受这个姓名的写法，请照证件填写。",
    RegistryOutcome.UPSTREAM_ERROR: "核验服务暂时连不上，没有记次数，请过几分钟再试。",
    RegistryOutcome.RATE_LIMITED: "核验的人太多，没有记次数，请过一分钟再试；还不行就明天再来。",
    RegistryOutcome.PENDING_MANUAL: "已转人工核对，一般 1 个工作日内答复，结果会发到消息里。",
}
OUTCOME_NAMES: dict[RegistryOutcome, str] = {
    RegistryOutcome.MATCH: "一致",
    RegistryOutcome.MISMATCH: "姓名与号码不一致",
    RegistryOutcome.NO_RECORD: "人口库中没有这个号码",
    RegistryOutcome.BAD_ID: "号码不被接受",
    RegistryOutcome.BAD_NAME: "姓名写法不被接受",
    RegistryOutcome.UPSTREAM_ERROR: "核验服务没有应答",
    RegistryOutcome.RATE_LIMITED: "核验服务限流，没有应答",
    RegistryOutcome.PENDING_MANUAL: "要人工核对",
}
_SOURCES = {"simulated": "模拟核验", "tencent": "腾讯云", "aliyun": "阿里云"}
UNANSWERED = frozenset({RegistryOutcome.UPSTREAM_ERROR, RegistryOutcome.RATE_LIMITED})
_FOR_A_PERSON_TO_SEE = frozenset({RegistryOutcome.NO_RECORD, RegistryOutcome.PENDING_MANUAL})


def source_name(source: str | None) -> str:
    """Return who answered, in words; None was not written down then, "" was nobody."""
    if source is None:
        return "没有记录"
    vendor, _, gateway = source.partition("@")
    name = _SOURCES.get(vendor, vendor) or "没有去问"
    return f"{name}（经 {gateway}）" if gateway else name


def is_documented(document_type: DocumentType, number: str) -> bool:
    """Tell whether vendors document that they take this number: 18 characters, a resident's form.

    The form of 2004 of foreigners has 15: it is not sent to who would only call it wrong.
    """
    return document_type is not DocumentType.FOREIGN_PERMANENT or len(number) == 18


def settled(outcome: RegistryOutcome, document_type: DocumentType) -> RegistryOutcome:
    """Return what a vendor's answer means for this kind of document.

    Every number was tried by its own rules before: where a vendor takes only residents' numbers,
    "wrong" about another document says nothing of the person, so a human looks.
    """
    is_resident = document_type is DocumentType.RESIDENT_ID
    if outcome is RegistryOutcome.BAD_ID and not is_resident:
        return RegistryOutcome.PENDING_MANUAL
    return outcome


def counts_as_strike(outcome: RegistryOutcome) -> bool:
    """Only an answer about the person's own input counts against them; an outage never does."""
    return outcome in {
        RegistryOutcome.MISMATCH, RegistryOutcome.BAD_ID, RegistryOutcome.BAD_NAME,
    }  # fmt: skip


def needs_review(outcome: RegistryOutcome, strikes_today: int) -> bool:
    """Tell whether a human looks next: nothing on record, or the third mismatch of a day.

    After three a match may be a guess that hit: a human looks at that too.
    """
    is_answer = counts_as_strike(outcome) or outcome is RegistryOutcome.MATCH
    is_third = is_answer and strikes_today >= MISMATCHES_BEFORE_REVIEW
    return outcome in _FOR_A_PERSON_TO_SEE or is_third
