"""What a person takes along of their certificates."""

import datetime as dt
from typing import Any

from msgspec import Struct


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
    file: str
