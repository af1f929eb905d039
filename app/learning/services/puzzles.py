"""The picture and the sound of a presence challenge, for the learner it was put to."""

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.learning.providers import pictures, speech
from app.learning.repository import study_checks as rows
from app.learning.rules.presence import Puzzle
from app.learning.services import sealed

__all__ = ["Puzzle", "picture", "puzzle_of", "sound"]


def puzzle_of(
    db: Session,
    vault: Vault,
    *,
    learner_id: str,
    session_id: str,
    challenge_id: str,
    number: int | None = None,
) -> Puzzle:
    """Return the open puzzle. Raises NotFoundError for anybody else's or one that is over.

    Each prompt ends the one before: with its `number` an old picture is not found either.
    """
    row = rows.get_challenge(db, challenge_id)
    is_theirs = row is not None and (row.learner_id, row.session_id) == (learner_id, session_id)
    if row is None or not is_theirs or row.secret is None or row.ruling is not None:
        raise NotFoundError("没有这次核对，或已经结束。", remedy="请刷新页面")
    if number not in (None, row.prompt_number):
        raise NotFoundError("这张图已经换了。", remedy="请看页面上新的图")
    return sealed.open_puzzle(vault, row.id, row.secret)


def picture(puzzle: Puzzle) -> bytes:
    """Draw it as PNG."""
    return pictures.draw(puzzle)


def sound(puzzle: Puzzle) -> bytes:
    """Speak its digits as WAV."""
    return speech.speak_digits(puzzle.digits)
