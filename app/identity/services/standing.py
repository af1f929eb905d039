"""Where a person stands: may they study, and how are they checked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.identity.repository import people as people_rows
from app.identity.repository import standing as rows
from app.identity.rules.cases import CaseKind


@dataclass(frozen=True, slots=True)
class Standing:
    """`problems` are sentences for the person: what is still missing.

    `is_doubted` says that the way replaced another one and nobody has looked yet.
    """

    is_verified: bool
    method: str | None
    problems: tuple[str, ...]
    is_doubted: bool


def standing(db: Session, learner_id: str) -> Standing:
    """Return how a person stands; somebody unknown stands nowhere."""
    person = people_rows.by_id(db, learner_id)
    is_verified = person is not None and person.verified_at is not None
    method = person.method if person else None
    problems = []
    if not is_verified:
        problems.append("还没有完成实名认证。")
    if method is None:
        problems.append("还没有选择身份核对方式。")
    is_doubted = person is not None and method is not None and person.way_doubted_at is not None
    return Standing(is_verified, method, tuple(problems), is_doubted)


@dataclass(frozen=True, slots=True)
class Fitness:
    """What stands between a person and their certificate."""

    is_verified: bool
    has_open_case: bool
    has_changed_phone: bool
    """Ever: when, and whether somebody objects, is for who asks about the phone."""


def fitness(db: Session, learner_id: str, kinds: Sequence[CaseKind]) -> Fitness:
    """Tell by one statement how a person stands, with the cases of these kinds."""
    found = rows.fitness(db, learner_id, [kind.value for kind in kinds])
    return Fitness(*found) if found is not None else Fitness(False, False, False)


def keep(db: Session, learner_id: str) -> None:
    """Let nobody take a proven name away until the transaction ends; who did is waited for."""
    rows.keep(db, learner_id)
