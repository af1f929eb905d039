"""How an organisation wants its people reminded."""

import datetime as dt

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class ReminderSetting(Base):
    """What an organisation sends beside the inbox; without a row all of it."""

    __tablename__ = "reminder_setting"

    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), primary_key=True)
    uses_sms: Mapped[bool]
    uses_mail: Mapped[bool]
    has_digest: Mapped[bool]
    # The Monday of the week for which those who look after people were told.
    digested_on: Mapped[dt.date | None] = mapped_column(Date)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
