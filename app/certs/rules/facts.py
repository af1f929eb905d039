"""The facts a certificate states, frozen at issue, and the exact bytes that are signed.

Of the holder only a salted digest is signed; masked name and number stand beside it with the salt.
When the holder deletes their account these three go, and what was signed stays as it was.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from app.identity.rules.local_days import local_day

WITHOUT_DIGEST = 1
"""The first version: the masked holder was signed in clear, and facts were signed anew without."""
VERSION = 2
"""What is issued where nothing else stands beside the signature."""
WITH_SECOND = 3
"""The same, and which key signed it a second time."""
WITH_PORTRAIT = 4
"""The same, and the digest of the holder's picture on it; that key, or an empty text."""
SIGNED_AS = b"shixue-certificate-1\n"
"""Put before the bytes: a signature made for one purpose is none for another."""
HOLDER_GONE = "持证人已注销"
"""Stands for the name of a holder who deleted their account."""
_HELD_AS, _SHOWN_AS = b"shixue-holder-1\n", b"shixue-portrait-1\n"
_SINCE_DIGEST = frozenset({"holder", "holder_salt"})
_SINCE_SECOND, _SINCE_PORTRAIT = frozenset({"sm2"}), frozenset({"portrait"})
_LACKING: dict[int, frozenset[str]] = {
    WITHOUT_DIGEST: _SINCE_DIGEST | _SINCE_SECOND | _SINCE_PORTRAIT,
    VERSION: _SINCE_SECOND | _SINCE_PORTRAIT,
    WITH_SECOND: _SINCE_PORTRAIT,
    WITH_PORTRAIT: frozenset(),
}
"""Versions, and the fields that each does not have yet."""
_BESIDE = frozenset({"holder_name", "holder_number", "holder_salt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """Public facts: the holder is masked, `commitment` binds the full name and number.

    `holder` is the digest of salt, name and number (hexadecimal); empty in the first version. `sm2`
    is the id of the key whose second signature belongs to it; empty where there is none. `portrait`
    is a digest of the holder's picture on it, with the holder's salt; empty where there is none.
    """

    version: int
    public_id: str
    number: str
    type: str
    holder: str = ""
    holder_name: str
    holder_number: str
    holder_salt: str = ""
    commitment: str
    programme: str
    course: str
    cluster: str
    institution: str
    hours: str
    study_ms: int
    hour_s: int
    score: int
    started_on: str
    completed_on: str
    issued_at: str
    expires_on: str
    policy: str
    basis: str
    evidence: str
    sm2: str = ""
    portrait: str = ""

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Self | None:
        """The facts from stored or foreign values; None where a field or a type is not right."""
        version = given.get("version")
        lacking = _LACKING.get(version) if isinstance(version, int) else None
        if lacking is None:
            return None
        names = {each.name: each.type for each in fields(cls) if each.name not in lacking}
        if set(given) != set(names):
            return None
        is_right = all(
            type(given[name]) is kind and _is_text(given[name]) for name, kind in names.items()
        )
        return cls(**given) if is_right else None

    @classmethod
    def missing_in(cls, given: Mapping[str, Any]) -> tuple[str, ...]:
        """The fields of its version that it does not have, in their order.

        Without a version that we know those that every version has. None where it is whole by
        another version: it lacks nothing, and its version is another than it was.
        """
        if any(set(given) == set(_NAMES) - lacking for lacking in _LACKING.values()):
            return ()
        version = given.get("version")
        lacking = _LACKING.get(version) if isinstance(version, int) else None
        passed_over = _LACKING[WITHOUT_DIGEST] if lacking is None else lacking
        return tuple(name for name in _NAMES if name not in passed_over and name not in given)

    @property
    def issued_on(self) -> str:
        """The day of issue in Shanghai, as the paper has it; what cannot be one, as it stands."""
        try:
            moment = dt.datetime.fromisoformat(self.issued_at)
        except ValueError:
            return self.issued_at
        return local_day(moment).isoformat()

    def to_mapping(self) -> dict[str, Any]:
        lacking = _LACKING[self.version]
        # Texts and numbers alone: nothing has to be copied in depth, as `asdict` does.
        return {name: getattr(self, name) for name in _NAMES if name not in lacking}


_NAMES = tuple(each.name for each in fields(CertificateFacts))


def _is_text(value: object) -> bool:
    """Tell whether a text can be written down at all; half of a surrogate pair cannot."""
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def holder_digest(salt: str, masked_name: str, masked_number: str) -> str:
    """What is signed in the holder's place; nothing can be guessed from it without the salt."""
    text = json.dumps([salt, masked_name, masked_number], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(_HELD_AS + text.encode()).hexdigest()


def is_holder_true(facts: CertificateFacts) -> bool:
    """Tell whether the holder beside the digest is the one that was signed, or nobody any more."""
    if facts.version == WITHOUT_DIGEST:
        return True
    if not facts.holder_salt:
        return names_nobody(facts)
    digest = holder_digest(facts.holder_salt, facts.holder_name, facts.holder_number)
    return digest == facts.holder


def portrait_digest(salt: str, jpeg: bytes) -> str:
    """What is signed in the picture's place.

    Without the salt, which goes with the holder, it shows neither that a picture is this one nor
    that two certificates have the same.
    """
    return hashlib.sha256(_SHOWN_AS + salt.encode() + b"\n" + jpeg).hexdigest()


def with_more(facts: CertificateFacts, *, sm2: str, portrait: str) -> CertificateFacts:
    """The facts with what else there is, in the oldest version that can say it."""
    version = WITH_PORTRAIT if portrait else WITH_SECOND if sm2 else facts.version
    return replace(facts, version=version, sm2=sm2, portrait=portrait)


def without_holder(facts: CertificateFacts) -> CertificateFacts:
    """The facts when the holder has deleted their account."""
    return replace(facts, holder_name=HOLDER_GONE, holder_number="", holder_salt="")


def names_nobody(facts: CertificateFacts) -> bool:
    """Tell whether facts hold nothing of a person, as those of who left do.

    From the second version on anybody can make them so: name, number and salt are not signed.
    """
    return (facts.holder_name, facts.holder_number, facts.holder_salt) == (HOLDER_GONE, "", "")


def is_signed_anew(facts: CertificateFacts) -> bool:
    """Tell whether these were signed after they were issued, by the newest key of that day.

    In the first version the holder was signed in clear, so who left was taken off by another
    signature; the moment of issue stayed.
    """
    return facts.version == WITHOUT_DIGEST and names_nobody(facts)


def signed_facts(facts: CertificateFacts) -> dict[str, Any]:
    """The facts that are signed: in the first version all, then those without a person."""
    is_first = facts.version == WITHOUT_DIGEST
    given = facts.to_mapping()
    return {name: value for name, value in given.items() if is_first or name not in _BESIDE}


def canonical(facts: CertificateFacts) -> bytes:
    """RFC 8785: keys in order, no blanks; with texts and whole numbers alone it is this."""
    return json.dumps(
        signed_facts(facts), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def message_of(facts: CertificateFacts) -> bytes:
    """What is signed."""
    return SIGNED_AS + canonical(facts)


def record_bytes(facts: CertificateFacts, key_id: str, signature: str) -> bytes:
    """What the log commits to: the signed facts and their signature, nothing of the person."""
    return json.dumps(
        {"facts": signed_facts(facts), "key_id": key_id, "signature": signature},
        sort_keys=True, separators=(",", ":"), ensure_ascii=False,
    ).encode()  # fmt: skip


def expiry(completed_on: dt.date, months: int | None) -> str:
    """The last day of validity as text; empty where there is none."""
    if months is None:
        return ""
    year, month = divmod(completed_on.year * 12 + completed_on.month - 1 + months, 12)
    for day in (completed_on.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, day).isoformat()
        except ValueError:
            continue
    message = "a month has at least 28 days"
    raise AssertionError(message)
