"""What the page checks without a network, made by the server's own rules.

A record with its proof of inclusion, lists of the revoked, and the keys of both: the same bytes
every time. `python -m tests.papers_off_line` writes them to `tests/vectors/off_line.json`, which
the page's own tests read.
"""

import base64
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.certs.rules.facts import message_of, record_bytes, without_holder
from app.core import merkle
from app.core.checkpoints import Checkpoint, SignatureKind, VerifierKey, sign_note
from app.core.crypto import SigningKey, b64url
from app.core.log_keys import key_name
from app.core.translog import Kind, commit_to
from tests import credentials

PATH = Path(__file__).parent / "vectors" / "off_line.json"
LOG_KEY = SigningKey("0d0e0f10", Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
ORIGIN = "shixue.example:8443/log"
SIZE, PLACE = 7, 3


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _log(record: bytes) -> dict[str, Any]:
    """A log of seven entries, of which the record is the fourth."""
    salt = bytes(range(16))
    commitment = commit_to(Kind.CERTIFICATE, record, salt)
    entries = [sha256(bytes([place])).digest() for place in range(SIZE)]
    entries[PLACE] = commitment
    leaves = [merkle.leaf_hash(each) for each in entries]

    def read(level: int, index: int) -> bytes:
        return merkle.fold(leaves[index << level : (index + 1) << level])

    checkpoint = Checkpoint(ORIGIN, SIZE, merkle.range_root(0, SIZE, read))
    line = sign_note(checkpoint.text, key_name(ORIGIN, LOG_KEY.key_id), LOG_KEY).line
    return {
        "kind": "certificate", "record_id": "0" * 26, "position": PLACE, "salt": _b64(salt),
        "commitment": _b64(commitment),
        "path": [_b64(step) for step in merkle.prove_inclusion(PLACE, SIZE, read)], "size": SIZE,
        "checkpoint": f"{checkpoint.text}\n{line}",
    }  # fmt: skip


def vectors() -> dict[str, Any]:
    """Everything, as the page gets it."""
    facts, key = credentials.FACTS, credentials.KEY
    signature = b64url(key.sign(message_of(facts)))
    log = _log(record_bytes(facts, key.key_id, signature))
    record = {
        "facts": facts.to_mapping(), "key_id": key.key_id, "signature": signature, "log": log,
    }  # fmt: skip
    first = replace(facts, version=1, holder="", holder_salt="")
    first_record = {
        "facts": first.to_mapping(), "key_id": key.key_id,
        "signature": b64url(key.sign(message_of(first))), "log": None,
    }  # fmt: skip
    verifier = VerifierKey(
        key_name(ORIGIN, LOG_KEY.key_id), SignatureKind.ED25519, LOG_KEY.public_key
    )
    return {
        "keys": {key_id: b64url(raw) for key_id, raw in credentials.KEYS.items()},
        "log_keys": [verifier.text],
        "record": record,
        "record_without_holder": record | {"facts": without_holder(facts).to_mapping()},
        "first_record": first_record,
        "credential": credentials.signed(),
        "list_with_it": credentials.published_list(credentials.PLACE.index),
        "list_without_it": credentials.published_list(5),
    }


def text_of_vectors() -> str:
    return json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(text_of_vectors(), encoding="utf-8")
