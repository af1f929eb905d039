"""A certificate's second signature, by SM2 国密: where it is due, and what can be wrong with it.

The signed facts name its key, so one that is taken away leaves a gap that everybody sees.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.certs.rules.facts import CertificateFacts, message_of

BESIDE = "sm2"
"""The member of a record that holds it."""


@dataclass(frozen=True, slots=True)
class SecondSeal:
    """Which key, and its signature: r and s, 64 bytes in base64url."""

    key_id: str
    signature: str


class SealFlaw(StrEnum):
    """Why a record with a good first signature is not taken."""

    MISSING = "sm2_missing"
    NOT_STATED = "sm2_not_stated"
    OTHER_KEY = "sm2_other_key"
    UNKNOWN_KEY = "sm2_unknown_key"
    ALTERED = "sm2_altered"


SENTENCES: dict[SealFlaw, str] = {
    SealFlaw.MISSING: (
        "记录里写明另有国密（SM2）签名，这里却没有，可能被去掉了，请勿采信。请向持证人索要原件。"
    ),
    SealFlaw.NOT_STATED: (
        "记录里没有写国密（SM2）签名，这里却多出一个，不是签发时的样子，请勿采信。请向持证人索要原件。"
    ),
    SealFlaw.OTHER_KEY: (
        "国密（SM2）签名用的不是记录里写明的那把密钥，请勿采信。请向持证人索要原件。"
    ),
    SealFlaw.UNKNOWN_KEY: "国密（SM2）签名的密钥不是本平台的，请勿采信。请向持证人索要原件。",
    SealFlaw.ALTERED: "国密（SM2）签名和内容对不上，请勿采信。请向持证人索要原件。",
}


def read(given: object) -> SecondSeal | None:
    """What a record holds; None where it holds nothing. What has another shape fits no facts."""
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) != {"key_id", "signature"}:
        return SecondSeal("", "")
    return SecondSeal(str(given["key_id"]), str(given["signature"]))


def flaw_of(
    facts: CertificateFacts, seal: SecondSeal | None, keys: Mapping[str, bytes],
    is_good: Callable[[bytes, str, bytes], bool],
) -> SealFlaw | None:  # fmt: skip
    """What is wrong with the second signature of facts whose first one is good; None for nothing.

    `keys` are all that ever made any, by id; `is_good` takes key, signature and message.
    """
    if seal is None:
        return SealFlaw.MISSING if facts.sm2 else None
    if not facts.sm2:
        return SealFlaw.NOT_STATED
    if seal.key_id != facts.sm2:
        return SealFlaw.OTHER_KEY
    if seal.key_id not in keys:
        return SealFlaw.UNKNOWN_KEY
    is_whole = is_good(keys[seal.key_id], seal.signature, message_of(facts))
    return None if is_whole else SealFlaw.ALTERED
