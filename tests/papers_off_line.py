"""What the page checks without a network, made by the server's own rules.

A record with its proof of inclusion, lists of the revoked, a document that carries record and
credential, and the keys of all: the same bytes every time. `python -m tests.papers_off_line` writes
them to `tests/vectors/off_line.json` and `off_line.pdf`, which the page's own tests read.
"""

import base64
import json
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.certs.providers import artwork, document_keys
from app.certs.providers.artwork import Attachment
from app.certs.providers.pdf_signing import DocumentSigner
from app.certs.rules.facts import message_of, record_bytes, without_holder
from app.core import key_files, merkle
from app.core.checkpoints import Checkpoint, SignatureKind, VerifierKey, sign_note
from app.core.crypto import KeyRing, b64url
from app.core.key_files import StoredKey
from app.core.log_keys import key_names
from app.core.signatures import SigningKey
from app.core.translog import Kind, commit_to
from tests import credentials, papers

PATH = Path(__file__).parent / "vectors" / "off_line.json"
DOCUMENT = PATH.with_suffix(".pdf")
_DOCUMENT_KEY = StoredKey("0e0f1011", plain=b64url(bytes(range(64, 96))))
LOG_KEY = SigningKey("0d0e0f10", Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
ORIGIN = "shixue.example:8443/log"
NAMED, OF_ITS_ID = key_names(ORIGIN, LOG_KEY.key_id)
SIZE, PLACE = 7, 3


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _log(record: bytes, name: str = OF_ITS_ID) -> dict[str, Any]:
    """A log of seven entries, of which the record is the fourth; `name` is under which it signs."""
    salt = bytes(range(16))
    commitment = commit_to(Kind.CERTIFICATE, record, salt)
    entries = [sha256(bytes([place])).digest() for place in range(SIZE)]
    entries[PLACE] = commitment
    leaves = [merkle.leaf_hash(each) for each in entries]

    def read(level: int, index: int) -> bytes:
        return merkle.fold(leaves[index << level : (index + 1) << level])

    checkpoint = Checkpoint(ORIGIN, SIZE, merkle.range_root(0, SIZE, read))
    line = sign_note(checkpoint.text, name, LOG_KEY).line
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
    left = without_holder(first)
    named, verifier = (
        VerifierKey(name, SignatureKind.ED25519, LOG_KEY.public_key) for name in (NAMED, OF_ITS_ID)
    )
    return {
        "keys": {key_id: b64url(raw) for key_id, raw in credentials.KEYS.items()},
        "log_keys": [verifier.text],
        "document_keys": [
            b64url(each) for each in document_keys.public_keys(_document_keys()).values()
        ],
        # Of tests/golden/document-1.pdf and its stamped twin.
        "golden_document_key": b64url(
            document_keys.derive("0a1b2c3d", bytes(range(32)), credentials.NOW).spki
        ),
        "named_log_key": named.text,
        "named_log": _log(record_bytes(facts, key.key_id, signature), NAMED),
        "record": record,
        "record_without_holder": record | {"facts": without_holder(facts).to_mapping()},
        "first_record": first_record,
        "first_record_without_holder": first_record
        | {"facts": left.to_mapping(), "signature": b64url(key.sign(message_of(left)))},
        "credential": credentials.signed(),
        "list_with_it": credentials.published_list(credentials.PLACE.index),
        "list_without_it": credentials.published_list(5),
    }


@cache
def _document_keys() -> KeyRing:
    """A ring with one key of documents, the same each time."""
    folder = Path(mkdtemp())
    key_files.create(folder / f"{document_keys.PURPOSE}.json", _DOCUMENT_KEY)
    return KeyRing(folder, may_create=False)


def document() -> bytes:
    """A signed PDF that carries the record and the credential of the vectors."""
    made = vectors()
    carried = [
        Attachment(name, json.dumps(made[part], ensure_ascii=False, indent=1), kind, "data", part)
        for name, part, kind in (
            ("credential.json", "credential", "application/vc"),
            ("record.json", "record", "application/json"),
        )
    ]
    bare = artwork.draw_pdf(papers.facts(), tuple(carried))
    signer = DocumentSigner(_document_keys(), organisation="实学")
    return signer.sign(bare, place="成都", now=credentials.NOW).pdf


def text_of_vectors() -> str:
    return json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(text_of_vectors(), encoding="utf-8")
    DOCUMENT.write_bytes(document())
