"""Company accounts: an organisation's sign-in, who linked an account of it, and ways there."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime

COMPANY_SECRET = "company_sign_in.secret"  # noqa: S105 -- the place that a sealed value belongs to


class CompanySignIn(Base):
    """One organisation's sign-in. Another issuer or client is another row: links do not move.

    Of 企业微信 the issuer is its API's address, the client the CorpID, the agent the app's number.
    """

    __tablename__ = "company_sign_in"
    __table_args__ = (Index(None, "org_id", "ended_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(300))
    client_id: Mapped[str] = mapped_column(String(200))
    agent_id: Mapped[str] = mapped_column(String(20))
    secret_sealed: Mapped[bytes]
    trusts_second_factor: Mapped[bool]
    is_on: Mapped[bool]
    set_by: Mapped[str] = mapped_column(Id)
    set_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class CompanyAccount(Base):
    """A person's link to one subject of a company's sign-in, of which only a keyed hash is kept."""

    __tablename__ = "company_account"
    __table_args__ = (
        UniqueConstraint("company_sign_in_id", "subject_index"),
        UniqueConstraint("company_sign_in_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    company_sign_in_id: Mapped[str] = mapped_column(ForeignKey("company_sign_in.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    subject_index: Mapped[str] = mapped_column(String(64))
    linked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class CompanyTrip(Base):
    """A browser on its way to a company's page and back: taken once, there, in time.

    Of the state only a keyed hash is kept; nonce and verifier are derived from it. Of the code that
    came back a keyed hash too: it comes back once, to whichever trip.
    """

    __tablename__ = "company_trip"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    company_sign_in_id: Mapped[str] = mapped_column(ForeignKey("company_sign_in.id"))
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device_id: Mapped[str] = mapped_column(String(40))
    # Set where an account is to be linked: by whom, and in which sign-in.
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    sign_in_id: Mapped[str | None] = mapped_column(Id)
    code_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
