"""Who stands on an organisation's roster."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime
from app.org.rules.standings import NO_DAY


class StaffMember(Base):
    """One person on an organisation's roster; `learner_id` only once the person has accepted.

    Name and document number are the identity room's, under `roster_id`. `unit` and `position` are
    the words of the rows that the ids name: `services/units.py` and `positions.py` keep both alike.
    """

    __tablename__ = "staff_member"
    __table_args__ = (
        UniqueConstraint("org_id", "roster_id"),
        UniqueConstraint("org_id", "learner_id"),
        Index(None, "org_id", "state"),
        Index(None, "org_id", "unit_id", "state"),
        Index(None, "org_id", "position_id", "state"),
        # Each order of the list; the first holds what a search by unit or position reads.
        Index(None, "org_id", "unit", "id", "state", "position"),
        # By its columns it would be called like the one over `position_id`.
        Index("ix_staff_member_in_order_of_position", "org_id", "position", "id", "state"),
        Index(None, "org_id", "invited_at", "id", "state"),
        Index(None, "org_id", "next_due_on", "id"),
        Index(None, "org_id", "left_count", "id"),
        Index(None, "roster_id"),
        Index(None, "learner_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    roster_id: Mapped[str] = mapped_column(Id)
    learner_id: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[str | None] = mapped_column(Id, ForeignKey("org_unit.id"))
    position: Mapped[str] = mapped_column(String(60))
    position_id: Mapped[str | None] = mapped_column(Id, ForeignKey("org_position.id"))
    # The person agreed to show courses that the employer did not assign, too.
    shows_all_courses: Mapped[bool] = mapped_column(default=False)
    # What the organisation would like the person to be inside it; waits for their yes.
    offered_duty: Mapped[str | None] = mapped_column(String(10))
    offered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    invited_by: Mapped[str] = mapped_column(Id)
    invited_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    joined_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # How often the line was changed by somebody or by an import; undoing one looks at it.
    changes: Mapped[int] = mapped_column(default=0, server_default="0")
    # Kept by services/standings.py: courses asked of the person, those not done, the nearest day by
    # which one of these is due (NO_DAY where none presses).
    asked_count: Mapped[int] = mapped_column(default=0, server_default="0")
    left_count: Mapped[int] = mapped_column(default=0, server_default="0")
    next_due_on: Mapped[dt.date] = mapped_column(
        Date, default=NO_DAY, server_default=NO_DAY.isoformat()
    )
