"""Of a proof of hours and of an archive by a key out of use the verifier says what it cannot tell.

Whether either was dated back no signature shows (decision 0025); their register does.
"""

import datetime as dt
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core.crypto import b64url
from app.core.signatures import SigningKey
from app.org.rules.statement import FORMAT, message_of
from tests.unit.org.test_class_archive_by_verifier import AT, KEY, _file
from verifier.issuer import Issuer
from verifier.periods import Period
from verifier.pinned import Pinned
from verifier.recipe import verify_certificate

PROOFS = SigningKey("0b0b0c0d", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
LATER = AT + dt.timedelta(days=1)


def _proof() -> bytes:
    stated = {
        "format": FORMAT, "number": "", "holder_name": "钱磊", "masked_number": "510***0001",
        "made_at": AT.isoformat(), "made_on": "2026-12-20", "checkpoint": "", "courses": [],
        "confirmed_ms": 0,
    }  # fmt: skip
    file = {
        "statement": stated, "key_id": PROOFS.key_id,
        "signature": b64url(PROOFS.sign(message_of(stated))),
    }  # fmt: skip
    return json.dumps(file, ensure_ascii=False).encode()


def _told(content: bytes, proofs: Mapping[str, Period], archives: Mapping[str, Period]) -> str:
    said: list[str] = []
    pinned = Pinned(
        Issuer("did:web:shixue.example", {}),
        proof_keys={PROOFS.key_id: PROOFS.public_key}, archive_keys={KEY.key_id: KEY.public_key},
        proof_periods=proofs, archive_periods=archives,
    )  # fmt: skip
    verify_certificate(content, pinned, now=LATER, say=said.append)
    return "\n".join(said)


def test_it_is_said_of_both_and_each_by_its_own_list() -> None:
    ended, used = Period(None, LATER), Period()
    archive = json.dumps(_file(), ensure_ascii=False).encode()
    for content, file, end, good in (
        (_proof(), "proof-keys.json", ({PROOFS.key_id: ended}, {}), ({PROOFS.key_id: used}, {})),
        (archive, "archive-keys.json", ({}, {KEY.key_id: ended}), ({}, {KEY.key_id: used})),
    ):
        assert "taken out of use at 2026-12-21 10:00 UTC" in _told(content, *end)
        assert f"not at hand ({file})" in _told(content, {}, {})
        said = _told(content, *good)
        assert "out of use" not in said
        assert "not at hand" not in said
