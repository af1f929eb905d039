"""What a device signs with an answer to a challenge (R22): bytes that page and server share."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_ANSWER = "shixue-answer-1"
_CHECK = "shixue-signed-check-1"
# The canonical form of RFC 8785 for what an answer may hold: objects with ASCII names, lists,
# text and whole numbers.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def payload_hash(salt: bytes, payload: Mapping[str, Any]) -> str:
    """A commitment to what was answered.

    The salt comes from the device and is not kept: without it, a code and a word of one's life
    could be guessed from the hash by whoever reads the database or a bundle.
    """
    return hashlib.sha256(salt + _canonical(payload).encode()).hexdigest()


def answer_text(*, head: str, challenge_id: str, prompt_number: int, payload: str) -> bytes:
    """The canonical bytes that are signed; `payload` is the `payload_hash`."""
    return "\n".join((_ANSWER, head, challenge_id, str(prompt_number), payload)).encode()


def signed_check(judged: str, text: bytes, *, thumbprint: str, signature: str) -> str:
    """What a release is bound to where the answer was signed: the judgement and the signature."""
    parts = (_CHECK, judged, hashlib.sha256(text).hexdigest(), thumbprint, signature)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
