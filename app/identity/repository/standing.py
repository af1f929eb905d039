"""How a person stands, asked by one statement: certificates are issued while others wait."""

from collections.abc import Sequence

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from app.identity.models.desk import ReviewCase
from app.identity.models.people import Person
from app.identity.models.phone_changes import PhoneChange

_FITNESS = select(
    Person.verified_at.is_not(None),
    select(ReviewCase.id)
    .where(
        ReviewCase.learner_id == Person.id, ReviewCase.state == "open",
        ReviewCase.kind.in_(bindparam("kinds", expanding=True)),
    )
    .exists(),
    select(PhoneChange.id)
    .where(PhoneChange.person_id == Person.id, PhoneChange.done_at.is_not(None))
    .exists(),
).where(Person.id == bindparam("person_id"))  # fmt: skip
_KEPT = select(Person.id).where(Person.id == bindparam("person_id")).with_for_update()


def fitness(db: Session, person_id: str, kinds: Sequence[str]) -> Row[bool, bool, bool] | None:
    """Whether they are verified, have an open case of these kinds, ever changed their phone."""
    return db.execute(_FITNESS, {"person_id": person_id, "kinds": list(kinds)}).first()


def keep(db: Session, person_id: str) -> None:
    """Lock a person's row until the transaction ends, and read nothing of it."""
    db.execute(_KEPT, {"person_id": person_id})
