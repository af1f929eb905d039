"""Applications to be an organisation here."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class OrganisationApplication(Base):
    """What one person entered, with the licence: both sealed under their own key, and gone with it.

    `words_sealed` is JSON: the responsible person's name and a phone to call.
    """

    __tablename__ = "organisation_application"
    __table_args__ = (Index(None, "learner_id", "state"), Index(None, "uscc", "state"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    learner_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    type_code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str] = mapped_column(String(18))
    prefecture_code: Mapped[str] = mapped_column(String(6))
    words_sealed: Mapped[bytes]
    licence_sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    licence_kind: Mapped[str] = mapped_column(String(20))
    licence_digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    case_id: Mapped[str] = mapped_column(Id)
    # The organisation that it became.
    org_id: Mapped[str | None] = mapped_column(Id, ForeignKey("organisation.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    applied_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
