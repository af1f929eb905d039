"""Rules by which courses are asked of staff, and whom each has met."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class AssignmentRule(Base):
    """Whom to ask for a course, by when, and what for. It makes assignments, one a due day."""

    __tablename__ = "assignment_rule"
    __table_args__ = (
        Index(None, "org_id", "made_at"),
        Index(None, "stands", "ended_at", "id"),
        Index(None, "unit_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    course_id: Mapped[str] = mapped_column(Id, ForeignKey("course.id"))
    # A code of reference/training_purposes.toml.
    purpose: Mapped[str] = mapped_column(String(30))
    aim: Mapped[str] = mapped_column(String(10))
    # Of UNIT; NEW_STAFF and EXPIRING may be narrowed to one.
    unit_id: Mapped[str | None] = mapped_column(Id, ForeignKey("org_unit.id"))
    position_id: Mapped[str | None] = mapped_column(Id, ForeignKey("org_position.id"))
    # No reference: a tag may go, and the rule then meets nobody.
    tag_id: Mapped[str | None] = mapped_column(Id)
    target_name: Mapped[str] = mapped_column(String(200))
    days: Mapped[int | None]
    certificate_kind: Mapped[str] = mapped_column(String(40))
    due_on: Mapped[dt.date | None] = mapped_column(Date)
    due_days: Mapped[int | None]
    stands: Mapped[bool]
    made_by: Mapped[str] = mapped_column(Id)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # Everybody who came under it when it was made has been met.
    done_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Why nobody can be asked for the time being.
    trouble: Mapped[str | None] = mapped_column(String(300))


class AssignmentRuleMember(Base):
    """Somebody whom a rule has met, once; for EXPIRING once a certificate, which `cause` names."""

    __tablename__ = "assignment_rule_member"
    __table_args__ = (Index(None, "staff_id"), Index(None, "rule_id", "fate"))

    rule_id: Mapped[str] = mapped_column(Id, ForeignKey("assignment_rule.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff_member.id"), primary_key=True)
    cause: Mapped[str] = mapped_column(String(26), primary_key=True)
    # Where their share was put; a share that lies elsewhere by now was asked for by somebody else.
    assignment_id: Mapped[str | None] = mapped_column(Id, ForeignKey("assignment.id"))
    fate: Mapped[str] = mapped_column(String(10))
    met_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
