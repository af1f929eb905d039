"""Tries at questions of the book of wrong answers: practice that nothing rests on."""

import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class ExamTry(Base):
    """One try at one question, right or not; what was chosen is not kept."""

    __tablename__ = "exam_try"
    __table_args__ = (Index(None, "learner_id", "item_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("exam_item.id"))
    is_right: Mapped[bool]
    tried_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
