"""Where a person stands: may they study, and how are they checked."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.identity.repository import people as rows


@dataclass(frozen=True, slots=True)
class Standing:
    """`problems` are sentences for the person: what is still missing."""

    is_verified: bool
    method: str | None
    problems: tuple[str, ...]


def standing(db: Session, learner_id: str) -> Standing:
    """Return how a person stands; somebody unknown stands nowhere."""
    person = rows.by_id(db, learner_id)
    is_verified = person is not None and person.verified_at is not None
    method = person.method if person else None
    problems = []
    if not is_verified:
        problems.append("还没有完成实名认证。")
    if method is None:
        problems.append("还没有选择身份核对方式。")
    return Standing(is_verified, method, tuple(problems))
