"""Consents, and the face templates that rest on them."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime

TEMPLATE = "face_template.template"
PORTRAIT = "portrait.image"


class Consent(Base):
    """A separate yes to one use of personal data; withdrawing it ends the use."""

    __tablename__ = "consent"
    __table_args__ = (Index(None, "person_id", "kind"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    # The hash of the very text that was agreed to.
    version: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class FaceTemplate(Base):
    """Numbers that a face was turned into, sealed; no picture is kept."""

    __tablename__ = "face_template"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"))
    pipeline: Mapped[str] = mapped_column(String(60))
    template: Mapped[bytes]
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Portrait(Base):
    """The picture that somebody wants on their certificates, cut and coded anew, sealed as theirs.

    It rests on a consent of its own and never on that for checks, and is gone when that is.
    """

    __tablename__ = "portrait"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"))
    image_sealed: Mapped[bytes]
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class FaceFrame(Base):
    """A frame in which a check saw a face: a camera never gives the same one again.

    Its hash, and 256 bits of how it looked, by which it is known when it was coded anew; neither
    shows a face.
    """

    __tablename__ = "face_frame"
    __table_args__ = (Index(None, "seen_at"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    likeness: Mapped[bytes | None]
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
