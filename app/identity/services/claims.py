"""Who somebody says they are: read from what was typed, sealed into a case, opened again."""

import datetime as dt
from dataclasses import dataclass

from app.core.crypto import Vault, b64url, from_b64url
from app.core.errors import InvalidError
from app.identity.rules import id_number, names
from app.identity.rules.documents import Document, DocumentError, DocumentType
from app.identity.rules.local_days import local_day

CLAIM = "review_case.claim"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are, in canonical spelling."""

    name: str
    document: Document


def read_claim(document_type: DocumentType, number: str, name: str, *, now: dt.datetime) -> Claim:
    """Read what was typed. Raises InvalidError that names the field and the remedy."""
    try:
        spelled = names.normalise(name)
    except names.WrongNameError as error:
        raise InvalidError(str(error), field="/name", code="name") from None
    today = local_day(now)
    try:
        document = id_number.parse(document_type, number, today=today)
    except DocumentError as error:
        raise InvalidError(error.sentence, field="/number", code=error.flaw.value) from None
    return Claim(spelled, document)


def seal(vault: Vault, claim: Claim) -> dict[str, str]:
    """What the person claimed, for the desk to judge; nobody reads it without the key."""
    return {
        "document_type": claim.document.document_type.value,
        "number": b64url(vault.seal(claim.document.number, context=CLAIM)),
        "name": b64url(vault.seal(claim.name, context=CLAIM)),
    }


def unseal(vault: Vault, sealed: dict[str, str], *, now: dt.datetime) -> Claim:
    """Open the claim of a case. Raises InvalidError where it could not be made today."""
    number = vault.open(from_b64url(sealed["number"]), context=CLAIM)
    name = vault.open(from_b64url(sealed["name"]), context=CLAIM)
    return read_claim(DocumentType(sealed["document_type"]), number, name, now=now)
