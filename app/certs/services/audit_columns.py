"""The auditor's look at a certificate's columns: nobody signed them, so they say what others say.

What is shown, looked up and printed comes from them too; each is held against the signed facts or
the trail.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from app.certs.rules import scan
from app.certs.rules.facts import CertificateFacts
from app.certs.services import own_codes
from app.certs.services.records import index_digest
from app.core.audit import AuditEvent
from app.core.crypto import KeyRing
from app.core.key_periods import moment_of
from app.core.log_audit import DifferenceError
from app.learning.services.audit_exams import Passed

_TABLE = "certificate"


@dataclass(frozen=True, slots=True)
class Told:
    """What the trail says of one certificate; `addresses` are ours, of today and before."""

    prepared: AuditEvent
    issued: Sequence[AuditEvent]
    gone: AuditEvent | None
    addresses: Collection[str]


def check_columns(keys: KeyRing, row: Row[Any], facts: CertificateFacts, told: Told) -> None:
    """Raises DifferenceError for the first column that says something else."""
    _check_moments(row, facts, told)
    _check_papers(row, told)
    _check_whose(row, facts, told)
    _check_code(keys, row, facts, told)


def _check_moments(row: Row[Any], facts: CertificateFacts, told: Told) -> None:
    stated = moment_of(facts.issued_at)
    if stated is None or _second(row.issued_at) != _second(stated):
        raise _differs(row, "is dated otherwise than it states", "issued_at")
    if (row.expires_on.isoformat() if row.expires_on is not None else "") != facts.expires_on:
        raise _differs(row, "ends on another day than it states", "expires_on")
    if [each.at for each in told.issued] != ([row.ready_at] if row.ready_at is not None else []):
        raise _differs(row, "was not handed out as the log says, or more than once", "ready_at")


def _check_papers(row: Row[Any], told: Told) -> None:
    """Which PDF was handed out, as the log has it; of those from before, it has none."""
    known = told.issued[0].facts if told.issued else {}
    if row.pdf_digest != known.get("pdf"):
        raise _differs(row, "was handed out as another PDF than the log has", "pdf_digest")
    if row.draft != known.get("draft"):
        raise _differs(row, "has other papers than were handed out", "draft")


def _second(moment: dt.datetime) -> dt.datetime:
    """Facts state whole seconds."""
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def _check_whose(row: Row[Any], facts: CertificateFacts, told: Told) -> None:
    """Certificates from before the trail named them are held against their exams alone."""
    known = told.prepared.facts
    for name in ("enrolment_id", "learner_id"):
        if known.get(name, getattr(row, name)) != getattr(row, name):
            raise _differs(row, "was prepared for another than it hangs on", name)
    if told.gone is not None or "index" not in known:
        return
    if index_digest(facts.holder_salt, row.holder_index) != known["index"]:
        raise _differs(row, "is found by another name than it was prepared for", "holder_index")


def _check_code(keys: KeyRing, row: Row[Any], facts: CertificateFacts, told: Told) -> None:
    """Its address is signed by nobody, so the log says which it was; of those from before, ours."""
    source = told.gone if told.gone is not None else told.prepared
    address = source.facts.get("address")
    hosts = scan.hosts_of((address,) if address is not None else told.addresses)
    if flaw := own_codes.flaw_of(keys, row.qr_text, facts, hosts=hosts):
        raise _differs(row, f"has a code that is not its own ({flaw})", "qr_text")


def check_exam(
    row: Row[Any], facts: CertificateFacts, exams: Mapping[str, Sequence[Passed]]
) -> None:
    """Behind each there is a passed exam of its holder in its course, as the log has it."""
    for passed in exams.get(row.enrolment_id, ()):
        is_theirs = (passed.learner_id, passed.score) == (row.learner_id, facts.score)
        if is_theirs and passed.at <= row.issued_at:
            return
    raise _differs(
        row, "rests on no exam that the log says was passed with its score", "enrolment_id, facts"
    )


def _differs(row: Row[Any], sentence: str, field: str) -> DifferenceError:
    return DifferenceError(_TABLE, row.id, sentence, field=field)
