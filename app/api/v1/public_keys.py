"""The public keys of what the platform signs, and when each was in use: for whoever pins them."""

import datetime as dt
from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from app.api.problems import may_raise
from app.certs.services import published_keys, second_seals
from app.core.crypto import b64url
from app.core.key_periods import ALWAYS, Periods
from app.lobby.deps import PartsDep
from app.org.services import class_papers, statements

router = APIRouter(prefix="/verification", tags=["verification"])


class KeyOut(BaseModel):
    """`used_from` and `used_until` belong to its time; null where it has no such end.

    What says that it was signed outside was signed by whoever got hold of the key later.
    """

    key_id: str
    public_key: str
    used_from: dt.datetime | None = None
    used_until: dt.datetime | None = None


class Sm2KeyOut(KeyOut):
    """`public_key` is the point 04 ‖ x ‖ y in base64url, `pem` the same for other software."""

    pem: str


def _of(known: Mapping[str, bytes], periods: Periods) -> list[KeyOut]:
    return [
        KeyOut(key_id=key_id, public_key=b64url(raw), **_period(periods, key_id))
        for key_id, raw in known.items()
    ]


def _period(periods: Periods, key_id: str) -> dict[str, dt.datetime | None]:
    period = periods.get(key_id, ALWAYS)
    return {"used_from": period.since, "used_until": period.until}


@router.get("/keys", responses=may_raise())
def list_keys(parts: PartsDep) -> list[KeyOut]:
    """Every public key that ever signed a certificate."""
    periods = published_keys.certificate_periods(parts.keys)
    return _of(published_keys.certificate_keys(parts.keys), periods)


@router.get("/documents/keys", responses=may_raise())
def list_document_keys(parts: PartsDep) -> list[KeyOut]:
    """Every public key that ever signed a certificate's PDF: P-256, as DER SubjectPublicKeyInfo."""
    periods = published_keys.document_periods(parts.keys)
    return _of(published_keys.document_public_keys(parts.keys), periods)


@router.get("/documents.pem", response_class=PlainTextResponse, responses=may_raise())
def read_document_pems(parts: PartsDep) -> str:
    """The same keys in PEM, one behind the other, for OpenSSL and for whoever pins them."""
    return published_keys.document_pems(parts.keys)


@router.get("/proofs/keys", responses=may_raise())
def list_proof_keys(parts: PartsDep) -> list[KeyOut]:
    """Every public key that ever signed a proof of hours 学时证明; none of them signs others."""
    return _of(statements.public_keys(parts.keys), statements.periods(parts.keys))


@router.get("/archives/keys", responses=may_raise())
def list_archive_keys(parts: PartsDep) -> list[KeyOut]:
    """Every public key that ever signed the archive of a class; none of them signs others."""
    return _of(class_papers.public_keys(parts.keys), class_papers.periods(parts.keys))


@router.get("/sm2/keys", responses=may_raise())
def list_sm2_keys(parts: PartsDep) -> list[Sm2KeyOut]:
    """Every public key that ever signed a certificate a second time, by SM2 国密."""
    found = second_seals.public_keys(parts.keys)
    periods = second_seals.periods(parts.keys)
    return [
        Sm2KeyOut(
            key_id=key_id, public_key=b64url(key.point), pem=key.pem, **_period(periods, key_id)
        )
        for key_id, key in found.items()
    ]  # fmt: skip
