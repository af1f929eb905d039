"""What can be wrong with the proofs of a credential, and the sentence that says it."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    UNREADABLE = "unreadable"
    CONTEXT = "context"
    UNDEFINED = "undefined"
    SHAPE = "shape"
    ISSUER = "issuer"
    NO_PROOF = "no_proof"
    PROOF_FIELDS = "proof_fields"
    CRYPTOSUITE = "cryptosuite"
    PURPOSE = "purpose"
    METHOD = "method"
    CREATED = "created"
    NO_MOMENT = "no_moment"
    PROOF_VALUE = "proof_value"
    ALTERED = "altered"


_SENTENCES: dict[Fault, str] = {
    Fault.UNREADABLE: "这个文件不是规范的凭证 JSON，请向持证人索要原件。",
    Fault.CONTEXT: "凭证引用了别的用语定义，里面的词可能被换了意思，请勿采信。请向持证人索要原件。",
    Fault.UNDEFINED: "凭证里有没有定义的内容，签名管不到它，请勿采信。请向持证人索要原件。",
    Fault.SHAPE: "凭证缺少规范要求的内容，或者写法不对，不能签发。请转技术人员处理。",
    Fault.ISSUER: "这张凭证写明的签发方不是本平台，请向它写明的签发方核验。",
    Fault.NO_PROOF: (
        "凭证上缺少签名，不能证明是本平台签发。请改交 PDF 原件或带两个签名的电子凭证；"
        "只带一个签名的那一份是给别的软件用的。"
    ),
    Fault.PROOF_FIELDS: "凭证的签名栏多了或者少了内容，请向持证人索要原件。",
    Fault.CRYPTOSUITE: "凭证的签名方式不是本平台使用的，请勿采信。请向持证人索要原件。",
    Fault.PURPOSE: "这个签名不是为证明凭证内容而签的，请勿采信。请向持证人索要原件。",
    Fault.METHOD: "签名用的不是本平台公布的密钥，请勿采信。请向持证人索要原件。",
    Fault.CREATED: "签名时间不对，请核对本机时间；时间无误时请勿采信，请向持证人索要原件。",
    Fault.NO_MOMENT: (
        "签名上写的时间不像时间，签发时不是这样写的，被改过，请勿采信。请向持证人索要原件。"
    ),
    Fault.PROOF_VALUE: "签名没有抄全或者写坏了，请向持证人索要原件。",
    Fault.ALTERED: "内容与签发时不一致，可能被改过，请勿采信。请向持证人索要原件。",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first thing that is wrong; `detail` names the place, for those who build with it."""

    fault: Fault
    detail: str

    @property
    def sentence(self) -> str:
        """What a person is told, with the remedy."""
        return _SENTENCES[self.fault]


def flaw_at(fault: Fault, detail: object) -> Flaw:
    """A flaw; of what a stranger wrote no more is repeated than fits a line."""
    return Flaw(fault, str(detail)[:200])


class FlawedError(ValueError):
    """A document that is not signed, because its signature would not cover what it says."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(f"{flaw.fault}: {flaw.detail}")
        self.flaw = flaw
