"""For whom somebody marks: their institution, or, as a reviewer, the platform."""

from sqlalchemy.orm import Session

from app.identity.rules.actors import Actor, Role
from app.org.rules.duties import Power
from app.org.services import organisations


def owner_for(db: Session, actor: Actor) -> str | None:
    """Whose banks' answers the caller marks; None is the platform's, for reviewers.

    Raises ForbiddenError where the caller's duty in an institution does not reach so far.
    """
    if Role.INSTITUTION in actor.roles:
        return organisations.acting_for(db, actor, Power.MARK).org_id
    return None
