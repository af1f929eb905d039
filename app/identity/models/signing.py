"""Signing in: one-time codes, and sign-ins with the chain of their refresh tokens."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime

MESSAGE_PHONE = "text_message.phone"
MESSAGE_TEXT = "text_message.text"


class PhoneCode(Base):
    """A one-time code that was sent; only its keyed hash is kept.

    It is good in the browser that asked for it: whoever types wrong ones elsewhere spends none of
    its tries. Null in rows of before that, which nobody can use any more.
    """

    __tablename__ = "phone_code"
    __table_args__ = (Index(None, "phone_index", "sent_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    phone_index: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[str | None] = mapped_column(String(40))
    code_hash: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class SignIn(Base):
    """One signed-in device; ends by signing out, by age, or when a stolen token shows."""

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(40))
    # Kind of machine and program (rules/device_labels.py), for the owner's own page.
    device_label: Mapped[str] = mapped_column(String(40), default="", server_default="")
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    revoked_for: Mapped[str | None] = mapped_column(String(20))
    # Counts the renewals: only the newest refresh token is good, the one before for a short grace
    # (two tabs renew at once); any older one shows a theft.
    generation: Mapped[int]
    renewed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # How the second factor was passed (rules/second_factors.py), and when last.
    second_factor: Mapped[str | None] = mapped_column(String(10))
    second_factor_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # What a security key is asked to sign: drawn for one purpose, taken once.
    key_challenge: Mapped[bytes | None]
    key_challenge_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    key_challenge_for: Mapped[str | None] = mapped_column(String(10))
    # The company account that opened it: it acts for that organisation only, while the link lasts.
    company_account_id: Mapped[str | None] = mapped_column(Id, index=True)
    # Of several organisations the one that the person acts for here; counts while the duty lasts.
    acting_org_id: Mapped[str | None] = mapped_column(Id)


class TextMessage(Base):
    """A message that left for a phone: shown on the outbox page where SMS is simulated."""

    __tablename__ = "text_message"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    phone_sealed: Mapped[bytes]
    text_sealed: Mapped[bytes]
    sent_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
