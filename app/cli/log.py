"""`cli log sequence`, `cli audit verify`, `cli bundle`: place what waits, check, hand out."""

import argparse
import sys
import time
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from app.certs.services import audit as certificate_audit
from app.certs.services import bundles
from app.certs.services.bundles import Sources
from app.core import audit, log_audit, log_sequencer
from app.core.db import SEAL
from app.core.errors import AppError
from app.core.log_audit import DifferenceError, Looked
from app.core.log_seals import Seals
from app.core.settings import Settings
from app.identity.services import device_audit
from app.learning.services import audit as study_audit
from app.learning.services import (
    audit_corrections,
    audit_policies,
    audit_sessions,
    audit_versions,
)
from app.lobby.parts import Parts
from app.main import build_parts


def add_log_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", choices=["sequence"])


def add_audit_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", choices=["verify"])
    verb.add_argument(
        "--without-evidence", action="store_true", help="do not judge the sessions again"
    )


def add_bundle_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--enrolment", required=True)
    verb.add_argument("-o", "--output", required=True, type=Path)


def bundle(arguments: argparse.Namespace) -> int:
    """Write an enrolment's evidence bundle into a file."""
    parts = build_parts(Settings())
    try:
        with parts.database.reading() as db:
            made = bundles.make_bundle(
                db, _sources(parts), arguments.enrolment, learner_id=None, now=parts.clock.now()
            )
    except AppError as error:
        sys.stderr.write(f"{error.message}{error.remedy or ''}\n")
        return 1
    arguments.output.write_bytes(made)
    sys.stdout.write(f"{arguments.output}: {len(made)} bytes\n")
    return 0


def _sources(parts: Parts) -> Sources:
    return Sources(
        parts.vault, parts.keys, parts.log, parts.storage, parts.settings.public_url,
        parts.settings.former_urls,
    )  # fmt: skip


def sequence(_arguments: argparse.Namespace) -> None:
    """Give every waiting entry its place."""
    parts = build_parts(Settings())
    count = log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    sys.stdout.write(f"{count} entries were placed\n")


def verify(arguments: argparse.Namespace) -> int:
    """Say what was looked at and 0, or the first difference and 1."""
    parts, began = build_parts(Settings()), time.monotonic()
    try:
        sys.stdout.write(check_everything(parts, evidence=not arguments.without_evidence) + "\n")
    except DifferenceError as difference:
        sys.stderr.write(f"DIFFERENT: {difference}\n")
        return 1
    sys.stdout.write(f"nothing differs ({time.monotonic() - began:.1f} s)\n")
    return 0


def check_everything(parts: Parts, *, evidence: bool = True) -> str:
    """Check log, records and evidence on one snapshot; returns what was looked at.

    Raises DifferenceError at the first difference.
    """
    with parts.database.reading() as db:
        looked = _check_log(db, parts)
        seals = Seals(parts.keys.secrets(SEAL).values())
        entries = study_audit.check_ledger(db, seals.look)
        events = audit.check_events(db, seals.look)
        certificates = certificate_audit.check_certificates(
            db, parts.keys, seals.look, addresses=_addresses(parts)
        )
        seals.check()
        lines = [
            f"log: {looked.leaves} leaves, {looked.tiles} tiles, {looked.checkpoints} checkpoints",
            f"witnesses: {looked.cosignatures} lines verified, {looked.strangers} of unknown ones",
            f"records: {entries} ledger entries, {events} audit events, each as it was entered",
            f"certificates: {certificates}, each as it was entered, signed and taken back",
        ]
        if evidence:
            judged = audit_sessions.check_evidence(db, parts.vault)
            corrections = audit_corrections.check_corrections(db, parts.vault)
            revisions = audit_policies.check_policies(db)
            versions = audit_versions.check_versions(db)
            keys = device_audit.check_device_keys(db)
            lines += [
                f"evidence: {judged.sessions - judged.let_go} sessions judged again to the same",
                f"let go after their period: {judged.let_go} sessions, as the ledger has them",
                f"corrections: {corrections}, each with the decision behind it",
                f"policies: {revisions} revisions as they were decided",
                f"courses: {versions} versions as they were published",
                f"devices: {keys} keys as they were registered",
                f"signed by the device that studied: {judged.signed} of {judged.releases} releases",
            ]
    return "\n".join(lines)


def _addresses(parts: Parts) -> tuple[str, ...]:
    return (parts.settings.public_url, *parts.settings.former_urls)


def _check_log(db: Session, parts: Parts) -> Looked:
    """Where the tree only says "one of these leaves", the records say which."""
    try:
        return log_audit.check_log(db, parts.log)
    except DifferenceError as wide:
        if wide.positions is not None:
            _narrow(db, parts, wide.positions)
        raise


def _narrow(db: Session, parts: Parts, positions: range) -> None:
    certificates = partial(certificate_audit.check_certificates, keys=parts.keys)
    for check in (study_audit.check_ledger, audit.check_events, certificates):
        try:
            check(db, look=lambda *_: None)
        except DifferenceError as found:
            if found.positions is not None and found.positions[0] in positions:
                raise DifferenceError(
                    "log_leaf", f"position {found.positions[0]} ({found.table} {found.record})",
                    "is not what the log's tile or signed checkpoint was made of",
                    field="commitment", positions=found.positions,
                ) from found  # fmt: skip
