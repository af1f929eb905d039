"""The proof of hours as a signed file: made at any time, checked with the public keys alone."""

import datetime as dt
import json
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core import log_reading
from app.core.crypto import KeyRing, b64url
from app.core.errors import NotFoundError
from app.core.key_periods import Periods
from app.core.signers import signer_at
from app.identity.rules.local_days import local_day
from app.learning.services import ledger
from app.org.rules.statement import LedgerMark, Made, message_of, statement
from app.org.services.proof_courses import PURPOSE
from app.org.services.proofs import ProofSheet


def as_json(db: Session, keys: KeyRing, sheet: ProofSheet, *, now: dt.datetime) -> bytes:
    """Sign a proof with where the ledger and the log stand now.

    Raises UnavailableError while the key that signs cannot be opened.
    """
    marks = [_mark(db, enrolment_id) for enrolment_id in sheet.enrolments]
    made = Made(
        number=sheet.number, holder_name=sheet.holder_name, operator=sheet.operator,
        made_at=now, made_on=local_day(now),
    )  # fmt: skip
    stated = statement(sheet.facts, made, marks, _checkpoint(db, marks))
    signer = signer_at(keys, PURPOSE, now)
    signature = b64url(signer.sign(message_of(stated)))
    file = {"statement": stated, "key_id": signer.key_id, "signature": signature}
    return json.dumps(file, ensure_ascii=False, indent=1).encode()


def _mark(db: Session, enrolment_id: str) -> LedgerMark:
    standing = ledger.standing_of(db, enrolment_id)
    return LedgerMark(
        entries=standing.entries, evidence=standing.evidence, last_entry=standing.last_hash,
        position=standing.position,
    )  # fmt: skip


def _checkpoint(db: Session, marks: Sequence[LedgerMark]) -> str:
    """A checkpoint over all the places, if it can be with witnesses; empty before the first."""
    last = max((mark.position for mark in marks if mark.position is not None), default=-1)
    try:
        return log_reading.note_of(db, log_reading.newest_over(db, last))
    except NotFoundError:
        return ""


def public_keys(keys: KeyRing) -> dict[str, bytes]:
    """Every key that ever signed a proof, by id."""
    return keys.public_keys(PURPOSE)


def periods(keys: KeyRing) -> Periods:
    """When each of them was in use."""
    return keys.periods(PURPOSE)
