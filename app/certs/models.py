"""Certificates as they were issued, and the counters of their numbers."""

import datetime as dt
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime

HOLDER = "certificate.holder"
EXTERNAL = "external_certificate.number"
_USED = text("voided_at IS NULL")
_FIRST = text("replaces_id IS NULL AND voided_at IS NULL")


class CertificateSerial(Base):
    """The last serial that was given out in a region and year."""

    __tablename__ = "certificate_serial"

    scope: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int]


class Certificate(Base):
    """One certificate: its facts never change after issue, only its standing does."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(None, "learner_id", "issued_at"),
        UniqueConstraint("status_list", "status_index"),
        Index(None, "status_list", "revoked_at"),
        Index(None, "expires_on"),
        # One first certificate for an enrolment, and one successor for each: never two in use.
        Index(
            "uq_certificate_first_of_enrolment", "enrolment_id", unique=True, sqlite_where=_FIRST,
            postgresql_where=_FIRST,
        ),
        Index(
            "uq_certificate_successor", "replaces_id", unique=True, sqlite_where=_USED,
            postgresql_where=_USED,
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[str] = mapped_column(String(88))
    # The second signature over the same bytes, by SM2; its key stands in the facts.
    sm2_signature: Mapped[str | None] = mapped_column(String(88))
    qr_text: Mapped[str] = mapped_column(Text)
    # Number and full name together, for the public look-up: the name alone finds nothing.
    holder_index: Mapped[str] = mapped_column(String(64))
    # Where its credential is found revoked or not; none for those from before credentials.
    status_list: Mapped[int | None]
    status_index: Mapped[int | None]
    issued_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_on: Mapped[dt.date | None] = mapped_column(Date)
    # Set when the document was typeset and its own code read back; only then is it shown.
    ready_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # How often its papers were begun, each time under a name of their own, and which were handed
    # out; none for those from before they had names. The digest (SHA-256) is of that PDF.
    drafts: Mapped[int] = mapped_column(server_default=text("0"))
    draft: Mapped[int | None]
    pdf_digest: Mapped[str | None] = mapped_column(String(64))
    # Set when the holder deleted their account: the facts were signed anew without them.
    holder_gone_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # The certificate in whose place this one is issued.
    replaces_id: Mapped[str | None] = mapped_column(ForeignKey("certificate.id"))
    # Set when the desk grants another in this one's place; superseded when that one is ready.
    reissue_granted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # To whom it was granted: this number's commitment to the name and document that were proven.
    reissue_bound: Mapped[str | None] = mapped_column(String(64))
    superseded_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # The last of the stages before its last day of which the holder was reminded, in days.
    reminded_days: Mapped[int | None]
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(Id)
    revoke_reason: Mapped[str | None] = mapped_column(String(500))
    # Set where the desk gave the number up before anything was handed out: it was never issued.
    voided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    voided_by: Mapped[str | None] = mapped_column(Id)
    void_reason: Mapped[str | None] = mapped_column(String(500))


class CertificateSuspension(Base):
    """One suspension of a certificate: by whom, why, until when, and how it was lifted."""

    __tablename__ = "certificate_suspension"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    suspended_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    suspended_by: Mapped[str] = mapped_column(Id)
    # The last day (Shanghai) on which it holds.
    ends_on: Mapped[dt.date] = mapped_column(Date)
    lifted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(Id)
    lift_reason: Mapped[str | None] = mapped_column(String(500))


class CertificatePortrait(Base):
    """The holder's picture on a certificate, as it was frozen with its facts; sealed as theirs."""

    __tablename__ = "certificate_portrait"

    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    image_sealed: Mapped[bytes]


class CertificateCode(Base):
    """The one code with which a holder lets somebody read their full name; only its MAC is kept."""

    __tablename__ = "certificate_code"

    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    code_mac: Mapped[str] = mapped_column(String(64))
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int]


class CertificateShare(Base):
    """One link that a holder gave out for a certificate; of its token the MAC alone is kept."""

    __tablename__ = "certificate_share"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    token_mac: Mapped[str] = mapped_column(String(64), unique=True)
    shows_name: Mapped[bool]
    has_pdf: Mapped[bool]
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # The last day (Shanghai) on which it holds.
    ends_on: Mapped[dt.date] = mapped_column(Date, index=True)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    opened: Mapped[int]
    last_opened_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ExternalCertificate(Base):
    """Somebody else's certificate, as its holder states it: evidence, and never one of ours.

    What it is for, its number and who issued it are sealed together with the holder's own key.
    """

    __tablename__ = "external_certificate"
    __table_args__ = (UniqueConstraint("learner_id", "number_index"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))
    words_sealed: Mapped[bytes]
    # Kind and number, so that one is not recorded twice; it goes with the row.
    number_index: Mapped[str] = mapped_column(String(64))
    issued_on: Mapped[dt.date] = mapped_column(Date)
    valid_until: Mapped[dt.date | None] = mapped_column(Date)
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
