"""Second factors: authenticator apps, security keys, recovery codes."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime

TOTP_SECRET = "totp_secret.secret"  # noqa: S105 -- the place that a sealed value belongs to


class TotpSecret(Base):
    """A person's authenticator app; one that is being set up waits beside the one that counts."""

    __tablename__ = "totp_secret"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret_sealed: Mapped[bytes | None]
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # The time step of the last code that was taken: it and all before are spent.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    waiting_sealed: Mapped[bytes | None]


class SecurityKey(Base):
    """A WebAuthn credential: the public half of a key that verifies its holder."""

    __tablename__ = "security_key"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    # As COSE writes it.
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str] = mapped_column(String(40))
    registered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """One code for the day on which phone and key are lost; only its keyed hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
