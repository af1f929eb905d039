"""Comparing what a file says of the public log with the log: missing, contradicting, forked."""

import base64
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.certs.models import Certificate
from app.certs.rules.facts import WITHOUT_DIGEST, CertificateFacts, record_bytes
from app.certs.rules.log_entry import MEMBERS, LogFlaw
from app.core import log_reading, log_sequencer, merkle
from app.core.checkpoints import Checkpoint, MalformedError, parse_note, signers
from app.core.log_keys import LogKeys
from app.core.log_reading import Leaf
from app.core.translog import Kind, commit_to


def flaw_kept(row: Certificate, facts: CertificateFacts, leaf: Leaf | None) -> LogFlaw | None:
    """Whether the log holds what the register does; its entry is older than the certificate.

    Certificates of the first version may have been ready before they had a place.
    """
    if facts.version == WITHOUT_DIGEST:
        return None
    if leaf is None:
        return LogFlaw.NEVER_ENTERED
    entered = commit_to(Kind.CERTIFICATE, record_bytes(facts, row.key_id, row.signature), leaf.salt)
    return None if entered == leaf.commitment else LogFlaw.CONTRADICTS


def flaw_of(db: Session, log: LogKeys, row: Certificate, given: object) -> LogFlaw | None:
    """What is wrong with the entry in a file, of a record that is the register's."""
    leaf = log_reading.leaf_of(db, Kind.CERTIFICATE, row.id)
    if given is None:
        return LogFlaw.MISSING if leaf is not None else None
    if leaf is None or not isinstance(given, dict) or set(given) != MEMBERS:
        return LogFlaw.CONTRADICTS
    told = {
        "kind": Kind.CERTIFICATE.value, "record_id": row.id, "position": leaf.position,
        "salt": _b64(leaf.salt), "commitment": _b64(leaf.commitment),
    }  # fmt: skip
    # By kind too: 5.0 and True are other spellings, which not everybody takes for a place.
    if any((type(given[name]), given[name]) != (type(each), each) for name, each in told.items()):
        return LogFlaw.CONTRADICTS
    return _flaw_of_path(db, log, leaf, given)


def _flaw_of_path(
    db: Session, log: LogKeys, leaf: Leaf, given: Mapping[str, Any]
) -> LogFlaw | None:
    """Follow the path to the root of a checkpoint that is signed, and is the log's own."""
    try:
        point = Checkpoint.parse(parse_note(given["checkpoint"])[0])
        is_ours = bool(signers(given["checkpoint"], log.verifier_keys(point.origin)))
        path = [_step(each) for each in given["path"]]
    except (MalformedError, ValueError, TypeError, AttributeError):
        return LogFlaw.CONTRADICTS
    if not is_ours or (type(given["size"]), given["size"]) != (int, point.size):
        return LogFlaw.CONTRADICTS
    if point.size > log_reading.newest(db).size:
        return LogFlaw.AHEAD
    if log_sequencer.load_edge(db, point.size).root() != point.root:
        return LogFlaw.FORKED
    is_there = merkle.is_included(
        merkle.leaf_hash(leaf.commitment), leaf.position, point.size, path, point.root
    )
    return None if is_there else LogFlaw.CONTRADICTS


def _step(text: str) -> bytes:
    """A step of a path in its one spelling: the bits that a last letter has to spare are 0.

    Raises ValueError and TypeError.
    """
    raw = base64.b64decode(text, validate=True)
    if _b64(raw) != text:
        message = "not canonical base64"
        raise ValueError(message)
    return raw


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
