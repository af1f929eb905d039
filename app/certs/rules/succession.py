"""What a certificate that is issued in another one's place says."""

from dataclasses import fields, replace
from typing import Final

from app.certs.rules.facts import CertificateFacts

ITS_OWN: Final = frozenset(
    {
        "version", "public_id", "number", "holder", "holder_name", "holder_number", "holder_salt",
        "commitment", "issued_at", "sm2", "portrait",
    }
)  # fmt: skip
"""Who it is, when, and which paper. What was learnt, and how long that is good, stays."""


def restated(old: CertificateFacts, new: CertificateFacts) -> CertificateFacts:
    """The new facts with everything but their own taken from the old: nobody edits what was learnt.

    Courses are renamed and rules revised; a correction of a name must not bring that along.
    """
    learnt = {
        field.name: getattr(old, field.name) for field in fields(old) if field.name not in ITS_OWN
    }
    return replace(new, **learnt)
