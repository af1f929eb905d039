"""What is stored encrypted in the study room: session keys and the answers to puzzles."""

import json

from app.core.crypto import Vault
from app.learning.rules.presence import Puzzle


def seal_key(vault: Vault, session_id: str, key: bytes) -> bytes:
    return vault.seal_bytes(key, context=f"study_session.key_sealed:{session_id}")


def open_key(vault: Vault, session_id: str, blob: bytes) -> bytes:
    return vault.open_bytes(blob, context=f"study_session.key_sealed:{session_id}")


def seal_puzzle(vault: Vault, challenge_id: str, puzzle: Puzzle) -> bytes:
    text = json.dumps(puzzle.to_mapping(), ensure_ascii=False)
    return vault.seal(text, context=f"study_challenge.secret:{challenge_id}")


def open_puzzle(vault: Vault, challenge_id: str, blob: bytes) -> Puzzle:
    text = vault.open(blob, context=f"study_challenge.secret:{challenge_id}")
    return Puzzle.from_mapping(json.loads(text))
