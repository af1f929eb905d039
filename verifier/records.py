"""A certificate's signed record: whose signature, which holder, which number, which place.

The steps bear the numbers of docs/certificates.md, "Checking one by yourself".
"""

import json
import re
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from verifier.issuer import Issuer, is_signed
from verifier.log_proofs import RejectedError, Tree, from_base64, is_included
from verifier.periods import ALWAYS
from verifier.sm2 import is_signed_sm2

FIRST, CURRENT, WITH_SECOND, WITH_PORTRAIT = 1, 2, 3, 4
"""Versions of the facts: in the first the masked holder was signed in clear, the third names the
key of a second signature, the fourth the picture on the page by a digest."""
_KNOWN = (FIRST, CURRENT, WITH_SECOND, WITH_PORTRAIT)
_SECOND = "sm2"
NO_PLACE = "step 6 (log): the record shows no place in the log; get it again in some minutes"
_SIGNED_AS, _HELD_AS = b"shixue-certificate-1\n", b"shixue-holder-1\n"
_SHOWN_AS = b"shixue-portrait-1\n"
_BESIDE = frozenset({"holder_name", "holder_number", "holder_salt"})
_NOBODY = ("持证人已注销", "")
_SHAPE = re.compile(r"ZZ51[0-9]{18}[0-9A-Z]")
_MEMBERS = {"facts", "key_id", "signature", "log", _SECOND}
_LOG_MEMBERS = {
    "kind", "record_id", "position", "salt", "commitment", "path", "size", "checkpoint"
}  # fmt: skip
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_facts(record: Mapping[str, Any], issuer: Issuer) -> dict[str, Any]:
    """Steps 2 to 5: the facts, once they are the issuer's. Raises RejectedError."""
    facts = record["facts"]
    if set(record) - _MEMBERS:
        raise RejectedError("step 0 (read): the record holds what no record of the platform holds")
    if not isinstance(facts, dict) or facts.get("version") not in _KNOWN:
        raise RejectedError("step 0 (read): facts of a version that this verifier does not know")
    key = issuer.key(record["key_id"])
    if not is_signed(key, from_base64url(record["signature"]), _SIGNED_AS + _written(facts)):
        raise RejectedError(
            "step 3 (signature): it does not fit the facts; something in them was changed"
        )
    period = issuer.period(record["key_id"])
    # Of the first version what names nobody was signed anew when its holder left, by a key that
    # may be younger than the moment of issue.
    is_anew = facts["version"] == FIRST and is_nobodys(facts)
    check = period.check_not_after if is_anew else period.check
    check(record["key_id"], facts["issued_at"])
    check_second(record, facts, issuer)
    check_holder(facts)
    check_number(facts["number"])
    return facts


def check_second(record: Mapping[str, Any], facts: Mapping[str, Any], issuer: Issuer) -> None:
    """Steps 2 and 3 of the second signature, by SM2: there where the facts name its key, else not.

    Whether it fits is looked at where its keys are at hand.
    """
    named, second = facts.get(_SECOND, ""), record.get(_SECOND)
    if second is None and named:
        raise RejectedError(
            "step 3 (signature): the facts name a second signature (SM2), and it was taken away"
        )
    if second is None:
        return
    if not named:
        raise RejectedError(
            "step 3 (signature): there is a second signature (SM2) of which the facts say nothing"
        )
    if second["key_id"] != named:
        raise RejectedError(
            f"step 3 (signature): the second one (SM2) is by {second['key_id']!r:.60}, the facts "
            f"name {named!r:.60}"
        )
    if issuer.second is None:
        return
    if named not in issuer.second:
        raise RejectedError(
            f"step 2 (key): {named!r:.60} is none of the SM2 keys that you have pinned"
        )
    if not is_signed_sm2(
        issuer.second[named], from_base64url(second["signature"]), _SIGNED_AS + _written(facts)
    ):
        raise RejectedError("step 3 (signature): the second one (SM2) does not fit the facts")
    issuer.second_periods.get(named, ALWAYS).check(named, facts["issued_at"])


def check_portrait(facts: Mapping[str, Any], pictures: Sequence[bytes] | None) -> None:
    """Step 7: the picture on the page is the one that was signed for, or there is none of either.

    Raises RejectedError. `pictures` are those of the page; None for a kind that is never put in.
    """
    named = facts.get("portrait", "")
    if not named and pictures != ():
        raise RejectedError("step 7 (agreement): the record knows of no picture, the page has one")
    if not named:
        return
    if pictures == ():
        raise RejectedError("step 7 (agreement): the record names a picture, the page has none")
    shown = [
        sha256(_SHOWN_AS + facts["holder_salt"].encode() + b"\n" + each).hexdigest()
        for each in pictures or ()
    ]
    if shown != [named]:
        raise RejectedError(
            "step 7 (agreement): the picture on the page is not the one that was signed for"
        )


def has_second(facts: Mapping[str, Any]) -> bool:
    """Whether the facts name a second signature."""
    return bool(facts.get(_SECOND))


def check_holder(facts: Mapping[str, Any]) -> None:
    """Step 4: the masked holder beside the facts is the one whose digest was signed."""
    if facts["version"] == FIRST or is_nobodys(facts):
        return
    held = [facts["holder_salt"], facts["holder_name"], facts["holder_number"]]
    text = json.dumps(held, separators=(",", ":"), ensure_ascii=False)
    if sha256(_HELD_AS + text.encode()).hexdigest() != facts["holder"]:
        raise RejectedError(
            "step 4 (holder): the name or number beside the facts is not the one that was signed"
        )


def is_nobodys(facts: Mapping[str, Any]) -> bool:
    """Whether it names nobody: the holder deleted their account, or somebody took the name out."""
    stated = (facts["holder_name"], facts["holder_number"])
    return not facts.get("holder_salt") and stated == _NOBODY


def check_number(number: str) -> None:
    """Step 5: shape and check character (ISO 7064 MOD 37,36)."""
    if not _SHAPE.fullmatch(number) or _check_character(number[:-1]) != number[-1]:
        raise RejectedError(f"step 5 (number): {number!r:.60} cannot be a certificate's number")


def check_place(record: Mapping[str, Any], tree: Tree) -> None:
    """Step 6: the record is a leaf of the log whose checkpoint `tree` is. Raises RejectedError.

    `record_id` is a name to ask the platform by; nothing signed speaks of it.
    """
    log, facts = record["log"], record["facts"]
    if set(log) != _LOG_MEMBERS or log["kind"] != "certificate":
        raise RejectedError("step 6 (log): its entry is not written as the platform writes one")
    signed = {"facts": _signed(facts), "key_id": record["key_id"], "signature": record["signature"]}
    leaf = from_base64(log["salt"]) + b"certificate\n" + _canonical(signed)
    path = [from_base64(step) for step in log["path"]]
    if log["size"] != tree.size:
        raise RejectedError("step 6 (log): the place was proved for a log of another size")
    if not is_included(sha256(leaf).digest(), log["position"], tree, path):
        raise RejectedError("step 6 (log): the record is not in the log at its position")
    if log["commitment"] != b64encode(sha256(leaf).digest()).decode():
        raise RejectedError("step 6 (log): its entry names another record's commitment")


def is_entered(facts: Mapping[str, Any]) -> bool:
    """Whether records of this version are leaves of the log; of the first only their numbers."""
    return bool(facts["version"] != FIRST)


def from_base64url(text: str) -> bytes:
    """Read base64url without padding, in its one spelling; empty for what fits no signature."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, TypeError):
        return b""
    return raw if urlsafe_b64encode(raw).rstrip(b"=") == text.encode() else b""


def _signed(facts: Mapping[str, Any]) -> dict[str, Any]:
    is_first = facts["version"] == FIRST
    return {name: value for name, value in facts.items() if is_first or name not in _BESIDE}


def _written(facts: Mapping[str, Any]) -> bytes:
    return _canonical(_signed(facts))


def _canonical(value: object) -> bytes:
    """Texts and whole numbers under names of plain letters: sorted and tight is RFC 8785."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _check_character(text: str) -> str:
    product = modulus = len(_LETTERS)
    for letter in text:
        total = (product + _LETTERS.index(letter)) % modulus or modulus
        product = total * 2 % (modulus + 1)
    return _LETTERS[(modulus + 1 - product) % modulus]
