"""What a person takes along of their certificates."""

import datetime as dt
from typing import Any

from msgspec import Struct


class OwnExternalCertificate(Struct, frozen=True, kw_only=True):
    """Somebody else's certificate as its holder recorded it, in clear; nobody verified it here."""

    id: str
    kind: str
    title: str
    number: str
    issuer: str
    issued_on: dt.date
    valid_until: dt.date | None
    recorded_at: dt.datetime


class OwnCertificateShare(Struct, frozen=True, kw_only=True):
    """A link that the person gave out: what it shows, and how often it was opened; not by whom."""

    id: str
    certificate_id: str
    shows_name: bool
    has_pdf: bool
    made_at: dt.datetime
    ends_on: dt.date
    withdrawn_at: dt.datetime | None
    opened: int
    last_opened_at: dt.datetime | None


class OwnCertificate(Struct, frozen=True, kw_only=True):
    """A certificate. `facts` are what is signed (docs/certificates.md); `file` is the PDF's name.

    `file` is empty where no document was made yet. `replaces_id` is the certificate in whose place
    it was issued, `reissue_granted_at` when the desk agreed to another in this one's place,
    `reminded_days` the last stage before its last day of which the holder was reminded; one that
    is void was never issued. `pdf_digest` is the SHA-256 of the PDF that was handed out, and
    `draft` says at which try it was made; both are None for those of before.
    """

    id: str
    public_id: str
    number: str
    facts: dict[str, Any]
    key_id: str
    signature: str
    issued_at: dt.datetime
    expires_on: dt.date | None
    revoked_at: dt.datetime | None
    revoke_reason: str | None
    superseded_at: dt.datetime | None
    replaces_id: str | None
    reissue_granted_at: dt.datetime | None
    reminded_days: int | None
    draft: int | None
    pdf_digest: str | None
    voided_at: dt.datetime | None
    void_reason: str | None
    file: str


class OwnSuspension(Struct, frozen=True, kw_only=True):
    """A time in which one of the certificates did not stand; `ends_on` is its last day."""

    id: str
    certificate_id: str
    reason: str
    suspended_at: dt.datetime
    ends_on: dt.date
    lifted_at: dt.datetime | None
    lift_reason: str | None


class OwnCode(Struct, frozen=True, kw_only=True):
    """The code with which a verifier may read the holder's name: of it only a MAC is kept."""

    certificate_id: str
    ends_at: dt.datetime
    tries: int
