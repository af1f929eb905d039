"""The portable bundle of an enrolment: the evidence of its hours, and the certificate on top.

`verifier/` checks it without the platform: that the certificate's record is ours and stands in the
same log, and that its evidence and its hours are those of the entries beside it.
"""

import datetime as dt
import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate
from app.certs.rules.facts import WITHOUT_DIGEST
from app.certs.services import artefacts, kept_papers, second_seals, statuses
from app.core import audit, log_reading, merkle
from app.core.audit import AuditEvent, Wanted, record_bytes
from app.core.crypto import KeyRing, Vault, b64url
from app.core.log_keys import LogKeys
from app.core.log_reading import Nodes
from app.core.storage import Storage
from app.core.translog import Kind
from app.identity.services import person_keys
from app.learning.services.bundles import placed, proved, study_evidence

_CREDENTIAL: Final = "credential"
_EVENTS: Final = "certificate."
_AT_ONCE: Final = 1000
_LOOKS: Final = frozenset({"certificate.code_made", "certificate.holder_shown"})
"""Who was shown the holder's name says nothing of the certificate, and may be often."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a bundle is made from beside the database; `address` is the public one."""

    vault: Vault
    keys: KeyRing
    log: LogKeys
    storage: Storage
    address: str
    former: Sequence[str] = ()


def make_bundle(
    db: Session, sources: Sources, enrolment_id: str, *, learner_id: str | None, now: dt.datetime
) -> bytes:
    """Put a bundle together as JSON; `learner_id` is the learner who asks, None for staff.

    Only the holder's own has the credential: it names them in full. Raises NotFoundError for an
    enrolment that is not there or another's, and ConflictError while a session of it is open or
    something of it waits for its place in the log.
    """
    bundle = study_evidence(
        db, sources.vault, sources.log, enrolment_id, learner_id=learner_id, now=now
    )
    bundle |= {
        "issuer": statuses.did_document(sources.keys, sources.address, sources.former),
        **_second_keys(sources.keys),
        "certificates": [
            _certificate(db, sources, row, is_holders=learner_id is not None)
            for row in rows.ready_for(db, enrolment_id)
        ],
    }
    _rest_on_witnesses(db, bundle)
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode()


def _second_keys(keys: KeyRing) -> dict[str, Any]:
    """The keys of second signatures, as they are published; left out where there never were any."""
    found = second_seals.public_keys(keys)
    listed = [{"key_id": key_id, "public_key": b64url(key.point)} for key_id, key in found.items()]
    return {"sm2_keys": listed} if listed else {}


def _rest_on_witnesses(db: Session, bundle: dict[str, Any]) -> None:
    """Prove all of it under the newest checkpoint with a witness's line, where that reaches it all.

    Which one does is known when all that is shown has been put together.
    """
    proofs = list(_proofs_in(bundle))
    last = max((proof["position"] for proof in proofs), default=-1)
    checkpoint = log_reading.newest_over(db, last)
    nodes, size = Nodes(db, checkpoint.size), checkpoint.size
    note = log_reading.note_of(db, checkpoint)
    if note == bundle["log"]["checkpoint"]:
        return
    for proof in proofs:
        path = merkle.prove_inclusion(proof["position"], size, nodes)
        proof["path"] = [b64encode(step).decode() for step in path]
    for named in (bundle["log"], *(proof for proof in proofs if "checkpoint" in proof)):
        named["checkpoint"] = note
        if "size" in named:
            named["size"] = size


def _proofs_in(part: object) -> Iterator[dict[str, Any]]:
    """Every member that shows a place in the log: its position, and the path from there."""
    if isinstance(part, dict):
        if "position" in part and "path" in part:
            yield part
        for value in part.values():
            yield from _proofs_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _proofs_in(value)


def _certificate(
    db: Session, sources: Sources, row: Certificate, *, is_holders: bool
) -> dict[str, Any]:
    """The signed record with its place, what happened to it since, and the holder's credential."""
    is_entered = row.facts["version"] != WITHOUT_DIGEST
    proof = proved(db, Kind.CERTIFICATE, row.id) if is_entered else None
    return {
        "record": artefacts.record_file(row, proof),
        "events": _events(db, row.id),
        "credential": _credential(db, sources, row) if is_holders else None,
    }


def _events(db: Session, certificate_id: str) -> list[dict[str, Any]]:
    """What the trail says became of it, the oldest first, each with its place in the log."""
    wanted = Wanted(event=_EVENTS, subject_id=certificate_id)
    found: list[AuditEvent] = []
    while True:
        some, total = audit.find_events(db, wanted, skip=len(found), most=_AT_ONCE)
        found += some
        if not some or len(found) >= total:
            break
    return [
        {"record": record_bytes(event).decode(), **placed(db, Kind.AUDIT_EVENT, event.id)}
        for event in reversed(found)
        if event.event not in _LOOKS
    ]


def _credential(db: Session, sources: Sources, row: Certificate) -> str | None:
    """The credential as it was signed, to the byte; none from before there were any."""
    papers = kept_papers.papers_of(row)
    if kept_papers.sealed_by(sources.storage, papers, _CREDENTIAL) is None:
        return None
    own = person_keys.vault_of(db, sources.vault, row.learner_id)
    return kept_papers.read(own, sources.storage, papers, _CREDENTIAL).decode()
