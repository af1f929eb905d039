"""An organisation's plan of training for a year, line by line."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class PlanLine(Base):
    """So many people of a unit, or of the whole organisation, for a course in a year."""

    __tablename__ = "plan_line"
    __table_args__ = (Index(None, "org_id", "year", "id"), Index(None, "unit_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    year: Mapped[int]
    # None is the whole organisation.
    unit_id: Mapped[str | None] = mapped_column(Id, ForeignKey("org_unit.id"))
    course_id: Mapped[str] = mapped_column(Id, ForeignKey("course.id"))
    # A code of reference/training_purposes.toml.
    purpose: Mapped[str] = mapped_column(String(30))
    heads: Mapped[int]
    budget_yuan: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(Id)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
