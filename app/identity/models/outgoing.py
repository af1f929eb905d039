"""Messages that leave the house, the addresses they go to, and who wants which."""

import datetime as dt
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime

MAIL = "mail_address.address"
ROBOT = "group_robot.address"


class MailAddress(Base):
    """A person's mail address: good once a code that was sent there came back.

    Another one waits beside it for its own code; of the code only a keyed hash is kept.
    """

    __tablename__ = "mail_address"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    address_sealed: Mapped[bytes | None]
    proven_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    waiting_sealed: Mapped[bytes | None]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    # The receiving server said that there is no such address: nothing goes there any more.
    refused_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class MessageChoice(Base):
    """What a person takes beside the inbox; without a row everything."""

    __tablename__ = "message_choice"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    takes_sms: Mapped[bool]
    takes_mail: Mapped[bool]
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class GroupRobot(Base):
    """An organisation's robot in a group of 企业微信. Who has its address may write there."""

    __tablename__ = "group_robot"

    org_id: Mapped[str] = mapped_column(Id, primary_key=True)
    address_sealed: Mapped[bytes]
    set_by: Mapped[str] = mapped_column(Id)
    set_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # What the robot's server last said no with; empty where it takes messages.
    refused_for: Mapped[str] = mapped_column(String(80), default="", server_default="")


class OutgoingMessage(Base):
    """One message by one way: for whom, why, when, and what came of it.

    `recipient_id` is the person, or the organisation where it goes to a group. Of one organisation
    for one reason and matter there is one a day by each way.
    """

    __tablename__ = "outgoing_message"
    __table_args__ = (
        UniqueConstraint("recipient_id", "org_id", "way", "reason", "about", "day"),
        Index(None, "org_id", "id"),
        Index(None, "person_id", "day"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    recipient_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    org_id: Mapped[str] = mapped_column(Id)
    way: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    # A course, a week; empty where it speaks of several.
    about: Mapped[str] = mapped_column(String(40))
    # The local day for which it is meant: of what falls in the quiet hours the next.
    day: Mapped[dt.date] = mapped_column(Date)
    # What its sentences are made of; nothing personal.
    facts: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    # Who asked by hand; null where the calendar did.
    asked_by: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(10))
    detail: Mapped[str] = mapped_column(String(80), default="")
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    send_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
