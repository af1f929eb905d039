"""A credential with everything in it, its signer, and its list; the same bytes every time."""

import copy
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.certs.providers import proofs
from app.certs.rules import status_list
from app.certs.rules.credential import Issuer, StatusPlace, credential
from app.certs.rules.did_web import did_of, document_of
from app.certs.rules.facts import VERSION, CertificateFacts, holder_digest
from app.certs.rules.numbers import make_number
from app.core.signatures import SigningKey

ADDRESS = "https://shixue.example:8443"
DID = did_of(ADDRESS)
ISSUER = Issuer(did=DID, name="实学", address=ADDRESS)
LIST_ADDRESS = f"{ADDRESS}/status/1"
PLACE = StatusPlace(LIST_ADDRESS, 94_567)
SUBJECT = "urn:uuid:0b9f2a34-6c1d-4e8f-9a55-3d2c1b0a9f87"
NOW = dt.datetime(2026, 11, 24, 2, 0, 0, tzinfo=dt.UTC)
OLD = SigningKey("01020304", Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEY = SigningKey("0a0b0c0d", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEYS = {key.key_id: key.public_key for key in (OLD, KEY)}
SALT = "q8Zs0u3x7Kd1VbTn"
FACTS = CertificateFacts(
    version=VERSION, public_id="AbCdEfGhIjKlMnOp", number=make_number(2026, 7),
    type="培训合格证书", holder=holder_digest(SALT, "李*梅", "5101**********0028"),
    holder_name="李*梅", holder_number="5101**********0028", holder_salt=SALT,
    commitment="9d5c30e1f7a24b6885c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5",
    programme="四川省职业技能提升行动", course="安全生产入门", cluster="数字经济",
    institution="成都实学培训中心", hours="3.33", study_ms=9_000_000, hour_s=2700, score=85,
    started_on="2026-11-01", completed_on="2026-11-24", issued_at="2026-11-24T02:00:00+00:00",
    expires_on="2029-11-24", policy="b3f0c2d4e5a69788", basis="川人社办发〔2026〕1号",
    evidence="7c9e6679f3b24b0e8d1a5c3f2e4d6b8a9c0d1e2f3a4b5c6d7e8f90a1b2c3d4e5",
)  # fmt: skip


def unsigned(
    facts: CertificateFacts = FACTS, name: str = "李秀梅", picture: bytes | None = None
) -> dict[str, Any]:
    return credential(facts, name, ISSUER, PLACE, subject_id=SUBJECT, picture=picture)


def signed(document: dict[str, Any] | None = None, *, now: dt.datetime = NOW) -> dict[str, Any]:
    return proofs.sign(document or unsigned(), did=DID, key=KEY, now=now)


def published_list(*revoked: int, now: dt.datetime = NOW) -> dict[str, Any]:
    """The signed list in which these places are revoked, good for a day."""
    document = status_list.list_credential(
        LIST_ADDRESS, DID, status_list.encode(revoked), valid_from=now,
        valid_until=now + dt.timedelta(days=1), ttl_ms=300_000,
    )  # fmt: skip
    return signed(document, now=now)


def did_document() -> dict[str, Any]:
    return document_of(DID, {key_id: proofs.multikey(key) for key_id, key in KEYS.items()})


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to everything that a document holds, lists and objects too."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for name, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(one, (*path, name))


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def with_value(document: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """A copy in which one place holds something else."""
    changed = copy.deepcopy(document)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def without(document: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """A copy in which one place is gone."""
    changed = copy.deepcopy(document)
    del at(changed, path[:-1])[path[-1]]
    return changed


def text_of(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
