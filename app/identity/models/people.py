"""People, what they may do, and the roster of those whom an employer merely named."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Id, JsonColumn, UtcDateTime

NAME = "person.name"
NUMBER = "person.document_number"
PHONE = "person.phone"


class PersonKey(Base):
    """The key under which everything of one person is sealed; without it nothing opens again.

    A table of its own: its backups are kept for days, those of everything else for years.
    """

    __tablename__ = "person_key"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key_sealed: Mapped[bytes]
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Person(Base):
    """One account, one person. Personal fields are sealed; the indexes are keyed hashes."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    phone_sealed: Mapped[bytes]
    phone_index: Mapped[str] = mapped_column(String(64), unique=True)
    name_sealed: Mapped[bytes | None]
    document_type: Mapped[str | None] = mapped_column(String(20))
    document_sealed: Mapped[bytes | None]
    document_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    verified_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # How this person is checked while studying: "face" or "code_and_questions".
    method: Mapped[str | None] = mapped_column(String(20))
    # When the way was given up that was theirs: null again once whoever chose anew is known.
    way_doubted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # The person is gone: key, name, number and phone are; what was learnt stays under the id.
    deleted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    key: Mapped[PersonKey | None] = relationship(lazy="joined")


class RoleGrant(Base):
    """One role of one person, where it applies: an organisation, a region, or everywhere."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "scope"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    org_id: Mapped[str | None] = mapped_column(Id)
    region_code: Mapped[str | None] = mapped_column(String(12))
    # org, region or "*": what makes two grants the same one; a null would never be equal.
    scope: Mapped[str] = mapped_column(String(26))
    granted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # What the holder is inside the organisation; which duties there are is the org room's.
    duty: Mapped[str | None] = mapped_column(String(10))
    # While the holder's name is taken back: whose document it was. The role wakes for it alone.
    document_index: Mapped[str | None] = mapped_column(String(64))


class RegistryLookup(Base):
    """One question to the population registry with its answer and the vendor's transaction id.

    `earlier_ids` are of attempts of the same question that came to nothing; `source` is who was
    asked: a vendor, a vendor behind a gateway ("tencent@…"), the simulation, or nobody ("").
    """

    __tablename__ = "registry_lookup"
    __table_args__ = (Index(None, "person_id", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(20))
    transaction_id: Mapped[str] = mapped_column(String(80))
    earlier_ids: Mapped[list[str] | None] = mapped_column(JsonColumn)
    source: Mapped[str | None] = mapped_column(String(80))


class RosterEntry(Base):
    """Somebody an employer named: matched to a person once that person proves the document."""

    __tablename__ = "roster_entry"
    __table_args__ = (
        UniqueConstraint("org_id", "document_index"),
        Index(None, "org_id", "name_index"),
        Index(None, "org_id", "ending_index"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    name_sealed: Mapped[bytes]
    # What the employer had written, where who joined proved another name.
    entered_sealed: Mapped[bytes | None]
    document_sealed: Mapped[bytes]
    document_index: Mapped[str] = mapped_column(String(64), index=True)
    phone_sealed: Mapped[bytes | None]
    # Keyed hashes with the organisation inside: the whole name, and the number's last four. Two
    # employers' lines never show that they are alike. Null on lines from before there were any.
    name_index: Mapped[str | None] = mapped_column(String(32))
    ending_index: Mapped[str | None] = mapped_column(String(32))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AccessEntry(Base):
    """Who opened a person's file, when and what for: the person can read it."""

    __tablename__ = "access_entry"
    __table_args__ = (Index(None, "person_id", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    actor_id: Mapped[str | None] = mapped_column(Id)
    purpose: Mapped[str] = mapped_column(String(200))
    # What was opened: the whole "file", or the "claim" or "contact" of a case.
    what: Mapped[str] = mapped_column(String(20), default="file", server_default="file")
    case_id: Mapped[str | None] = mapped_column(Id, index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
