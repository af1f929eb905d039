"""Which certificates of many enrolments are in force as far as anybody took them back or not."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs import repository as rows


@dataclass(frozen=True, slots=True)
class InForce:
    """A certificate by its number; `until` is its last day, None where it has none."""

    number: str
    until: dt.date | None


def in_force(db: Session, enrolment_ids: Sequence[str]) -> dict[str, InForce]:
    """Certificates by enrolment: handed out, neither revoked nor replaced; their day may be over.

    One whose suspension has not ended yet is among them: that is for days, and shown where the
    certificate is.
    """
    if not enrolment_ids:
        return {}
    return {
        row.enrolment_id: InForce(row.number, row.expires_on)
        for row in rows.in_force(db, enrolment_ids)
    }
