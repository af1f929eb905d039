"""Which of several organisations the caller acts for, from this sign-in."""

from fastapi import APIRouter, status
from pydantic import BaseModel

from app.api.problems import READING, may_raise
from app.core.errors import ForbiddenError, NotSignedInError
from app.identity.services import sign_ins
from app.lobby.deps import CurrentActor, Db, Now, ReadDb
from app.lobby.letters import Body
from app.lobby.paths import Id
from app.org.services import organisations

router = APIRouter(prefix="/me/acting", tags=["me"])
_READING = may_raise(NotSignedInError, ForbiddenError)


class ActingIn(Body):
    org_id: Id


class ActingOut(BaseModel):
    org_id: str
    name: str
    is_now: bool


@router.get("", responses=_READING)
def list_acting(actor: CurrentActor, db: ReadDb) -> list[ActingOut]:
    """The organisations in which the caller holds a duty, and which one they act for now."""
    return [
        ActingOut(org_id=each.org_id, name=each.name, is_now=each.org_id in actor.org_ids)
        for each in organisations.named(db, actor.held_org_ids)
    ]


@router.put("", status_code=status.HTTP_204_NO_CONTENT, responses=READING)
def act_for(body: ActingIn, actor: CurrentActor, db: Db, now: Now) -> None:
    """Act for one of them, from here and until another is chosen; nothing else of it changes."""
    sign_ins.act_for(db, actor, body.org_id, now=now)
