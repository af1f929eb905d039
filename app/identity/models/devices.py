"""Keys of devices: each belongs to one person on one device, and signs what is answered there."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime

_ACTIVE = text("revoked_at IS NULL")


class DeviceKey(Base):
    """A public key whose private half never leaves a browser; of a revoked one the row stays."""

    __tablename__ = "device_key"
    __table_args__ = (
        Index(
            None, "person_id", "device_id", unique=True, sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(40))
    # DER SubjectPublicKeyInfo of a P-256 key.
    public_key: Mapped[bytes]
    registered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # The passed check, the challenge and the head that the key signed together with itself.
    check_id: Mapped[str] = mapped_column(ForeignKey("identity_check.id"))
    challenge_id: Mapped[str] = mapped_column(Id)
    head: Mapped[str] = mapped_column(String(43))
    proof: Mapped[str] = mapped_column(String(86))
    used_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    revoked_for: Mapped[str | None] = mapped_column(String(20))
