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

    `file` is empty where no document was made yet.
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
    file: str
