"""The auditor's look at certificates: each as it was entered, none taken back unseen."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.models import Certificate, CertificateSuspension
from app.certs.rules.facts import WITHOUT_DIGEST, CertificateFacts, record_bytes
from app.certs.services import key_times, second_seals
from app.certs.services.audit_columns import Told, check_columns, check_exam
from app.certs.services.erasure import HOLDER_LEFT
from app.certs.services.own_signatures import is_signed
from app.certs.services.records import ISSUED, PREPARED
from app.certs.services.reissues import GRANTED
from app.certs.services.succession import LAPSED, SUPERSEDED
from app.certs.services.suspensions import LIFTED, SUSPENDED
from app.certs.services.voiding import VOIDED
from app.certs.services.wallet import REVOKED
from app.core import audit
from app.core.audit import AuditEvent
from app.core.crypto import KeyRing
from app.core.log_audit import DifferenceError, refuse_extra
from app.core.log_records import Look, entered
from app.core.translog import Kind
from app.learning.services.audit_exams import Passed, passed_exams

_TABLE = "certificate"
_FACTS = "facts, key_id or signature"


_Events = dict[str | None, AuditEvent]


@dataclass(frozen=True, slots=True)
class _Trail:
    """What the log says of certificates, by their ids.

    `replaced` are numbers of those that others were prepared in the place of; `followed` the
    numbers of these others, but for what was given up.
    """

    prepared: _Events
    revoked: _Events
    granted: _Events
    superseded: _Events
    voided: _Events
    gone: _Events
    issued: dict[str | None, list[AuditEvent]]
    exams: Mapping[str, Sequence[Passed]]
    replaced: dict[str, str]
    followed: dict[str, str]


def _trail(db: Session) -> _Trail:
    prepared, revoked, superseded, voided, gone = (
        {event.subject_id: event for event in audit.events_named(db, name)}
        for name in (PREPARED, REVOKED, SUPERSEDED, VOIDED, HOLDER_LEFT)
    )
    pairs = rows.replacements(db)
    return _Trail(
        prepared, revoked, _standing_grants(db), superseded, voided, gone, _issued(db),
        passed_exams(db),
        {old_id: number for old_id, number, _, _ in pairs},
        {old_id: number for old_id, _, number, is_used in pairs if is_used},
    )  # fmt: skip


def _issued(db: Session) -> dict[str | None, list[AuditEvent]]:
    found: dict[str | None, list[AuditEvent]] = {}
    for event in audit.events_named(db, ISSUED):
        found.setdefault(event.subject_id, []).append(event)
    return found


def _standing_grants(db: Session) -> _Events:
    """The newest grant of each certificate, but for those that lapsed."""
    found = audit.events_named(db, GRANTED)
    left = Counter(event.subject_id for event in found)
    left.subtract(event.subject_id for event in audit.events_named(db, LAPSED))
    return {event.subject_id: event for event in found if left[event.subject_id] > 0}


def check_certificates(
    db: Session, keys: KeyRing, look: Look, *, addresses: Collection[str] = ()
) -> int:
    """Compare every certificate with the log, its own signature and its events; returns how many.

    `look` is shown each that stands in the log. Those of the first version do not: their number
    must have been prepared, as the trail, which does, has it. `addresses` are ours, of today and
    before: where a code from before the trail had its address must lead. Raises DifferenceError.
    """
    counted, trail, total = {True: 0, False: 0}, _trail(db), 0
    once: dict[tuple[str, str], str] = {}
    with rows.all_beside_log(db) as found:
        for row in found:
            facts = CertificateFacts.from_mapping(row.facts)
            if facts is None or (facts.number, facts.public_id) != (row.number, row.public_id):
                raise DifferenceError(_TABLE, row.id, "does not hold its own facts", field="facts")
            if facts.version != WITHOUT_DIGEST:
                counted[_check_entry(row, facts, look)] += 1
            if not is_signed(keys, facts, row.key_id, row.signature):
                raise DifferenceError(_TABLE, row.id, "is not as it was signed", field=_FACTS)
            if key_times.flaw_of_facts(keys, facts, row.key_id):
                message = "states a moment at which its key was not in use"
                raise DifferenceError(_TABLE, row.id, message, field=_FACTS)
            _check_second(keys, row, facts)
            _check_events(row, trail.prepared.get(row.id), trail.revoked.pop(row.id, None))
            _check_standing(row, trail.prepared[row.id], is_gone=row.id in trail.gone)
            _check_succession(row, trail)
            _check_voided(row, trail.voided.pop(row.id, None))
            told = Told(
                trail.prepared[row.id], trail.issued.pop(row.id, ()), trail.gone.get(row.id),
                addresses,
            )  # fmt: skip
            check_columns(keys, row, facts, told)
            check_exam(row, facts, trail.exams)
            _check_once(row, facts, once)
            total += 1
    refuse_extra(db, Kind.CERTIFICATE, Certificate.id, placed=counted[True], waiting=counted[False])
    _refuse_lost((*trail.revoked, *trail.voided, *trail.issued))
    _check_suspensions(db)
    return total


def _check_once(row: Row[Any], facts: CertificateFacts, once: dict[tuple[str, str], str]) -> None:
    """Of the same study there is one in use, and what was issued in the place of that."""
    if row.replaces_id is not None or row.voided_at is not None:
        return
    other = once.setdefault((row.learner_id, facts.evidence), row.id)
    if other != row.id:
        raise DifferenceError(
            _TABLE, row.id, f"rests on the same study as {other}", field="enrolment_id, facts"
        )


def _check_entry(row: Row[Any], facts: CertificateFacts, look: Look) -> bool:
    """Tell whether it has a place already."""
    record, found = record_bytes(facts, row.key_id, row.signature), entered(Kind.CERTIFICATE, row)
    if not found.fits(record):
        raise DifferenceError(
            _TABLE, row.id, "is not the certificate that was entered into the log", field=_FACTS,
            positions=found.positions,
        )  # fmt: skip
    look(found, record)
    return found.position is not None


def _check_second(keys: KeyRing, row: Row[Any], facts: CertificateFacts) -> None:
    if flaw := second_seals.flaw_kept(keys, facts, row.sm2_signature):
        raise DifferenceError(
            _TABLE, row.id, f"is not as it was signed a second time ({flaw.value})",
            field="sm2_signature",
        )  # fmt: skip


def _check_events(row: Row[Any], prepared: AuditEvent | None, revoked: AuditEvent | None) -> None:
    if prepared is None or prepared.facts.get("number") != row.number:
        raise DifferenceError(_TABLE, row.id, "was never prepared, as the trail has it")
    told: tuple[dt.datetime | None, str | None] = (
        (revoked.at, revoked.actor_id) if revoked is not None else (None, None)
    )
    if told != (row.revoked_at, row.revoked_by):
        raise DifferenceError(
            _TABLE, row.id, "was not taken back as the log says", field="revoked_at, revoked_by"
        )


def _check_standing(row: Row[Any], prepared: AuditEvent, *, is_gone: bool) -> None:
    """A revoked credential with another place would stand; so would another's name on a paper."""
    told = prepared.facts.get("status")
    if told is not None and told != [row.status_list, row.status_index]:
        raise DifferenceError(
            _TABLE, row.id, "has another place in the status lists than it was given",
            field="status_list, status_index",
        )  # fmt: skip
    if is_gone != (row.holder_gone_at is not None):
        raise DifferenceError(
            _TABLE, row.id, "has a holder who is gone, and the log does not say so, or the reverse",
            field="holder_gone_at",
        )  # fmt: skip


def _check_succession(row: Row[Any], trail: _Trail) -> None:
    """One that was superseded would stand again, or another be made that nobody granted."""
    granted, superseded = trail.granted.get(row.id), trail.superseded.get(row.id)
    told = (granted and granted.at, granted and granted.facts.get("bound"))
    if (*told, superseded and superseded.at) != (
        row.reissue_granted_at,
        row.reissue_bound,
        row.superseded_at,
    ):
        raise DifferenceError(
            _TABLE, row.id, "was not replaced as the log says",
            field="reissue_granted_at, reissue_bound, superseded_at",
        )  # fmt: skip
    _check_prepared_for(row, trail)
    if superseded is not None and superseded.facts.get("by") != trail.followed.get(row.id):
        raise DifferenceError(
            _TABLE, row.id, "was replaced by another than the log says", field="replaces_id"
        )


def _check_prepared_for(row: Row[Any], trail: _Trail) -> None:
    """It takes the place of the one that it was prepared for, and is for whom that was granted."""
    prepared = trail.prepared[row.id].facts
    replaced = prepared.get("replaces")
    if (row.replaces_id is not None) != (replaced is not None) or (
        row.replaces_id is not None and trail.replaced[row.replaces_id] != replaced
    ):
        raise DifferenceError(
            _TABLE, row.id, "stands in the place of another than it was prepared for",
            field="replaces_id",
        )  # fmt: skip
    granted = trail.granted.get(row.replaces_id)
    if row.replaces_id is None or row.voided_at is not None:
        return
    if granted is None or granted.facts.get("bound") != prepared.get("bound"):
        raise DifferenceError(
            _TABLE, row.id, "was prepared for another name than the desk granted",
            field="replaces_id",
        )  # fmt: skip


def _check_voided(row: Row[Any], voided: AuditEvent | None) -> None:
    """A number that was given up would come back, or one be given up of which there is a paper."""
    told = (voided.at, voided.actor_id) if voided is not None else (None, None)
    if told != (row.voided_at, row.voided_by):
        raise DifferenceError(
            _TABLE, row.id, "was not given up as the log says", field="voided_at, voided_by"
        )
    if voided is not None and row.ready_at is not None:
        raise DifferenceError(_TABLE, row.id, "was given up, and is handed out", field="ready_at")


def _refuse_lost(named: Collection[str | None]) -> None:
    for certificate_id in named:
        raise DifferenceError(_TABLE, str(certificate_id), "was there, and is not")


def _check_suspensions(db: Session) -> None:
    """One that was shortened, lifted or taken away in silence would let a certificate stand."""
    begun = {event.facts["suspension"]: event for event in audit.events_named(db, SUSPENDED)}
    lifted = {event.facts["suspension"]: event for event in audit.events_named(db, LIFTED)}
    for row in rows.all_suspensions(db):
        told = [_told(begun.pop(row.id, None)), _told(lifted.pop(row.id, None))]
        held = [
            (row.suspended_at, row.suspended_by, row.certificate_id, row.ends_on.isoformat()),
            (row.lifted_at, row.lifted_by, row.certificate_id, None) if row.lifted_at else None,
        ]
        if told != held:
            raise DifferenceError(
                CertificateSuspension.__tablename__, row.id,
                "is not as the log says, or was lifted otherwise",
            )  # fmt: skip
    for suspension_id in (*begun, *lifted):
        raise DifferenceError(
            CertificateSuspension.__tablename__, str(suspension_id), "was there, and is not"
        )


def _told(event: AuditEvent | None) -> tuple[object, ...] | None:
    if event is None:
        return None
    return (event.at, event.actor_id, event.subject_id, event.facts.get("until"))
