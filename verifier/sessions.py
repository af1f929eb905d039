"""What a session's reports come to: where it stood, how much was credited; or what remains of that.

Evidence whose period is over is let go, and a leaf of the log says then what it came to.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from verifier.log_proofs import RejectedError, Tree, from_base64, is_leaf

_LET_GO = "study.evidence_let_go"
LEAST = timedelta(days=1095)
"""Nothing that was let go sooner is taken: three years, the shortest time that programmes ask."""


@dataclass(frozen=True, slots=True)
class Account:
    """`standings` are head and account at first and after each report, or what is left of them."""

    standings: frozenset[tuple[str, str]]
    credited_ms: int
    reports: int
    let_go_at: datetime | None = None

    @property
    def heads(self) -> frozenset[str]:
        return frozenset(head for head, _ in self.standings)


def check_session(session: Mapping[str, Any], owner: tuple[str, str], tree: Tree) -> Account:
    """What a session comes to. Raises RejectedError."""
    name = session["session_id"]
    if (session["learner_id"], session["enrolment_id"]) != owner:
        raise RejectedError(f"session {name} is another learner's, or of another course")
    key = from_base64(session["key"])
    if _mac(key, name.encode()) != session["first_head"]:
        raise RejectedError(f"session {name}: the first head is not that of its key")
    if (told := session.get("let_go")) is not None:
        return _remains(session, told, tree)
    return _reports(session, key)


def _reports(session: Mapping[str, Any], key: bytes) -> Account:
    """The reports, one after the other, give the session's head under its key."""
    name, head = session["session_id"], session["first_head"]
    for number, batch in enumerate(session["batches"], start=1):
        head = _mac(key, _raw(head) + from_base64(batch["body"]))
        if head != batch["head"]:
            raise RejectedError(f"session {name}: report {number} breaks the chain")
        said = json.loads(from_base64(batch["body"]))
        if (batch["ack_seq"], batch["lesson_id"]) != (said["beats"][-1]["seq"], said["lesson"]):
            raise RejectedError(f"session {name}: report {number} is not of this lesson or number")
        if batch["credited_ms"] < 0:
            raise RejectedError(f"session {name}: report {number} is credited less than nothing")
    if head != session["head"]:
        raise RejectedError(f"session {name}: the last report is not the session's head")
    credited = sum(batch["credited_ms"] for batch in session["batches"])
    return Account(frozenset(_standings(session)), credited, len(session["batches"]))


def _remains(session: Mapping[str, Any], told: Mapping[str, Any], tree: Tree) -> Account:
    """The log's leaf about a session whose reports were let go."""
    name, record = session["session_id"], json.loads(told["record"])
    if session["batches"]:
        raise RejectedError(f"session {name}: its reports are here, and were let go")
    if (record["event"], record["subject_id"]) != (_LET_GO, name):
        raise RejectedError(f"session {name}: the log's record is not of its reports' end")
    if not is_leaf("audit_event", told, tree):
        raise RejectedError(f"session {name}: that its reports were let go is not in the log")
    facts = record["facts"]
    standings = [(head, account) for head, account in facts["stood"]]
    if standings[-1][0] != session["head"]:
        raise RejectedError(f"session {name}: the log says that it ended at another head")
    return Account(
        frozenset(standings), facts["credited_ms"], facts["batches"],
        datetime.fromisoformat(record["at"]),
    )  # fmt: skip


def _standings(session: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The head and the account of a session at first and after each report.

    The learner's key covers the reports; the account covers how each was judged and credited.
    """
    account = sha256(b"shixue-account-1\n" + session["session_id"].encode()).digest()
    yield session["first_head"], account.hex()
    for batch in session["batches"]:
        told = batch["head"].encode() + batch["credited_ms"].to_bytes(8, "big", signed=True)
        account = sha256(account + told + from_base64(batch["read"])).digest()
        yield batch["head"], account.hex()


def _mac(key: bytes, message: bytes) -> str:
    digest = hmac.digest(key, message, "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _raw(head: str) -> bytes:
    return urlsafe_b64decode(head + "=" * (-len(head) % 4))
