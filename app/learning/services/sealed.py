"""What is stored encrypted in the study room: session keys and the answers to puzzles."""

import json

from app.core.crypto import Vault
from app.core.resealing import SealedColumn
from app.learning.models.study import StudySession
from app.learning.models.study_checks import StudyChallenge
from app.learning.rules.presence import Puzzle


def _key_context(session_id: str) -> str:
    return f"study_session.key_sealed:{session_id}"


def _puzzle_context(challenge_id: str) -> str:
    return f"study_challenge.secret:{challenge_id}"


COLUMNS = (
    SealedColumn(StudySession.id, StudySession.key_sealed, _key_context),
    SealedColumn(StudyChallenge.id, StudyChallenge.secret, _puzzle_context),
)
"""Where the study room holds sealed values."""


def seal_key(vault: Vault, session_id: str, key: bytes) -> bytes:
    return vault.seal_bytes(key, context=_key_context(session_id))


def open_key(vault: Vault, session_id: str, blob: bytes) -> bytes:
    return vault.open_bytes(blob, context=_key_context(session_id))


def seal_puzzle(vault: Vault, challenge_id: str, puzzle: Puzzle) -> bytes:
    text = json.dumps(puzzle.to_mapping(), ensure_ascii=False)
    return vault.seal(text, context=_puzzle_context(challenge_id))


def open_puzzle(vault: Vault, challenge_id: str, blob: bytes) -> Puzzle:
    text = vault.open(blob, context=_puzzle_context(challenge_id))
    return Puzzle.from_mapping(json.loads(text))
