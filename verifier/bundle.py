"""Checks an evidence bundle: one learner's hours in one course, with all that shows them.

Every check raises RejectedError with the place; README.md says what is not judged.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from verifier.certificates import Certified, check_certificates
from verifier.devices import Device, check_answer, read_devices, signed_by_device
from verifier.issuer import Issuer
from verifier.log_proofs import Key, RejectedError, Tree, is_leaf, open_checkpoint
from verifier.sessions import LEAST, Account, check_session

FORMAT, WITHOUT_DEVICES = "shixue-bundle-5", "shixue-bundle-2"
_WITHOUT_CERTIFICATES = ("shixue-bundle-4", "shixue-bundle-3", WITHOUT_DEVICES)
_KNOWN = (FORMAT, *_WITHOUT_CERTIFICATES)
_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Accepted:
    """What holds, for the person who asked."""

    learner_id: str
    enrolment_id: str
    confirmed_ms: int
    entries: int
    undisclosed: int
    sessions: int
    batches: int
    let_go: int
    """Sessions whose reports are gone: of these the log alone says what they came to."""
    corrected_ms: int
    """What people gave or took, of `confirmed_ms`: no report stands behind it."""
    releases: int
    """`signed` of them by an answer of their session's device, over the head they stand on."""
    signed: int
    tree: Tree
    certificates: tuple[Certified, ...] = ()


def check(
    bundle: Mapping[str, Any], keys: Sequence[Key], issuer: Issuer | None = None,
    *, now: datetime | None = None,
) -> Accepted:  # fmt: skip
    """Check a whole bundle against the log's keys, its certificates against the issuer's.

    Without `issuer` the bundle's own is taken; after `now` no proof may be made. Raises
    RejectedError.
    """
    try:
        found = _check(bundle, keys)
        if bundle["format"] in _WITHOUT_CERTIFICATES:
            return found
        entries = [(json.loads(e["record"]), e) for e in bundle["entries"] if "record" in e]
        latest = now or datetime.max.replace(tzinfo=UTC)
        certified = check_certificates(bundle, issuer, (found.tree, keys), entries, now=latest)
        return replace(found, certificates=certified)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RejectedError(f"the bundle is not of the form {FORMAT}: {error!r}") from error


def _check(bundle: Mapping[str, Any], keys: Sequence[Key]) -> Accepted:
    if bundle["format"] not in _KNOWN:
        raise RejectedError(f"the bundle is not of the form {FORMAT}")
    has_devices = bundle["format"] != WITHOUT_DEVICES
    tree = open_checkpoint(bundle["log"]["checkpoint"], keys)
    if bundle["log"]["origin"] != tree.origin:
        raise RejectedError("the log's name is not that of its checkpoint")
    owner = (bundle["learner_id"], bundle["enrolment_id"])
    records = _check_chain(bundle["entries"], owner)
    for entry in bundle["entries"]:
        if "record" in entry:
            _check_inclusion(entry, tree)
    total = sum(record["ms"] for record, _ in records)
    if total != bundle["confirmed_ms"]:
        raise RejectedError(f"the entries sum up to {total} ms, not {bundle['confirmed_ms']} ms")
    sessions = {session["session_id"]: session for session in bundle["sessions"]}
    accounts = {name: check_session(session, owner, tree) for name, session in sessions.items()}
    devices = read_devices(bundle["devices"], owner[0], tree) if has_devices else {}
    signed = {
        name: signed_by_device(session, accounts[name].heads, devices) if has_devices else set()
        for name, session in sessions.items()
    }
    released = _check_releases(records, sessions, accounts, devices)
    return Accepted(
        *owner, total, len(records), len(bundle["entries"]) - len(records), len(sessions),
        sum(account.reports for account in accounts.values()),
        sum(account.let_go_at is not None for account in accounts.values()),
        sum(record["ms"] for record, _ in records if record["kind"] != "release"), len(released),
        sum((bound["evidence"], bound["head"]) in signed[name] for name, bound in released), tree,
    )  # fmt: skip


def _check_chain(
    entries: Sequence[Mapping[str, Any]], owner: tuple[str, str]
) -> list[tuple[dict[str, Any], Mapping[str, Any]]]:
    """The learner's whole chain; entries of other courses show their hashes only."""
    head, found = _FIRST, []
    for number, entry in enumerate(entries, start=1):
        place = f"ledger entry {number}"
        if entry["number"] != number or entry["prev"] != head:
            raise RejectedError(f"{place} does not follow the one before it")
        head = entry["hash"]
        if "record" not in entry:
            continue
        if sha256(entry["record"].encode()).hexdigest() != head:
            raise RejectedError(f"{place}: its hash is not that of its record")
        record = json.loads(entry["record"])
        if (record["number"], record["prev"]) != (number, entry["prev"]):
            raise RejectedError(f"{place}: number or prev differ from its record")
        if (record["learner_id"], record["enrolment_id"]) != owner:
            raise RejectedError(f"{place} is another learner's, or of another course")
        found.append((record, entry))
    return found


def _check_inclusion(entry: Mapping[str, Any], tree: Tree) -> None:
    if not is_leaf("ledger_entry", entry, tree):
        raise RejectedError(f"ledger entry {entry['number']} is not in the log at its position")


def _check_releases(
    records: Sequence[tuple[dict[str, Any], Mapping[str, Any]]],
    sessions: Mapping[str, Mapping[str, Any]],
    accounts: Mapping[str, Account],
    devices: Mapping[str, Device],
) -> list[tuple[str, Mapping[str, Any]]]:
    """Each released entry binds a head of its session; no more is released than credited.

    Gives each release's session and what it is bound to.
    """
    found = []
    released = dict.fromkeys(sessions, 0)
    for record, entry in records:
        session = sessions.get(record["session_id"])
        if session is None:
            raise RejectedError(f"ledger entry {record['number']}: its session is not here")
        account = accounts[record["session_id"]]
        if account.let_go_at and account.let_go_at < datetime.fromisoformat(record["at"]) + LEAST:
            raise RejectedError(
                f"ledger entry {record['number']}: its reports went before their time"
            )
        if record["kind"] == "release":
            if record["policy_version"] != session["policy_version"]:
                raise RejectedError(f"ledger entry {record['number']}: of another policy")
            _check_bound(record, entry["bound"], account, devices)
            released[record["session_id"]] += record["ms"]
            found.append((record["session_id"], entry["bound"]))
    for name, ms in released.items():
        credited = accounts[name].credited_ms
        if ms > credited:
            raise RejectedError(f"session {name}: {ms} ms released, but only {credited} credited")
    return found


def _check_bound(
    record: Mapping[str, Any], bound: Mapping[str, Any] | None, account: Account,
    devices: Mapping[str, Device],
) -> None:  # fmt: skip
    place = f"ledger entry {record['number']}"
    if record["ms"] <= 0 or bound is None:
        raise RejectedError(f"{place}: a release of nothing, or bound to no session")
    text = f"{bound['evidence']}:{record['session_id']}:{bound['head']}:{bound['account']}"
    if sha256(text.encode()).hexdigest() != record["evidence_hash"]:
        raise RejectedError(f"{place}: its evidence hash is not that of the head and account given")
    if (bound["head"], bound["account"]) not in account.standings:
        raise RejectedError(f"{place}: the session never stood where it was released")
    answer = bound.get("answer")
    if answer is not None and check_answer(answer, devices, place) != bound["evidence"]:
        raise RejectedError(f"{place}: was not released by the signed answer given")
