"""The certificates in a bundle: each is ours, is in the log, and rests on the entries beside it."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from verifier import records
from verifier.canonical import read_object
from verifier.credentials import CONTEXTS, check_agreement, check_proof
from verifier.issuer import Issuer, read_issuer, read_second
from verifier.log_proofs import Key, RejectedError, Tree, is_leaf, open_checkpoint

_PREPARED = "certificate.prepared"
_VOIDED = "certificate.voided"
_USUAL = frozenset({_PREPARED, "certificate.issued"})
Entry = tuple[Mapping[str, Any], Mapping[str, Any]]
"""A ledger entry's record, and how the bundle shows it."""


@dataclass(frozen=True, slots=True)
class Certified:
    """`since` are the moments and names of what happened to it after it was issued."""

    number: str
    hours: str
    study_ms: int
    later_ms: int
    """What the entries after its issue add to the hours it states, or take from them."""
    has_credential: bool
    since: tuple[tuple[str, str], ...]


def check_certificates(
    bundle: Mapping[str, Any], issuer: Issuer | None, log: tuple[Tree, Sequence[Key]],
    entries: Sequence[Entry], *, now: dt.datetime,
) -> tuple[Certified, ...]:  # fmt: skip
    """Check every certificate of a bundle. Raises RejectedError.

    `issuer` is pinned, or else the bundle's own. `log` is the bundle's tree, with the keys that are
    known. `entries` are the enrolment's, in order, and checked already.
    """
    known = issuer or read_issuer(bundle["issuer"])
    if issuer is None and "sm2_keys" in bundle:
        known = replace(known, second=read_second(bundle["sm2_keys"]))
    found = []
    for each in bundle["certificates"]:
        try:
            found.append(_check(each, known, log, entries, bundle["policy_text"], now))
        except RejectedError as error:
            number = each["record"]["facts"].get("number")
            raise RejectedError(f"certificate {number!r:.40}: {error}") from error
    return tuple(found)


def _check(
    given: Mapping[str, Any], issuer: Issuer, log: tuple[Tree, Sequence[Key]],
    entries: Sequence[Entry], policy_text: str, now: dt.datetime,
) -> Certified:  # fmt: skip
    record = given["record"]
    facts = records.check_facts(record, issuer)
    _check_log(record, *log)
    later_ms = _check_evidence(facts, entries)
    _check_hours(facts, policy_text)
    since = _events(given["events"], facts, log[0])
    if given["credential"] is not None:
        document = read_object(given["credential"].encode())
        check_proof(document, issuer, CONTEXTS, now=now)
        check_agreement(document, facts)
    return Certified(
        facts["number"], facts["hours"], facts["study_ms"], later_ms,
        given["credential"] is not None, since,
    )  # fmt: skip


def _check_log(record: Mapping[str, Any], tree: Tree, keys: Sequence[Key]) -> None:
    """Step 6: in the same log as everything else; of the first version its number is enough."""
    log = record["log"]
    if log is None:
        if records.is_entered(record["facts"]):
            raise RejectedError(records.NO_PLACE)
        return
    other = open_checkpoint(log["checkpoint"], keys)
    if (other.origin, other.size) != (tree.origin, tree.size):
        raise RejectedError("step 6 (log): its checkpoint is not the bundle's")
    if other.root != tree.root:
        raise RejectedError(
            "step 6 (log): its checkpoint and the bundle's are of one size with two roots, "
            "both signed: the log was forked"
        )
    records.check_place(record, tree)


def _check_evidence(facts: Mapping[str, Any], entries: Sequence[Entry]) -> int:
    """Step 7: its evidence are the first of the entries, and its time is what they sum up to.

    Gives what the entries after them come to.
    """
    hashes = [entry["hash"] for _, entry in entries]
    for count in range(len(entries) + 1):
        if sha256("\n".join(hashes[:count]).encode()).hexdigest() == facts["evidence"]:
            break
    else:
        raise RejectedError(
            "step 7 (evidence): the entries here are not those that it was issued for"
        )
    total = sum(record["ms"] for record, _ in entries[:count])
    if total != facts["study_ms"]:
        raise RejectedError(
            f"step 7 (evidence): it states {facts['study_ms']} ms, its entries sum up to {total} ms"
        )
    return sum(record["ms"] for record, _ in entries[count:])


def _check_hours(facts: Mapping[str, Any], policy_text: str) -> None:
    """Step 7: the policy is the one that it names, and its hours are what that makes of its time.

    docs/hours.md, R25 and what is said there of how hours are stated.
    """
    if sha256(policy_text.encode()).hexdigest()[:16] != facts["policy"]:
        raise RejectedError("step 7 (evidence): the policy here is not the one that it names")
    policy = json.loads(policy_text)
    ms = facts["study_ms"]
    if policy.get("programme_s"):
        most_s = policy["programme_s"] * policy.get("online_max_percent", 100) // 100
        ms = min(ms, most_s * 1000)
    hundredths = _hundredths(policy["hour_mode"], policy["hour_s"] * 1000, ms)
    hours = f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    if (facts["hours"], facts["hour_s"]) != (hours, policy["hour_s"]):
        raise RejectedError(
            f"step 7 (evidence): it states {facts['hours']} hours; its time comes to {hours}"
        )


def _hundredths(mode: Any, unit_ms: int, ms: int) -> int:  # noqa: ANN401 -- a word or tiers
    if mode == "floor_unit":
        return ms // unit_ms * 100
    if mode == "floor_half":
        return ms * 2 // unit_ms * 50
    if isinstance(mode, str):
        return ms * 100 // unit_ms
    return max((worth for least_s, worth in mode if ms >= least_s * 1000), default=0)


def _events(
    events: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], tree: Tree
) -> tuple[tuple[str, str], ...]:
    """What the log says of it: that its number was given out, and what came after its issue."""
    told = [_event(event, tree) for event in events]
    subjects = {record["subject_id"] for record in told}
    numbers = {record["facts"].get("number", facts["number"]) for record in told}
    prepared = [record for record in told if record["event"] == _PREPARED]
    if not prepared or prepared[0]["facts"].get("number") != facts["number"]:
        raise RejectedError("step 6 (log): the log does not say that its number was given out")
    if len(subjects) != 1 or numbers != {facts["number"]}:
        raise RejectedError("step 6 (log): an event here is of another certificate")
    if any(record["event"] == _VOIDED for record in told):
        raise RejectedError("step 6 (log): its number was given up, it was never issued")
    return tuple((each["at"], each["event"]) for each in told if each["event"] not in _USUAL)


def _event(event: Mapping[str, Any], tree: Tree) -> dict[str, Any]:
    if not is_leaf("audit_event", event, tree):
        raise RejectedError("step 6 (log): an event of it is not in the log at its position")
    record: dict[str, Any] = json.loads(event["record"])
    return record
