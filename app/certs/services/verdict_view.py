"""What whoever checks a certificate is told."""

import datetime as dt
from dataclasses import dataclass

from app.certs.rules.facts import CertificateFacts
from app.certs.rules.key_times import KeyFlaw
from app.certs.rules.log_entry import LogFlaw
from app.certs.rules.second_seal import SealFlaw
from app.certs.rules.verdicts import SENTENCES, Verdict


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that the code states otherwise than the record."""

    field: str
    scanned: str
    recorded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """What a stranger is told; `facts` are the record's, for comparison with the paper.

    `successor_number` is that of the certificate that took this one's place, where the code, the
    record or the document of this one was handed over. `stated_holder`: masked name and number as
    what was handed over has them under our signature, where the record has forgotten them.
    `sm2_key_id`: the key of a second signature that is good; `seal_flaw`: what is wrong with one.
    `log_flaw`: what is wrong with the entry in the public log, the register's or a file's.
    `key_flaw`: that its key was not in use when it says that it was signed, or came to be known.
    `finding`: one word for what is wrong beside those, as `files` and codes are answered with it.
    `code_digest`: SHA-256 of the digits of its code, empty where the record has forgotten them, or
    says something else.
    """

    verdict: Verdict
    sentence: str
    facts: CertificateFacts | None
    differences: tuple[Difference, ...]
    key_id: str
    signature: str
    revoked_at: dt.datetime | None
    revoke_reason: str | None
    checked_at: dt.datetime
    stated_holder: tuple[str, str] | None = None
    suspended_until: dt.date | None = None
    suspend_reason: str | None = None
    log_position: int | None = None
    logged_since: dt.datetime | None = None
    superseded_at: dt.datetime | None = None
    successor_number: str | None = None
    sm2_key_id: str = ""
    seal_flaw: SealFlaw | None = None
    log_flaw: LogFlaw | None = None
    code_digest: bytes = b""
    key_flaw: KeyFlaw | None = None
    finding: str = ""


def nothing(verdict: Verdict, now: dt.datetime) -> VerdictView:
    return VerdictView(
        verdict=verdict, sentence=SENTENCES[verdict], facts=None, differences=(), key_id="",
        signature="", revoked_at=None, revoke_reason=None, checked_at=now,
    )  # fmt: skip
