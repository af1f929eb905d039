"""The auditor's look at keys of devices: each is as it was entered into the log, and proved."""

from sqlalchemy.orm import Session

from app.core import audit
from app.core.audit import AuditEvent
from app.core.crypto import b64url
from app.core.log_audit import DifferenceError
from app.identity.models.checks import IdentityCheck
from app.identity.models.devices import DeviceKey
from app.identity.repository import devices as rows
from app.identity.rules.checks import CheckOutcome
from app.identity.services.device_keys import REGISTERED, REVOKED, OfferedKey

_TABLE = "device_key"


def check_device_keys(db: Session) -> int:
    """Compare every key with its events, which are leaves of the log; returns how many there are.

    Nobody replaces a key, moves its days or takes its row away in silence. Raises DifferenceError.
    """
    registered = {event.facts["key_id"]: event for event in audit.events_named(db, REGISTERED)}
    revoked = {event.facts["key_id"]: event for event in audit.events_named(db, REVOKED)}
    found = rows.all_with_checks(db)
    for key, check in found:
        _check_registration(key, check, registered.pop(key.id, None))
        _check_revocation(key, revoked.pop(key.id, None))
    for key_id in (*registered, *revoked):
        raise DifferenceError(_TABLE, key_id, "was registered, and is not there any more")
    return len(found)


def _check_registration(key: DeviceKey, check: IdentityCheck, event: AuditEvent | None) -> None:
    told = {
        "key_id": key.id, "device_id": key.device_id, "public_key": b64url(key.public_key),
        "check_id": key.check_id, "challenge_id": key.challenge_id, "head": key.head,
        "proof": key.proof,
    }  # fmt: skip
    if event is None:
        raise DifferenceError(_TABLE, key.id, "was never entered into the log as registered")
    if (event.subject_id, event.at, event.facts) != (key.person_id, key.registered_at, told):
        raise DifferenceError(
            _TABLE, key.id, "is not the key that was entered into the log",
            field="person_id, registered_at, public_key, device_id, check_id or proof",
        )  # fmt: skip
    offered = OfferedKey(key.public_key, key.proof)
    if not offered.is_proved(challenge_id=key.challenge_id, head=key.head):
        raise DifferenceError(_TABLE, key.id, "did not sign its own registration", field="proof")
    if (check.person_id, check.outcome) != (key.person_id, CheckOutcome.PASSED):
        raise DifferenceError(_TABLE, key.id, "rests on no passed check", field="check_id")


def _check_revocation(key: DeviceKey, event: AuditEvent | None) -> None:
    told = (event.at, event.facts["reason"]) if event is not None else (None, None)
    if told != (key.revoked_at, key.revoked_for):
        raise DifferenceError(
            _TABLE, key.id, "was not revoked as the log says", field="revoked_at, revoked_for"
        )
