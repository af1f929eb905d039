"""What an employer keeps of somebody who deleted their account: an empty line."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.org.repository import organisations as organisation_rows
from app.org.repository import staff as staff_rows
from app.org.services import applications, class_members, standings
from app.org.services.staff import empty, leave


def lock_rosters(db: Session, learner_id: str, roster_ids: Sequence[str]) -> None:
    """Lock the organisations that have the person on a roster, before the person's own row is.

    Whoever reminds or changes a roster holds the organisation and takes the person after it.
    """
    for org_id in staff_rows.orgs_with(db, learner_id, roster_ids):
        organisation_rows.lock_organisation(db, org_id)


def forget_person(
    db: Session, learner_id: str, roster_ids: Sequence[str], *, now: dt.datetime
) -> None:
    """Take the person off every roster; assignments and proofs given out keep their row.

    Whoever has locked the person already has called `lock_rosters` before.
    """
    applications.forget(db, learner_id)
    class_members.forget_person(db, learner_id, now=now)
    lock_rosters(db, learner_id, roster_ids)
    lines = staff_rows.list_staff_lines(db, learner_id, roster_ids)
    for row in lines:
        leave(db, row, now=now)
        empty(db, row)
    standings.refresh(db, lines)
