"""Which certificates of a kind near their last day, for whoever asks their holders to train."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs import repository as rows


@dataclass(frozen=True, slots=True)
class Nearing:
    """A certificate in use, and the enrolment that it was earned in."""

    certificate_id: str
    learner_id: str
    enrolment_id: str
    expires_on: dt.date


def nearing(
    db: Session, learner_ids: Collection[str], *, kind: str, first: dt.date, last: dt.date
) -> list[Nearing]:
    """The certificates of a kind (its printed name) of some people whose last day lies in a span.

    What of them the asker may know is the asker's to judge.
    """
    return [
        Nearing(row.id, row.learner_id, row.enrolment_id, row.expires_on)
        for row in rows.nearing(db, learner_ids, first=first, last=last)
        if row.facts["type"] == kind and row.expires_on is not None
    ]
