"""How organisations want their people reminded."""

import datetime as dt

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.org.models.assignments import Assignment
from app.org.models.organisations import Organisation
from app.org.models.reminding import ReminderSetting


def setting_of(db: Session, org_id: str) -> ReminderSetting | None:
    return db.get(ReminderSetting, org_id, populate_existing=True)


def undigested(db: Session, monday: dt.date, after_id: str, most: int) -> list[str]:
    """The next organisations that asked for anything and were not told of this week, by id."""
    asks = select(Assignment.id).where(Assignment.org_id == Organisation.id)
    was_told = ReminderSetting.digested_on.is_not(None) & (ReminderSetting.digested_on >= monday)
    query = (
        select(Organisation.id)
        .outerjoin(ReminderSetting, ReminderSetting.org_id == Organisation.id)
        .where(
            Organisation.id > after_id, Organisation.suspended_at.is_(None), asks.exists(),
            or_(ReminderSetting.org_id.is_(None), ReminderSetting.has_digest & ~was_told),
        )
        .order_by(Organisation.id)
        .limit(most)
    )  # fmt: skip
    return list(db.scalars(query))
